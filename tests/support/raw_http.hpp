#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace troupe::test {

using http_headers = std::vector<std::pair<std::string, std::string>>;

/// What came in answer to a request.
struct http_answer {
  int status = 0;
  http_headers headers;
  std::string body;

  /// The value of that header; empty where it is absent.
  std::string header(std::string_view name) const;
};

/// A connection to 127.0.0.1 that sends and receives bytes of HTTP/1.1 as the
/// test wants them, and believes nothing. Every wait is bounded by `patience`
/// and throws when that is over.
class raw_http {
public:
  explicit raw_http(uint16_t port);
  ~raw_http();
  raw_http(raw_http&& x) noexcept;
  raw_http& operator=(raw_http&&) = delete;

  void send(std::string_view bytes);

  /// Sends a request with a body of that length; GET and DELETE have none.
  void request(std::string_view method, std::string_view target,
               const http_headers& headers, std::string_view body = "");

  /// Status and headers.
  http_answer head();

  /// The head and the whole body: by its length, its chunks, or its end.
  http_answer answer();

  /// The next event of a stream whose head was read: its lines, without the
  /// empty one. Nothing where the body or the connection has ended.
  std::optional<std::string> event();

  /// All that comes until the server ends the connection.
  std::string rest();

  /// So many bytes, or less where the connection ends before.
  std::string bytes(size_t count);

  /// The one wait that a test of silence cannot avoid: keep it short.
  bool silent_for(std::chrono::milliseconds time);

  void close();

  static constexpr auto patience = std::chrono::seconds{20};

private:
  bool readable(std::chrono::milliseconds wait) const;
  bool read_more();
  std::string line();
  std::string take(size_t count);
  bool next_chunk(std::string& to);

  int fd_ = -1;
  std::string unread_;
  std::string events_; // of chunks, not yet a whole event
  bool chunked_ = false;
};

/// The `data` of an event, lines joined; empty where it has none.
std::string data_of(const std::string& event);

/// Another field of an event.
std::string field_of(const std::string& event, std::string_view name);

} // namespace troupe::test
