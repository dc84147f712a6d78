#pragma once

#include "troupe/tools/demo-server/http_context.hpp"
#include "troupe/tools/demo-server/server.hpp"

#include <map>

namespace troupe::demo {

/// A legacy session over Streamable HTTP (MCP 2025-03-26 to 2025-11-25).
class http_session : private outlet {
public:
  /// `name`: its id; empty where the server has no sessions.
  http_session(http_context& context, std::string name);

  const std::string& name() const;

  /// Counts requests for `--lose-session`. Returns whether that was one too
  /// many.
  bool is_worn_out();

  /// A message that was POSTed; answers it.
  void post(const http_call& x, json_rpc::message& message);

  /// A GET: the stream of what belongs to no request, or what followed an
  /// event. Refuses what it does not know.
  void get(const http_call& x);

  /// Messages kept while no stream is open, for the first that is opened.
  static constexpr size_t unheard_max = 64;
  /// Ended streams that may still be resumed.
  static constexpr size_t ended_streams_max = 64;

private:
  // -- outlet
  void answer(const json_rpc::id& to, int64_t code,
              std::string_view text) override;
  void about(const json_rpc::id& to, std::string_view text) override;
  void say(std::string_view text) override;
  void flush() override;
  size_t pending() const override;
  void close() override;

  void request(const http_call& x, json_rpc::message& message);
  void resume(const http_call& x, const std::string& last_event);
  void listen(const http_call& x);
  std::shared_ptr<event_stream> new_stream(const http_call& x);
  void forget_ended();

  http_context& context_;
  std::string name_;
  server server_;
  uint64_t requests_ = 0;
  std::map<json_rpc::id, std::unique_ptr<reply>> replies_;
  std::map<uint64_t, std::shared_ptr<event_stream>> streams_; // with ids
  uint64_t last_stream_ = 0;
  std::shared_ptr<event_stream> listening_;
  std::vector<std::string> unheard_; // kept until a stream is opened
};

} // namespace troupe::demo
