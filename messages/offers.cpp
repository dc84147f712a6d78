#include "troupe/messages/offers.hpp"

#include "troupe/messages/json/utf8.hpp"

#include <initializer_list>

namespace troupe {

namespace {

bool are_utf8(std::initializer_list<std::string_view> texts) {
  for (auto x : texts)
    if (!is_utf8(x))
      return false;
  return true;
}

} // namespace

// -- resources/read -----------------------------------------------------------

std::string fault_of(const read_resource& x) {
  if (!is_utf8(x.uri))
    return "the resource's uri is not UTF-8";
  return x.uri.empty() ? "the resource has no uri" : "";
}

json params_of(const read_resource& x) {
  json_writer params;
  params.begin_object().member("uri", std::string_view{x.uri});
  return params.end_object().finish();
}

// -- prompts/get --------------------------------------------------------------

std::string fault_of(const get_prompt& x) {
  if (!is_utf8(x.name))
    return "the prompt's name is not UTF-8";
  if (x.name.empty())
    return "the prompt has no name";
  auto& fault = x.arguments.fault();
  return fault.empty() ? "" : "arguments " + fault;
}

json params_of(const get_prompt& x) {
  json_writer params;
  params.begin_object().member("name", std::string_view{x.name});
  if (x.arguments.value().is_object())
    params.member("arguments", x.arguments.value());
  return params.end_object().finish();
}

// -- completion/complete ------------------------------------------------------

std::string fault_of(const complete_argument& x) {
  if (!are_utf8({x.prompt, x.uri_template, x.argument, x.value}))
    return "a text of the completion is not UTF-8";
  if (x.prompt.empty() == x.uri_template.empty())
    return "a completion is of a prompt or of a template: name one";
  auto& fault = x.others.fault();
  return fault.empty() ? "" : "the other arguments " + fault;
}

json params_of(const complete_argument& x) {
  json_writer params;
  params.begin_object().key("ref").begin_object();
  if (x.uri_template.empty())
    params.member("type", "ref/prompt")
      .member("name", std::string_view{x.prompt});
  else
    params.member("type", "ref/resource")
      .member("uri", std::string_view{x.uri_template});
  params.end_object().key("argument").begin_object();
  params.member("name", std::string_view{x.argument})
    .member("value", std::string_view{x.value})
    .end_object();
  if (x.others.value().is_object())
    params.key("context")
      .begin_object()
      .member("arguments", x.others.value())
      .end_object();
  return params.end_object().finish();
}

} // namespace troupe
