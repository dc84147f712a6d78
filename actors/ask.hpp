#pragma once

#include "troupe/actors/caf.hpp"
#include "troupe/actors/type_ids.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

/// How a request is made, from actors and from threads. What comes is always an
/// `answer<T>`, T being deduced from the handle and the message
/// (interfaces.hpp): a value, or a `failure` that says why there is none, also
/// where the receiver has ended, where it answers with something else, and
/// where the timeout was over. CAF's errors never reach who asks.
///
///     ask(this, client, call_tool{"echo"}).then([this](answer<...> x) {...});
///     auto x = ask(system, client, call_tool{"echo"});
///
/// Actors behind typed handles (`client_handle`, `registry_handle`, ...) answer
/// every request, in the time that interfaces.hpp says: no timeout is needed.
/// A bare `caf::actor` may be anybody's and must be asked with one.
namespace troupe {

/// An answer on its way to an actor.
template <class Reply, class Pending>
class [[nodiscard]] pending_answer {
public:
  explicit pending_answer(Pending x) : pending_(std::move(x)) {
    // nop
  }

  /// Calls `f` with the answer, once, as a message of the asking actor. Not
  /// called where that actor has ended before.
  template <class F>
  void then(F f) {
    static_assert(
      std::is_invocable_v<F&, Reply> || std::is_invocable_v<F&, Reply&>,
      "the function must take the answer<T> of that request");
    if constexpr (std::is_copy_constructible_v<F>) {
      give_to(std::move(f));
    } else {
      auto shared = std::make_shared<F>(std::move(f));
      give_to([shared](Reply& x) { call(*shared, x); });
    }
  }

private:
  template <class F>
  void give_to(F f) {
    std::move(pending_).then([f](Reply& x) mutable { call(f, x); },
                             [f](caf::error& why) mutable {
                               Reply x{failure_of(why)};
                               call(f, x);
                             });
  }

  template <class F>
  static void call(F& f, Reply& x) {
    if constexpr (std::is_invocable_v<F&, Reply>)
      f(std::move(x));
    else
      f(x);
  }

  Pending pending_;
};

/// Whether an actor blocks while it waits: `scoped_actor`, `blocking_actor`.
template <class Self>
concept waits_blocked = std::is_base_of_v<caf::blocking_actor, Self>;

/// Whether such a handle's actor promises to answer every request.
template <class Handle>
inline constexpr bool always_answers = false;
template <class Actor>
inline constexpr bool always_answers<handle_of<Actor>> = true;

/// Whether that message is a request to such a handle, and not one that is only
/// told. For `template <class Handle, asked_of<Handle> Message>`.
template <class Message, class Handle>
concept asked_of = taken_by<Message, Handle> && requires {
  typename reply_to<Handle, Message>::type;
};

template <class Message, class Handle>
concept asked_without_timeout =
  always_answers<Handle> && asked_of<Message, Handle>;

/// What CAF takes: neither below zero nor above 2^32 - 1 ms, some 49 days.
inline std::chrono::milliseconds timeout_of_caf(std::chrono::milliseconds x) {
  return std::clamp(x, std::chrono::milliseconds{0},
                    std::chrono::milliseconds{UINT32_MAX});
}

/// What all forms of `ask` do.
template <class Self, class Handle, class Timeout, class Message>
auto begin_request(Self* self, const Handle& to, Timeout timeout, Message x) {
  using reply = reply_from<Handle, Message>;
  auto pending = raw_request(self, to, timeout, std::move(x));
  if constexpr (waits_blocked<Self>) {
    std::optional<reply> result;
    std::move(pending).receive(
      [&](reply& y) { result = std::move(y); },
      [&](caf::error& why) { result = failure_of(why); });
    return std::move(*result);
  } else {
    return pending_answer<reply, decltype(pending)>{std::move(pending)};
  }
}

/// Asks an actor that answers always. In an actor, the result is a
/// `pending_answer`; a blocking actor waits and gets the `answer<T>`.
template <class Self, class Handle, asked_without_timeout<Handle> Message>
auto ask(Self* self, const Handle& to, Message x) {
  return begin_request(self, to, caf::infinite, std::move(x));
}

/// Asks with a timeout, after which the answer is `timed_out`. A timeout below
/// zero counts as zero.
template <class Self, class Handle, asked_of<Handle> Message>
auto ask(Self* self, const Handle& to, Message x,
         std::chrono::milliseconds timeout) {
  return begin_request(self, to, timeout_of_caf(timeout), std::move(x));
}

// -- from threads that are no actors ------------------------------------------

// Each of these blocks its caller: never inside of an actor, whose thread it
// would hold. A `scoped_actor` of the caller's must end before its system, and
// its thread too: CAF leaves a reference to the system there. The forms that
// take the system leave none.

template <class Handle, asked_without_timeout<Handle> Message>
reply_from<Handle, Message> ask(caf::scoped_actor& self, const Handle& to,
                                Message x) {
  return ask(&*self, to, std::move(x));
}

template <class Handle, asked_of<Handle> Message>
reply_from<Handle, Message> ask(caf::scoped_actor& self, const Handle& to,
                                Message x, std::chrono::milliseconds timeout) {
  return ask(&*self, to, std::move(x), timeout);
}

template <class Handle, asked_without_timeout<Handle> Message>
reply_from<Handle, Message> ask(caf::actor_system& system, const Handle& to,
                                Message x) {
  thread_visit visit{system};
  caf::scoped_actor self{system};
  return ask(self, to, std::move(x));
}

/// A call that was not waited for is cancelled: its asker has ended.
template <class Handle, asked_of<Handle> Message>
reply_from<Handle, Message> ask(caf::actor_system& system, const Handle& to,
                                Message x, std::chrono::milliseconds timeout) {
  thread_visit visit{system};
  caf::scoped_actor self{system};
  return ask(self, to, std::move(x), timeout);
}

} // namespace troupe
