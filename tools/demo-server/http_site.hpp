#pragma once

#include "troupe/tools/demo-server/http_faults.hpp"
#include "troupe/tools/demo-server/http_session.hpp"
#include "troupe/tools/demo-server/lone_exchange.hpp"
#include "troupe/tools/demo-server/sse_session.hpp"

#include <unordered_map>

namespace troupe::demo {

/// What is behind each path: Streamable HTTP of both dialects at `/mcp`, and
/// HTTP+SSE at `/sse` and `/messages`.
class http_site {
public:
  explicit http_site(common& shared);

  /// Answers, now or later.
  void on_request(http_connection& from, http_request& x);

  /// Removes what has ended. Not to be called from within `on_request`.
  void tidy();

  /// More than any test opens at a time; the oldest is dropped.
  static constexpr size_t sessions_max = 10'000;

private:
  using legacy = std::unordered_map<std::string, std::unique_ptr<http_session>>;

  // -- who may come in
  bool admits(const http_call& x);
  bool has_token(const http_call& x);

  // -- by path and method
  void on_mcp(const http_call& x);
  void on_post(const http_call& x);
  void on_get(const http_call& x);
  void on_delete(const http_call& x);
  void on_sse(const http_call& x);
  void on_messages(const http_call& x);
  void not_allowed(const http_call& x, const char* allowed);

  // -- a POST's message
  std::optional<json_rpc::message> read_message(const http_call& x);
  void on_message(const http_call& x, json_rpc::message& message);
  void on_request(const http_call& x, json_rpc::message& message);
  void on_modern(const http_call& x, json_rpc::message& message);
  void on_lone(const http_call& x, json_rpc::message& message, dialect speaks);
  void on_initialize(const http_call& x, json_rpc::message& message);
  bool is_modern(const http_call& x, const json_rpc::request& asked) const;

  // -- sessions
  legacy::iterator session_of(const http_call& x);
  void refuse_session(const http_call& x);
  lone_exchange& open_exchange(const http_call& x, const json_rpc::id& which,
                               dialect speaks);

  common& common_;
  http_context context_;
  http_faults faults_;
  legacy sessions_;
  std::deque<std::string> session_order_; // oldest first; some are gone
  std::unordered_map<std::string, std::unique_ptr<sse_session>> streams_;
  std::unordered_map<uint64_t, std::unique_ptr<lone_exchange>> exchanges_;
  std::vector<uint64_t> over_;    // of exchanges_
  std::vector<std::string> left_; // of streams_
  std::vector<std::unique_ptr<http_session>> forgotten_;
};

} // namespace troupe::demo
