#include "troupe/actors/client/client.hpp"

#include "troupe/actors/refusals.hpp"
#include "troupe/actors/type_ids.hpp"

/// How a client passes requests from its book to the session, and answers them.
namespace troupe {

// -- arrived ------------------------------------------------------------------

/// Maps names that were shown redacted back to the real ones.
template <class What>
asked_call client::with_real_names(const What& x) const {
  auto given = to_asked(x);
  if (catalog_.names().empty())
    return given;
  auto real = to_asked(catalog_.names().real(x));
  if (real.name == given.name && real.arguments == given.arguments)
    return given;
  real.named_by = catalog_.server();
  return real;
}

// The promise takes the sender out of the message: ask for it first.
template <class What>
typename reply<result_of<What>>::promise client::on_request(const What& what) {
  using result = result_of<What>;
  auto caller = current_sender();
  auto later = promise<result>();
  auto x = request_book::arrive(with_real_names(what),
                                call_reply{reply<result>{later}}, time_now());
  ++life_.facts().calls_total;
  auto why = x.what.fault.empty()
               ? life_.refusal()
               : not_sent(errc::invalid_argument, x.what.fault);
  if (why) {
    deliver(request_book::refuse(std::move(x), std::move(*why)));
  } else {
    x.caller = callers_.enter(std::move(caller));
    accept(std::move(x));
  }
  return later;
}

#define TROUPE_ROW(message, result, ...)                                       \
  template reply<result>::promise client::on_request(const message&);
TROUPE_REQUESTS(TROUPE_ROW)
#undef TROUPE_ROW

void client::accept(asked_request&& x) {
  if (life_.is(phase::ready) && book_.passes()) {
    send_request(std::move(x));
    return settle();
  }
  start_if_idle();
  if (auto why = refusal_to_wait())
    return deliver(request_book::refuse(std::move(x), std::move(*why)));
  book_.wait(std::move(x), time_now(), life_.queued());
  settle();
}

std::optional<failure> client::refusal_to_wait() const {
  if (life_.is(phase::degraded))
    return not_sent(errc::degraded, life_.facts().last_error_text);
  if (!life_.is(phase::ready) && spec_->not_ready == when_not_ready::refuse)
    return not_sent(errc::not_ready, spec_->name + " is "
                                       + std::string{to_string(life_.state())});
  if (book_.full())
    return not_sent(errc::overloaded, "too many calls wait for " + spec_->name);
  return std::nullopt;
}

// -- sent ---------------------------------------------------------------------

void client::send_request(asked_request&& x) {
  auto refuse = [&](failure why) {
    deliver(request_book::refuse(std::move(x), std::move(why)));
  };
  auto left = book_.left(x, time_now());
  if (left.total.count() <= 0)
    return refuse(not_sent(errc::overdue, "the call's deadline passed before "
                                          "it could be sent"));
  if (auto why = refusal_to_send(x.what))
    return refuse(std::move(*why));
  auto ticket =
    connection_->request(x.what, left, catalog_.headers_of(x.what), time_now());
  if (ticket == 0)
    return refuse(not_sent(errc::not_ready, "the session is not ready"));
  x.list = catalog_.tools_known();
  book_.send(ticket, std::move(x));
}

/// MCP: only what both have declared is used.
static bool is_declared(server_feature x, const server_capabilities& by) {
  switch (x) {
    case server_feature::nothing: return true;
    case server_feature::resources: return by.resources;
    case server_feature::prompts: return by.prompts;
    case server_feature::completions: return by.completions;
  }
  return false;
}

std::optional<failure> client::refusal_to_send(const asked_call& x) const {
  if (x.named_by != 0 && x.named_by != catalog_.server())
    return not_sent(errc::reloaded,
                    spec_->name + " was reloaded as another server: "
                      + "list its offers again, and use their names");
  if (!is_declared(row_of(x.method).needs, connection_->protocol().offers()))
    return not_sent(errc::not_supported,
                    spec_->name + " does not offer " + std::string{x.method});
  return std::nullopt;
}

void client::send_waiting() {
  while (life_.is(phase::ready) && book_.may_send())
    send_request(book_.take_next());
}

// -- given up -----------------------------------------------------------------

void client::on_cancel(uint64_t tag) {
  if (tag == 0)
    return;
  auto caller = current_sender();
  auto text = std::string{"cancelled by its caller"};
  if (auto ticket = book_.ticket_of(caller, tag)) {
    give_up(ticket, errc::cancelled, text);
    return settle();
  }
  deliver(book_.cancel_waiting(caller, tag, not_sent(errc::cancelled, text)));
}

/// A caller has ended: its calls are cancelled, also at the server.
void client::on_caller_down(const caf::actor_addr& who) {
  auto why = not_sent(errc::cancelled, "its caller has ended");
  for (auto ticket : book_.tickets_of(who))
    give_up(ticket, why.code, why.text);
  deliver(book_.end_waiting_of(who, why));
  deliver(ready_waiters_.take_of(who), why);
  deliver(catalog_.end_of(who, why));
  callers_.on_down(who);
  settle();
}

void client::give_up(uint64_t ticket, errc why, std::string_view text) {
  failure told{why, withdraw(ticket, text), std::string{text}};
  if (catalog_.reads(ticket))
    return end_list(ticket, told);
  if (auto x = book_.end(ticket, std::move(told)))
    deliver(std::move(*x));
}

/// Returns what became of it: the server may know of it.
fate client::withdraw(uint64_t ticket, std::string_view text) {
  if (book_.awaits_list(ticket))
    return fate::not_sent;
  return connection_->withdraw(ticket, text);
}

// -- headers that repeat arguments --------------------------------------------

/// The server found that the headers do not fit: the call waits for a fresh
/// list (MCP 2026-07-28, "Custom Headers from Tool Parameters"). One that the
/// server has asked back about is not begun again: its user has answered.
bool client::retry_with_fresh_headers(const request_answered& x) {
  auto call = book_.find(x.ticket);
  if (x.error.server_code != json_rpc::header_mismatch || x.asked_back
      || call == nullptr || !connection_->protocol().modern()
      || connection_->stands_on() == connection::basis::other_server)
    return false;
  auto list = list_for(*call);
  if (!book_.await_list(x.ticket, x.error, list, time_now()))
    return false;
  if (list == catalog_.tools_known())
    on_tools_listed(list, true);
  else if (!catalog_.reads(offer_kind::tools))
    read_again({offer_kind::tools});
  return true;
}

/// The first list whose headers may fit: one that came since the call was sent,
/// or that is read for another such call. Any other that is being read may be
/// as old as the headers.
uint64_t client::list_for(const asked_request& refused) const {
  if (refused.list != catalog_.tools_known())
    return catalog_.tools_known();
  auto begun = catalog_.tools_begun();
  return catalog_.reads(offer_kind::tools) && book_.awaits_list_number(begun)
           ? begun
           : catalog_.tools_next();
}

/// Without a fresh list there is no retry: the server's refusal is the answer.
void client::on_tools_listed(uint64_t list, bool fresh) {
  if (fresh)
    for (auto& x : book_.take_refused(list))
      send_request(std::move(x));
  else
    deliver(book_.end_refused(list));
  if (book_.awaits_list() && !catalog_.reads(offer_kind::tools))
    read_again({offer_kind::tools});
}

// -- answered -----------------------------------------------------------------

void client::deliver(request_book::ending&& x) {
  if (!x.with.ok()) {
    ++life_.facts().calls_failed;
    x.with.error = advised(std::move(x.with.error));
  }
  x.of.to.deliver(std::move(x.with));
}

void client::deliver(request_book::endings endings) {
  for (auto& x : endings)
    deliver(std::move(x));
}

failure client::advised(failure why) const {
  if (why.code == errc::auth_required && plan_.fresh_credentials)
    return why; // it goes on without a person
  return life_.advised(std::move(why), time_now());
}

} // namespace troupe
