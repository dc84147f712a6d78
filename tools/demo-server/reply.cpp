#include "troupe/tools/demo-server/reply.hpp"

#include <utility>

namespace troupe::demo {

reply::reply(http_connection& at, std::shared_ptr<event_stream> events,
             settings how)
  : at_(&at), events_(std::move(events)), how_(std::move(how)) {
  at.own(*this);
}

reply::~reply() {
  // No answer will come any more.
  if (auto at = std::exchange(at_, nullptr)) {
    at->disown();
    at->cut();
  }
}

void reply::about(std::string_view text) {
  begin_events();
  events_->send(text);
}

void reply::answer(int status, std::string_view text) {
  if (how_.copies == 0)
    return;
  if (status == 200 && (how_.events || how_.copies > 1))
    begin_events();
  --how_.copies;
  if (begun_) {
    events_->send(text);
    if (how_.copies == 0)
      events_->end();
  } else if (auto at = std::exchange(at_, nullptr)) {
    how_.copies = 0;
    how_.headers.emplace_back("Content-Type", how_.content_type);
    at->respond(status, how_.headers, text);
  }
}

void reply::settle() {
  if (how_.events && !done())
    begin_events();
}

event_stream& reply::events() {
  return *events_;
}

bool reply::done() const {
  return how_.copies == 0;
}

size_t reply::pending() const {
  return at_ ? at_->pending() : events_->pending();
}

// -- steps --------------------------------------------------------------------

void reply::on_gone() {
  at_ = nullptr;
  // `gone` may destroy this object.
  if (auto gone = std::exchange(how_.gone, nullptr))
    gone();
}

void reply::begin_events() {
  if (begun_ || !at_)
    return;
  begun_ = true;
  auto at = std::exchange(at_, nullptr);
  events_->open(*at, how_.headers);
  events_->prime();
}

} // namespace troupe::demo
