#include "troupe/actors/client/asked_call.hpp"

#include "troupe/actors/type_ids.hpp"

#include "troupe/messages/json/utf8.hpp"

namespace troupe {

namespace {

template <class T>
asked_call begin(const T& x) {
  asked_call result;
  result.tag = x.tag;
  result.idle_timeout = x.idle_timeout;
  result.total_timeout = x.total_timeout;
  result.meta = x.meta;
  result.method = method_of<T>;
  return result;
}

bool is_optional_object(const json& x) {
  return x.is_null() || x.is_object();
}

/// Why a request of any kind cannot be sent; empty: nothing is wrong.
template <class T>
std::string fault_of(const T& x,
                     std::initializer_list<const std::string*> texts) {
  for (auto text : texts)
    if (!is_utf8(*text))
      return "a name or a text of the call is not UTF-8";
  if (x.idle_timeout.count() < 0 || x.total_timeout.count() < 0)
    return "a timeout is below zero";
  if (!is_optional_object(x.meta))
    return "meta must be an object";
  return {};
}

/// Texts that are not UTF-8 cannot be sent, nor made part of a request.
template <class T>
asked_call refused(const T& x, std::string fault) {
  asked_call result;
  result.tag = x.tag;
  result.fault = std::move(fault);
  return result;
}

} // namespace

asked_call to_asked(const call_tool& x) {
  if (auto fault = fault_of(x, {&x.name}); !fault.empty())
    return refused(x, std::move(fault));
  asked_call result{x, method_of<call_tool>, {}};
  if (!is_optional_object(x.arguments))
    result.fault = "arguments must be an object";
  else if (x.name.empty())
    result.fault = "the tool has no name";
  return result;
}

asked_call to_asked(const read_resource& x) {
  if (auto fault = fault_of(x, {&x.uri}); !fault.empty())
    return refused(x, std::move(fault));
  auto result = begin(x);
  if (x.uri.empty())
    result.fault = "the resource has no uri";
  json_writer params;
  params.begin_object().member("uri", std::string_view{x.uri});
  result.arguments = params.end_object().finish();
  return result;
}

asked_call to_asked(const get_prompt& x) {
  if (auto fault = fault_of(x, {&x.name}); !fault.empty())
    return refused(x, std::move(fault));
  auto result = begin(x);
  if (x.name.empty())
    result.fault = "the prompt has no name";
  else if (!is_optional_object(x.arguments))
    result.fault = "arguments must be an object";
  json_writer params;
  params.begin_object().member("name", std::string_view{x.name});
  if (x.arguments.is_object())
    params.member("arguments", x.arguments);
  result.arguments = params.end_object().finish();
  return result;
}

asked_call to_asked(const complete_argument& x) {
  if (auto fault =
        fault_of(x, {&x.prompt, &x.uri_template, &x.argument, &x.value});
      !fault.empty())
    return refused(x, std::move(fault));
  auto result = begin(x);
  if (x.prompt.empty() == x.uri_template.empty())
    result.fault = "a completion is of a prompt or of a template: name one";
  else if (!is_optional_object(x.others))
    result.fault = "the other arguments must be an object";
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
  if (x.others.is_object())
    params.key("context")
      .begin_object()
      .member("arguments", x.others)
      .end_object();
  result.arguments = params.end_object().finish();
  return result;
}

call_reply::call_reply() = default;
call_reply::call_reply(call_reply&&) noexcept = default;
call_reply& call_reply::operator=(call_reply&&) noexcept = default;
call_reply::~call_reply() = default;

call_reply::call_reply(reply<call_tool_result> to) : to_(std::move(to)) {
  // nop
}

call_reply::call_reply(reply<read_resource_result> to) : to_(std::move(to)) {
  // nop
}

call_reply::call_reply(reply<get_prompt_result> to) : to_(std::move(to)) {
  // nop
}

call_reply::call_reply(reply<complete_result> to) : to_(std::move(to)) {
  // nop
}

void call_reply::deliver(answer<json> x) {
  auto pass_on = [&]<class T>(reply<T>& to) {
    if (x.ok())
      to.deliver(T{std::move(x.value)});
    else
      to.deliver(std::move(x.error));
  };
  std::visit(pass_on, to_);
}

} // namespace troupe
