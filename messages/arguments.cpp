#include "troupe/messages/arguments.hpp"

namespace troupe {

arguments::arguments(json x) : value_(std::move(x)) {
  if (value_.is_null() || value_.is_object())
    return;
  fault_ = "must be an object";
  value_ = {};
}

arguments::arguments(const json_literal& x) {
  if (auto fault = x.fault(); fault.empty())
    parse(x.text());
  else
    fault_ = "have " + fault;
}

void arguments::parse(const char* text) {
  if (text == nullptr)
    fault_ = "are a null pointer";
  else
    parse(std::string_view{text});
}

void arguments::parse(std::string_view text) {
  auto [value, error] = json::parse(std::string{text});
  if (error.why != json_error::reason::none)
    fault_ = "cannot be read: " + error.text();
  else if (value.is_object())
    value_ = std::move(value);
  else
    fault_ = "must be an object";
}

// -- travelling ---------------------------------------------------------------

arguments_form arguments_form::of(const arguments& x) {
  auto none = x.value_.is_null();
  return {none ? "" : std::string{x.value_.text()}, x.fault_};
}

arguments arguments_form::take() && {
  arguments result;
  result.fault_ = std::move(fault);
  if (result.fault_.empty() && !text.empty())
    result.parse(text);
  return result;
}

} // namespace troupe
