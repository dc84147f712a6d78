#include "troupe/actors/client/client.hpp"

#include "troupe/actors/session/frame_sender.hpp"
#include "troupe/actors/session/parameter_headers.hpp"
#include "troupe/actors/type_ids.hpp"

#include <algorithm>

/// How a client repeats arguments in headers as its server's list says, and
/// reads that list again where the server finds that they do not fit (MCP
/// 2026-07-28, "Custom Headers from Tool Parameters").
namespace troupe {

/// Calls may come before the next list: what is known is kept until then.
void client::keep_header_schemas(const tool_list& x) {
  ++tools_listed_;
  header_schemas_.clear();
  if (wire_of(spec_) == wire_kind::lines)
    return;
  for (const auto& tool : x.tools)
    if (has_parameter_headers(tool.input_schema))
      header_schemas_.emplace(names_.real_name(offer_kind::tools, tool.name),
                              tool.input_schema);
}

session::header_list client::headers_of(const asked_call& x) const {
  auto i = header_schemas_.find(x.name);
  return i == header_schemas_.end() ? session::header_list{}
                                    : parameter_headers(i->second, x.arguments);
}

/// Whether the call waits for a fresh list, to be sent once more. One that the
/// server has asked back about is not begun again: its user has answered.
bool client::refit(const request_answered& x) {
  auto i = calls_.find(x.ticket);
  if (x.error.server_code != json_rpc::header_mismatch || x.asked_back
      || !session_->modern() || other_server_ || i == calls_.end()
      || i->second.kept.empty())
    return false;
  const auto& what = i->second.kept.front();
  if (what.method != tool_call_method)
    return false;
  auto by = waits_until(what, i->second.arrived).due(false);
  misfits_[x.ticket] = {x.error, by};
  if (i->second.list == tools_listed_)
    ask_for_headers();
  else
    send_misfit(x.ticket, true); // there is a newer list already
  return true;
}

/// One list for all. One that was asked for before may be as old as the
/// headers: then the next is it (on_tools_listed).
void client::ask_for_headers() {
  auto& part = std::get<0>(catalog_);
  if (part.ticket != 0)
    return;
  auto now = time_now();
  part.refresh_at.reset();
  part.pace.begin(now);
  header_list_ = part.ticket = session_->list(offer_kind::tools, now, events_);
}

void client::on_tools_listed(uint64_t list, bool fresh) {
  if (misfits_.empty()) {
    header_list_ = 0;
  } else if (list == header_list_) {
    header_list_ = 0;
    for (const auto& [ticket, x] : std::map{misfits_})
      send_misfit(ticket, fresh);
  } else if (auto& part = std::get<0>(catalog_); part.ticket != 0) {
    header_list_ = part.ticket; // it has begun just now
  } else {
    ask_for_headers();
  }
}

/// Without a list there is nothing to try: what the server said is its answer.
void client::send_misfit(uint64_t ticket, bool fresh) {
  auto refused = misfits_.extract(ticket);
  auto i = calls_.find(ticket);
  if (refused.empty() || i == calls_.end())
    return;
  if (!fresh)
    return end_call(ticket, std::move(refused.mapped().why));
  auto call = std::move(i->second);
  calls_.erase(i);
  auto what = take_again(call);
  put_out(what, std::move(call));
}

void client::expire_misfits(time_point now) {
  for (auto i = misfits_.begin(); i != misfits_.end();) {
    auto& [ticket, x] = *i++; // it goes with its call
    if (x.by <= now)
      end_call(ticket, failure{errc::overdue, fate::not_sent,
                               "no list of tools came in time to repeat it: "
                                 + x.why.text});
  }
}

} // namespace troupe
