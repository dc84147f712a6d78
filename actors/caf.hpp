#pragma once

#include "troupe/actors/handle.hpp"
#include "troupe/messages/caf_inspect.hpp"
#include "troupe/messages/commands.hpp"
#include "troupe/messages/defaults.hpp"

#include <caf/actor_registry.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/response_promise.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <caf/typed_response_promise.hpp>
#if !TROUPE_CAF_0_17
#include <caf/anon_mail.hpp>
#include <caf/disposable.hpp>
#include <caf/init_global_meta_objects.hpp>
#include <caf/logger.hpp>
#endif

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

/// All that Troupe uses of CAF, spelled once for 0.17.6 and 1.x. CAF's version
/// is tested in this file, in actor_base.hpp, in the sources of both, and in
/// `caf_inspect.hpp`, `failure.hpp` and `requests.hpp` of `messages/`.
namespace troupe {

// -- sending: names that CAF's classes do not have (theirs would win) ---------

template <class Self, class Handle, taken_by<Handle> Message>
void tell(Self* self, const Handle& to, Message x) {
#if TROUPE_CAF_0_17
  self->send(to, std::move(x));
#else
  self->mail(std::move(x)).send(to);
#endif
}

template <class Self, class Handle, taken_by<Handle> Message>
void tell_after(Self* self, const Handle& to, caf::timespan delay, Message x) {
#if TROUPE_CAF_0_17
  self->delayed_send(to, delay, std::move(x));
#else
  self->mail(std::move(x)).delay(delay).send(to);
#endif
}

/// Sends from a thread that is no actor.
template <class Handle, taken_by<Handle> Message>
void tell_anon(const Handle& to, Message x) {
#if TROUPE_CAF_0_17
  caf::anon_send(to, std::move(x));
#else
  caf::anon_mail(std::move(x)).send(to);
#endif
}

/// Puts a message into a mailbox as CAF has it, in the name of `from`, which
/// may be null. `to` must not.
inline void put_into(const caf::strong_actor_ptr& to,
                     caf::strong_actor_ptr from, caf::message_id id,
                     caf::message what) {
#if TROUPE_CAF_0_17
  to->enqueue(std::move(from), id, std::move(what), nullptr);
#else
  to->enqueue(caf::make_mailbox_element(std::move(from), id, std::move(what)),
              nullptr);
#endif
}

/// Sends from such a thread in the name of an actor, which gets what is sent
/// back.
template <class Handle, taken_by<Handle> Message>
void tell_as(const caf::actor& from, const Handle& to, Message x) {
  put_into(caf::actor_cast<caf::strong_actor_ptr>(to),
           caf::actor_cast<caf::strong_actor_ptr>(from), caf::make_message_id(),
           caf::make_message(std::move(x)));
}

/// Makes a request as CAF has it, whose answer may be a `caf::error`: `ask`
/// (ask.hpp) makes a `failure` of that. `caf::infinite` only where the receiver
/// promises an answer.
template <class Self, class Handle, class Timeout, taken_by<Handle> Message>
auto raw_request(Self* self, const Handle& to, Timeout timeout, Message x) {
#if TROUPE_CAF_0_17
  return self->request(to, timeout, std::move(x));
#else
  return self->mail(std::move(x)).request(to, timeout);
#endif
}

/// Lets another actor answer the request of that promise.
template <class Promise, class Handle, taken_by<Handle> Message>
void pass(Promise& promise, const Handle& to, Message x) {
  promise.delegate(to, std::move(x));
}

/// Tells an actor to end, ahead of what is queued (1.x: after one more message
/// at most, and after answers that it has fetched). Never with `kill`: that
/// passes through links untrapped.
void exit_now(const caf::actor& to, caf::exit_reason why);

// -- exit reasons that carry a value ------------------------------------------

template <class T>
caf::error exit_carrying(T x) {
#if TROUPE_CAF_0_17
  return {static_cast<uint8_t>(caf::exit_reason::user_shutdown),
          caf::atom("exit"), caf::make_message(std::move(x))};
#else
  return caf::make_error(caf::exit_reason::user_shutdown, std::move(x));
#endif
}

/// The value in an exit reason made by `exit_carrying`; null: there is none.
template <class T>
const T* carried_by(const caf::error& reason) {
  if (reason == caf::none || !reason.context().template match_elements<T>())
    return nullptr;
  return &reason.context().template get_as<T>(0);
}

std::string to_text(const caf::error& x);

/// What an error of CAF's means to the actor that asked. Our actors answer with
/// `answer<T>` in every case; an error comes for messages that are not ours,
/// where the timeout of `ask` was over, and from actors that are not on our
/// base.
failure failure_of(const caf::error& x);

// -- systems ------------------------------------------------------------------

/// Registers all message types; to be called before the system is made.
void register_types(caf::actor_system_config& config);

/// Sets CAF's scheduler `sharing`, which costs nothing when idle. `threads` 0:
/// one for each CPU that this process may run on; more of them only take turns.
void configure_scheduler(caf::actor_system_config& config, size_t threads = 0);

size_t running_actors(caf::actor_system& system);

/// A thread that asks or spawns keeps a reference to the system, and the end of
/// a system waits until no thread has one. Stands in a function that does so on
/// a thread which is not CAF's own, before all else that uses the system.
class thread_visit {
public:
  explicit thread_visit(caf::actor_system& system);
  /// Takes the reference back, unless the thread had it before.
  ~thread_visit();
  thread_visit(const thread_visit&) = delete;
  thread_visit& operator=(const thread_visit&) = delete;

  /// Takes back what using that system has left in the calling thread. Nothing
  /// where the thread, at the end of the program, has given it back already.
  static void forget(caf::actor_system& system);

private:
  bool at_home_;
};

/// Spawns an actor of that class. `Host` is a system or an actor.
template <class Actor, class Host, class... Ts>
handle_of<Actor> spawn_handle(Host& host, Ts&&... xs) {
  return handle_of<Actor>{host.template spawn<Actor>(std::forward<Ts>(xs)...)};
}

// -- replies ------------------------------------------------------------------

/// The duty to answer one request with an `answer<T>`. Dropped unused, it
/// answers with `internal_error`: no request stays without an answer (0.17
/// would leave its asker waiting for ever).
template <class T>
class reply {
public:
  using result = T;
  using promise = caf::typed_response_promise<answer<T>>;

  reply() = default;
  explicit reply(promise to) : to_(std::move(to)) {
    // nop
  }
  reply(reply&& other) noexcept : to_(std::exchange(other.to_, promise{})) {
    // nop
  }
  reply& operator=(reply&& other) noexcept {
    if (this != &other) {
      drop();
      to_ = std::exchange(other.to_, promise{});
    }
    return *this;
  }
  ~reply() {
    drop();
  }

  void deliver(answer<T> x) {
    auto to = std::exchange(to_, promise{});
    to.deliver(std::move(x));
  }

private:
  void drop() {
    if (to_.pending())
      deliver(failure{errc::internal_error, fate::outcome_unknown,
                      "the request was dropped"});
  }

  promise to_;
};

/// The duty to say that a message was handled, by an answer with nothing.
class receipt {
public:
  explicit receipt(caf::response_promise to) : to_(std::move(to)) {
    // nop
  }

  void deliver();

private:
  caf::response_promise to_;
};

} // namespace troupe
