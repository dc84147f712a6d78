#include "troupe/tests/support/deterministic_fixture.hpp"

#include <algorithm>

namespace troupe::test {

errand_boy::errand_boy(caf::actor_config& config, caf::message_handler hears)
  : actor_base(config), hears_(std::move(hears)) {
  // nop
}

const char* errand_boy::name() const {
  return "test.agent";
}

caf::message_handler errand_boy::handlers() {
  return table([this](errand& x) { x.run(this); }).or_else(hears_);
}

void errand_boy::on_stop() {
  hears_ = {};
}

deterministic_fixture::deterministic_fixture()
  : system(stepped_.get()), scheduler(stepped_.scheduler()) {
  scheduler.clock().current_time += std::chrono::hours(1);
  agent = spawn_agent();
}

deterministic_fixture::~deterministic_fixture() {
  for (auto& x : spawned_)
    caf::anon_send_exit(x, caf::exit_reason::user_shutdown);
  spawned_.clear();
  agent = nullptr;
  settle();
}

void deterministic_fixture::adopt(const caf::actor& x) {
  spawned_.push_back(x);
}

caf::actor deterministic_fixture::spawn_agent(
  std::function<void(const call_progress&)> on_progress) {
  auto handle = system.spawn<errand_boy>(
    caf::message_handler{[on_progress](const call_progress& x) {
      if (on_progress)
        on_progress(x);
    }});
  spawned_.push_back(handle);
  settle();
  return handle;
}

void deterministic_fixture::settle() {
  while (scheduler.try_run_once())
    ; // nop
}

void deterministic_fixture::advance(caf::timespan d) {
  auto end = scheduler.clock().current_time + d;
  while (scheduler.clock().current_time < end) {
    caf::timespan left = end - scheduler.clock().current_time;
    auto step = std::min<caf::timespan>(left, std::chrono::milliseconds{100});
    scheduler.advance_time(step);
    settle();
  }
}

size_t deterministic_fixture::running() {
  return running_actors(system);
}

} // namespace troupe::test
