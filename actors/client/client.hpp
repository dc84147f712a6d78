#pragma once

#include "troupe/actors/actor_base.hpp"
#include "troupe/actors/client/catalog.hpp"
#include "troupe/actors/client/connection.hpp"
#include "troupe/actors/client/handler_choice.hpp"
#include "troupe/actors/client/life.hpp"
#include "troupe/actors/client/list_searches.hpp"
#include "troupe/actors/client/open_callers.hpp"
#include "troupe/actors/client/ready_waiters.hpp"
#include "troupe/actors/client/request_book.hpp"
#include "troupe/actors/client/server_words.hpp"
#include "troupe/actors/client/start_plan.hpp"
#include "troupe/actors/internal_messages.hpp"
#include "troupe/actors/never_blocks.hpp"
#include "troupe/messages/client_identity.hpp"

#include <optional>
#include <vector>

namespace troupe {

struct client_options {
  shared_spec spec;
  supervisor_handle supervisor;
  monitor_handle monitor;
  input_handler handler;
  /// The reason of its first start.
  start_reason first_start = start_reason::commanded;
  /// What the server is told of its client.
  implementation client = default_client();
  /// Knows the next client of the server, once this one has ended. Empty: then
  /// there is none.
  registry_handle registry{};
};

/// Our end for one server: the actor that agents talk to. Its mailbox is where
/// requests, frames and time meet. It is a shell: it feeds each message to the
/// plain classes that know what it means (`request_book` all requests,
/// `catalog` the lists, `life` the phase, `connection` with its session the
/// protocol), and carries out what they return. It never blocks, and it
/// outlives every transport, so that handles to it stay good.
class client : public actor_base, public never_blocks {
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
  caf::message refused_status(failure why) const override;

private:
  using time_point = session::time_point;

  // -- requests (requests.cpp)

  template <class What>
  asked_call with_real_names(const What& x) const;
  template <class What>
  typename reply<result_of<What>>::promise on_request(const What& what);
  void accept(asked_request&& x);
  std::optional<failure> refusal_to_wait() const;
  void send_request(asked_request&& x);
  std::optional<failure> refusal_to_send(const asked_call& x) const;
  void send_waiting();
  void on_cancel(uint64_t tag);
  void on_caller_down(const caf::actor_addr& who);
  void give_up(uint64_t ticket, errc why, std::string_view text);
  fate withdraw(uint64_t ticket, std::string_view text);
  bool retry_with_fresh_headers(const request_answered& x);
  uint64_t list_for(const asked_request& refused) const;
  void on_tools_listed(uint64_t list, bool fresh);
  void deliver(request_book::ending&& x);
  void deliver(request_book::endings x);
  failure advised(failure why) const;

  // -- lists (lists.cpp)

  template <class List>
  typename reply<List>::promise on_list(bool refresh);
  std::optional<failure> refusal_to_list(offer_kind what) const;
  void read_list(offer_kind what);
  void read_again(const catalog::kinds& what);
  void on_listed(list_ended& x);
  void end_list(uint64_t ticket, const failure& why);
  void search_lists();
  void on_words_due();
  void deliver(catalog::endings x);

  // -- commands (commands.cpp)

  reply<client_status>::promise on_ensure_ready(const ensure_ready& x);
  reply<client_status>::promise on_reload(const reload& x);
  reply<stop_report>::promise on_close(const close_client& x);
  void wait_until_ready(reply<client_status> to, milliseconds timeout,
                        open_callers::hold caller);
  static void deliver(ready_waiters::replies to, const failure& why);
  void start_if_idle();
  void adopt(const shared_spec& x);
  void forget_server();
  void start_again(bool changed);
  void give_attempt_up();
  void shorten_close(milliseconds drain);

  // -- starting (starts.cpp)

  void begin(start_reason why);
  void on_queued(const start_queued& x);
  void leave_queue();
  void on_granted(const start_granted& x);
  void connect();
  void on_verdict(const start_verdict& x);
  void on_up(const transport_up& x);
  void on_credentials();

  // -- ending (ends.cpp)

  void on_ended(const transport_ended& x);
  void on_connection_lost(errc why, const std::string& text,
                          const std::vector<uint64_t>& unsent = {});
  void end_requests(const failure& why, const std::vector<uint64_t>& unsent);
  request_book::harmless_fn harmless_by_list() const;
  void remember_dialect(errc why);
  void learn(known_dialect what);
  void fail_connection(errc why, const std::string& text);
  void stop_transport_now(errc why, const std::string& text);
  void refuse_all(const failure& why);
  void drain(milliseconds most);
  void after_drain();
  void stop_for_good();
  void on_cancelled(const start_cancelled& x);
  void finish();

  // -- what the session says (events.cpp)

  bool is_current(uint64_t incarnation) const;
  void on_frames(inbound_frames& x);
  void on_exchange(inbound_exchange& x);
  void on_arrival();
  void settle();
  void carry_out_all();
  bool repeat(const request_answered& x);
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
  void on_event(input_withdrawn& x);
  void on_event(session_remark& x);

  // -- requests of the server (inputs.cpp)

  void set_handler(input_handler x);
  void watch_handler(const caf::actor& who);
  void on_handler_down(const caf::actor_addr& who, const caf::error& why);
  answer<json> blame_handler(const std::string& misuse, answer<json> x);
  void on_input(uint64_t incarnation, uint64_t key, answer<json> x);
  void withdraw_inputs();

  // -- timers, and what is reported (time.cpp)

  void on_tick(uint64_t epoch);
  void expire(time_point now);
  void arm();
  std::optional<time_point> next_deadline() const;
  void move(phase_event on, errc why = errc::none, std::string text = {});
  void tell_all(life::events x);
  void remark(diagnostic::kind what, std::string text);
  client_status current_status() const;

  shared_spec spec_;
  supervisor_handle supervisor_;
  monitor_handle monitor_;
  life life_;
  start_plan plan_;
  transport_handle transport_;
  std::optional<connection> connection_;
  open_callers callers_; // of the requests and of the waiters below
  request_book book_;
  catalog catalog_;
  ready_waiters ready_waiters_;
  std::vector<reply<stop_report>> close_waiters_;
  handler_choice handler_;
  server_words words_;
  list_searches searches_; // lists that are not shown yet
  bool settling_ = false;
  time_point timer_at_ = time_point::max();
  uint64_t timer_epoch_ = 0;
};

/// How long a server may take to become ready: as in the spec, or by the kind
/// of its program: launchers may have to download first.
milliseconds ready_timeout(const server_spec& spec);

} // namespace troupe
