#include "troupe/tools/driver/agent.hpp"

#include <future>

namespace troupe::driver {

namespace {

class agent : public caf::event_based_actor {
public:
  agent(caf::actor_config& config, workload what, std::promise<work_done>* to)
    : caf::event_based_actor(config), what_(std::move(what)), to_(to) {
    // nop
  }

  caf::behavior make_behavior() override {
    begin_ = clock::now();
    for (size_t i = 0; i < what_.window; ++i)
      for (auto& client : what_.clients)
        call(client);
    return {[](get_status) {}};
  }

private:
  void call(const client_handle& client) {
    if (sent_ == what_.calls)
      return;
    auto text = "hello" + (what_.numbered ? ' ' + std::to_string(sent_) : "");
    ++sent_;
    auto begin = clock::now();
    auto request = what_.blob_bytes > 0
                     ? call_tool{"blob", {{"bytes", what_.blob_bytes}}}
                     : call_tool{"echo", {{"text", text}}};
    ask(this, client, std::move(request))
      .then([this, &client, begin, text](const answer<call_tool_result>& x) {
        if (!is_right(x, text))
          ++done_.wrong;
        done_.times.push_back(milliseconds_since(begin));
        if (done_.times.size() < what_.calls)
          call(client);
        else
          finish();
      });
  }

  bool is_right(const answer<call_tool_result>& x,
                const std::string& text) const {
    if (!x.ok())
      return false;
    auto got = x.value.text();
    return what_.blob_bytes > 0 ? got.size() == what_.blob_bytes : got == text;
  }

  void finish() {
    done_.seconds = milliseconds_since(begin_) / 1e3;
    to_->set_value(std::move(done_));
    what_.clients.clear();
    quit();
  }

  workload what_;
  std::promise<work_done>* to_;
  work_done done_;
  clock::time_point begin_;
  size_t sent_ = 0;
};

} // namespace

work_done run(caf::actor_system& system, workload what) {
  std::promise<work_done> done;
  auto result = done.get_future();
  system.spawn<agent>(std::move(what), &done);
  return result.get();
}

} // namespace troupe::driver
