#include "troupe/transports/io/callback_pool.hpp"

#include "troupe/transports/guarded.hpp"
#include "troupe/transports/io/signals_blocked.hpp"
#include "troupe/transports/io/turn_queue.hpp"
#include "troupe/transports/ordered_mutex.hpp"

#include <pthread.h>

#include <exception>
#include <functional>
#include <map>
#include <thread>
#include <unordered_map>
#include <vector>

namespace troupe {

/// Shared with the threads: one whose callback does not return outlives the
/// pool.
struct callback_pool::crew : std::enable_shared_from_this<crew> {
  using mutex_type = ordered_mutex<lock_rank::leaf>;
  using lock = std::unique_lock<mutex_type>;

  struct task {
    uint64_t owner = 0;
    uint64_t number = 0;
    std::function<void()> f;
  };

  uint64_t add(uint64_t owner, std::function<void()> f, size_t waiting_max);
  bool start_thread();
  void live(uint64_t number);
  std::optional<task> next(lock& held);
  std::optional<task> pop();
  size_t room_of(uint64_t owner) const;
  size_t busy() const;
  bool needs_thread() const;
  void give_back(uint64_t owner);
  void leave(uint64_t number);
  void join_ended(lock& held);
  size_t abandon_all(lock& held, size_t mine);

  callback_pool_options options;
  mutex_type mutex;
  ordered_condition come; // there is work, or the pool ends
  ordered_condition left; // a thread has ended
  // Everything below is guarded by mutex.
  turn_queue<task> queue;
  size_t waiting = 0;
  std::unordered_map<uint64_t, size_t> running; // by owner; none is 0
  std::map<uint64_t, std::thread> threads;      // those that live
  std::vector<std::thread> ended;               // to be joined
  uint64_t owners = 0;
  uint64_t numbers = 0;
  uint64_t threads_made = 0;
  bool ending = false;
};

namespace {

/// The crew that this thread belongs to.
thread_local const void* own_callback_crew = nullptr;

} // namespace

// -- work comes ---------------------------------------------------------------

uint64_t callback_pool::crew::add(uint64_t owner, std::function<void()> f,
                                  size_t waiting_max) {
  auto held = lock{mutex};
  if (!ended.empty())
    join_ended(held);
  if (ending || waiting >= waiting_max)
    return 0;
  auto number = ++numbers;
  queue.push(owner, {owner, number, std::move(f)});
  ++waiting;
  if (needs_thread() && !start_thread() && threads.empty()) {
    auto taken =
      queue.remove(owner, [&](auto& x) { return x.number == number; });
    --waiting;
    held.unlock(); // what `f` holds is released without the lock
    return 0;
  }
  come.notify_one();
  return number;
}

// -- a thread's life ----------------------------------------------------------

bool callback_pool::crew::start_thread() {
  auto blocked = signals_blocked{};
  auto number = ++threads_made;
  try {
    auto& place = threads[number];
    place =
      std::thread{[self = shared_from_this(), number] { self->live(number); }};
  } catch (const std::exception&) { // no more threads for this user, or memory
    threads.erase(number);
    return false;
  }
  return true;
}

void callback_pool::crew::live(uint64_t number) {
  own_callback_crew = this;
  pthread_setname_np(pthread_self(), "troupe-callback");
  auto held = lock{mutex};
  while (auto x = next(held)) {
    held.unlock();
    guarded([&] { x->f(); });
    guarded([&] { x->f = nullptr; }); // what it holds is the embedder's as well
    held.lock();
    give_back(x->owner);
  }
  leave(number);
}

/// Waits for work. Nothing: the thread is to end.
std::optional<callback_pool::crew::task> callback_pool::crew::next(lock& held) {
  auto until = std::chrono::steady_clock::now() + options.idle;
  for (;;) {
    if (auto x = pop())
      return x;
    if (ending)
      return std::nullopt;
    if (come.wait_until(held, until) == std::cv_status::timeout)
      return pop();
  }
}

std::optional<callback_pool::crew::task> callback_pool::crew::pop() {
  auto result =
    queue.pop([this](uint64_t owner) { return room_of(owner) > 0; });
  if (result) {
    --waiting;
    ++running[result->owner];
  }
  return result;
}

/// How many more of the owner's callbacks may run now.
size_t callback_pool::crew::room_of(uint64_t owner) const {
  auto i = running.find(owner);
  return options.threads_of_one_max - (i == running.end() ? 0 : i->second);
}

/// Threads that run a callback.
size_t callback_pool::crew::busy() const {
  size_t result = 0;
  for (auto& [owner, count] : running)
    result += count;
  return result;
}

/// Whether more callbacks may run now than there are threads to run them. A
/// thread that was started and has not looked for work yet counts as one.
bool callback_pool::crew::needs_thread() const {
  auto may_run = queue.count([this](uint64_t owner) { return room_of(owner); });
  return busy() + may_run > threads.size()
         && threads.size() < options.threads_max;
}

void callback_pool::crew::give_back(uint64_t owner) {
  auto i = running.find(owner);
  if (--i->second == 0)
    running.erase(i);
}

void callback_pool::crew::leave(uint64_t number) {
  // An abandoned thread is not in the table: it is detached.
  if (auto i = threads.find(number); i != threads.end()) {
    ended.push_back(std::move(i->second));
    threads.erase(i);
  }
  left.notify_all();
}

void callback_pool::crew::join_ended(lock& held) {
  auto list = std::exchange(ended, {});
  held.unlock();
  for (auto& x : list)
    if (x.get_id() == std::this_thread::get_id())
      x.detach();
    else
      x.join();
  held.lock();
}

size_t callback_pool::crew::abandon_all(lock& held, size_t mine) {
  auto dropped = std::vector<task>{};
  queue.remove_all([](auto&) { return true; },
                   [&](task x) { dropped.push_back(std::move(x)); });
  waiting = 0;
  // An idle thread that has not seen the end yet ends by itself. No thread is
  // counted twice.
  auto result = threads.empty() ? 0 : busy() - std::min(busy(), mine);
  for (auto& [number, x] : threads)
    x.detach();
  threads.clear();
  join_ended(held);
  held.unlock();
  dropped.clear(); // what they hold is released without the lock
  held.lock();
  return result;
}

// -- the pool -----------------------------------------------------------------

callback_pool::callback_pool(callback_pool_options options)
  : crew_(std::make_shared<crew>()) {
  crew_->options = options;
}

callback_pool::~callback_pool() {
  end(defaults::callback_stop_grace);
}

uint64_t callback_pool::join() {
  auto held = crew::lock{crew_->mutex};
  return ++crew_->owners;
}

uint64_t callback_pool::owner_of(std::string_view name) {
  constexpr auto named = uint64_t{1} << 63; // beyond all that `join` gives
  return std::hash<std::string_view>{}(name) | named;
}

uint64_t callback_pool::run(uint64_t owner, std::function<void()> f) {
  return crew_->add(owner, std::move(f), crew_->options.waiting_max);
}

uint64_t callback_pool::run_owed(uint64_t owner, std::function<void()> f) {
  return crew_->add(owner, std::move(f), SIZE_MAX);
}

bool callback_pool::withdraw(uint64_t owner, uint64_t number) {
  auto held = crew::lock{crew_->mutex};
  auto taken =
    crew_->queue.remove(owner, [&](auto& x) { return x.number == number; });
  crew_->waiting -= taken ? 1 : 0;
  held.unlock(); // what it holds is released without the lock
  return taken.has_value();
}

size_t callback_pool::end(std::chrono::milliseconds grace) {
  auto& c = *crew_;
  auto keeps = crew_;
  auto held = crew::lock{c.mutex};
  auto mine = own_callback_crew == &c ? size_t{1} : size_t{0};
  if (!std::exchange(c.ending, true)) {
    c.come.notify_all();
    c.left.wait_for(held, grace, [&] { return c.threads.size() <= mine; });
  }
  return c.abandon_all(held, mine);
}

size_t callback_pool::threads() const {
  auto held = crew::lock{crew_->mutex};
  return crew_->threads.size();
}

} // namespace troupe
