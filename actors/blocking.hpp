#pragma once

#include "troupe/actors/caf.hpp"
#include "troupe/actors/type_ids.hpp"

#include <optional>
#include <type_traits>
#include <vector>

/// For threads that are no actors: `main`, tests, other libraries' callbacks.
/// Everything here blocks its caller, and must not be used inside of actors.
namespace troupe {

namespace outside {

template <class T>
struct value_of {
  using type = T;
};
template <class T>
struct value_of<answer<T>> {
  using type = T;
};

/// Whether these questions are answered with a bare value.
template <class Message>
inline constexpr bool answered_bare =
  std::is_same_v<Message, get_status> || std::is_same_v<Message, get_tree>;

/// The value that stands for a failure; a status carries the failure in its
/// text.
template <class T>
T unanswered(failure why) {
  if constexpr (std::is_constructible_v<T, failure>) {
    return T{std::move(why)};
  } else if constexpr (std::is_same_v<T, client_status>) {
    T result;
    result.last_error = why.code;
    result.last_error_text = std::move(why.text);
    return result;
  } else {
    static_assert(std::is_same_v<T, actor_status>,
                  "this has no place for a failure: ask for an answer<...>");
    T result;
    result.text = std::move(why.text);
    return result;
  }
}

} // namespace outside

/// Asks an actor and waits for its answer, at most `timeout`. What was asked
/// and not waited for is cancelled. T is what the message is answered with, or
/// `answer` of that: then a failure can be told from a value in every case.
template <class T, class Message>
T ask_and_wait(caf::actor_system& system, const caf::actor& whom,
               std::chrono::milliseconds timeout, Message x) {
  using heard = std::conditional_t<outside::answered_bare<Message>,
                                   typename outside::value_of<T>::type, T>;
  if (timeout.count() < 0)
    return outside::unanswered<T>(
      {errc::invalid_argument, fate::not_sent, "a timeout below zero"});
  std::optional<T> result;
  caf::scoped_actor self{system};
  ask(&*self, whom, timeout, std::move(x))
    .receive(
      [&](heard& y) { result = T{std::move(y)}; },
      [&](caf::error& e) { result = outside::unanswered<T>(failure_of(e)); });
  return std::move(*result);
}

/// Waits until all of them have ended. False: `timeout` came first.
bool wait_until_down(caf::actor_system& system,
                     const std::vector<caf::actor>& all,
                     std::chrono::milliseconds timeout);

} // namespace troupe
