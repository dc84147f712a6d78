#include "troupe/actors/client/ready_waiters.hpp"

#include "troupe/actors/client/take_out.hpp"
#include "troupe/actors/session/earlier.hpp"
#include "troupe/actors/type_ids.hpp"

namespace troupe {

void ready_waiters::add(reply<client_status> to, open_callers::hold caller,
                        wait_deadline by, uint64_t ended) {
  waiters_.push_back({std::move(to), std::move(caller), by, ended});
}

template <class F>
ready_waiters::replies ready_waiters::take(F is_it) {
  replies result;
  for (auto& x : take_out(waiters_, is_it))
    result.push_back(std::move(x.to));
  return result;
}

ready_waiters::replies ready_waiters::take_all() {
  return take([](const waiter&) { return true; });
}

ready_waiters::replies ready_waiters::take_those_before(uint64_t incarnation) {
  return take([=](const waiter& x) { return x.ended < incarnation; });
}

ready_waiters::replies ready_waiters::take_of(const caf::actor_addr& caller) {
  return take([&](const waiter& x) { return x.caller == caller; });
}

ready_waiters::replies ready_waiters::expire(time_point now, bool queued) {
  return take([=](const waiter& x) { return x.by.due(queued) <= now; });
}

std::optional<ready_waiters::time_point>
ready_waiters::next_deadline(bool queued) const {
  std::optional<time_point> next;
  for (auto& x : waiters_)
    next = earlier(next, x.by.due(queued));
  return next;
}

void ready_waiters::put_off(time_point begin, time_point end) {
  for (auto& x : waiters_)
    x.by.put_off(begin, end);
}

} // namespace troupe
