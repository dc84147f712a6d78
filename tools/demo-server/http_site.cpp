#include "troupe/tools/demo-server/http_site.hpp"

#include "troupe/tools/demo-server/http_rules.hpp"
#include "troupe/tools/demo-server/http_texts.hpp"

#include <sys/random.h>

namespace troupe::demo {

namespace {

/// Cannot be guessed (2025-11-25, "Session Management").
std::string random_name() {
  unsigned char bytes[16];
  if (::getrandom(bytes, sizeof bytes, 0) != sizeof bytes)
    return {};
  std::string result;
  for (auto x : bytes) {
    result += "0123456789abcdef"[x >> 4];
    result += "0123456789abcdef"[x & 15];
  }
  return result;
}

/// Where GETs are redirected to; serves the same as `/mcp`.
constexpr auto moved_path = "/moved/mcp";

} // namespace

http_site::http_site(common& shared)
  : common_(shared), context_(shared), faults_(context_.what) {
  // nop
}

void http_site::on_request(http_connection& from, http_request& head) {
  http_call x{from, head, context_.log.record(from, head)};
  if (!admits(x))
    return;
  auto path = head.path();
  if (path == "/mcp" || path == moved_path)
    on_mcp(x);
  else if (path == "/sse")
    on_sse(x);
  else if (path == "/messages")
    on_messages(x);
  else
    from.respond(404, {{"Content-Type", "text/plain"}}, "Not found");
}

void http_site::tidy() {
  for (auto which : over_)
    exchanges_.erase(which);
  over_.clear();
  for (auto& name : left_)
    streams_.erase(name);
  left_.clear();
  forgotten_.clear();
}

// -- who may come in ----------------------------------------------------------

bool http_site::admits(const http_call& x) {
  if (!is_local(x.head)) {
    respond_error(x.from, 403, -32000, "Neither Host nor Origin may be others");
    return false;
  }
  if (!has_token(x)) {
    auto& challenge = context_.what.challenge;
    respond_error(
      x.from, 401, -32000, "Unauthorized",
      {{"WWW-Authenticate", challenge.empty() ? "Bearer" : challenge}});
    return false;
  }
  return true;
}

bool http_site::has_token(const http_call& x) {
  auto& token = context_.what.token;
  auto given = x.head.header("Authorization");
  return token.empty() || (given && *given == "Bearer " + token);
}

// -- by path and method -------------------------------------------------------

void http_site::on_mcp(const http_call& x) {
  if (x.head.method == "POST")
    on_post(x);
  else if (x.head.method == "GET")
    on_get(x);
  else if (x.head.method == "DELETE")
    on_delete(x);
  else
    not_allowed(x, "GET, POST, DELETE");
}

void http_site::on_post(const http_call& x) {
  if (faults_.strikes()) {
    if (faults_.instead(x.from))
      return;
    x.from.deliver(faults_.delivery());
  }
  auto accept = x.head.header("Accept");
  if (!names_type(accept, "application/json")
      || !names_type(accept, "text/event-stream"))
    return respond_error(x.from, 406, -32000,
                         "Accept must name application/json and "
                         "text/event-stream");
  if (auto message = read_message(x))
    on_message(x, *message);
}

void http_site::on_get(const http_call& x) {
  if (context_.what.no_get || !common_.versions.speaks(dialect::legacy))
    return not_allowed(x, "POST");
  if (context_.what.redirect_get && x.head.path() != moved_path)
    return x.from.respond(307, {{"Location", moved_path}}, "");
  if (!names_type(x.head.header("Accept"), "text/event-stream"))
    return respond_error(x.from, 406, -32000,
                         "Accept must name text/event-stream");
  if (auto found = session_of(x); found != sessions_.end())
    found->second->get(x);
}

void http_site::on_delete(const http_call& x) {
  if (context_.what.no_delete || !common_.versions.speaks(dialect::legacy))
    return not_allowed(x, "GET, POST");
  if (auto found = session_of(x); found != sessions_.end()) {
    forgotten_.push_back(std::move(found->second));
    sessions_.erase(found);
    x.from.respond(200, {}, "");
  }
}

void http_site::on_sse(const http_call& x) {
  if (x.head.method != "GET" || !common_.versions.speaks(dialect::legacy))
    return not_allowed(x, "GET");
  auto name = random_name();
  auto& made = streams_[name];
  made = std::make_unique<sse_session>(context_, x, name,
                                       [this, name] { left_.push_back(name); });
  made->open(x);
}

void http_site::on_messages(const http_call& x) {
  if (x.head.method != "POST")
    return not_allowed(x, "POST");
  auto found = streams_.find(std::string{x.head.query("session")});
  if (found == streams_.end())
    return respond_error(x.from, 404, -32001, "Session not found");
  if (faults_.strikes() && faults_.instead(x.from))
    return;
  if (auto message = read_message(x))
    found->second->post(x, *message);
}

void http_site::not_allowed(const http_call& x, const char* allowed) {
  respond_error(x.from, 405, -32000, "Method not allowed",
                {{"Allow", allowed}});
}

// -- a POST's message ---------------------------------------------------------

std::optional<json_rpc::message> http_site::read_message(const http_call& x) {
  if (!names_type(x.head.header("Content-Type"), "application/json")) {
    respond_error(x.from, 415, -32000, "Content-Type must be application/json");
    return std::nullopt;
  }
  auto frame = json_rpc::parse(x.head.body);
  if (!frame.batch && frame.messages.size() == 1)
    return std::move(frame.messages.front());
  auto is_json = frame.faults.empty()
                 || frame.faults[0].where.why == json_error::reason::none;
  respond_error(
    x.from, 400, is_json ? json_rpc::invalid_request : json_rpc::parse_error,
    frame.faults.empty() ? "batches are not taken" : frame.faults[0].text);
  return std::nullopt;
}

void http_site::on_message(const http_call& x, json_rpc::message& message) {
  if (std::holds_alternative<json_rpc::request>(message))
    return on_request(x, message);
  // 2026-07-28 knows no notification over HTTP, and no answers at all.
  auto notifies = std::holds_alternative<json_rpc::notification>(message);
  if (context_.what.no_session
      || (notifies && !x.head.header("Mcp-Session-Id")
          && common_.versions.speaks(dialect::modern)))
    return x.from.respond(202, {}, "");
  if (auto found = session_of(x); found != sessions_.end())
    found->second->post(x, message);
}

void http_site::on_request(const http_call& x, json_rpc::message& message) {
  auto& asked = std::get<json_rpc::request>(message);
  if (is_modern(x, asked))
    return on_modern(x, message);
  if (context_.what.no_session)
    return on_lone(x, message, dialect::legacy);
  if (asked.method == "initialize")
    return on_initialize(x, message);
  if (auto found = session_of(x); found != sessions_.end())
    found->second->post(x, message);
}

void http_site::on_modern(const http_call& x, json_rpc::message& message) {
  auto& asked = std::get<json_rpc::request>(message);
  auto version = read_meta(asked.params).version;
  auto& known = common_.versions.modern();
  // Our rules for headers do not hold for a version that we do not know.
  auto given = x.head.header("MCP-Protocol-Version");
  auto ours = std::find(known.begin(), known.end(), version) != known.end();
  auto fault = ours || !given || *given != version
                 ? header_mismatch(x.head, asked, version, common_.tools)
                 : std::string{};
  if (fault.empty())
    return on_lone(x, message, dialect::modern);
  open_exchange(x, asked.id, dialect::modern)
    .refuse(json_rpc::header_mismatch, "Header mismatch: " + fault);
}

void http_site::on_lone(const http_call& x, json_rpc::message& message,
                        dialect speaks) {
  auto id = std::get<json_rpc::request>(message).id;
  open_exchange(x, id, speaks).start(message);
}

void http_site::on_initialize(const http_call& x, json_rpc::message& message) {
  auto& wanted = context_.what.session_id;
  auto name = wanted.empty() ? random_name() : wanted;
  auto& made = sessions_[name];
  if (made) // --session-id
    forgotten_.push_back(std::move(made));
  made = std::make_unique<http_session>(context_, name);
  session_order_.push_back(name);
  if (session_order_.size() > sessions_max) {
    sessions_.erase(session_order_.front());
    session_order_.pop_front();
  }
  made->post(x, message);
}

// A modern server alone takes every request for one of its kind.
bool http_site::is_modern(const http_call& x,
                          const json_rpc::request& asked) const {
  if (!common_.versions.speaks(dialect::modern))
    return false;
  if (!read_meta(asked.params).version.empty())
    return true;
  auto given = x.head.header("MCP-Protocol-Version");
  return given ? *given >= "2026" : !common_.versions.speaks(dialect::legacy);
}

// -- sessions -----------------------------------------------------------------

http_site::legacy::iterator http_site::session_of(const http_call& x) {
  auto name = x.head.header("Mcp-Session-Id");
  auto found = name ? sessions_.find(*name) : sessions_.end();
  if (found != sessions_.end() && found->second->is_worn_out()) {
    forgotten_.push_back(std::move(found->second));
    sessions_.erase(found);
    found = sessions_.end();
  }
  if (found == sessions_.end())
    refuse_session(x);
  return found;
}

void http_site::refuse_session(const http_call& x) {
  if (!x.head.header("Mcp-Session-Id"))
    respond_error(x.from, 400, -32000, "Mcp-Session-Id is missing");
  else
    respond_error(x.from, context_.what.lost_session_status, -32001,
                  "Session not found");
}

lone_exchange& http_site::open_exchange(const http_call& x,
                                        const json_rpc::id& which,
                                        dialect speaks) {
  auto& made = exchanges_[x.number];
  made = std::make_unique<lone_exchange>(
    context_, x, which, speaks, [this, n = x.number] { over_.push_back(n); });
  return *made;
}

} // namespace troupe::demo
