#pragma once

#include "troupe/messages/json/rpc.hpp"
#include "troupe/transports/transport.hpp"

#include <functional>
#include <utility>

namespace troupe::test {

using listener_ptr = std::shared_ptr<transport_listener>;

/// A transport that is up at once, on an outbox of the test's own, and ends
/// when it is told to.
class linked_transport : public transport {
public:
  using make_link = std::function<outbox_ptr(listener_ptr)>;

  explicit linked_transport(make_link make) : make_(std::move(make)) {
    // nop
  }
  void start(std::unique_ptr<transport_listener> to) override {
    to_ = std::move(to);
    to_->on_up({make_(to_), 0, {}});
  }
  void stop(errc why, std::string text) override {
    stop_report report;
    report.why = why;
    report.text = std::move(text);
    report.left = proof::no_process;
    if (auto to = std::exchange(to_, nullptr))
      to->on_down(report, {});
  }

private:
  make_link make_;
  listener_ptr to_;
};

/// Answers each request in a frame as a server answers `initialize`.
inline void answer_initialize(transport_listener& to, std::string frame) {
  auto parsed = json_rpc::parse(std::move(frame));
  for (auto& x : parsed.messages)
    if (auto asked = std::get_if<json_rpc::request>(&x))
      to.on_frames({json_rpc::format_result(
        asked->id, json::trusted(R"({"protocolVersion":"2025-11-25",)"
                                 R"("capabilities":{"tools":{}},"serverInfo":)"
                                 R"({"name":"x","version":"1"}})"))});
}

} // namespace troupe::test
