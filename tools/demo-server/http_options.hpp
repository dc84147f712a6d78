#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace CLI {
class App;
}

namespace troupe::demo {

/// What the server does over HTTP, and how it misbehaves there. Without options
/// it is honest. `demo-server --help` says what each does.
struct http_options {
  using milliseconds = std::chrono::milliseconds;

  // -- what it offers

  std::optional<uint16_t> port;  ///< none: stdio; 0: any that is free
  std::string answers = "json";  ///< json or sse
  std::string requests;          ///< a file; empty: none
  std::string token;             ///< asked for with each request, if set
  std::string challenge;         ///< WWW-Authenticate of a refusal
  std::optional<uint32_t> retry; ///< with the first event of a stream
  bool no_get = false;
  bool no_delete = false;
  bool no_session = false;
  bool one_stream = false;
  uint64_t rename_headers = 0; ///< after so many calls; 0: never

  // -- when it misbehaves: from which POST on, and how often

  uint64_t after = 0;
  uint64_t times = UINT64_MAX;

  // -- instead of an answer

  int status = 0;
  std::string body; ///< of that status
  bool half_open = false;
  bool accept_all = false;
  bool endless_body = false;
  bool gzip_bomb = false;
  bool no_message = false;
  bool empty_stream = false;
  std::string redirect;
  int redirect_status = 307;

  // -- of an answer

  std::string content_type;
  std::optional<uint64_t> cut_at;
  milliseconds slow_head{0};
  milliseconds slow_body{0};

  // -- of sessions and streams

  uint64_t lose_session = 0; ///< after so many requests; 0: never
  int lost_session_status = 404;
  std::string session_id; ///< instead of a random one
  bool drop_streams = false;
  milliseconds idle_cut{0};
  bool redirect_get = false;
  std::string endpoint; ///< what the event of HTTP+SSE names
};

void add_http_options(CLI::App& app, http_options& x);

} // namespace troupe::demo
