#include "troupe/actors/client/catalog.hpp"

#include "troupe/actors/client/take_out.hpp"
#include "troupe/actors/session/earlier.hpp"
#include "troupe/actors/session/parameter_headers.hpp"

#include <algorithm>

namespace troupe {

namespace {

/// resources/list_changed stands for templates as well.
catalog::kinds all_of(offer_kind x) {
  if (x == offer_kind::resources || x == offer_kind::resource_templates)
    return {offer_kind::resources, offer_kind::resource_templates};
  return {x};
}

template <class Waiters>
catalog::endings refuse(Waiters waiters, const failure& why) {
  catalog::endings result;
  for (auto& x : waiters)
    result.push_back({std::move(x.to), why});
  return result;
}

void append(catalog::endings& to, catalog::endings x) {
  std::move(x.begin(), x.end(), std::back_inserter(to));
}

} // namespace

// -- the parts ----------------------------------------------------------------

catalog::part& catalog::of(offer_kind x) {
  auto& result = parts_[static_cast<size_t>(x)];
  if (!result)
    result = std::make_unique<part>();
  return *result;
}

const catalog::part& catalog::of(offer_kind x) const {
  static const part unused;
  auto& result = parts_[static_cast<size_t>(x)];
  return result ? *result : unused;
}

template <class F>
void catalog::each(F f) const {
  for (auto kind : all_offer_kinds)
    if (auto& x = parts_[static_cast<size_t>(kind)])
      f(kind, *x);
}

catalog::part* catalog::by_ticket(uint64_t ticket) {
  part* result = nullptr;
  each([&](offer_kind, part& x) {
    if (x.ticket == ticket)
      result = &x;
  });
  return result;
}

// -- requests -----------------------------------------------------------------

std::optional<offer_list> catalog::known(offer_kind what, bool refresh,
                                         bool away) const {
  auto& x = of(what);
  if (!x.last || (!away && (!x.fresh || refresh)))
    return std::nullopt;
  auto list = *x.last;
  std::visit([&](auto& y) { y.stale = away || !x.fresh; }, list);
  return list;
}

size_t catalog::waiting(offer_kind what) const {
  return of(what).waiters.size();
}

void catalog::wait(list_reply to, open_callers::hold caller, wait_deadline by) {
  auto& x = of(to.kind());
  x.waiters.push_back({std::move(to), std::move(caller), by});
}

// -- what is to be read -------------------------------------------------------

bool catalog::wanted(offer_kind what) const {
  auto& x = of(what);
  return !x.ticket && !x.waiters.empty();
}

catalog::kinds catalog::followed() const {
  kinds result;
  each([&](offer_kind kind, const part& x) {
    if (x.last || x.followed)
      result.push_back(kind);
  });
  return result;
}

catalog::kinds catalog::changed(offer_kind what, time_point now) {
  kinds result;
  for (auto kind : all_of(what))
    if (outdate(of(kind), now))
      result.push_back(kind);
  return result;
}

/// One refresh runs and one waits, however often the server reports changes.
bool catalog::outdate(part& x, time_point now) {
  x.fresh = false;
  if (x.ticket)
    x.overtaken = true;
  if (x.ticket || !x.last || x.refresh_at)
    return false;
  x.refresh_at = x.pace.next(now);
  return take_due(x, now);
}

bool catalog::take_due(part& x, time_point now) {
  if (!x.refresh_at || *x.refresh_at > now)
    return false;
  x.refresh_at.reset();
  return !x.ticket;
}

catalog::kinds catalog::take_due(time_point now) {
  kinds result;
  each([&](offer_kind kind, part& x) {
    if (take_due(x, now))
      result.push_back(kind);
  });
  return result;
}

void catalog::reading(offer_kind what, uint64_t ticket) {
  if (ticket == 0)
    return;
  auto& x = of(what);
  x.ticket = ticket;
  ++x.begun;
}

void catalog::reading_again(offer_kind what, uint64_t ticket, time_point now) {
  auto& x = of(what);
  x.refresh_at.reset();
  x.pace.begin(now);
  reading(what, ticket);
}

bool catalog::reads(offer_kind what) const {
  return of(what).ticket.has_value();
}

bool catalog::reads(uint64_t ticket) const {
  auto result = false;
  each(
    [&](offer_kind, const part& x) { result = result || x.ticket == ticket; });
  return result;
}

// -- results ------------------------------------------------------------------

catalog::outcome catalog::listed(list_ended& x, time_point now) {
  auto part = by_ticket(x.ticket);
  if (part == nullptr)
    return {};
  part->ticket.reset();
  part->last = std::move(x.list.value);
  part->fresh = true;
  part->known = part->begun;
  if (auto tools = std::get_if<tool_list>(&*part->last))
    keep_header_schemas(*tools);
  outcome result;
  for (auto& waiter : std::exchange(part->waiters, {}))
    result.answers.push_back({std::move(waiter.to), *part->last});
  if (std::exchange(part->overtaken, false))
    result.again = outdate(*part, now);
  return result;
}

catalog::endings catalog::failed(uint64_t ticket, const failure& why) {
  auto part = by_ticket(ticket);
  if (part == nullptr)
    return {};
  part->ticket.reset();
  part->overtaken = false;
  return refuse(std::exchange(part->waiters, {}), why);
}

// -- ends ---------------------------------------------------------------------

void catalog::on_connection_lost() {
  each([](offer_kind, part& x) {
    x.ticket.reset();
    x.fresh = false;
    x.overtaken = false;
    x.refresh_at.reset();
  });
}

void catalog::forget(bool with_headers) {
  with_headers_ = with_headers;
  each([](offer_kind, part& x) {
    x.followed = x.followed || x.last;
    x.last.reset();
  });
  on_connection_lost();
  names_ = {};
  ++server_;
  header_schemas_.clear();
}

catalog::endings catalog::end_all(const failure& why) {
  endings result;
  each([&](offer_kind, part& x) {
    x.ticket.reset();
    append(result, refuse(std::exchange(x.waiters, {}), why));
  });
  return result;
}

catalog::endings catalog::end_of(const caf::actor_addr& caller,
                                 const failure& why) {
  auto is_it = [&](const waiter& x) { return x.caller == caller; };
  endings result;
  each([&](offer_kind, part& x) {
    append(result, refuse(take_out(x.waiters, is_it), why));
  });
  return result;
}

std::vector<list_reply> catalog::expire(time_point now, bool queued) {
  auto is_late = [&](const waiter& x) { return x.by.due(queued) <= now; };
  std::vector<list_reply> result;
  each([&](offer_kind, part& x) {
    for (auto& late : take_out(x.waiters, is_late))
      result.push_back(std::move(late.to));
  });
  return result;
}

// -- deadlines ----------------------------------------------------------------

std::optional<catalog::time_point> catalog::next_deadline(bool queued) const {
  std::optional<time_point> next;
  each([&](offer_kind, const part& x) {
    next = earlier(next, x.refresh_at);
    for (auto& waiter : x.waiters)
      next = earlier(next, waiter.by.due(queued));
  });
  return next;
}

void catalog::put_off(time_point begin, time_point end) {
  each([&](offer_kind, part& x) {
    for (auto& waiter : x.waiters)
      waiter.by.put_off(begin, end);
  });
}

// -- what the lists say of a request ------------------------------------------

bool catalog::is_harmless(const std::string& name) const {
  auto& last = of(offer_kind::tools).last;
  if (!last)
    return false;
  auto& tools = std::get<tool_list>(*last).tools;
  auto is_it = [&](const tool& x) {
    return names_.real_name(offer_kind::tools, x.name) == name;
  };
  auto i = std::find_if(tools.begin(), tools.end(), is_it);
  return i != tools.end()
         && (i->annotations.read_only_hint || i->annotations.idempotent_hint);
}

session::header_list catalog::headers_of(const asked_call& x) const {
  auto i = header_schemas_.find(x.name);
  return i == header_schemas_.end()
           ? session::header_list{}
           : parameter_headers(i->second, x.arguments.value());
}

void catalog::keep_header_schemas(const tool_list& x) {
  header_schemas_.clear();
  if (!with_headers_)
    return;
  for (const auto& tool : x.tools)
    if (has_parameter_headers(tool.input_schema))
      header_schemas_.emplace(names_.real_name(offer_kind::tools, tool.name),
                              tool.input_schema);
}

} // namespace troupe
