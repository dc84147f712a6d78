#include "troupe/transports/http/threads.hpp"

#include "troupe/messages/defaults.hpp"
#include "troupe/transports/io/signals_blocked.hpp"
#include "troupe/transports/ordered_mutex.hpp"

#include <algorithm>
#include <pthread.h>
#include <vector>

namespace troupe {

/// Shared with the threads: one of them may be its last owner.
struct http_threads::crew : std::enable_shared_from_this<crew> {
  struct worker {
    ordered_condition woken;
    std::function<void()> next; // guarded by the crew's mutex
  };
  using worker_ptr = std::shared_ptr<worker>;
  using mutex_type = ordered_mutex<lock_rank::leaf>;
  using lock = std::unique_lock<mutex_type>;

  bool start(std::function<void()> f);
  void live(std::function<void()> f);
  bool rest(lock& held, const worker_ptr& me);
  void leave(lock& held);
  void join_ended(lock& held);
  void end();

  std::chrono::milliseconds idle_time{0};
  care look_after;
  mutex_type mutex;
  ordered_condition changed;
  // Everything below is guarded by mutex.
  std::vector<worker_ptr> idle; // the one that became idle last is used first
  std::vector<pthread_t> ended; // to be joined
  size_t size = 0;
  bool ending = false;
  bool detaches = false; // the last thread ends the crew: detach it
};

namespace {

/// The crew that this thread belongs to.
thread_local const void* own_http_crew = nullptr;

} // namespace

// -- a thread's life ----------------------------------------------------------

bool http_threads::crew::start(std::function<void()> f) {
  struct first_work {
    std::shared_ptr<crew> to;
    std::function<void()> f;
  };
  auto enter = [](void* x) -> void* {
    auto work = std::unique_ptr<first_work>{static_cast<first_work*>(x)};
    auto keeps = work->to;
    keeps->live(std::move(work->f));
    return nullptr;
  };
  auto work = std::make_unique<first_work>();
  work->to = shared_from_this();
  work->f = std::move(f);
  auto attributes = pthread_attr_t{};
  auto thread = pthread_t{};
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, defaults::http_stack_bytes);
  auto blocked = signals_blocked{};
  auto error = pthread_create(&thread, &attributes, enter, work.get());
  pthread_attr_destroy(&attributes);
  if (error == 0)
    work.release(); // it is the thread's
  return error == 0;
}

void http_threads::crew::live(std::function<void()> f) {
  own_http_crew = this;
  pthread_setname_np(pthread_self(), "troupe-http");
  auto me = std::make_shared<worker>();
  for (;;) {
    f();
    f = nullptr;
    auto held = lock{mutex};
    if (!rest(held, me)) {
      leave(held);
      return;
    }
    f = std::exchange(me->next, nullptr);
  }
}

/// Waits for work. False: the thread is to end.
bool http_threads::crew::rest(lock& held, const worker_ptr& me) {
  if (ending)
    return false;
  idle.push_back(me);
  auto until = clock::now() + idle_time;
  auto called = [&] { return me->next || ending; };
  while (!me->woken.wait_until(held, until, called)) {
    held.unlock();
    auto again = look_after();
    held.lock();
    if (called())
      break;
    if (!again || idle.size() > 1) {
      std::erase(idle, me);
      return false;
    }
    until = std::max(*again, clock::now());
  }
  return static_cast<bool>(me->next);
}

void http_threads::crew::leave(lock& held) {
  if (detaches)
    pthread_detach(pthread_self());
  else
    ended.push_back(pthread_self());
  --size;
  changed.notify_all();
  held.unlock();
}

void http_threads::crew::join_ended(lock& held) {
  auto list = std::exchange(ended, {});
  held.unlock();
  for (auto x : list)
    pthread_join(x, nullptr);
  held.lock();
}

void http_threads::crew::end() {
  auto held = lock{mutex};
  ending = true;
  for (auto& x : idle)
    x->woken.notify_one();
  idle.clear();
  auto mine = own_http_crew == this ? size_t{1} : size_t{0};
  changed.wait(held, [&] { return size <= mine; });
  detaches = mine > 0;
  join_ended(held);
}

// -- the threads --------------------------------------------------------------

http_threads::http_threads(std::chrono::milliseconds idle, care look_after)
  : crew_(std::make_shared<crew>()) {
  crew_->idle_time = idle;
  crew_->look_after = std::move(look_after);
}

http_threads::~http_threads() {
  end();
}

bool http_threads::run(std::function<void()> f) {
  auto held = crew::lock{crew_->mutex};
  if (!crew_->ended.empty())
    crew_->join_ended(held);
  if (crew_->ending)
    return false;
  if (!crew_->idle.empty()) {
    auto one = std::move(crew_->idle.back());
    crew_->idle.pop_back();
    one->next = std::move(f);
    held.unlock();
    one->woken.notify_one();
    return true;
  }
  ++crew_->size;
  if (crew_->start(std::move(f)))
    return true;
  --crew_->size;
  return false;
}

void http_threads::end() {
  crew_->end();
}

size_t http_threads::size() const {
  auto held = crew::lock{crew_->mutex};
  return crew_->size;
}

} // namespace troupe
