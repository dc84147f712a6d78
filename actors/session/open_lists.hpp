#pragma once

#include "troupe/actors/session/frame_sender.hpp"
#include "troupe/actors/session/offer_pages.hpp"
#include "troupe/actors/session/pending_requests.hpp"
#include "troupe/actors/session/remarks.hpp"

#include <map>

namespace troupe {

/// The lists that are being read: each is one request after another, one for
/// each page (MCP, "Pagination"), until all pages are there. Its ticket is the
/// id of the first. Each list ends with one `list_ended`, or is forgotten.
class open_lists {
public:
  using time_point = pending_request::time_point;

  /// All three must outlive this object.
  open_lists(frame_sender& sender, pending_requests& pending,
             session_remarks& remarks);

  /// Asks for the first page. Returns the ticket.
  uint64_t open(offer_kind what, time_point now, session_events& out);

  /// Takes a page, and asks for the next one where there is one.
  void on_page(uint64_t ticket, const json& page, time_point now,
               session_events& out);

  /// Over HTTP: asks once more for a page whose response was cut, since that
  /// does no harm. False: `id` is not that of a page, or the list has done so
  /// before.
  bool repeat_page(uint64_t id, time_point now, session_events& out);

  /// The terminal answer, if the list is open.
  void end(uint64_t ticket, answer<offer_list> with, session_events& out);

  void forget(uint64_t ticket);
  void clear();

private:
  struct open_list {
    offer_kind what = offer_kind::tools;
    offer_pages pages;
    time_point deadline;
    bool repeated = false;
  };

  void send_page(uint64_t id, uint64_t ticket, const open_list& what,
                 time_point now, session_events& out);

  frame_sender& sender_;
  pending_requests& pending_;
  session_remarks& remarks_;
  std::map<uint64_t, open_list> lists_; // by ticket
};

} // namespace troupe
