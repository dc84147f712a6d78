#include "troupe/actors/client/connection.hpp"

#include "troupe/actors/session/earlier.hpp"

namespace troupe {

// -- sending ------------------------------------------------------------------

void connection::up(outbox_ptr out, std::shared_ptr<inbound_window> window) {
  out_ = std::move(out);
  window_ = std::move(window);
  keep_pace();
}

uint64_t connection::request(const asked_call& x, const request_times& times,
                             session::header_list headers, time_point now) {
  if (x.method == method_of<call_tool>)
    return session_.call_tool(x, times, now, said_, std::move(headers));
  session::request_options options;
  options.wants_progress = x.tag != 0;
  options.meta = x.meta;
  return session_.request(x.method, x.arguments.value(), options, times, now,
                          said_);
}

uint64_t connection::list(offer_kind what, time_point now) {
  return session_.list(what, now, said_);
}

void connection::give_input(uint64_t key, answer<json> x, time_point now) {
  session_.give_input(key, std::move(x), now, said_);
}

fate connection::withdraw(uint64_t ticket, std::string_view why) {
  if (out_ && out_->revoke(ticket)) {
    session_.forget(ticket);
    return fate::not_sent;
  }
  session_.abandon(ticket, why, said_);
  return fate::outcome_unknown;
}

errc connection::send(send_frame x, size_t messages_waiting) {
  if (!out_)
    return errc::none;
  if (x.order)
    return out_->push(std::move(x.frame), x.ticket, std::move(x.order));
  if (messages_waiting == 0) {
    auto result = out_->push(std::move(x.frame), x.ticket);
    // It took along what was held; a frame that is refused takes nothing.
    holds_ = holds_ && result != errc::none;
    return result;
  }
  if (!std::exchange(holds_, true))
    holds_until_ = messages_waiting + 1; // this one is being handled
  return out_->push_held(std::move(x.frame), x.ticket);
}

/// Those that come later are not waited for.
void connection::message_handled(size_t messages_waiting) {
  if (holds_ && (--holds_until_ == 0 || messages_waiting == 0))
    flush();
}

void connection::flush() {
  if (std::exchange(holds_, false) && out_)
    out_->flush();
}

void connection::drop_exchange(uint64_t id) {
  if (out_)
    out_->abandon(id);
}

size_t connection::outbox_depth() const {
  return out_ ? out_->depth() : 0;
}

std::vector<uint64_t> connection::close() {
  flush();
  auto unsent = out_ ? out_->close() : std::vector<uint64_t>{};
  session_.close();
  // A server that blocks on its output would not read the end of its input.
  if (window_)
    window_->pace(false, false);
  return unsent;
}

// -- receiving ----------------------------------------------------------------

void connection::on_frames(std::vector<std::string> frames,
                           uint64_t empty_lines, time_point now) {
  untaken_ += inbound_window::cost(frames) + empty_lines;
  session_.on_frames(std::move(frames), now, said_);
  charge(empty_lines * defaults::empty_line_bytes, now);
}

void connection::on_exchange(exchange_news news, time_point now) {
  auto idle = news.idle_bytes;
  untaken_ += inbound_window::cost(news.frames) + idle;
  session_.on_exchange(std::move(news), now, said_);
  charge(idle, now);
}

void connection::took_all() {
  if (!window_)
    return; // frames may come before the window: it is told later
  if (auto cost = std::exchange(untaken_, 0); cost > 0)
    window_->take(cost);
}

// -- throttling ---------------------------------------------------------------

/// `skipped_bytes`: bytes that came just now and were no frame.
void connection::charge(size_t skipped_bytes, time_point now) {
  auto x = session_.take_unsolicited();
  pace_.charge(x.frames, x.bytes + skipped_bytes, now);
  keep_pace();
}

void connection::on_time(time_point now) {
  pace_.on_time(now);
  keep_pace();
  session_.on_time(now, said_);
}

void connection::keep_pace() {
  if (window_)
    window_->pace(pace_.held(), pace_.throttled());
}

std::optional<std::string> connection::news_of_pace() {
  if (std::exchange(told_throttled_, throttled()) == throttled())
    return std::nullopt;
  return throttled() ? throttled_text()
                     : "the server's output is read without pauses again";
}

std::optional<connection::time_point> connection::next_deadline() const {
  return earlier(session_.next_deadline(), pace_.deadline());
}

} // namespace troupe
