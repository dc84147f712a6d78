#include "troupe/tests/tools/troupe/telltale.hpp"

#include "troupe/messages/json/rpc.hpp"

namespace troupe::test {

namespace {

json implementation_of(const std::string& words) {
  json_writer out;
  out.begin_object().member("name", std::string_view{"name " + words});
  out.member("title", std::string_view{"title " + words});
  out.member("version", std::string_view{"version " + words});
  return out.end_object().finish();
}

json greeting(const std::string& words) {
  json_writer out;
  out.begin_object().member("protocolVersion", "2025-11-25");
  out.member("serverInfo", implementation_of(words));
  out.member("instructions", std::string_view{"instructions " + words});
  out.member("capabilities",
             json::trusted(R"({"tools":{"listChanged":true},"logging":{}})"));
  return out.end_object().finish();
}

void write_tool(json_writer& out, const std::string& name,
                const std::string& words) {
  out.begin_object().member("name", std::string_view{name});
  out.member("title", std::string_view{"title " + words});
  out.member("description", std::string_view{"description " + words});
  out.key("annotations").begin_object();
  out.member("title", std::string_view{"hint " + words}).end_object();
  out.key("_meta").begin_object().member(words, 1).end_object();
  out.key("inputSchema").begin_object().member("type", "object");
  out.key("properties").begin_object().key(words).begin_object();
  out.member("default", std::string_view{words});
  out.end_object().end_object().end_object().end_object();
}

json tools(const std::string& words) {
  json_writer out;
  out.begin_object().key("tools").begin_array();
  write_tool(out, "ok", words);
  write_tool(out, "fail", words);
  write_tool(out, "named " + words, words);
  out.begin_object().member("name", std::string_view{"bad " + words});
  out.end_object(); // has no schema: it is rejected by its name
  return out.end_array().end_object().finish();
}

json result(const std::string& words) {
  json_writer out;
  out.begin_object().key("content").begin_array().begin_object();
  out.member("type", "text");
  out.member("text", std::string_view{"the result " + words});
  return out.end_object().end_array().end_object().finish();
}

std::string progress(const json& params, const std::string& words) {
  auto meta = params.find("_meta").value_or(json{});
  json_writer out;
  out.begin_object().member("progressToken",
                            meta.find("progressToken").value_or(json{}));
  out.member("progress", 1).member("total", 2);
  out.member("message", std::string_view{"progress " + words});
  return json_rpc::format_notification("notifications/progress",
                                       out.end_object().finish());
}

std::string log_line(const std::string& words) {
  json_writer out;
  out.begin_object().member("level", "error");
  out.member("logger", std::string_view{"logger " + words});
  out.member("data", std::string_view{"log " + words});
  return json_rpc::format_notification("notifications/message",
                                       out.end_object().finish());
}

json details(const std::string& words) {
  json_writer out;
  out.begin_object().key(words).begin_array().value(std::string_view{words});
  return out.end_array().end_object().finish();
}

/// What comes of its own accord: a log, a breach of the protocol, noise.
std::vector<std::string> asides(const std::string& words) {
  return {log_line(words),
          R"({"jsonrpc":"2.0","id":987654321,"error":{"code":)"
          R"(-1,"message":"late )"
            + words + R"("}})",
          "noise " + words, R"({"jsonrpc":")" + words + "\"}"};
}

std::vector<std::string> answers_to(const json_rpc::request& x,
                                    const std::string& words) {
  if (x.method == "initialize")
    return {json_rpc::format_result(x.id, greeting(words))};
  if (x.method == "tools/list")
    return {json_rpc::format_result(x.id, tools(words))};
  if (x.method == "ping")
    return {json_rpc::format_result(x.id, json::trusted("{}"))};
  if (x.method != "tools/call")
    return {json_rpc::format_error(x.id, json_rpc::method_not_found,
                                   "no such method " + words, details(words))};
  if (x.params.find("name").value_or(json{}).as_string() == "ok")
    return {json_rpc::format_result(x.id, result(words))};
  auto all = asides(words);
  all.insert(all.begin(), progress(x.params, words));
  all.push_back(
    json_rpc::format_error(x.id, -7, "refused " + words, details(words)));
  return all;
}

} // namespace

std::vector<std::string> telltale_answers(const std::string& frame,
                                          const std::string& words) {
  auto read = json_rpc::parse(frame);
  if (read.messages.empty())
    return {};
  auto asked = std::get_if<json_rpc::request>(&read.messages.front());
  return asked ? answers_to(*asked, words) : std::vector<std::string>{};
}

} // namespace troupe::test
