#include "troupe/tools/demo-server/offers.hpp"

#include "troupe/messages/json/members.hpp"

namespace troupe::demo {

using namespace members;

namespace {

constexpr std::string_view question =
  R"({"message":"Whom shall I greet?","requestedSchema":{"type":"object",)"
  R"("properties":{"name":{"type":"string","default":"World"}},)"
  R"("required":["name"]}})";

/// What an ElicitResult says.
std::string name_in(const json& result) {
  auto content = object_at(result, "content");
  return text_at(result, "action") == "accept" ? text_at(content, "name")
                                               : "nobody";
}

bool can_be_asked(const json& capabilities) {
  return object_at(capabilities, "elicitation").is_object();
}

} // namespace

void offers::on_initialize(const json& params) {
  may_ask_ = can_be_asked(object_at(params, "capabilities"));
}

bool offers::on_request(const json_rpc::request& x, dialect speaks) {
  if (x.method == "resources/read")
    read(x, speaks);
  else if (x.method == "prompts/get")
    greet(x, speaks);
  else if (x.method == "resources/list" || x.method == "prompts/list"
           || x.method == "resources/templates/list")
    list(x, speaks);
  else
    return false;
  return true;
}

bool offers::on_answer(const json_rpc::id& which, const json& result) {
  auto found = asked_.find(which);
  if (found == asked_.end())
    return false;
  auto to = std::move(found->second);
  asked_.erase(found);
  say(to, dialect::legacy, name_in(result));
  return true;
}

void offers::cancel(const json_rpc::id& which) {
  for (auto i = asked_.begin(); i != asked_.end();)
    i = i->second == which ? asked_.erase(i) : std::next(i);
}

// -- by method ----------------------------------------------------------------

void offers::list(const json_rpc::request& x, dialect speaks) {
  auto out = begin_result(speaks);
  if (x.method == "resources/list")
    out.member("resources",
               json::trusted(R"([{"uri":"demo:readme","name":"readme",)"
                             R"("mimeType":"text/plain"}])"));
  else if (x.method == "prompts/list")
    out.member("prompts",
               json::trusted(R"([{"name":"greet","arguments":)"
                             R"([{"name":"name","required":false}]}])"));
  else
    out.member("resourceTemplates",
               json::trusted(R"([{"uriTemplate":"demo:text/{text}",)"
                             R"("name":"text"}])"));
  if (speaks == dialect::modern)
    out.member("ttlMs", 60'000).member("cacheScope", "public");
  to_.give(x.id, out.end_object());
}

void offers::read(const json_rpc::request& x, dialect speaks) {
  constexpr std::string_view of_text = "demo:text/";
  auto uri = text_at(x.params, "uri");
  std::string text;
  if (uri == "demo:readme")
    text = "This is the demo server.";
  else if (uri.starts_with(of_text))
    text = uri.substr(of_text.size());
  else
    return to_.reject(x.id, json_rpc::invalid_params,
                      "Unknown resource: " + uri);
  auto out = begin_result(speaks);
  out.key("contents").begin_array().begin_object();
  out.member("uri", std::string_view{uri}).member("mimeType", "text/plain");
  out.member("text", std::string_view{text}).end_object().end_array();
  if (speaks == dialect::modern)
    out.member("ttlMs", 0).member("cacheScope", "private");
  to_.give(x.id, out.end_object());
}

void offers::greet(const json_rpc::request& x, dialect speaks) {
  auto name = text_at(x.params, "name");
  if (name != "greet")
    return to_.reject(x.id, json_rpc::invalid_params,
                      "Unknown prompt: " + name);
  auto whom = text_at(object_at(x.params, "arguments"), "name");
  auto given = object_at(x.params, "inputResponses").find("name");
  auto meta = object_at(x.params, "_meta");
  auto can = speaks == dialect::legacy
               ? may_ask_
               : can_be_asked(
                 object_at(meta, "io.modelcontextprotocol/clientCapabilities"));
  if (!whom.empty() || given || !can)
    say(x.id, speaks, given ? name_in(*given) : whom);
  else if (speaks == dialect::modern)
    ask_modern(x);
  else
    ask_legacy(x);
}

// -- asking -------------------------------------------------------------------

void offers::ask_modern(const json_rpc::request& x) {
  json_writer out;
  out.begin_object().member("resultType", "input_required");
  out.key("inputRequests").begin_object().key("name").begin_object();
  out.member("method", "elicitation/create")
    .member("params", json::trusted(std::string{question}));
  out.end_object().end_object().member("requestState", "asked");
  to_.give(x.id, out.end_object());
}

void offers::ask_legacy(const json_rpc::request& x) {
  if (asked_.size() == asked_max)
    return to_.reject(x.id, json_rpc::internal_error, "Too many questions");
  json_rpc::id ours{"ask-" + std::to_string(++last_)};
  asked_.emplace(ours, x.id);
  out_.about(x.id,
             json_rpc::format_request(ours, "elicitation/create",
                                      json::trusted(std::string{question})));
}

void offers::say(const json_rpc::id& to, dialect speaks,
                 const std::string& whom) {
  auto text = "Please greet " + (whom.empty() ? "a stranger" : whom) + '.';
  auto out = begin_result(speaks);
  out.key("messages").begin_array().begin_object().member("role", "user");
  out.key("content").begin_object().member("type", "text");
  out.member("text", std::string_view{text}).end_object();
  out.end_object().end_array();
  to_.give(to, out.end_object());
}

} // namespace troupe::demo
