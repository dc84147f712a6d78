#include "troupe/actors/client/client.hpp"

#include "troupe/actors/type_ids.hpp"

/// How a client answers requests for lists, and reads those its catalog needs.
namespace troupe {

template <class List>
typename reply<List>::promise client::on_list(bool refresh) {
  auto caller = current_sender();
  auto later = promise<List>();
  list_reply to{reply<List>{later}};
  if (auto list = catalog_.known(to.kind(), refresh, !life_.is(phase::ready))) {
    to.deliver(std::move(*list));
    start_if_idle();
  } else if (auto why = refusal_to_list(to.kind())) {
    to.deliver(advised(std::move(*why)));
  } else {
    auto kind = to.kind();
    wait_deadline by{time_now()};
    by.usual(time_now() + ready_timeout(spec_) + defaults::list_timeout);
    catalog_.wait(std::move(to), callers_.enter(std::move(caller)), by);
    start_if_idle();
    read_list(kind);
    settle();
  }
  return later;
}

template reply<tool_list>::promise client::on_list<tool_list>(bool);
template reply<resource_list>::promise client::on_list<resource_list>(bool);
template reply<resource_template_list>::promise
client::on_list<resource_template_list>(bool);
template reply<prompt_list>::promise client::on_list<prompt_list>(bool);

std::optional<failure> client::refusal_to_list(offer_kind what) const {
  if (life_.closing())
    return life_.closed();
  if (life_.is(phase::failed) || life_.is(phase::degraded)
      || life_.is(phase::auth_required))
    return failure{errc::not_ready, fate::not_sent,
                   life_.facts().last_error_text};
  if (catalog_.waiting(what) >= spec_->limits.waiting_calls_max)
    return failure{errc::overloaded, fate::not_sent,
                   "too many requests wait for the list"};
  return std::nullopt;
}

/// Reads a list that has waiters.
void client::read_list(offer_kind what) {
  if (life_.is(phase::ready) && catalog_.wanted(what))
    catalog_.reading(what, connection_->list(what, time_now()));
}

void client::read_again(const catalog::kinds& what) {
  auto now = time_now();
  for (auto kind : what)
    catalog_.reading_again(kind, connection_->list(kind, now), now);
}

// -- results ------------------------------------------------------------------

/// A list is searched for hidden values before it is passed on.
void client::search_lists() {
  auto incarnation = connection_ ? life_.facts().incarnation : 0;
  while (auto done = searches_.next(incarnation, words_.left())) {
    if (connection_->stands_on() != connection::basis::other_server)
      catalog_.learn_names(done->list().what, std::move(done->names()));
    on_listed(done->list());
  }
  if (searches_.ask_for_turn())
    tell(this, client_handle{me()}, words_due{});
}

void client::on_words_due() {
  searches_.begin_turn();
  words_.begin_turn();
  search_lists();
  settle();
}

void client::on_listed(list_ended& x) {
  auto outcome = catalog_.listed(x, time_now());
  auto list = catalog_.tools_begun();
  deliver(std::move(outcome.answers));
  if (outcome.again && life_.is(phase::ready))
    read_again({x.what});
  if (x.what == offer_kind::tools)
    on_tools_listed(list, true);
}

void client::end_list(uint64_t ticket, const failure& why) {
  auto tools = catalog_.reads_tools_by(ticket);
  auto list = catalog_.tools_begun();
  deliver(catalog_.failed(ticket, why));
  if (tools)
    on_tools_listed(list, false);
}

void client::deliver(catalog::endings endings) {
  for (auto& x : endings) {
    if (!x.with.ok())
      x.with.error = advised(std::move(x.with.error));
    x.to.deliver(std::move(x.with));
  }
}

} // namespace troupe
