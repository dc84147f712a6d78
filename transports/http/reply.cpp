#include "troupe/transports/http/reply.hpp"

#include "troupe/messages/cut_text.hpp"
#include "troupe/messages/defaults.hpp"
#include "troupe/messages/header_text.hpp"
#include "troupe/messages/json/blank.hpp"

#include <algorithm>

namespace troupe {

namespace {

/// MCP, "Session Management": visible ASCII alone.
bool is_session_id(std::string_view text) {
  return text.size() <= defaults::session_id_bytes_max
         && std::all_of(text.begin(), text.end(),
                        [](char x) { return x >= 0x21 && x <= 0x7E; });
}

bool is_json(std::string_view media_type) {
  return media_type == "application/json" || media_type.ends_with("+json");
}

/// The fate of a refused request, where its body does not tell. RFC 9110,
/// section 15.6: 501, 503 and 505 say that it was not handled. The other
/// statuses from 500 on may come from a gateway that had passed the request on
/// and got no answer (502, 504; others have 520 to 529), or from a server that
/// failed half way (500); 408 may come from such a gateway.
fate fate_of(int status) {
  auto not_handled = status == 501 || status == 503 || status == 505;
  auto may_have_run = status == 408 || (status >= 500 && !not_handled);
  return may_have_run ? fate::outcome_unknown : fate::refused;
}

} // namespace

http_reply::http_reply(const exchange_order& order, const http_url& url,
                       size_t frame_bytes_max)
  : order_(order), url_(url), frame_bytes_max_(frame_bytes_max),
    events_(frame_bytes_max) {
  // nop
}

// -- the head -----------------------------------------------------------------

bool http_reply::on_head(const http_head& head, const http_body& body) {
  status_ = head.status;
  media_type_ = head.media_type();
  if (status_ >= 400)
    return on_refusal(head);
  if (status_ >= 300)
    return on_redirect(head);
  if (status_ < 200)
    return give_up(errc::protocol_error,
                   "HTTP " + std::to_string(status_) + " was not asked for");
  return on_success(head, body);
}

bool http_reply::on_refusal(const http_head& head) {
  auto asks = head.all("WWW-Authenticate");
  if (status_ == 401 || (status_ == 403 && !asks.empty()))
    challenge_ = std::move(asks);
  auto coding = head.value("Content-Encoding");
  auto plain = coding.empty() || same_letters(coding, "identity");
  use_ = plain && is_json(media_type_) ? use::refusal : use::nothing;
  return true;
}

bool http_reply::on_redirect(const http_head& head) {
  auto fault = std::string{};
  auto location = head.value("Location");
  auto target = resolve_http_url(url_, location, fault);
  if (location.empty() || !target)
    return give_up(errc::protocol_error,
                   "a redirect without a usable Location: HTTP "
                     + std::to_string(status_));
  auto may =
    order_.what != exchange_order::kind::post && same_origin(url_, *target);
  if (!may)
    return give_up(errc::protocol_error,
                   "a redirect to " + target->origin() + " was refused");
  redirect_ = std::move(target);
  return false;
}

bool http_reply::on_success(const http_head& head, const http_body& body) {
  auto coding = head.value("Content-Encoding");
  if (!coding.empty() && !same_letters(coding, "identity"))
    return give_up(errc::protocol_error,
                   "the answer is encoded, which was not asked for");
  if (order_.opens_session && !take_session(head))
    return false;
  auto is_post = order_.what == exchange_order::kind::post;
  if (media_type_ == "text/event-stream" && status_ != 204) {
    use_ = use::events;
    return true;
  }
  if (is_post && is_json(media_type_))
    return expect_frame(body);
  if (!is_post)
    return give_up(errc::protocol_error,
                   "the answer is not a stream of events");
  // Only a sample of it is kept, to say what it was.
  use_ = order_.owes_answer ? use::sample : use::nothing;
  return true;
}

bool http_reply::take_session(const http_head& head) {
  auto id = head.value("Mcp-Session-Id");
  if (!is_session_id(id))
    return give_up(errc::protocol_error, "the session's id cannot be used");
  session_ = std::string{id};
  return true;
}

bool http_reply::expect_frame(const http_body& body) {
  auto length = body.length().value_or(0);
  if (length > frame_bytes_max_)
    return give_up(errc::too_large, "the answer is larger than a frame may be");
  body_.reserve(static_cast<size_t>(length));
  use_ = use::frame;
  return true;
}

// -- the body -----------------------------------------------------------------

bool http_reply::on_body(std::string_view bytes) {
  auto most = size_t{0};
  switch (use_) {
    case use::events: return take_events(bytes);
    case use::nothing:
    case use::refusal: most = defaults::refusal_bytes_max; break;
    // One byte more than is shown, so that the cut is seen.
    case use::sample: most = defaults::noise_sample_bytes + 1; break;
    case use::frame: most = frame_bytes_max_; break;
  }
  auto fits = body_.size() + bytes.size() <= most;
  if (!fits && use_ == use::frame)
    return give_up(errc::too_large, "the answer is larger than a frame may be");
  if (!fits)
    bytes = bytes.substr(0, most - body_.size());
  body_.append(bytes);
  return fits;
}

bool http_reply::take_events(std::string_view bytes) {
  auto list = std::vector<sse_event>{};
  auto fits = events_.feed(bytes, list);
  for (auto& x : list)
    if (!take_event(x))
      return false;
  return fits
         || give_up(errc::too_large, "an event is larger than a frame may be");
}

bool http_reply::take_event(sse_event& x) {
  auto is_endpoint = order_.what == exchange_order::kind::endpoint;
  if (is_endpoint && !knows_endpoint_)
    return take_endpoint_event(x);
  if (x.name.empty() || x.name == "message")
    frames_.push_back(std::move(x.data));
  else
    other_bytes_ += x.data.size() + defaults::event_fields_bytes;
  return true;
}

size_t http_reply::take_idle_bytes() {
  if (events_.idle_bytes() + other_bytes_ < defaults::idle_bytes_lot)
    return 0;
  return events_.take_idle_bytes() + std::exchange(other_bytes_, 0);
}

bool http_reply::take_endpoint_event(const sse_event& x) {
  if (x.name != "endpoint")
    return give_up(errc::protocol_error,
                   "the server's stream does not begin with the event "
                   "`endpoint` of HTTP+SSE");
  auto fault = std::string{};
  auto target = resolve_http_url(url_, x.data, fault);
  if (!target)
    return give_up(errc::protocol_error, "the endpoint: " + fault);
  if (!same_origin(url_, *target))
    return give_up(errc::protocol_error,
                   "an endpoint at " + target->origin() + " was refused");
  knows_endpoint_ = true;
  endpoint_ = std::move(target);
  return true;
}

// -- the end ------------------------------------------------------------------

void http_reply::finish(const http_outcome& how, exchange_news& to) {
  // Where no body was expected, nothing is lost.
  auto nothing_due = use_ == use::nothing && status_ > 0 && !redirect_;
  auto whole = !how.fault || nothing_due;
  if (whole && !fault_ && status_ < 400)
    finish_body();
  to.frames = take_frames();
  to.ended = true;
  to.status = status_;
  to.was_stream = is_stream();
  to.last_event_id = events_.last_event_id();
  to.retry = events_.retry();
  to.what_became = how.sent ? fate::outcome_unknown : fate::not_sent;
  if (status_ >= 300)
    to.what_became = fate_of(status_);
  if (status_ >= 400) {
    to.why = challenge_ ? errc::auth_required : errc::server_error;
    to.text = "HTTP " + std::to_string(status_);
    if (use_ == use::refusal && whole && !how.unwanted)
      to.body = std::move(body_);
  } else if (fault_) {
    to.why = fault_.why;
    to.text = fault_.text;
  } else if (!whole) {
    to.why = how.fault.why;
    to.text = how.fault.text;
  }
  if (to.why != errc::none)
    to.text += " (" + url_.text() + ")";
}

/// The whole body has come.
void http_reply::finish_body() {
  auto blank = is_blank(body_);
  if (use_ == use::frame && !blank) {
    frames_.push_back(std::move(body_));
  } else if (use_ == use::frame || use_ == use::sample) {
    if (order_.owes_answer && (blank || status_ == 202))
      give_up(errc::protocol_error,
              "the server accepted the request, but sent no answer");
    else if (order_.owes_answer)
      give_up(errc::protocol_error,
              "the answer is neither JSON nor a stream of events: "
                + cut_text(body_, defaults::noise_sample_bytes));
  }
}

bool http_reply::give_up(errc why, std::string text) {
  fault_ = {why, std::move(text)};
  return false;
}

} // namespace troupe
