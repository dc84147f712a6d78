#include "troupe/messages/input_result.hpp"

namespace troupe {

namespace {

using kind = server_request::kind;

std::string method_of_kind(kind x) {
  switch (x) {
    case kind::elicitation: return "elicitation/create";
    case kind::sampling: return "sampling/createMessage";
    case kind::roots: return "roots/list";
  }
  return "an unknown request";
}

std::string result_of_kind(kind x) {
  switch (x) {
    case kind::elicitation: return "an elicit_result";
    case kind::sampling: return "a create_message_result";
    case kind::roots: return "a list_roots_result";
  }
  return "an unknown result";
}

} // namespace

template <class T>
void input_result::take(const T& x, kind answers) {
  is_raw_ = false;
  answers_ = answers;
  fault_ = fault_of(x);
  if (fault_.empty())
    value_ = to_json(x);
}

input_result::input_result(const elicit_result& x) {
  take(x, kind::elicitation);
}

input_result::input_result(const create_message_result& x) {
  take(x, kind::sampling);
}

input_result::input_result(const list_roots_result& x) {
  take(x, kind::roots);
}

std::string input_result::fault_for(kind asked) const {
  auto answer = "the handler's answer to " + method_of_kind(asked);
  if (!is_raw_ && answers_ != asked)
    return answer + " is " + result_of_kind(answers_) + ", not "
           + result_of_kind(asked);
  if (!fault_.empty())
    return answer + " " + fault_;
  return value_.is_object() ? "" : answer + " is not an object";
}

// -- travelling ---------------------------------------------------------------

input_result_form input_result_form::of(const input_result& x) {
  return {x.value_, x.fault_, x.is_raw_, x.answers_};
}

input_result input_result_form::take() && {
  input_result result{std::move(value)};
  result.fault_ = std::move(fault);
  result.is_raw_ = is_raw;
  result.answers_ = answers;
  return result;
}

} // namespace troupe
