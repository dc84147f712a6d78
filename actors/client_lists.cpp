#include "actors/client.hpp"

#include "actors/type_ids.hpp"

namespace troupe {

// A list that is known is given at once; while the server is away the last good
// one is better than none, and says that it is stale.
reply<tool_list>::promise client::on_list(const list_tools& x) {
  auto later = promise<tool_list>();
  reply<tool_list> to{later};
  auto away = phase_.now() != phase::ready;
  if (catalog_ && (away || (catalog_fresh_ && !x.refresh))) {
    auto list = *catalog_;
    list.stale = away || !catalog_fresh_;
    to.deliver(std::move(list));
    use();
    return later;
  }
  if (closing() || phase_.now() == phase::failed
      || phase_.now() == phase::degraded) {
    to.deliver(failure{closing() ? errc::closed : errc::not_ready,
                       fate::not_sent, status_.last_error_text});
    return later;
  }
  if (list_waiters_.size() >= spec_.limits.waiting_calls_max) {
    to.deliver(failure{errc::overloaded, fate::not_sent,
                       "too many wait for the list"});
    return later;
  }
  auto now = time_now();
  auto by = now + ready_timeout(spec_) + defaults::list_timeout;
  list_waiters_.push_back(
    {std::move(to), now, by, by + defaults::ready_wait_max});
  use();
  ask_for_list();
  settle();
  return later;
}

/// One at a time, whoever asks.
void client::ask_for_list() {
  if (phase_.now() == phase::ready && list_ticket_ == 0
      && !list_waiters_.empty())
    list_ticket_ = session_->list_tools(time_now(), events_);
}

void client::on_listed(tools_listed& x) {
  list_ticket_ = 0;
  if (!x.list.ok())
    return end_lists(x.list.error);
  catalog_ = std::move(x.list.value);
  catalog_fresh_ = true;
  for (auto& waiter : std::exchange(list_waiters_, {}))
    waiter.to.deliver(*catalog_);
}

void client::put_off_lists() {
  put_off(list_waiters_);
}

void client::end_lists(const failure& why) {
  list_ticket_ = 0;
  for (auto& waiter : std::exchange(list_waiters_, {}))
    waiter.to.deliver(why);
}

} // namespace troupe
