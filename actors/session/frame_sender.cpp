#include "troupe/actors/session/frame_sender.hpp"

#include "troupe/actors/session/dialect.hpp"
#include "troupe/actors/session/tool_headers.hpp"
#include "troupe/messages/json/rpc.hpp"

namespace troupe {

namespace {

// Versions are dates, so their order is that of their text. Before this one
// there was no such header.
constexpr std::string_view first_version_with_header = "2025-06-18";

exchange_order_ptr share(exchange_order x) {
  return std::make_shared<const exchange_order>(std::move(x));
}

} // namespace

// -- frames -------------------------------------------------------------------

void frame_sender::request(std::string frame, uint64_t ticket,
                           const outline& what, session_events& out) const {
  if (!http()) {
    out.push_back(send_frame{std::move(frame), ticket, nullptr});
    return;
  }
  auto x = order(what.id, what.method);
  if (modern() && !what.name.empty())
    x.headers.emplace_back("Mcp-Name", header_value(what.name));
  if (modern())
    for (const auto& header : what.parameters)
      x.headers.push_back(header);
  x.owes_answer = kind_ == wire_kind::streamable_http;
  x.opens_session = x.owes_answer && what.method == "initialize";
  x.long_lived = what.long_lived;
  x.deadline = what.deadline;
  out.push_back(send_frame{std::move(frame), ticket, share(std::move(x))});
}

void frame_sender::ping(uint64_t id, session_events& out) const {
  request(json_rpc::format_request(static_cast<int64_t>(id), "ping", {}), 0,
          {id, "ping"}, out);
}

uint64_t frame_sender::notification(std::string frame, std::string_view method,
                                    session_events& out) {
  if (!http()) {
    out.push_back(send_frame{std::move(frame), 0, nullptr});
    return 0;
  }
  auto id = next_id();
  out.push_back(send_frame{std::move(frame), 0, share(order(id, method))});
  return id;
}

void frame_sender::answer(std::string frame, session_events& out) {
  exchange_order_ptr how;
  if (http())
    how = share(order(next_id(), {}));
  out.push_back(send_frame{std::move(frame), 0, std::move(how)});
}

void frame_sender::cancel(uint64_t id, std::string_view reason,
                          session_events& out) {
  drop(id, out);
  if (http() && modern())
    return;
  json_writer params;
  params.begin_object().member("requestId", id).member("reason", reason);
  auto text = json_rpc::format_notification("notifications/cancelled",
                                            params.end_object().finish());
  notification(std::move(text), "notifications/cancelled", out);
}

// -- streams ------------------------------------------------------------------

uint64_t frame_sender::open_stream(std::string last_event_id,
                                   session_events& out) {
  auto id = next_id();
  resume(id, std::move(last_event_id), out);
  return id;
}

void frame_sender::resume(uint64_t id, std::string last_event_id,
                          session_events& out) const {
  auto x = order(id, {});
  x.what = exchange_order::kind::stream;
  x.long_lived = true;
  x.last_event_id = std::move(last_event_id);
  out.push_back(send_frame{{}, 0, share(std::move(x))});
}

uint64_t frame_sender::open_endpoint(session_events& out) {
  auto x = order(next_id(), {});
  x.what = exchange_order::kind::endpoint;
  x.long_lived = true;
  auto id = x.id;
  out.push_back(send_frame{{}, 0, share(std::move(x))});
  return id;
}

void frame_sender::drop(uint64_t id, session_events& out) const {
  if (http())
    out.push_back(drop_exchange{id});
}

// -- dialect ------------------------------------------------------------------

void frame_sender::speak(dialect& which, std::string version) {
  dialect_ = &which;
  modern_ = !which.pings();
  version_ = std::move(version);
}

exchange_order frame_sender::order(uint64_t id, std::string_view method) const {
  exchange_order x;
  x.id = id;
  if (version_ >= first_version_with_header)
    x.headers.emplace_back("MCP-Protocol-Version", version_);
  if (modern() && !method.empty())
    x.headers.emplace_back("Mcp-Method", method);
  return x;
}

bool is_outage(int32_t status) {
  return status == 408 || status == 429 || (status > 501 && status < 600);
}

failure failure_of(const exchange_news& x) {
  auto code = x.why == errc::none ? errc::protocol_error : x.why;
  auto text = x.text.empty() ? "the response ended without the answer" : x.text;
  return {code, x.what_became, std::move(text)};
}

wire_kind wire_of(const server_spec& spec) {
  return spec.transport == "http"  ? wire_kind::streamable_http
         : spec.transport == "sse" ? wire_kind::http_sse
                                   : wire_kind::lines;
}

} // namespace troupe
