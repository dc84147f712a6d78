#pragma once

#include "troupe/actors/actor_base.hpp"
#include "troupe/actors/caf.hpp"
#include "troupe/actors/type_ids.hpp"
#include "troupe/tests/support/errand.hpp"
#include "troupe/tests/support/stepped_system.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <vector>

namespace troupe {

/// A bare handle is a test's agent, never a client.
template <>
struct reply_to<caf::actor, get_status> {
  using type = actor_status;
};

} // namespace troupe

namespace troupe::test {

/// What a request led to, once it did.
template <class T>
class outcome {
public:
  bool open() const {
    return !*slot_;
  }

  /// Throws while it is open, so that it may stand inside a CHECK.
  const T& get() const {
    if (open())
      throw std::logic_error("the request is still open");
    return **slot_;
  }

  const T* operator->() const {
    return &get();
  }

  void set(T x) const {
    if (!open())
      throw std::logic_error("a second answer");
    *slot_ = std::move(x);
  }

private:
  std::shared_ptr<std::optional<T>> slot_ =
    std::make_shared<std::optional<T>>();
};

/// Does errands, and hears of what it asked to hear. A class, because CAF 0.17
/// binds a null reference where it spawns functions.
class errand_boy : public actor_base {
public:
  errand_boy(caf::actor_config& config, caf::message_handler hears);

  const char* name() const override;

protected:
  caf::message_handler handlers() override;
  void on_stop() override;

private:
  caf::message_handler hears_;
};

/// Runs actors on the test's own thread under a virtual clock: a message is
/// handled, and time passes, only when the test says so.
class deterministic_fixture {
  stepped_system stepped_{register_errands};
  std::vector<caf::actor> spawned_;

public:
  deterministic_fixture();
  /// Ends what the test has spawned: ~actor_system() waits for every actor.
  ~deterministic_fixture();

  /// A handle that knows what it takes, where it is one of our actors.
  template <class Actor, class... Ts>
  auto spawn(Ts&&... xs) {
    auto handle = system.spawn<Actor>(std::forward<Ts>(xs)...);
    spawned_.push_back(handle);
    settle();
    if constexpr (requires { typename interface_of<Actor>::takes; })
      return handle_of<Actor>{handle};
    else
      return handle;
  }

  /// Ends `x` with the test.
  void adopt(const caf::actor& x);

  /// A caller of its own.
  caf::actor
  spawn_agent(std::function<void(const call_progress&)> on_progress = nullptr);

  /// Asks as `who`, and lets nothing happen yet.
  template <class Handle, taken_by<Handle> Message>
  outcome<reply_from<Handle, Message>> post(const caf::actor& who,
                                            const Handle& whom, Message x) {
    using reply = reply_from<Handle, Message>;
    outcome<reply> result;
    tell_anon(who, errand{[=](caf::event_based_actor* self) {
                raw_request(self, whom, caf::infinite, x)
                  .then([result](reply& y) { result.set(std::move(y)); },
                        [result](caf::error& e) { result.set(failure_of(e)); });
              }});
    return result;
  }

  /// Asks as `who`, and handles all messages that can be handled without time
  /// passing.
  template <class Handle, class Message>
  auto ask(const caf::actor& who, const Handle& whom, Message x) {
    auto result = post(who, whom, std::move(x));
    settle();
    return result;
  }

  template <class Handle, class Message>
  auto ask(const Handle& whom, Message x) {
    return ask(agent, whom, std::move(x));
  }

  /// Tells as `who`.
  template <class Handle, taken_by<Handle> Message>
  void tell(const caf::actor& who, const Handle& whom, Message x) {
    tell_anon(who, errand{[=](caf::event_based_actor* self) {
                troupe::tell(self, whom, x);
              }});
    settle();
  }

  /// Handles queued messages until none is left. Time stands still.
  void settle();

  /// Lets `d` pass, timer after timer.
  void advance(caf::timespan d);
  size_t running();

  caf::actor_system& system;
  stepping_scheduler& scheduler;
  caf::actor agent;
};

} // namespace troupe::test
