#include "troupe/tools/demo-server/lone_exchange.hpp"

namespace troupe::demo {

namespace {

/// MCP 2026-07-28: "Protocol Version Header", "Server Validation".
int status_of(dialect speaks, int64_t code) {
  switch (code) {
    case json_rpc::header_mismatch:
    case json_rpc::missing_client_capability:
    case json_rpc::unsupported_protocol_version: return 400;
    case json_rpc::method_not_found:
      return speaks == dialect::modern ? 404 : 200;
    default: return 200;
  }
}

reply::settings with_gone(reply::settings x, std::function<void()> gone) {
  x.gone = std::move(gone);
  return x;
}

stream_settings with_gone(stream_settings x, std::function<void()> gone) {
  x.gone = std::move(gone);
  return x;
}

} // namespace

lone_exchange::lone_exchange(http_context& context, const http_call& x,
                             json_rpc::id which, dialect speaks,
                             std::function<void()> over)
  : context_(context), id_(std::move(which)), speaks_(speaks),
    over_(std::move(over)),
    reply_(
      x.from,
      std::make_shared<event_stream>(
        context.shared.clock, with_gone(context.plain_stream(),
                                        [this, n = x.number] { on_gone(n); })),
      with_gone(context.reply_settings(),
                [this, n = x.number] { on_gone(n); })),
    server_(context.shared, *this) {
  if (speaks == dialect::legacy)
    server_.assume_opened();
}

void lone_exchange::start(json_rpc::message& x) {
  server_.on_frame(x);
  reply_.settle();
}

void lone_exchange::refuse(int64_t code, std::string_view text) {
  answer(id_, code, json_rpc::format_error(id_, code, text));
}

// -- outlet -------------------------------------------------------------------

void lone_exchange::answer(const json_rpc::id&, int64_t code,
                           std::string_view text) {
  if (reply_.done())
    return;
  reply_.answer(status_of(speaks_, code), text);
  if (reply_.done())
    over_();
}

void lone_exchange::about(const json_rpc::id&, std::string_view text) {
  reply_.about(text);
}

void lone_exchange::say(std::string_view) {
  // Messages beside an answer are dropped: modern servers only answer.
}

void lone_exchange::flush() {
  // Every answer was sent at once.
}

size_t lone_exchange::pending() const {
  return reply_.pending();
}

void lone_exchange::close() {
  // The connection belongs to the reader.
}

// Closing the response is how a modern client cancels (2026-07-28, Streamable
// HTTP, "Cancellation").
void lone_exchange::on_gone(uint64_t request) {
  context_.log.left(request);
  server_.cancel(id_);
  over_();
}

} // namespace troupe::demo
