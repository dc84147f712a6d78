#include "troupe/tools/bench/load.hpp"

#include "troupe/actors/actor_base.hpp"
#include "troupe/actors/ask.hpp"

#include <future>

namespace troupe::bench {

namespace {

using clock = std::chrono::steady_clock;

class agent : public actor_base {
public:
  agent(caf::actor_config& config, load_plan plan,
        std::promise<load_result>* to)
    : actor_base(config), plan_(std::move(plan)), to_(to) {
    // nop
  }

  const char* name() const override {
    return "bench.agent";
  }

protected:
  caf::message_handler handlers() override {
    begin_ = clock::now();
    for (size_t i = 0; i < plan_.window; ++i)
      for (auto& x : plan_.clients)
        call(x);
    return table([this](const get_status&) { return status("calls"); });
  }

  void on_stop() override {
    plan_.clients.clear();
  }

private:
  void call(const client_handle& client) {
    if (sent_ >= plan_.calls)
      return;
    ++sent_;
    auto at = plan_.timed ? clock::now() : begin_;
    ask(this, client, plan_.what)
      .then([this, &client, at](const answer<call_tool_result>& x) {
        if (!x.ok() || x.value.is_error())
          ++result_.failed;
        result_.bytes += x.value.raw.text().size();
        answered(client, at);
      });
  }

  void answered(const client_handle& client, clock::time_point at) {
    if (plan_.timed)
      result_.times.push_back(clock::now() - at);
    if (++answered_ < plan_.calls)
      return call(client);
    result_.took = clock::now() - begin_;
    to_->set_value(std::move(result_));
    quit();
  }

  load_plan plan_;
  std::promise<load_result>* to_;
  load_result result_;
  clock::time_point begin_;
  size_t sent_ = 0;
  size_t answered_ = 0;
};

} // namespace

load_result run_load(caf::actor_system& system, load_plan plan) {
  std::promise<load_result> result;
  system.spawn<agent>(std::move(plan), &result);
  return result.get_future().get();
}

} // namespace troupe::bench
