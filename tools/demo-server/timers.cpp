#include "troupe/tools/demo-server/timers.hpp"

#include <algorithm>

namespace troupe::demo {

timers::handle timers::after(std::chrono::milliseconds delay,
                             std::function<void()> what) {
  auto which = handle{clock::now() + delay, ++last_};
  pending_.emplace(which, std::move(what));
  return which;
}

void timers::cancel(const handle& which) {
  pending_.erase(which);
}

bool timers::empty() const {
  return pending_.empty();
}

int timers::poll_timeout() const {
  using namespace std::chrono;
  if (pending_.empty())
    return -1;
  auto wait = ceil<milliseconds>(pending_.begin()->first.first - clock::now());
  return static_cast<int>(std::clamp<int64_t>(wait.count(), 0, 60'000));
}

void timers::run_due() {
  if (pending_.empty())
    return;
  auto now = clock::now();
  auto newest = last_;
  auto next = pending_.begin();
  while (next != pending_.end() && next->first.first <= now) {
    // Timers that were added during this call wait for the next one.
    if (next->first.second > newest) {
      ++next;
      continue;
    }
    auto what = std::move(next->second);
    pending_.erase(next);
    what();
    next = pending_.begin(); // `what` may have cancelled any of them
  }
}

// -- timer_group --------------------------------------------------------------

timer_group::timer_group(timers& clock) : clock_(clock) {
  // nop
}

timer_group::~timer_group() {
  for (auto& [_, which] : pending_)
    clock_.cancel(which);
}

void timer_group::after(std::chrono::milliseconds delay,
                        std::function<void()> what) {
  auto id = ++last_;
  pending_[id] = clock_.after(delay, [this, id, what = std::move(what)] {
    pending_.erase(id);
    what();
  });
}

} // namespace troupe::demo
