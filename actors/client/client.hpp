#pragma once

#include "troupe/actors/client/asked_call.hpp"
#include "troupe/actors/client/fair_queue.hpp"
#include "troupe/actors/client/handler_choice.hpp"
#include "troupe/actors/client/inbound_pace.hpp"
#include "troupe/actors/client/open_callers.hpp"
#include "troupe/actors/client/phases.hpp"
#include "troupe/actors/client/refresh_pace.hpp"
#include "troupe/actors/client/server_words.hpp"
#include "troupe/actors/client/wait_deadline.hpp"
#include "troupe/actors/interfaces.hpp"
#include "troupe/actors/session/session.hpp"

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <unordered_map>
#include <vector>

namespace troupe {

struct client_options {
  server_spec spec;
  caf::actor supervisor;
  caf::actor monitor;
  input_handler handler;
  /// Why it first wants its server.
  start_reason first_start = start_reason::commanded;
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

  struct open_call {
    call_reply to;
    open_callers::hold caller;
    uint64_t tag = 0;
    time_point arrived;           // its total time runs from here
    bool again = false;           // it was sent before
    fate so_far = fate::not_sent; // by that
    uint64_t list = 0;            // of which list its headers are
    /// Over HTTP, to be sent once more: empty or one call.
    std::vector<asked_call> kept{};
  };

  /// A call whose headers the server has refused: it waits for a fresh list.
  struct misfit {
    failure why;
    time_point by;
  };

  struct waiting_call {
    asked_call what;
    call_reply to;
    open_callers::hold caller;
    time_point arrived;           // put off by the time at a full gate
    bool again = false;           // it was sent before
    fate so_far = fate::not_sent; // by that
    wait_deadline by{};
  };

  template <class T>
  struct waiter {
    reply<T> to;
    open_callers::hold caller;
    wait_deadline by;
    uint64_t after = 0; // the last incarnation that had ended when it came
  };

  /// The last known list of one kind, and who waits for the next.
  template <class List>
  struct catalog_part {
    std::optional<List> last;
    bool fresh = false;
    uint64_t ticket = 0;    // of the list under way; 0: there is none
    bool overtaken = false; // it changed while it was listed
    bool followed = false;  // somebody asked for it of an earlier server
    std::vector<waiter<List>> waiters;
    std::optional<time_point> refresh_at;
    refresh_pace pace;
  };

  using catalog =
    std::tuple<catalog_part<tool_list>, catalog_part<resource_list>,
               catalog_part<resource_template_list>, catalog_part<prompt_list>>;

  // -- calls (client_calls.cpp)

  template <class What>
  asked_call with_real_names(const What& x) const;
  template <class Result, class What>
  typename reply<Result>::promise on_call(const What& x);
  void on_cancel(uint64_t tag);
  std::optional<failure> refusal(const asked_call& x) const;
  failure closed() const;
  void accept(asked_call x, call_reply to, open_callers::hold caller);
  void wait(asked_call x, call_reply to, open_callers::hold caller);
  void send_call(waiting_call x);
  void put_out(const asked_call& x, open_call call);
  uint64_t to_session(const asked_call& x);
  bool offered(const asked_call& x) const;
  void pump();
  /// Whose turn it takes; 0: nobody's in particular.
  static uint64_t owner_of(const caf::strong_actor_ptr& caller);
  void on_caller_down(const caf::actor_addr& who);
  template <class Call>
  void fail_call(Call& x, failure why);
  failure advised(failure why) const;
  void end_call(uint64_t ticket, answer<json> with);
  void give_up(uint64_t ticket, errc why, std::string_view text);
  void expire_waiting(time_point now);
  void refuse_waiting(const failure& why);
  void end_all(errc why, const std::string& text,
               const std::vector<uint64_t>& unsent);

  // -- calls that are sent once more (client_repeats.cpp)

  bool harmless(const asked_call& x) const;
  bool may_repeat(const open_call& x) const;
  bool repeat(const request_answered& x);
  void repeat_all(const std::vector<uint64_t>& unsent);
  bool send_later(uint64_t ticket, bool again, fate so_far);
  asked_call take_again(open_call& x);
  milliseconds total_of(const asked_call& x) const;
  milliseconds left_of(const asked_call& x, time_point arrived) const;
  wait_deadline waits_until(const asked_call& x, time_point arrived) const;

  // -- lists (client_lists.cpp)

  template <class List>
  typename reply<List>::promise on_list(bool refresh);
  template <class List>
  void ask_for_list(catalog_part<List>& part);
  void ask_for_lists();
  void on_listed(list_ended& x);
  bool lists(uint64_t ticket) const;
  void end_list(uint64_t ticket, const failure& why);
  void end_lists(const failure& why);

  // -- headers that repeat arguments (client_headers.cpp)

  void keep_header_schemas(const tool_list& x);
  session::header_list headers_of(const asked_call& x) const;
  bool refit(const request_answered& x);
  void ask_for_headers();
  void on_tools_listed(uint64_t list, bool fresh);
  void send_misfit(uint64_t ticket, bool fresh);
  void expire_misfits(time_point now);

  // -- their changes (client_refresh.cpp)

  void on_changed(offer_kind what);
  template <class List>
  void outdate(catalog_part<List>& part);
  template <class List>
  void refresh(catalog_part<List>& part);
  void refresh_due(time_point now);
  void reread();
  void lose_lists();
  void forget_server();

  template <class F>
  void each_part(F f) {
    std::apply([&](auto&... x) { (f(x), ...); }, catalog_);
  }
  template <class F>
  void each_part(F f) const {
    std::apply([&](auto&... x) { (f(x), ...); }, catalog_);
  }

  // -- what the server wants to know (client_input.cpp)

  void set_handler(input_handler x);
  void watch_handler(const caf::actor& who);
  void on_handler_down(const caf::actor_addr& who, const caf::error& why);
  void on_input_error(uint64_t incarnation, uint64_t key,
                      const caf::error& why);
  void on_input(uint64_t incarnation, uint64_t key, answer<json> x);
  void unwant_all();

  // -- the session's words (client_session.cpp)

  void settle();
  void on_event(send_frame& x);
  void on_event(drop_exchange& x);
  void on_event(session_established& x);
  void on_event(session_failed& x);
  void on_event(request_answered& x);
  void on_event(list_ended& x);
  void on_event(request_progressed& x);
  void on_event(request_overdue& x);
  void on_event(offers_changed& x);
  void on_event(input_wanted& x);
  void on_event(input_unwanted& x);
  void on_event(session_remark& x);
  void on_frames(inbound_frames& x);
  void on_exchange(inbound_exchange& x);
  void taken();

  // -- servers that say more than anybody asked for (client_pace.cpp)

  void charge(size_t skipped_bytes);
  void keep_pace();
  void end_pace();

  void remark(diagnostic::kind what, std::string text);

  // -- what may be shown of them (client_words.cpp)

  void begin_words();
  void search_lists();
  void on_words_due();

  // -- life (client_life.cpp)

  reply<client_status>::promise on_ensure_ready(const ensure_ready& x);
  reply<client_status>::promise on_reload(const reload& x);
  reply<stop_report>::promise on_close(const close_client& x);
  void use();
  void begin(start_reason why);
  void on_granted(const start_granted& x);
  void on_verdict(const start_verdict& x);
  void on_up(const transport_up& x);
  void on_credentials();
  void start_over();
  void hurry(milliseconds drain);

  // -- its connection's end, and its own (client_ends.cpp)

  void on_fault(const transport_fault& x);
  void on_ended(const transport_ended& x);
  void on_cancelled(const start_cancelled& x);
  void lose(errc why, const std::string& text,
            const std::vector<uint64_t>& unsent = {});
  void refuse_all(const failure& why);
  void learn(known_dialect what);
  void doubt(errc why);
  void fail_connection(errc why, const std::string& text);
  void stop_transport_now(errc why, const std::string& text);
  void drain();
  void after_drain();
  void stop_for_good();
  void finish();

  // -- moves, and the events that tell of them (client_moves.cpp)

  void move(phase_event on, errc why = errc::none, std::string text = {});
  void publish(phase from, errc why, std::string text);
  void tell_held();
  client_event event_of(phase from, errc why, std::string text) const;

  // -- waiting (client_waiting.cpp)

  void wait_until_ready(reply<client_status> to, open_callers::hold caller,
                        milliseconds timeout);
  void answer_ready();
  void fail_ready(const failure& why);
  void fail_ready_of(uint64_t incarnation, const failure& why);
  void end_waiters_of(const caf::actor_addr& who, const failure& why);
  void on_queued(const start_queued& x);
  void leave_queue();

  // -- time and status (client_time.cpp)

  template <class T>
  time_point due_at(const T& x) const {
    return x.by.due(queued_.has_value());
  }
  template <class T>
  void expire(std::vector<waiter<T>>& waiters, time_point now);

  void on_tick(uint64_t epoch);
  void arm();
  std::optional<time_point> next_deadline() const;
  client_status get() const;
  /// Also where nobody waits for its end any more.
  bool closing() const {
    return !close_waiters_.empty() || phase_.now() == phase::stopping;
  }

  server_spec spec_;
  uint64_t spec_version_ = 0;
  caf::actor supervisor_;
  caf::actor monitor_;

  phases phase_;
  start_reason next_start_;
  uint64_t incarnation_ = 0;
  uint64_t restarts_ = 0;
  caf::actor transport_;
  milliseconds stop_grace_{0}; // the transport's: a new spec has its own
  outbox_ptr outbox_;
  std::shared_ptr<inbound_window> window_;
  size_t untaken_ = 0; // what the window has not been told
  inbound_pace pace_;
  bool told_throttled_ = false;
  std::optional<session> session_;
  session_events events_;
  server_words words_;
  shown_names names_;
  uint64_t server_number_ = 1; // counted up where the spec names another one
  std::deque<list_search> searches_; // lists that are not shown yet
  bool search_continues_ = false;    // a message is on its way
  bool settling_ = false;
  known_dialect known_ = known_dialect::unknown; // of this start

  open_callers callers_; // of the calls and of those who wait, below
  std::unordered_map<uint64_t, open_call> calls_;
  fair_queue<waiting_call> waiting_;
  std::vector<waiter<client_status>> ready_waiters_;
  std::vector<reply<stop_report>> close_waiters_;

  catalog catalog_;
  /// Over HTTP: the schemas of tools whose arguments travel as headers, by
  /// their real names.
  std::map<std::string, json> header_schemas_;
  std::map<uint64_t, misfit> misfits_; // by ticket, which `calls_` has
  uint64_t header_list_ = 0;  // the list's that they wait for; 0: another's
  uint64_t tools_listed_ = 0; // how often
  handler_choice handler_;
  std::set<caf::actor_addr> watched_handlers_;
  std::set<uint64_t> wanted_; // the handler was asked

  std::optional<failure> queued_; // why the start waits at the gate
  time_point queued_since_{};
  std::optional<time_point> handshake_by_;
  std::optional<time_point> drain_by_;
  std::optional<time_point> close_by_;
  std::optional<time_point> retry_at_;
  time_point ready_since_{};
  bool proven_ = false;
  bool mute_retry_ = false;        // tried again without a probe already
  bool old_session_ = false;       // it is one of a spec that was replaced
  bool other_server_ = false;      // it is with a server that was replaced
  bool other_credentials_ = false; // there are, since this start
  bool runtime_stops_ = false;
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
