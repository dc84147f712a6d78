#include "troupe/tools/conformance-client/plays.hpp"

#include "troupe/actors/blocking.hpp"

#include <chrono>

namespace troupe::conformance {

namespace {

using namespace std::chrono_literals;

// The suite gives up after 60 s, and does not end a client that hangs.
constexpr auto patience = 20s;

template <class Message>
answer<result_of<Message>> request(const stage& on, Message x) {
  return ask(on.system, on.client, std::move(x), patience);
}

std::string call(const stage& on, std::string name, json arguments) {
  call_tool what;
  what.name = std::move(name);
  what.arguments = std::move(arguments);
  what.idle_timeout = patience;
  auto result = request(on, what);
  return result.ok() ? "" : what.name + ": " + result.error.text;
}

/// Arguments of the types that the schema wants.
json arguments_for(const json& schema) {
  json_writer out;
  out.begin_object();
  auto properties = schema.find("properties").value_or(json{});
  for (const auto& [name, property] : properties.members()) {
    auto type = property.find("type");
    auto text = type ? type->as_string().value_or("") : "";
    if (text == "number" || text == "integer")
      out.member(name, 5);
    else if (text == "boolean")
      out.member(name, true);
    else if (text == "string")
      out.member(name, "text");
  }
  return out.end_object().finish();
}

std::string call_each(const stage& on, const tool_list& list) {
  std::string wrong;
  for (const auto& tool : list.tools)
    if (auto text = call(on, tool.name, arguments_for(tool.input_schema));
        !text.empty())
      wrong += (wrong.empty() ? "" : "; ") + text;
  return wrong;
}

/// The calls that the context names, exactly.
std::string call_as_told(const stage& on) {
  auto calls = on.context.find("toolCalls").value_or(json{});
  for (const auto& x : calls.items()) {
    auto name = x.find("name");
    auto text = name ? name->as_string().value_or("") : "";
    auto wrong =
      call(on, text, x.find("arguments").value_or(json{}).detached());
    if (!wrong.empty())
      return wrong;
  }
  return {};
}

/// Gives the schema of the first tool back as it came.
std::string echo_schema(const stage& on, const tool_list& list) {
  for (const auto& tool : list.tools)
    if (tool.name == "json_schema_2020_12_tool") {
      json_writer out;
      out.begin_object().member("schema", tool.input_schema);
      return call(on, "json_schema_echo", out.end_object().finish());
    }
  return "the tool with the schema is not listed";
}

std::string read_each(const stage& on) {
  auto resources = request(on, list_resources{});
  if (!resources.ok())
    return "resources: " + resources.error.text;
  for (const auto& x : resources.value.resources)
    if (auto y = request(on, read_resource{x.uri}); !y.ok())
      return x.uri + ": " + y.error.text;
  return {};
}

std::string get_each(const stage& on) {
  auto prompts = request(on, list_prompts{});
  if (!prompts.ok())
    return "prompts: " + prompts.error.text;
  for (const auto& x : prompts.value.prompts)
    if (auto y = request(on, get_prompt{x.name}); !y.ok())
      return x.name + ": " + y.error.text;
  return {};
}

std::string use_everything(const stage& on, const tool_list& list) {
  auto wrong = call_each(on, list);
  if (wrong.empty())
    wrong = read_each(on);
  return wrong.empty() ? get_each(on) : wrong;
}

} // namespace

std::string play(const stage& on) {
  auto list = request(on, list_tools{});
  if (!list.ok())
    return "tools: " + list.error.text;
  if (on.scenario == "initialize" || on.scenario == "json-schema-ref-no-deref")
    return {};
  if (on.scenario == "http-custom-headers")
    return call_as_told(on);
  if (on.scenario == "json-schema-2020-12-preservation")
    return echo_schema(on, list.value);
  if (on.scenario == "http-standard-headers")
    return use_everything(on, list.value);
  return call_each(on, list.value);
}

} // namespace troupe::conformance
