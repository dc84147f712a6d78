#pragma once

#include "troupe/tools/demo-server/http_context.hpp"
#include "troupe/tools/demo-server/server.hpp"

namespace troupe::demo {

/// One request over HTTP that belongs to no session: a conversation of its own,
/// which ends with its response, or when its reader goes. Each request of
/// 2026-07-28 is one, and each to a legacy server without sessions.
class lone_exchange : private outlet {
public:
  lone_exchange(http_context& context, const http_call& x, json_rpc::id which,
                dialect speaks, std::function<void()> over);

  void start(json_rpc::message& x);

  /// Refuses it before it is looked at.
  void refuse(int64_t code, std::string_view text);

private:
  void answer(const json_rpc::id& to, int64_t code,
              std::string_view text) override;
  void about(const json_rpc::id& to, std::string_view text) override;
  void say(std::string_view text) override;
  void flush() override;
  size_t pending() const override;
  void close() override;
  void on_gone(uint64_t request);

  http_context& context_;
  json_rpc::id id_;
  dialect speaks_;
  std::function<void()> over_;
  reply reply_;
  server server_;
};

} // namespace troupe::demo
