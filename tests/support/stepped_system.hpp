#pragma once

#include "troupe/actors/caf.hpp"
#include "troupe/tests/support/caf_version.hpp"

#if TROUPE_CAF_0_17
#include <caf/scheduler/test_coordinator.hpp>
#else
#include <caf/action.hpp>
#include <caf/actor_clock.hpp>
#include <caf/resumable.hpp>
#include <caf/scheduler.hpp>

#include <deque>
#include <map>
#endif

namespace troupe::test {

#if TROUPE_CAF_0_17
using stepping_scheduler = caf::scheduler::test_coordinator;
#else

/// Time passes when the test says so.
class virtual_clock : public caf::actor_clock {
public:
  time_point now() const noexcept override {
    return current_time;
  }
  caf::disposable schedule(time_point when, caf::action what) override;

  /// Does what is due, in order of time.
  void run_due();
  void drop_all();

  time_point current_time{duration_type{1}};

private:
  std::multimap<time_point, caf::action> due_;
};

/// Lets one actor at a time handle one message, on the test's thread. As 0.17
/// has it: an actor that has more to do comes first again.
class stepping_scheduler : public caf::scheduler {
public:
  explicit stepping_scheduler(virtual_clock& clock);

  bool try_run_once();
  /// The actor that got work last has its turn.
  bool try_run_once_lifo();
  /// As `try_run_once`; there must be something to do.
  void run_once();
  void advance_time(caf::timespan x);
  virtual_clock& clock();

#if TROUPE_CAF_1_1
  void schedule(caf::resumable* x) override;
  void delay(caf::resumable* x) override;
#else
  void schedule(caf::resumable_ptr x, uint64_t event) override;
  void delay(caf::resumable_ptr x, uint64_t event) override;
  bool is_system_scheduler() const noexcept override;
#endif
  void start() override;
  void stop() override;

private:
  struct job {
    caf::intrusive_ptr<caf::resumable> what;
    uint64_t event = 0;
  };

  void add(job x);
  void run(job x);

  virtual_clock& clock_;
  std::deque<job> jobs_;
  caf::resumable* running_ = nullptr;
};
#endif

/// An actor system on the test's own thread, under a virtual clock.
class stepped_system {
public:
  /// `prepare`: registers message types.
  explicit stepped_system(void (*prepare)(caf::actor_system_config&));
  ~stepped_system();

  stepped_system(const stepped_system&) = delete;
  stepped_system& operator=(const stepped_system&) = delete;

  caf::actor_system& get() {
    return *system_;
  }

  stepping_scheduler& scheduler();

private:
  caf::actor_system_config config_;
  std::unique_ptr<caf::actor_system> system_;
};

} // namespace troupe::test
