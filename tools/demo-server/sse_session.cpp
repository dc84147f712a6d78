#include "troupe/tools/demo-server/sse_session.hpp"

namespace troupe::demo {

namespace {

stream_settings settings(http_context& context, uint64_t request,
                         std::function<void()> over) {
  auto x = context.plain_stream();
  x.gone = [&context, request, over = std::move(over)] {
    context.log.left(request);
    over();
  };
  return x;
}

} // namespace

sse_session::sse_session(http_context& context, const http_call& x,
                         std::string name, std::function<void()> over)
  : context_(context), name_(std::move(name)),
    stream_(context.shared.clock, settings(context, x.number, std::move(over))),
    server_(context.shared, *this) {
  // nop
}

void sse_session::open(const http_call& x) {
  stream_.open(x.from, {});
  auto& other = context_.what.endpoint;
  stream_.send(other.empty() ? "/messages?session=" + name_ : other,
               "endpoint");
}

void sse_session::post(const http_call& x, json_rpc::message& message) {
  x.from.respond(202, {}, "");
  server_.on_frame(message);
}

// -- outlet -------------------------------------------------------------------

void sse_session::answer(const json_rpc::id&, int64_t, std::string_view text) {
  stream_.send(text);
}

void sse_session::about(const json_rpc::id&, std::string_view text) {
  stream_.send(text);
}

void sse_session::say(std::string_view text) {
  stream_.send(text);
}

void sse_session::flush() {
  // Every answer was sent at once.
}

size_t sse_session::pending() const {
  return stream_.pending();
}

void sse_session::close() {
  // The connection belongs to the reader.
}

} // namespace troupe::demo
