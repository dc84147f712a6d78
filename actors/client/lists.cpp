#include "troupe/actors/client/client.hpp"

#include "troupe/actors/type_ids.hpp"

namespace troupe {

// A list that is known is given at once; while the server is away the last good
// one is better than none, and says that it is stale.
template <class List>
typename reply<List>::promise client::on_list(bool refresh) {
  auto caller = current_sender();
  auto later = promise<List>();
  reply<List> to{later};
  auto& part = std::get<catalog_part<List>>(catalog_);
  auto away = phase_.now() != phase::ready;
  if (part.last && (away || (part.fresh && !refresh))) {
    auto list = *part.last;
    list.stale = away || !part.fresh;
    to.deliver(std::move(list));
    use();
    return later;
  }
  if (closing() || phase_.now() == phase::failed
      || phase_.now() == phase::degraded
      || phase_.now() == phase::auth_required) {
    to.deliver(advised(closing() ? closed()
                                 : failure{errc::not_ready, fate::not_sent,
                                           status_.last_error_text}));
    return later;
  }
  if (part.waiters.size() >= spec_.limits.waiting_calls_max) {
    to.deliver(advised(
      {errc::overloaded, fate::not_sent, "too many wait for the list"}));
    return later;
  }
  auto now = time_now();
  wait_deadline by{now};
  by.usual(now + ready_timeout(spec_) + defaults::list_timeout);
  part.waiters.push_back(
    {std::move(to), callers_.enter(std::move(caller)), by});
  use();
  ask_for_list(part);
  settle();
  return later;
}

template reply<tool_list>::promise client::on_list<tool_list>(bool);
template reply<resource_list>::promise client::on_list<resource_list>(bool);
template reply<resource_template_list>::promise
client::on_list<resource_template_list>(bool);
template reply<prompt_list>::promise client::on_list<prompt_list>(bool);

/// One at a time, whoever asks.
template <class List>
void client::ask_for_list(catalog_part<List>& part) {
  if (phase_.now() != phase::ready || part.ticket != 0 || part.waiters.empty())
    return;
  part.ticket = session_->list(kind_of<List>, time_now(), events_);
}

void client::ask_for_lists() {
  each_part([this](auto& part) { ask_for_list(part); });
}

void client::on_listed(list_ended& x) {
  if (!x.list.ok())
    return end_list(x.ticket, x.list.error);
  auto keep = [&]<class List>(catalog_part<List>& part) {
    if (part.ticket != x.ticket)
      return;
    part.ticket = 0;
    part.last = std::get<List>(std::move(x.list.value));
    part.fresh = true;
    if constexpr (std::is_same_v<List, tool_list>)
      keep_header_schemas(*part.last);
    for (auto& waiter : std::exchange(part.waiters, {}))
      waiter.to.deliver(*part.last);
    if (std::exchange(part.overtaken, false))
      outdate(part);
  };
  each_part(keep);
  if (x.what == offer_kind::tools)
    on_tools_listed(x.ticket, true);
}

/// Whether it is the ticket of a list under way.
bool client::lists(uint64_t ticket) const {
  auto result = false;
  each_part([&](auto& part) { result = result || part.ticket == ticket; });
  return result && ticket != 0;
}

void client::end_list(uint64_t ticket, const failure& why) {
  auto tools = std::get<0>(catalog_).ticket == ticket;
  each_part([&](auto& part) {
    if (part.ticket != ticket)
      return;
    part.ticket = 0;
    part.overtaken = false;
    for (auto& waiter : std::exchange(part.waiters, {}))
      waiter.to.deliver(advised(why));
  });
  if (tools)
    on_tools_listed(ticket, false);
}

void client::end_lists(const failure& why) {
  each_part([&](auto& part) {
    part.ticket = 0;
    for (auto& waiter : std::exchange(part.waiters, {}))
      waiter.to.deliver(advised(why));
  });
}

} // namespace troupe
