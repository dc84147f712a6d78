#pragma once

#include "troupe/actors/caf.hpp"
#include "troupe/actors/type_ids.hpp"

#include <optional>
#include <vector>

/// For threads that are no actors: `main`, tests, other libraries' callbacks.
/// Everything here blocks its caller, and must not be used inside of actors.
namespace troupe {

/// Asks an actor and waits for its answer, at most `timeout`. What was asked
/// and not waited for is cancelled.
template <class Handle, taken_by<Handle> Message>
reply_from<Handle, Message>
ask_and_wait(caf::actor_system& system, const Handle& whom,
             std::chrono::milliseconds timeout, Message x) {
  using reply = reply_from<Handle, Message>;
  if (timeout.count() < 0)
    return failure{errc::invalid_argument, fate::not_sent,
                   "a timeout below zero"};
  std::optional<reply> result;
  caf::scoped_actor self{system};
  ask(&*self, whom, timeout, std::move(x))
    .receive([&](reply& y) { result = std::move(y); },
             [&](caf::error& e) { result = failure_of(e); });
  return std::move(*result);
}

/// Waits until all of them have ended. False: `timeout` came first.
bool wait_until_down(caf::actor_system& system,
                     const std::vector<caf::actor>& all,
                     std::chrono::milliseconds timeout);

} // namespace troupe
