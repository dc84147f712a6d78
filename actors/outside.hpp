#pragma once

#include "actors/caf.hpp"
#include "actors/type_ids.hpp"

#include <optional>
#include <vector>

/// For threads that are no actors: `main`, tests, other libraries' callbacks.
/// Everything here blocks its caller, and must not be used inside of actors.
namespace troupe {

/// Asks an actor and waits for its answer, at most `timeout`.
template <class T, class Message>
T ask_and_wait(caf::actor_system& system, const caf::actor& whom,
               std::chrono::milliseconds timeout, Message x) {
  T result;
  caf::scoped_actor self{system};
  ask(&*self, whom, timeout, std::move(x))
    .receive([&](T& y) { result = std::move(y); },
             [&](caf::error& e) {
               if constexpr (std::is_constructible_v<T, failure>)
                 result = T{failure_of(e)};
             });
  return result;
}

/// Waits until all of them have ended. False: `timeout` came first.
bool wait_until_down(caf::actor_system& system,
                     const std::vector<caf::actor>& all,
                     std::chrono::milliseconds timeout);

} // namespace troupe
