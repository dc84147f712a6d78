#include "troupe/transports/io/worker_pool.hpp"

#include "troupe/messages/defaults.hpp"
#include "troupe/transports/io/poll_context.hpp"
#include "troupe/transports/io/signals_blocked.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <chrono>
#include <pthread.h>
#include <utility>

namespace troupe {

namespace asio = boost::asio;

thread_local worker_pool::seat* worker_pool::here_ = nullptr;

worker_pool::worker_pool(executor& how, size_t threads)
  : how_(how), context_(make_poll_context()),
    seats_(std::max<size_t>(threads, 1) + 1) {
  for (size_t i = 0; i < seats_.size(); ++i) {
    seats_[i].pool = this;
    seats_[i].number = i;
  }
}

worker_pool::~worker_pool() {
  stop();
}

void worker_pool::start() {
  auto blocked = signals_blocked{};
  for (auto& x : seats_) {
    threads_.emplace_back([this, &x] {
      here_ = &x;
      how_.thread_begins();
      if (stands_by(x))
        stand_by(x);
      else
        work(x);
      how_.thread_ends();
    });
    pthread_setname_np(threads_.back().native_handle(), "troupe-worker");
  }
}

void worker_pool::stop() {
  {
    auto held = lock_type{mutex_};
    stopped_ = true;
    asleep_ = false;
    wake_.notify_all();
    wake_standby_.notify_all();
    interrupt();
  }
  for (auto& x : std::exchange(threads_, {}))
    x.join();
  // What was posted before the end is still run.
  context_->restart();
  context_->poll();
  for (auto& x : seats_)
    if (auto task = x.next.exchange(nullptr))
      how_.drop(task);
  while (auto task = tasks_.take())
    how_.drop(task);
}

// -- from any thread ----------------------------------------------------------

void worker_pool::schedule(void* task) {
  auto me = here_;
  if (me != nullptr && me->pool == this && !stands_by(*me)) {
    void* none = nullptr;
    if (!me->held && me->next.compare_exchange_strong(none, task)) {
      if (!me->held)
        return;
      // Who stands by may have looked just before it was there.
      task = me->next.exchange(nullptr);
      if (task == nullptr)
        return;
    }
  }
  auto may_block = how_.may_block(task);
  auto held = lock_type{mutex_};
  if (!stopped_)
    return put(task, may_block);
  held.unlock();
  how_.drop(task);
}

asio::io_context& worker_pool::context() {
  return *context_;
}

bool worker_pool::serving_here() const {
  auto held = lock_type{mutex_};
  return here_ != nullptr && here_ == io_.by;
}

void worker_pool::put(void* task, bool may_block) {
  tasks_.put(task, may_block);
  wake_one();
}

void worker_pool::wake_one() {
  if (idle_.any()) {
    ++idle_.woken;
    wake_.notify_one();
  } else
    interrupt();
}

void worker_pool::interrupt() {
  if (!io_.waiting || std::exchange(io_.interrupted, true))
    return;
  asio::post(*context_, [] {});
}

// -- the workers --------------------------------------------------------------

void worker_pool::work(seat& me) {
  auto busy = asio::make_work_guard(*context_);
  auto held = lock_type{mutex_};
  while (!stopped_) {
    auto handlers_are_due =
      me.tasks_since_io >= defaults::pool_turns && !io_.by;
    if (handlers_are_due)
      peek(held, me);
    // What handlers wake, however much it is, does not keep out the others.
    if (stopped_ || run_next(held, me) || handlers_are_due)
      continue;
    if (io_.by)
      idle(held);
    else
      serve(held, me);
  }
}

bool worker_pool::run_next(lock_type& held, seat& me) {
  auto task = tasks_.take();
  if (task != nullptr)
    run_some(held, me, task);
  return task != nullptr;
}

/// Runs that task, and what it wakes. Those that wake each other for ever, or
/// take long, must not keep out all others.
void worker_pool::run_some(lock_type& held, seat& me, void* task) {
  held.unlock();
  auto until = std::chrono::steady_clock::now() + defaults::held_after;
  auto in_time = [until] { return std::chrono::steady_clock::now() < until; };
  for (size_t i = 1; task != nullptr; ++i) {
    run(me, task, in_time);
    task = me.next.exchange(nullptr);
    if (task != nullptr && (i > defaults::pool_turns || !in_time())) {
      put_back(task);
      break;
    }
  }
  if (!in_time())
    me.tasks_since_io = defaults::pool_turns; // handlers have waited for long
  held.lock();
}

/// Again and again, as long as it has something to do and there is time.
template <class InTime>
void worker_pool::run(seat& me, void* task, InTime in_time) {
  ++me.tasks_since_io;
  ++me.turn;
  if (asleep_)
    wake_standby();
  auto again = how_.run(task, me.number);
  while (again && in_time())
    again = how_.run(task, me.number);
  ++me.turn;
  me.held = false;
  if (again)
    put_back(task);
}

/// Behind those that wait already.
void worker_pool::put_back(void* task) {
  auto may_block = how_.may_block(task);
  auto held = lock_type{mutex_};
  put(task, may_block);
}

void worker_pool::wake_standby() {
  auto held = lock_type{mutex_};
  if (!asleep_.exchange(false))
    return;
  wake_standby_.notify_one();
  if (io_.by && stands_by(*io_.by))
    interrupt();
}

/// Waits for a handler, and runs it and what it wakes.
void worker_pool::serve(lock_type& held, seat& me) {
  io_.by = &me;
  io_.waiting = true;
  held.unlock();
  context_->run_one();
  held.lock();
  run_what_woke(held, me);
}

/// Runs handlers that are ready, between tasks.
void worker_pool::peek(lock_type& held, seat& me) {
  io_.by = &me;
  held.unlock();
  for (size_t i = 0; i < defaults::pool_turns; ++i)
    if (context_->poll_one() == 0)
      break;
  held.lock();
  run_what_woke(held, me);
}

/// Leaves the context to others, and runs what its handlers have woken.
void worker_pool::run_what_woke(lock_type& held, seat& me) {
  io_ = {};
  me.tasks_since_io = 0;
  if (auto task = me.next.exchange(nullptr))
    run_some(held, me, task);
}

void worker_pool::idle(lock_type& held) {
  if (stands_by(*io_.by)) {
    io_.wanted = true;
    interrupt();
  }
  ++idle_.count;
  wake_.wait(held, [this] { return idle_.woken > 0 || stopped_; });
  --idle_.count;
  if (idle_.woken > 0)
    --idle_.woken;
}

// -- who stands by ------------------------------------------------------------

void worker_pool::stand_by(seat& me) {
  auto held = lock_type{mutex_};
  auto quiet = size_t{0};
  while (!stopped_) {
    if (quiet >= defaults::quiet_looks && may_rest())
      wake_standby_.wait(held, [this] { return !asleep_ || stopped_; });
    else
      wake_standby_.wait_for(held, defaults::held_after,
                             [this] { return stopped_; });
    quiet = look() ? 0 : quiet + 1;
    auto any_held = false;
    for (auto& x : seats_)
      any_held |= x.held;
    if (!any_held || io_.by || stopped_)
      continue;
    if (idle_.any())
      wake_one();
    else
      serve_instead(held, me);
  }
}

/// True: something has happened since the last look.
bool worker_pool::look() {
  auto result = false;
  for (auto& x : seats_)
    if (!stands_by(x))
      result |= look_at(x);
  return result;
}

bool worker_pool::look_at(seat& x) {
  auto turn = x.turn.load();
  auto moved = std::exchange(x.turn_seen, turn) != turn;
  if (moved || turn % 2 == 0)
    return moved;
  auto was_held = x.held.exchange(true);
  if (auto task = x.next.exchange(nullptr))
    put(task, how_.may_block(task));
  return !was_held;
}

/// Until a worker has nothing else to do.
void worker_pool::serve_instead(lock_type& held, seat& me) {
  io_.by = &me;
  io_.wanted = false;
  for (;;) {
    run_short_tasks(held, me);
    if (stopped_ || io_.wanted)
      break;
    io_.waiting = true;
    auto rests = may_rest();
    auto more = tasks_.any_short();
    held.unlock();
    if (more)
      context_->poll_one();
    else if (rests)
      context_->run_one();
    else
      context_->run_one_for(defaults::held_after);
    held.lock();
    asleep_ = false;
    io_.waiting = false;
    io_.interrupted = false;
    look();
  }
  io_.by = nullptr;
  wake_one();
}

void worker_pool::run_short_tasks(lock_type& held, seat& me) {
  for (size_t i = 0; i < defaults::pool_turns; ++i) {
    auto task = tasks_.take_short();
    if (task == nullptr)
      return;
    held.unlock();
    auto again = how_.run(task, me.number);
    held.lock();
    if (again)
      put(task, false);
  }
}

/// Whether no thread runs a task that may yet turn out to be long. The next one
/// that begins wakes who stands by.
bool worker_pool::may_rest() {
  asleep_ = true;
  for (auto& x : seats_)
    if (x.turn.load() % 2 == 1 && !x.held)
      asleep_ = false;
  return asleep_;
}

} // namespace troupe
