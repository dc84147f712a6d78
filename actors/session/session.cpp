#include "troupe/actors/session/session.hpp"

#include "troupe/actors/session/core.hpp"

namespace troupe {

session::session(session_options options)
  : core_(std::make_unique<core>(std::move(options))) {
  // nop
}

session::~session() = default;
session::session(session&&) noexcept = default;
session& session::operator=(session&&) noexcept = default;

// -- steps -------------------------------------------------------------------

void session::start(time_point now, session_events& out) {
  core_->start(now, out);
}

void session::on_frames(std::vector<std::string> frames, time_point now,
                        session_events& out) {
  for (auto& frame : frames)
    core_->on_frame(std::move(frame), now, out);
}

void session::on_exchange(exchange_news news, time_point now,
                          session_events& out) {
  core_->on_exchange(std::move(news), now, out);
}

void session::on_time(time_point now, session_events& out) {
  core_->on_time(now, out);
}

std::optional<session::time_point> session::next_deadline() const {
  return core_->next_deadline();
}

// -- requests ----------------------------------------------------------------

uint64_t session::request(std::string_view method, const json& params,
                          const request_options& options, time_point now,
                          session_events& out) {
  return core_->request(method, params, options, now, out);
}

uint64_t session::call_tool(const troupe::call_tool& what, time_point now,
                            session_events& out, header_list headers) {
  return core_->call_tool(what, now, out, std::move(headers));
}

uint64_t session::list(offer_kind what, time_point now, session_events& out) {
  return core_->list(what, now, out);
}

void session::give_input(uint64_t key, answer<json> x, time_point now,
                         session_events& out) {
  core_->give_input(key, std::move(x), now, out);
}

void session::forget(uint64_t ticket) {
  core_->forget(ticket);
}

void session::abandon(uint64_t ticket, std::string_view reason,
                      session_events& out) {
  core_->abandon(ticket, reason, out);
}

std::vector<uint64_t> session::close() {
  return core_->close();
}

// -- observers ---------------------------------------------------------------

session::phase session::now() const {
  return core_->now();
}

size_t session::in_flight() const {
  return core_->in_flight();
}

bool session::modern() const {
  return core_->modern();
}

const server_capabilities& session::offers() const {
  return core_->offers();
}

const session_counts& session::counts() const {
  return core_->counts();
}

unasked_traffic session::take_unasked() {
  return core_->take_unasked();
}

known_dialect session::learnt() const {
  return core_->learnt();
}

} // namespace troupe
