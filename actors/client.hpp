#pragma once

#include "actors/fair_queue.hpp"
#include "actors/interfaces.hpp"
#include "actors/phases.hpp"
#include "actors/session.hpp"

#include <optional>
#include <unordered_map>
#include <vector>

namespace troupe {

struct client_options {
  server_spec spec;
  caf::actor supervisor;
  caf::actor monitor;
};

/// Our end for one server: the actor that agents talk to. It owns the session;
/// its mailbox is where calls, frames and time meet. It never blocks, and it
/// outlives every transport, so that handles to it stay good.
class client : public actor_base {
public:
  client(caf::actor_config& config, client_options options);

  const char* name() const override {
    return "troupe.client";
  }

protected:
  caf::message_handler handlers() override;
  void on_stop() override;
  void on_exit_msg(const caf::actor_addr& source,
                   const caf::error& why) override;

private:
  using time_point = session::time_point;
  using call_reply = reply<call_tool_result>;

  struct open_call {
    call_reply to;
    caf::strong_actor_ptr caller;
    uint64_t tag = 0;
    /// What may be sent once more, in a new session: empty or one call.
    std::vector<call_tool> again{};
  };

  struct waiting_call {
    call_tool what;
    call_reply to;
    caf::strong_actor_ptr caller;
    time_point arrived;
    bool again = false; // it was sent before
  };

  template <class T>
  struct waiter {
    reply<T> to;
    time_point since;
    time_point deadline; // stands still while the start waits for others
    time_point latest;   // in any case
  };

  // -- calls (client_calls.cpp)

  call_reply::promise on_call(const call_tool& x);
  void on_cancel(uint64_t tag);
  std::optional<failure> refusal(const call_tool& x) const;
  void accept(call_tool x, call_reply to, caf::strong_actor_ptr caller);
  void wait(call_tool x, call_reply to, caf::strong_actor_ptr caller,
            bool again = false);
  void put_out(const call_tool& x, open_call call);
  bool may_repeat(const call_tool& x) const;
  bool repeat(uint64_t ticket, const failure& why);
  void pump();
  void end_call(uint64_t ticket, answer<call_tool_result> with);
  void give_up(uint64_t ticket, errc why, std::string_view text);
  void expire_waiting(time_point now);
  void refuse_waiting(const failure& why);
  void end_all(errc why, const std::string& text,
               const std::vector<uint64_t>& unsent);

  // -- lists (client_lists.cpp)

  reply<tool_list>::promise on_list(const list_tools& x);
  void ask_for_list();
  void on_listed(tools_listed& x);
  void end_lists(const failure& why);
  void put_off_lists();

  // -- the session's words (client_session.cpp)

  void settle();
  void on_event(send_frame& x);
  void on_event(drop_exchange& x);
  void on_event(session_established& x);
  void on_event(session_failed& x);
  void on_event(request_answered& x);
  void on_event(tools_listed& x);
  void on_event(request_progressed& x);
  void on_event(request_overdue& x);
  void on_event(tools_changed& x);
  void on_event(session_remark& x);
  void on_frames(inbound_frames& x);
  void on_exchange(inbound_exchange& x);
  void taken();
  void remark(diagnostic::kind what, std::string text);

  // -- life (client_life.cpp)

  reply<client_status>::promise on_ensure_ready(const ensure_ready& x);
  reply<client_status>::promise on_reload(const reload& x);
  reply<stop_report>::promise on_close(const close_client& x);
  void use();
  void begin(start_reason why);
  void on_granted(const start_granted& x);
  void on_verdict(const start_verdict& x);
  void on_up(const transport_up& x);
  void on_fault(const transport_fault& x);
  void on_ended(const transport_ended& x);
  void on_cancelled(const start_cancelled& x);
  void lose(errc why, const std::string& text,
            const std::vector<uint64_t>& unsent = {});
  void fail_connection(errc why, const std::string& text);
  void stop_transport_now(errc why, const std::string& text);
  void drain();
  void after_drain();
  void stop_for_good();
  void start_over();
  void hurry(milliseconds drain);
  void finish();

  // -- moves, and the events that tell of them (client_moves.cpp)

  void move(phase_event on, errc why = errc::none, std::string text = {});
  void publish(phase from, errc why, std::string text);
  void tell_held();
  client_event event_of(phase from, errc why, std::string text) const;

  // -- waiting (client_waiting.cpp)

  void wait_until_ready(reply<client_status> to, milliseconds timeout);
  void answer_ready();
  void fail_ready(const failure& why);
  void on_queued(const start_queued& x);
  void leave_queue();

  /// By what their start has waited for others.
  template <class T>
  void put_off(std::vector<waiter<T>>& waiters) const {
    auto now = time_now();
    for (auto& x : waiters)
      x.deadline = std::min(
        x.latest, x.deadline + (now - std::max(queued_since_, x.since)));
  }

  // -- time and status (client_time.cpp)

  template <class T>
  time_point due_at(const waiter<T>& x) const {
    return queued_ ? x.latest : x.deadline;
  }
  template <class T>
  void expire(std::vector<waiter<T>>& waiters, time_point now);

  void on_tick(uint64_t epoch);
  void arm();
  std::optional<time_point> next_deadline() const;
  client_status get() const;
  bool closing() const {
    return !close_waiters_.empty();
  }

  server_spec spec_;
  uint64_t spec_version_ = 0;
  caf::actor supervisor_;
  caf::actor monitor_;

  phases phase_;
  uint64_t incarnation_ = 0;
  uint64_t restarts_ = 0;
  caf::actor transport_;
  milliseconds stop_grace_{0}; // the transport's: a new spec has its own
  outbox_ptr outbox_;
  std::shared_ptr<inbound_window> window_;
  size_t untaken_ = 0; // what the window has not been told
  std::optional<session> session_;
  session_events events_;
  bool settling_ = false;
  known_dialect known_ = known_dialect::unknown;

  std::unordered_map<uint64_t, open_call> calls_;
  fair_queue<waiting_call> waiting_;
  std::vector<waiter<client_status>> ready_waiters_;
  std::vector<reply<stop_report>> close_waiters_;

  std::optional<tool_list> catalog_;
  bool catalog_fresh_ = false;
  uint64_t list_ticket_ = 0;
  std::vector<waiter<tool_list>> list_waiters_;

  std::optional<failure> queued_; // why the start waits at the gate
  time_point queued_since_{};
  std::optional<time_point> handshake_by_;
  std::optional<time_point> drain_by_;
  std::optional<time_point> close_by_;
  std::optional<time_point> retry_at_;
  time_point ready_since_{};
  bool proven_ = false;
  bool mute_retry_ = false;  // tried again without a probe already
  bool old_session_ = false; // it is one of a spec that was replaced
  time_point timer_at_ = time_point::max();
  uint64_t timer_epoch_ = 0;

  std::optional<client_event> held_; // a loss on which nothing is decided yet
  time_point held_until_{};

  client_status status_; // what does not follow from the rest
};

/// How long a server may take to become ready: the spec's word, or else by what
/// its program is: launchers may have to download first.
milliseconds ready_timeout(const server_spec& spec);

} // namespace troupe
