#pragma once

#include "troupe/actors/actor_base.hpp"
#include "troupe/actors/ask.hpp"
#include "troupe/actors/interfaces.hpp"
#include "troupe/tools/troupe/event_feed.hpp"

#include <functional>
#include <memory>

/// The few actors of this program: each does one task.
namespace troupe::cli {

/// Asks one question, hands on the answer, and ends.
template <class Handle, class Message>
class question : public actor_base {
public:
  using reply = reply_from<Handle, Message>;
  using then_fn = std::function<void(reply)>;

  question(caf::actor_config& config, Handle whom, Message what, then_fn then)
    : actor_base(config), whom_(std::move(whom)), what_(std::move(what)),
      then_(std::move(then)) {
    // nop
  }

  const char* name() const override {
    return "troupe.cli.question";
  }

protected:
  // All actors that we ask promise an answer in time.
  caf::message_handler handlers() override {
    ask(this, whom_, std::move(what_)).then([this](reply x) {
      end(std::move(x));
    });
    return table([this](const get_status&) { return status("asks"); });
  }

  void on_stop() override {
    whom_ = nullptr;
    end(failure{errc::runtime_stopped,
                fate::outcome_unknown,
                "the program is ending",
                0,
                {}});
  }

private:
  void end(reply x) {
    if (auto then = std::exchange(then_, nullptr)) {
      then(std::move(x));
      quit();
    }
  }

  Handle whom_;
  Message what_;
  then_fn then_;
};

/// Makes one call, which can be given up: by `cancel_call` to this actor.
class caller : public actor_base {
public:
  using then_fn = std::function<void(answer<call_tool_result>)>;
  using progress_fn = std::function<void(const call_progress&)>;

  /// `on_progress` may be empty.
  caller(caf::actor_config& config, registry_handle registry,
         std::string server, call_tool what, then_fn then,
         progress_fn on_progress);

  const char* name() const override {
    return "troupe.cli.caller";
  }

protected:
  caf::message_handler handlers() override;
  void on_stop() override;

private:
  void on_found(answer<client_ref>& x);
  void end(answer<call_tool_result> x);

  registry_handle registry_;
  client_handle client_;
  std::string server_;
  call_tool what_;
  then_fn then_;
  progress_fn on_progress_;
};

/// Puts the monitor's events into the feed.
class observer : public actor_base {
public:
  observer(caf::actor_config& config, monitor_handle monitor,
           std::shared_ptr<event_feed> feed, std::function<void()> wake);

  const char* name() const override {
    return "troupe.cli.observer";
  }

protected:
  caf::message_handler handlers() override;
  void on_stop() override;

private:
  void put(event_feed::event x);

  monitor_handle monitor_;
  std::shared_ptr<event_feed> feed_;
  std::function<void()> wake_;
};

} // namespace troupe::cli
