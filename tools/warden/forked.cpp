#include "troupe/tools/warden/forked.hpp"
#include "troupe/messages/defaults.hpp"
#include "troupe/transports/guard/open_pidfd.hpp"
#include "troupe/transports/guard/wake_guard.hpp"

#include <algorithm>
#include <csignal>
#include <limits>
#include <unistd.h>

namespace troupe::guard {

void forked::add(child x) {
  x.pidfd = open_pidfd(x.pid);
  children_.push_back(x);
}

bool forked::knows(int32_t pid) const {
  return std::any_of(children_.begin(), children_.end(),
                     [pid](auto& x) { return x.pid == pid; });
}

std::optional<forked::child> forked::take(int32_t pid) {
  auto at = std::find_if(children_.begin(), children_.end(),
                         [pid](auto& x) { return x.pid == pid; });
  if (at == children_.end())
    return std::nullopt;
  auto x = *at;
  children_.erase(at);
  close(x.pidfd);
  return x;
}

void forked::watch(std::vector<pollfd>& to) const {
  for (auto& x : children_)
    to.push_back({x.is_held ? -1 : x.pidfd, POLLIN, 0});
}

std::vector<forked::child> forked::take_held() {
  auto ends = std::vector<pollfd>{};
  watch(ends);
  auto out = std::vector<child>{};
  if (poll(ends.data(), ends.size(), 0) <= 0)
    return out;
  for (size_t i = 0; i < ends.size(); ++i) {
    if (ends[i].revents == 0)
      continue;
    children_[i].is_held = true;
    children_[i].due = {};
    out.push_back(children_[i]);
  }
  return out;
}

bool forked::is_empty() const {
  return std::all_of(children_.begin(), children_.end(),
                     [](auto& x) { return x.is_held; });
}

void forked::close_pidfds() const {
  for (auto& x : children_)
    close(x.pidfd);
}

// -- after the host's death --------------------------------------------------

void forked::on_host_gone(clock::time_point now) {
  constexpr auto longest = milliseconds{std::numeric_limits<int32_t>::max()};
  for (auto& x : children_) {
    if (x.is_sweep) {
      kill(x.pid, SIGKILL);
      continue;
    }
    if (x.is_held)
      continue;
    wake_guard(x.pid, x.pidfd);
    auto grace = std::clamp(x.grace, milliseconds{0}, longest);
    x.due = now + 2 * grace + defaults::orphaned_shim_margin;
  }
}

std::optional<clock::time_point> forked::due() const {
  auto first = std::optional<clock::time_point>{};
  for (auto& x : children_)
    if (x.due != clock::time_point{} && (!first || x.due < *first))
      first = x.due;
  return first;
}

void forked::kill_overdue(clock::time_point now) {
  for (auto& x : children_)
    if (x.due != clock::time_point{} && x.due <= now) {
      x.due = {};
      kill(x.pid, SIGKILL);
    }
}

} // namespace troupe::guard
