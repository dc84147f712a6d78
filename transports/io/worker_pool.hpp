#pragma once

#include "troupe/transports/io/task_queue.hpp"
#include "troupe/transports/ordered_mutex.hpp"

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

namespace boost::asio {
class io_context;
}

namespace troupe {

/// Threads that run tasks and serve one `io_context`: what a handler wakes runs
/// next on the thread that ran the handler, without a switch, and on the others
/// when there is more of it. One thread serves at a time, so handlers need no
/// locks among themselves. Signals are blocked in all of them.
///
/// Idle threads wait in the kernel, one of them for the descriptors. Tasks may
/// block, as many at once as they like: one thread more than was asked for
/// stands by. It sees which threads are held by a task, and where all are, it
/// serves the context, and runs tasks that never block.
class worker_pool {
public:
  /// How tasks are run. Called without a lock, but for `may_block`.
  class executor {
  public:
    virtual ~executor() = default;
    /// On each of the threads, before its first task and after its last.
    virtual void thread_begins() = 0;
    virtual void thread_ends() = 0;
    /// Runs its next step; `seat` is the thread's number. True: it may have
    /// more to do, and is to be run again, at once or after others.
    virtual bool run(void* task, size_t seat) = 0;
    /// Whether it may hold its thread for long.
    virtual bool may_block(void* task) = 0;
    /// Takes one that will not be run.
    virtual void drop(void* task) = 0;
  };

  /// Throws `std::system_error` where there is no descriptor. `how` must live
  /// until the end of `stop`.
  worker_pool(executor& how, size_t threads);
  ~worker_pool();
  worker_pool(const worker_pool&) = delete;
  worker_pool& operator=(const worker_pool&) = delete;

  /// Throws `std::system_error` where there is no thread.
  void start();
  /// Lets what runs finish, and waits for that; drops the other tasks. Not to
  /// be called by a task.
  void stop();

  /// Seats, and with that threads, in all.
  size_t seats() const {
    return seats_.size();
  }

  // -- from any thread

  void schedule(void* task);
  boost::asio::io_context& context();
  /// Whether the caller is inside a handler of the context.
  bool serving_here() const;

private:
  using lock_type = std::unique_lock<ordered_mutex<lock_rank::leaf>>;

  /// One thread's.
  struct alignas(64) seat {
    worker_pool* pool = nullptr;
    size_t number = 0;
    /// What it runs next: taken by itself, or where it is held by another.
    std::atomic<void*> next = nullptr;
    /// Odd: a task runs.
    std::atomic<uint64_t> turn = 0;
    /// Its task takes long: `next` must be left empty.
    std::atomic<bool> held = false;
    uint64_t turn_seen = 0; // by who stands by
    size_t tasks_since_io = 0;
  };

  /// Workers that wait for a task.
  struct idlers {
    size_t count = 0;
    size_t woken = 0; // of those, told to go on

    bool any() const {
      return count > woken;
    }
  };

  /// What is known of the context.
  struct service {
    const seat* by = nullptr; // who serves it
    bool waiting = false;     // for a handler
    bool interrupted = false; // ... and was told to return
    bool wanted = false;      // a worker would serve it
  };

  static thread_local seat* here_;

  bool stands_by(const seat& x) const {
    return x.number + 1 == seats_.size();
  }

  // -- the workers
  void work(seat& me);
  bool run_next(lock_type& held, seat& me);
  void run_some(lock_type& held, seat& me, void* task);
  template <class InTime>
  void run(seat& me, void* task, InTime in_time);
  void put_back(void* task);
  void wake_standby();
  void serve(lock_type& held, seat& me);
  void peek(lock_type& held, seat& me);
  void run_what_woke(lock_type& held, seat& me);
  void idle(lock_type& held);

  // -- who stands by
  void stand_by(seat& me);
  bool look();
  bool look_at(seat& x);
  void serve_instead(lock_type& held, seat& me);
  void run_short_tasks(lock_type& held, seat& me);
  bool may_rest();

  // -- under the lock
  void put(void* task, bool may_block);
  void wake_one();
  void interrupt();

  executor& how_;
  std::shared_ptr<boost::asio::io_context> context_;
  std::vector<seat> seats_; // the last one's thread stands by
  std::vector<std::thread> threads_;

  mutable ordered_mutex<lock_rank::leaf> mutex_;
  ordered_condition wake_;
  ordered_condition wake_standby_;
  // Everything below is guarded by mutex_.
  task_queue tasks_;
  idlers idle_;
  service io_;
  bool stopped_ = false;

  std::atomic<bool> asleep_ = false; // who stands by, until a task begins
};

} // namespace troupe
