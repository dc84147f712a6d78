#include "troupe/tools/demo-server/http_session.hpp"

#include "troupe/tools/demo-server/http_texts.hpp"

#include <charconv>
#include <utility>

namespace troupe::demo {

http_session::http_session(http_context& context, std::string name)
  : context_(context), name_(std::move(name)), server_(context.shared, *this) {
  // nop
}

const std::string& http_session::name() const {
  return name_;
}

bool http_session::is_worn_out() {
  auto most = context_.what.lose_session;
  return most > 0 && ++requests_ > most;
}

void http_session::post(const http_call& x, json_rpc::message& message) {
  if (std::holds_alternative<json_rpc::request>(message))
    return request(x, message);
  server_.on_frame(message);
  x.from.respond(202, {}, "");
}

void http_session::get(const http_call& x) {
  auto last = x.head.header("Last-Event-ID");
  if (last && !last->empty())
    resume(x, *last);
  else if (context_.what.one_stream && listening_ && listening_->open())
    respond_error(x.from, 409, -32000, "There is a stream already");
  else
    listen(x);
}

// -- outlet -------------------------------------------------------------------

void http_session::answer(const json_rpc::id& to, int64_t code,
                          std::string_view text) {
  auto found = replies_.find(to);
  if (found == replies_.end())
    return; // its reader has gone
  auto refused = code == json_rpc::unsupported_protocol_version;
  found->second->answer(refused ? 400 : 200, text);
  if (found->second->done()) {
    replies_.erase(found);
    forget_ended();
  }
}

void http_session::about(const json_rpc::id& to, std::string_view text) {
  if (auto found = replies_.find(to); found != replies_.end())
    found->second->about(text);
}

void http_session::say(std::string_view text) {
  if (listening_)
    listening_->send(text);
  else if (unheard_.size() < unheard_max)
    unheard_.emplace_back(text);
}

void http_session::flush() {
  // Every answer was sent at once.
}

size_t http_session::pending() const {
  size_t result = 0;
  for (auto& [_, x] : replies_)
    result += x->pending();
  return result;
}

void http_session::close() {
  // The connections belong to their readers.
}

// -- steps --------------------------------------------------------------------

void http_session::request(const http_call& x, json_rpc::message& message) {
  auto& asked = std::get<json_rpc::request>(message);
  auto id = asked.id;
  auto drop = context_.what.drop_streams && asked.method == "tools/call";
  if (replies_.count(id) > 0)
    return respond_error(x.from, 400, json_rpc::invalid_request,
                         "The id is in use");
  auto how = context_.reply_settings();
  how.events = how.events || drop;
  if (asked.method == "initialize" && !name_.empty())
    how.headers.emplace_back("Mcp-Session-Id", name_);
  // A legacy client that goes has not cancelled (2025-11-25, "Sending
  // Messages"): the call goes on.
  how.gone = [this, id, n = x.number] {
    context_.log.left(n);
    replies_.erase(id);
  };
  auto stream = new_stream(x);
  auto& made = replies_[id];
  made = std::make_unique<reply>(x.from, stream, std::move(how));
  if (drop) {
    made->settle();
    stream->drop();
  }
  server_.on_frame(message);
  if (auto found = replies_.find(id); found != replies_.end())
    found->second->settle();
}

void http_session::resume(const http_call& x, const std::string& last_event) {
  // As `new_stream` wrote it: the stream's number, the event's.
  uint64_t stream = 0;
  uint64_t event = 0;
  auto end = last_event.data() + last_event.size();
  auto [dash, error] = std::from_chars(last_event.data(), end, stream);
  auto in_order = error == std::errc{} && dash != end && *dash == '-'
                  && std::from_chars(dash + 1, end, event).ptr == end;
  auto found = in_order ? streams_.find(stream) : streams_.end();
  if (found == streams_.end())
    return respond_error(x.from, 400, -32000, "Unknown event id");
  found->second->open(x.from, {}, event);
  forget_ended();
}

void http_session::listen(const http_call& x) {
  if (listening_)
    listening_->end();
  listening_ = new_stream(x);
  listening_->open(x.from, {});
  listening_->prime();
  for (auto& text : std::exchange(unheard_, {}))
    listening_->send(text);
  forget_ended();
}

// Streams can be resumed since 2025-03-26. A first event to resume from is new
// in 2025-11-25, and so the condition here.
std::shared_ptr<event_stream> http_session::new_stream(const http_call& x) {
  auto how = context_.plain_stream();
  how.gone = [this, n = x.number] { context_.log.left(n); };
  auto resumable = server_.opened_version() >= "2025-11-25" && !name_.empty();
  if (resumable)
    how.name = std::to_string(++last_stream_) + '-';
  auto stream = std::make_shared<event_stream>(context_.shared.clock, how);
  if (resumable)
    streams_[last_stream_] = stream;
  return stream;
}

void http_session::forget_ended() {
  if (streams_.size() <= ended_streams_max)
    return;
  for (auto i = streams_.begin();
       i != streams_.end() && streams_.size() > ended_streams_max;)
    i = i->second->ended() ? streams_.erase(i) : std::next(i);
}

} // namespace troupe::demo
