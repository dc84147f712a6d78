#pragma once

#include "troupe/actors/caf.hpp"

#include <any>
#include <atomic>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

namespace troupe {

struct add_child;
struct observe;

/// Quiet (CAF's own handlers print to stdout, which may be a protocol's
/// channel), bounded (over the cap a request is refused), and free of cycles
/// (`on_stop` releases handles and promises). A request to an actor that is
/// full, that has ended, whose handler throws, or that does not take the
/// message, is answered with a `failure` as `refusal_of` has it
/// (actors/answers.hpp).
class actor_base : public caf::event_based_actor {
public:
  using down_fn = std::function<void(const caf::error&)>;
  using redirect_fn =
    std::function<caf::message(caf::message what, const failure& otherwise)>;

  /// In CAF 1.x these names are functions of its classes, which would hide our
  /// messages. A name that a later version takes does not compile: it gets its
  /// line here.
  using add_child = troupe::add_child;
  using observe = troupe::observe;

  explicit actor_base(caf::actor_config& config);

  /// Messages in the mailbox. From any thread.
  size_t mailbox_depth() const {
    return depth_.load(std::memory_order_relaxed);
  }

  caf::behavior make_behavior() final;
  void on_exit() final;

  /// Ends the actor when the message that it handles has been answered:
  /// `on_stop` comes next, and after that who watches it hears of its end.
  void quit(caf::error why = {});

#if TROUPE_CAF_0_17
  void enqueue(caf::mailbox_element_ptr x, caf::execution_unit* host) final;
  bool cleanup(caf::error&& why, caf::execution_unit* host) final;
#else
  bool enqueue(caf::mailbox_element_ptr x, caf::scheduler* host) final;
  void on_cleanup(const caf::error& why) final;
#endif

protected:
  /// The table of contents: `return table([this](const get_status&) {...},
  /// ...)`. Called once, on a worker.
  virtual caf::message_handler handlers() = 0;

  /// The end: answers what is open, releases what could form a cycle.
  virtual void on_stop() = 0;

  /// Calls `f` after each message that was handled, while no handler throws.
  /// Answers to requests of its own are no messages here, as in
  /// `mailbox_depth`.
  void after_each_message(std::function<void()> f) {
    after_message_ = std::move(f);
  }

  /// Sets what requests are answered with after the end, by default
  /// `client_down`. To be called before the end.
  void end_with(failure why) {
    after_end_ = std::make_unique<failure>(std::move(why));
  }

  /// After the end, `redirect` is asked first for each message that comes, and
  /// for those that were queued: what it returns is sent to `to` in the name of
  /// the sender, who so gets the answer. Empty: not for such a message. Called
  /// on any thread. To be set before the end.
  void redirect_after_end(caf::actor_addr to, redirect_fn redirect);

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
    auto result = make_response_promise<answer<T>>();
#if !TROUPE_CAF_0_17
    if (asking_)
      asking_->kept = result;
#endif
    return result;
  }

  /// Puts off the answer to a message that is answered with nothing.
  receipt take_receipt() {
    return receipt{make_response_promise()};
  }

  answer<actor_status> status(std::string text) const;

  /// What refuses a `get_status`.
  virtual caf::message refused_status(failure why) const;

  /// Our own time: virtual in tests.
  std::chrono::steady_clock::time_point time_now() const {
    return home_system().clock().now();
  }

  /// Who sent the message that is being handled; empty where nobody can be
  /// answered.
  caf::actor sender() {
    return caf::actor_cast<caf::actor>(current_sender());
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
      turn now{*this};
      if constexpr (is_promise<R>::value) {
        asker who{*this};
#if !TROUPE_CAF_0_17
        scope_of_asker here{asking_, who};
#endif
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
  /// While a message that was taken out of the mailbox is handled.
  struct turn {
    explicit turn(actor_base& x) : self(x) {
      self.depth_.fetch_sub(1, std::memory_order_relaxed);
#if !TROUPE_CAF_0_17
      if (self.urgent_.load(std::memory_order_acquire))
        self.fetch_urgent();
#endif
    }
    turn(const turn&) = delete;
    /// A handler that throws ends the actor.
    ~turn() noexcept(false) {
      if (self.after_message_ && std::uncaught_exceptions() == 0)
        self.after_message_();
    }

    actor_base& self;
  };

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
#if !TROUPE_CAF_0_17
    /// The promise: when a handler that throws drops it, it would answer with
    /// an error of CAF's.
    std::any kept;
#endif

    asker() = default;
    explicit asker(actor_base& self);
  };

  struct scope_of_asker {
    asker*& of;

    scope_of_asker(asker*& where, asker& x) : of(where) {
      of = &x;
    }
    ~scope_of_asker() {
      of = nullptr;
    }
  };

  /// What a handler that threw after it had made a promise owes.
  struct last_words {
    asker to;
    caf::message answer;
  };

  struct watcher {
    uint64_t id = 0;
    down_fn f;
  };

  struct successor {
    caf::actor_addr who;
    redirect_fn redirect;
  };

  bool has_ended() const {
    return ended_.load(std::memory_order_acquire);
  }
  failure after_end() const;
  bool hand_on(const caf::mailbox_element& x) const;
  void bounce(const caf::mailbox_element& x) const;
  void on_down(const caf::down_msg& x);
  void on_exception();
  void thrown_at(asker who);
  caf::message refusal(const caf::mailbox_element& request, caf::sec code,
                       failure why) const;
  std::optional<caf::message> refused(const caf::mailbox_element& x);
  caf::result<caf::message> unexpected();

  std::atomic<size_t> depth_{0};
  std::function<void()> after_message_;
  std::atomic<bool> ended_{false}; // messages are not counted any more
#if !TROUPE_CAF_0_17
  std::atomic<bool> urgent_{false}; // a message came that overtakes others
#endif
  /// Null where `end_with` was not called. Written before `ended_`, and
  /// constant from then on: any thread reads it.
  std::unique_ptr<const failure> after_end_;
  std::unique_ptr<const successor> successor_; // as `after_end_`
  std::unique_ptr<last_words> last_words_;     // mostly null
  uint64_t last_watch_ = 0;
  std::multimap<caf::actor_addr, watcher> watched_;
#if TROUPE_CAF_0_17
  struct bouncer;
#else
  void end_soon();
  void fetch_urgent();

  asker* asking_ = nullptr; // while a handler runs that makes a promise
#endif
};

} // namespace troupe
