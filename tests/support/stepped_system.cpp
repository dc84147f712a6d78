#include "troupe/tests/support/stepped_system.hpp"

#if !TROUPE_CAF_0_17
#include <caf/detail/actor_system_access.hpp>
#if !TROUPE_CAF_1_1
#include "troupe/tests/support/borrowed_system.hpp"
#endif
#endif

#include <algorithm>
#include <stdexcept>

namespace troupe::test {

stepping_scheduler& stepped_system::scheduler() {
  return dynamic_cast<stepping_scheduler&>(system_->scheduler());
}

#if TROUPE_CAF_0_17

stepped_system::stepped_system(void (*prepare)(caf::actor_system_config&)) {
  config_.set("scheduler.policy", caf::atom("testing"));
  prepare(config_);
  system_ = std::make_unique<caf::actor_system>(config_);
}

stepped_system::~stepped_system() = default;

#else

// -- time ---------------------------------------------------------------------

caf::disposable virtual_clock::schedule(time_point when, caf::action what) {
  due_.emplace(when, what);
  return std::move(what).as_disposable();
}

void virtual_clock::run_due() {
  while (!due_.empty() && due_.begin()->first <= current_time) {
    auto next = due_.extract(due_.begin());
    if (!next.mapped().disposed())
      next.mapped().run();
  }
}

void virtual_clock::drop_all() {
  for (auto& [when, what] : std::exchange(due_, {}))
    what.dispose();
}

// -- turns --------------------------------------------------------------------

stepping_scheduler::stepping_scheduler(virtual_clock& clock) : clock_(clock) {
  // nop
}

bool stepping_scheduler::try_run_once() {
  if (jobs_.empty())
    return false;
  auto next = std::move(jobs_.front());
  jobs_.pop_front();
  run(std::move(next));
  return true;
}

bool stepping_scheduler::try_run_once_lifo() {
  if (jobs_.size() > 1)
    std::rotate(jobs_.rbegin(), jobs_.rbegin() + 1, jobs_.rend());
  return try_run_once();
}

void stepping_scheduler::run_once() {
  if (!try_run_once())
    throw std::logic_error("no actor has anything to do");
}

void stepping_scheduler::advance_time(caf::timespan x) {
  clock_.current_time += x;
  clock_.run_due();
}

virtual_clock& stepping_scheduler::clock() {
  return clock_;
}

void stepping_scheduler::add(job x) {
  if (x.what.get() == running_)
    jobs_.push_front(std::move(x));
  else
    jobs_.push_back(std::move(x));
}

void stepping_scheduler::start() {
  // nop
}

void stepping_scheduler::stop() {
  clock_.drop_all();
  while (!jobs_.empty()) // what is dropped may end actors, and wake up others
    jobs_.pop_front();
}

#if TROUPE_CAF_1_1

void stepping_scheduler::schedule(caf::resumable* x) {
  add({{x, false}});
}

void stepping_scheduler::delay(caf::resumable* x) {
  schedule(x);
}

void stepping_scheduler::run(job x) {
  if (x.what->resume(this, 1) == caf::resumable::resume_later)
    jobs_.push_front(std::move(x));
}

namespace {

struct system_1_1 : caf::actor_system {
  explicit system_1_1(caf::actor_system_config& config)
    : caf::actor_system(config, set_up, nullptr) {
    // nop
  }

  static void set_up(caf::actor_system& x, caf::actor_system_config&, void*) {
    auto clock = std::make_unique<virtual_clock>();
    auto scheduler = std::make_unique<stepping_scheduler>(*clock);
    caf::detail::actor_system_access access{x};
    access.clock(std::move(clock));
    access.scheduler(std::move(scheduler));
  }
};

std::unique_ptr<caf::actor_system>
make_system(caf::actor_system_config& config) {
  return std::make_unique<system_1_1>(config);
}

} // namespace

#else

void stepping_scheduler::schedule(caf::resumable_ptr x, uint64_t event) {
  add({std::move(x), event});
}

void stepping_scheduler::delay(caf::resumable_ptr x, uint64_t event) {
  schedule(std::move(x), event);
}

bool stepping_scheduler::is_system_scheduler() const noexcept {
  return true;
}

void stepping_scheduler::run(job x) {
  running_ = x.what.get();
  x.what->resume(this, x.event);
  running_ = nullptr;
}

namespace {

class stepped_parts : public borrowed_system {
public:
  explicit stepped_parts(caf::actor_system_config& config)
    : borrowed_system(config), scheduler_(clock_) {
    // nop
  }

  caf::actor_clock& clock() noexcept override {
    return clock_;
  }
  caf::scheduler& scheduler() override {
    return scheduler_;
  }
  void stop() override {
    scheduler_.stop();
  }

private:
  virtual_clock clock_;
  stepping_scheduler scheduler_;
};

std::unique_ptr<caf::actor_system>
make_system(caf::actor_system_config& config) {
  return std::make_unique<caf::actor_system>(
    std::make_unique<stepped_parts>(config));
}

} // namespace

#endif

stepped_system::stepped_system(void (*prepare)(caf::actor_system_config&)) {
  config_.set("caf.scheduler.max-throughput", int64_t{1});
  config_.set("caf.scheduler.max-threads", int64_t{1});
  prepare(config_);
  system_ = make_system(config_);
}

stepped_system::~stepped_system() = default;

#endif

} // namespace troupe::test
