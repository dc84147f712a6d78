#include "troupe/actors/session/open_lists.hpp"

#include "troupe/actors/session/frame_text.hpp"

namespace troupe {

open_lists::open_lists(frame_sender& sender, pending_requests& pending,
                       session_remarks& remarks)
  : sender_(sender), pending_(pending), remarks_(remarks) {
  // nop
}

uint64_t open_lists::open(offer_kind what, time_point now,
                          session_events& out) {
  auto ticket = sender_.next_id();
  open_list x{what, offer_pages{what, sender_.http() && sender_.modern()}};
  x.deadline = now + defaults::list_timeout;
  auto i = lists_.emplace(ticket, std::move(x)).first;
  send_page(ticket, ticket, i->second, now, out);
  return ticket;
}

void open_lists::on_page(uint64_t ticket, const json& page, time_point now,
                         session_events& out) {
  auto i = lists_.find(ticket);
  if (i == lists_.end())
    return;
  auto& pages = i->second.pages;
  if (auto why = pages.add(page, sender_.speaking())) {
    end(ticket, std::move(why), out);
  } else if (pages.more()) {
    send_page(sender_.next_id(), ticket, i->second, now, out);
  } else {
    if (!pages.cut_short().empty())
      remarks_.fault(pages.cut_short(), out);
    end(ticket, pages.take(), out);
  }
}

bool open_lists::repeat_page(uint64_t id, time_point now, session_events& out) {
  auto what = pending_.find(id);
  auto i = what && what->page ? lists_.find(what->ticket) : lists_.end();
  if (i == lists_.end() || i->second.repeated)
    return false;
  pending_.take(id);
  i->second.repeated = true;
  send_page(sender_.next_id(), i->first, i->second, now, out);
  return true;
}

void open_lists::end(uint64_t ticket, answer<offer_list> with,
                     session_events& out) {
  auto i = lists_.find(ticket);
  if (i == lists_.end())
    return;
  auto what = i->second.what;
  lists_.erase(i);
  out.push_back(list_ended{ticket, what, std::move(with)});
}

void open_lists::forget(uint64_t ticket) {
  lists_.erase(ticket);
}

void open_lists::clear() {
  lists_.clear();
}

void open_lists::send_page(uint64_t id, uint64_t ticket, const open_list& what,
                           time_point now, session_events& out) {
  pending_request entry;
  entry.ticket = ticket;
  entry.page = true;
  entry.sent = now;
  entry.idle = defaults::list_timeout;
  entry.total_deadline = what.deadline;
  pending_.add(id, entry);
  const auto& cursor = what.pages.cursor();
  auto method = what.pages.words().method;
  frame_text::request frame{
    id, method, {sender_.speaking().meta()}, cursor.text().size()};
  if (what.pages.more())
    append_json(frame.member("cursor"), cursor);
  sender_.request(frame.take(), ticket,
                  {id, method, {}, {}, false, what.deadline}, out);
}

} // namespace troupe
