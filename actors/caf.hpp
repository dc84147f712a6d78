#pragma once

#include "troupe/actors/handle.hpp"
#include "troupe/messages/caf_inspect.hpp"
#include "troupe/messages/commands.hpp"
#include "troupe/messages/defaults.hpp"

#include <caf/actor_registry.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <caf/typed_response_promise.hpp>
#if !TROUPE_CAF_0_17
#include <caf/anon_mail.hpp>
#include <caf/disposable.hpp>
#include <caf/init_global_meta_objects.hpp>
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

/// All that Troupe uses of CAF, spelled once for 0.17.6 and 1.x, and the base
/// of all our actors. CAF's version is tested in this file, in its source, and
/// in `caf_inspect.hpp`, `failure.hpp` and `requests.hpp` of `messages/`.
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

/// Asks, with a deadline of CAF's; `caf::infinite` only where the receiver
/// promises an answer (all clients do). What comes is a
/// `reply_from<Handle, Message>`.
template <class Self, class Handle, class Timeout, taken_by<Handle> Message>
auto ask(Self* self, const Handle& to, Timeout timeout, Message x) {
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

/// Tells an actor to end, ahead of what is queued (0.17; 1.x may process a
/// batch first). Never with `kill`: that passes through links untrapped.
inline void exit_now(const caf::actor& to, caf::exit_reason why) {
  if (!to)
    return;
#if TROUPE_CAF_0_17
  to->enqueue(nullptr, caf::make_message_id(caf::message_priority::high),
              caf::make_message(caf::exit_msg{to->address(), why}), nullptr);
#else
  to->enqueue(caf::make_mailbox_element(
                nullptr, caf::make_message_id(caf::message_priority::high),
                caf::exit_msg{to->address(), why}),
              nullptr);
#endif
}

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
  if (!reason || !reason.context().template match_elements<T>())
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

/// Sets the scheduler that Troupe is measured with: `sharing`, which costs
/// nothing when idle. `threads` 0: one for each CPU that this process may run
/// on; more of them only take turns.
void configure_scheduler(caf::actor_system_config& config, size_t threads = 0);

size_t running_actors(caf::actor_system& system);

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

// -- the base of all actors ---------------------------------------------------

/// Quiet (CAF's own handlers print to stdout, which may be a protocol's
/// channel), bounded (over the cap a request is refused), and free of cycles
/// (`on_stop` releases handles and promises). A request to an actor that is
/// full, that has ended, whose handler throws, or that does not take the
/// message, is answered with a `failure` as `refusal_of` has it
/// (actors/answers.hpp).
class actor_base : public caf::event_based_actor {
public:
  using down_fn = std::function<void(const caf::error&)>;

  explicit actor_base(caf::actor_config& config);

  /// Messages in the mailbox. From any thread.
  size_t mailbox_depth() const {
    return depth_.load(std::memory_order_relaxed);
  }

  caf::behavior make_behavior() final;
  void on_exit() final;

#if TROUPE_CAF_0_17
  void enqueue(caf::mailbox_element_ptr x, caf::execution_unit* host) final;
  bool cleanup(caf::error&& why, caf::execution_unit* host) final;
#else
  bool enqueue(caf::mailbox_element_ptr x, caf::scheduler* host) final;
#endif

protected:
  /// The table of contents: `return table([this](const get_status&) {...},
  /// ...)`. Called once, on a worker.
  virtual caf::message_handler handlers() = 0;

  /// The end: answers what is open, releases what could form a cycle.
  virtual void on_stop() = 0;

  /// Sets what requests are answered with after the end, by default
  /// `client_down`. To be called before the end.
  void end_with(failure why) {
    after_end_ = std::make_unique<failure>(std::move(why));
  }

  /// A linked actor ended, or another one told this one to end. Ends it, unless
  /// overridden.
  virtual void on_exit_msg(const caf::actor_addr& source,
                           const caf::error& why);

  template <class... Fs>
  caf::message_handler table(Fs... fs) {
    return caf::message_handler{counted(std::move(fs))...};
  }

  /// Like `table`, for an actor whose handles know what it takes: the handlers
  /// must be for these messages, each of them.
  template <class Actor, class... Fs>
  caf::message_handler table_of(Fs... fs) {
    static_assert(same_messages<message_list<handled_by<Fs>...>,
                                typename interface_of<Actor>::takes>,
                  "interfaces.hpp says otherwise what this actor takes");
    return table(std::move(fs)...);
  }

  /// Calls `f` once when `to` has ended; at once where it is invalid. One actor
  /// may be watched for several reasons. The result is for `unwatch`; 0: `f`
  /// was called already.
  uint64_t watch(const caf::actor& to, down_fn f);

  /// Takes back what `watch` of that actor has returned.
  void unwatch(const caf::actor_addr& of, uint64_t which);

  template <class T>
  caf::typed_response_promise<answer<T>> promise() {
    return make_response_promise<answer<T>>();
  }

  answer<actor_status> status(std::string text) const;

  /// What refuses a `get_status`.
  virtual caf::message refused_status(failure why) const;

  /// Our own time: virtual in tests.
  std::chrono::steady_clock::time_point time_now() const {
    return home_system().clock().now();
  }

  caf::actor me() {
    return caf::actor_cast<caf::actor>(this);
  }

private:
  template <class F>
  auto counted(F f) {
    return counted(std::move(f), &F::operator());
  }
  template <class F, class R, class A>
  auto counted(F f, R (F::*)(A) const) {
    return [this, f](A x) -> R {
      depth_.fetch_sub(1, std::memory_order_relaxed);
      if constexpr (is_promise<R>::value) {
        asker who{*this};
        try {
          return f(std::forward<A>(x));
        } catch (...) {
          thrown_at(std::move(who));
          throw;
        }
      } else {
        return f(std::forward<A>(x));
      }
    };
  }
  void uncount() {
    depth_.fetch_sub(1, std::memory_order_relaxed);
  }

  template <class R, class F, class A>
  static std::decay_t<A> argument_of(R (F::*)(A) const);
  template <class F>
  using handled_by = decltype(argument_of(&F::operator()));

  template <class R>
  struct is_promise : std::false_type {};
  template <class T>
  struct is_promise<caf::typed_response_promise<T>> : std::true_type {};

  /// The sender of a request. Making a promise takes it out of the message.
  struct asker {
    caf::strong_actor_ptr who;
    caf::message_id what;

    asker() = default;
    explicit asker(actor_base& self);
  };

  failure after_end() const;
  void on_exception();
  void thrown_at(asker who);
  caf::message refusal(const caf::mailbox_element& request, caf::sec code,
                       failure why) const;
  std::optional<caf::message> refused(const caf::mailbox_element& x);
  caf::result<caf::message> unexpected();

  std::atomic<size_t> depth_{0};
  std::atomic<bool> ended_{false}; // messages are not counted any more
  /// Null where `end_with` was not called. Written before `ended_`, and
  /// constant from then on: any thread reads it.
  std::unique_ptr<const failure> after_end_;
  asker last_asker_; // of a handler that threw after it had made a promise
  caf::message last_answer_;
  uint64_t last_watch_ = 0;
#if TROUPE_CAF_0_17
  struct bouncer;
  struct watcher {
    uint64_t id = 0;
    down_fn f;
  };

  std::multimap<caf::actor_addr, watcher> watched_;
#else
  std::map<uint64_t, caf::disposable> watched_;
#endif
};

} // namespace troupe
