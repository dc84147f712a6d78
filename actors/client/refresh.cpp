#include "troupe/actors/client/client.hpp"

#include "troupe/actors/type_ids.hpp"

/// How a client follows the changes of its server's lists. Only lists that
/// somebody has asked for are kept up to date.
namespace troupe {

void client::on_changed(offer_kind what) {
  switch (what) {
    case offer_kind::tools: outdate(std::get<0>(catalog_)); break;
    case offer_kind::resources:
    case offer_kind::resource_templates:
      outdate(std::get<1>(catalog_));
      outdate(std::get<2>(catalog_));
      break;
    case offer_kind::prompts: outdate(std::get<3>(catalog_)); break;
  }
}

template <class List>
void client::refresh(catalog_part<List>& part) {
  part.refresh_at.reset();
  if (phase_.now() != phase::ready || part.ticket != 0)
    return;
  auto now = time_now();
  part.pace.begin(now);
  part.ticket = session_->list(kind_of<List>, now, events_);
}

/// One refresh runs, and one waits: however often the server says so.
template <class List>
void client::outdate(catalog_part<List>& part) {
  part.fresh = false;
  if (part.ticket != 0)
    part.overtaken = true;
  if (part.ticket != 0 || !part.last || part.refresh_at)
    return;
  auto now = time_now();
  part.refresh_at = part.pace.next(now);
  if (*part.refresh_at <= now)
    refresh(part);
}

template void client::outdate(catalog_part<tool_list>&);
template void client::outdate(catalog_part<resource_list>&);
template void client::outdate(catalog_part<resource_template_list>&);
template void client::outdate(catalog_part<prompt_list>&);

void client::refresh_due(time_point now) {
  each_part([&](auto& part) {
    if (part.refresh_at && *part.refresh_at <= now)
      refresh(part);
  });
}

/// Another life of the server: what it offers may be something else.
void client::reread() {
  each_part([this](auto& part) {
    if (part.last || part.followed)
      refresh(part);
  });
}

/// The spec names another server: what is known of the old one does not hold,
/// neither its lists nor what they say of its tools. Lists that somebody has
/// asked for are read in the new one, for those who wait as well.
void client::forget_server() {
  each_part([](auto& part) {
    part.followed = part.followed || part.last;
    part.last.reset();
  });
  lose_lists();
  names_ = {};
  ++server_number_;
  header_schemas_.clear();
  header_list_ = 0;
  // What it refused for its headers has its answer.
  for (const auto& [ticket, x] : std::map{misfits_})
    send_misfit(ticket, false);
  status_.protocol_version.clear();
  status_.server = {};
  status_.instructions.clear();
  other_server_ = session_.has_value();
}

/// With the connection. Those who wait for a list wait for the next life.
void client::lose_lists() {
  each_part([](auto& part) {
    part.ticket = 0;
    part.fresh = false;
    part.overtaken = false;
    part.refresh_at.reset();
  });
}

} // namespace troupe
