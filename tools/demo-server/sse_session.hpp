#pragma once

#include "troupe/tools/demo-server/http_context.hpp"
#include "troupe/tools/demo-server/server.hpp"

namespace troupe::demo {

/// A session over HTTP+SSE (MCP 2024-11-05): one stream brings everything, and
/// ends the session when its reader goes.
class sse_session : private outlet {
public:
  sse_session(http_context& context, const http_call& x, std::string name,
              std::function<void()> over);

  /// Names the endpoint.
  void open(const http_call& x);

  void post(const http_call& x, json_rpc::message& message);

private:
  void answer(const json_rpc::id& to, int64_t code,
              std::string_view text) override;
  void about(const json_rpc::id& to, std::string_view text) override;
  void say(std::string_view text) override;
  void flush() override;
  size_t pending() const override;
  void close() override;

  http_context& context_;
  std::string name_;
  event_stream stream_;
  server server_;
};

} // namespace troupe::demo
