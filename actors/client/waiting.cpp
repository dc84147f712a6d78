#include "troupe/actors/client/client.hpp"

#include "troupe/actors/client/take_out.hpp"
#include "troupe/actors/type_ids.hpp"

#include <algorithm>
#include <array>

namespace troupe {

// -- those who wait -----------------------------------------------------------

void client::wait_until_ready(reply<client_status> to,
                              open_callers::hold caller, milliseconds timeout) {
  if (ready_waiters_.size() >= defaults::mailbox_messages_max) {
    to.deliver(advised(
      {errc::overloaded, fate::not_sent, "too many wait for " + spec_.name}));
    return;
  }
  auto now = time_now();
  wait_deadline by{now};
  // The attempt's own end comes first: it names the cause, and comes when
  // nothing is left of it.
  if (timeout.count() > 0)
    by.named(now + timeout);
  else
    by.usual(now + spec_.timeouts.drain + ready_timeout(spec_)
             + 2 * std::max(stop_grace_, spec_.timeouts.stop_grace)
             + defaults::guard_answer_margin);
  auto ended = session_ ? incarnation_ - 1 : incarnation_;
  ready_waiters_.push_back({std::move(to), std::move(caller), by, ended});
}

void client::answer_ready() {
  for (auto& waiter : std::exchange(ready_waiters_, {}))
    waiter.to.deliver(get());
}

void client::fail_ready(const failure& why) {
  for (auto& waiter : std::exchange(ready_waiters_, {}))
    waiter.to.deliver(advised(why));
}

/// That incarnation has failed, and another try is to come. Who asked after its
/// end waits for that try: a death from before the question is no answer. So
/// does who asked a client that has never had that incarnation, because it
/// follows one that died.
void client::fail_ready_of(uint64_t incarnation, const failure& why) {
  if (incarnation != incarnation_)
    return;
  for (auto& x :
       take_out(ready_waiters_, [=](auto& y) { return y.after < incarnation; }))
    x.to.deliver(advised(why));
}

void client::end_waiters_of(const caf::actor_addr& who, const failure& why) {
  auto end = [&](auto& waiters) {
    for (auto& x : take_out(waiters, [&](auto& y) { return y.caller == who; }))
      x.to.deliver(why);
  };
  end(ready_waiters_);
  each_part([&](auto& part) { end(part.waiters); });
}

// -- waiting at the gate ------------------------------------------------------

/// Others start first: that is no fault of the server, and not its time.
void client::on_queued(const start_queued& x) {
  if (closing() || transport_)
    return;
  if (!queued_)
    queued_since_ = time_now();
  else if (queued_->text == x.why.text)
    return;
  queued_ = x.why;
  waiting_.retime([this](auto& call) { return due_at(call); });
  retry_at_.reset();
  publish(phase_.now(), x.why.code, x.why.text);
  arm();
}

/// From here on the time of those who wait runs again. What a call has in all,
/// where nobody named it, begins so much later.
void client::leave_queue() {
  if (!queued_)
    return;
  queued_.reset();
  auto now = time_now();
  auto put_off = [&](auto& x) { return x.by.put_off(queued_since_, now); };
  std::for_each(ready_waiters_.begin(), ready_waiters_.end(), put_off);
  each_part([&](auto& part) {
    std::for_each(part.waiters.begin(), part.waiters.end(), put_off);
  });
  waiting_.retime([&](waiting_call& x) {
    auto by = put_off(x);
    if (x.what.total_timeout.count() <= 0)
      x.arrived += by;
    return due_at(x);
  });
  arm();
}

milliseconds ready_timeout(const server_spec& spec) {
  if (spec.timeouts.ready.count() > 0)
    return std::min<milliseconds>(spec.timeouts.ready,
                                  defaults::ready_timeout_max);
  static constexpr std::array<std::string_view, 6> launchers{
    "npx", "uvx", "bunx", "pipx", "docker", "podman"};
  std::string_view program{spec.command};
  program.remove_prefix(program.find_last_of('/') + 1);
  auto is_launcher =
    std::find(launchers.begin(), launchers.end(), program) != launchers.end();
  return is_launcher ? defaults::ready_timeout_launcher
                     : defaults::ready_timeout;
}

} // namespace troupe
