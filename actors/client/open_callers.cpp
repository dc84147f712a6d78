#include "troupe/actors/client/open_callers.hpp"

#include <algorithm>

namespace troupe {

open_callers::open_callers(watch_fn watch, unwatch_fn unwatch,
                           size_t watched_max)
  : watch_(std::move(watch)), unwatch_(std::move(unwatch)),
    watched_max_(watched_max), let_go_at_(watched_max) {
  // nop
}

// -- one open call ------------------------------------------------------------

open_callers::hold::hold(caf::strong_actor_ptr who, caller* counted)
  : who_(std::move(who)), counted_(counted) {
  ++counted_->open;
}

open_callers::hold::hold(hold&& other) noexcept
  : who_(std::move(other.who_)),
    counted_(std::exchange(other.counted_, nullptr)) {
  // nop
}

open_callers::hold& open_callers::hold::operator=(hold&& other) noexcept {
  std::swap(who_, other.who_);
  std::swap(counted_, other.counted_);
  return *this;
}

open_callers::hold::~hold() {
  if (counted_ != nullptr)
    --counted_->open;
}

// -- all of them --------------------------------------------------------------

// By the address of the control block: ids of remote actors are not unique. The
// entry's weak reference keeps that address from being used again.
open_callers::hold open_callers::enter(caf::strong_actor_ptr who) {
  if (!who)
    return {};
  auto i = callers_.find(who.get());
  if (i == callers_.end()) {
    if (callers_.size() >= let_go_at_)
      let_go();
    i = callers_.emplace(who.get(), caller{}).first;
  }
  auto& x = i->second;
  if (x.watch == 0) {
    x.who = caf::actor_cast<caf::actor_addr>(who);
    x.watch = watch_(who);
  }
  return {std::move(who), &x};
}

void open_callers::on_down(const caf::actor_addr& who) {
  auto i = callers_.find(caf::actor_cast<caf::actor_control_block*>(who));
  if (i == callers_.end())
    return;
  i->second.watch = 0;
  if (i->second.open == 0)
    callers_.erase(i);
}

/// Drops all callers without an open call. The next time is when their number
/// has doubled, so that the cost for each new caller is constant.
void open_callers::let_go() {
  std::erase_if(callers_, [this](auto& entry) {
    auto& x = entry.second;
    if (x.open > 0)
      return false;
    if (x.watch != 0)
      unwatch_(x.who, x.watch);
    return true;
  });
  let_go_at_ = std::max(watched_max_, 2 * callers_.size());
}

} // namespace troupe
