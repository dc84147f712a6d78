#pragma once

#include "troupe/messages/elicitation.hpp"
#include "troupe/messages/roots.hpp"
#include "troupe/messages/sampling.hpp"
#include "troupe/messages/server_requests.hpp"

namespace troupe {

/// What a handler answers to a `server_request`: the result of its kind, or
/// `json` as MCP's schema has it, for members that the types lack.
class input_result {
public:
  /// None, which is no answer.
  input_result() = default;

  input_result(const elicit_result& x);
  input_result(const create_message_result& x);
  input_result(const list_roots_result& x);

  /// Taken for a result of the kind that was asked for.
  input_result(json raw) : value_(std::move(raw)) {
    // nop
  }

  /// As it is sent; null where it cannot be.
  const json& value() const {
    return value_;
  }

  /// A sentence that says why it is no answer to a request of that kind; empty:
  /// it is one. A form's content is checked later, against its schema.
  std::string fault_for(server_request::kind asked) const;

private:
  friend struct input_result_form;

  template <class T>
  void take(const T& x, server_request::kind answers);

  json value_;
  std::string fault_;
  bool is_raw_ = true;
  server_request::kind answers_ = server_request::kind::elicitation;
};

/// How an `input_result` travels.
struct input_result_form {
  json value;
  std::string fault;
  bool is_raw = true;
  server_request::kind answers = server_request::kind::elicitation;

  static input_result_form of(const input_result& x);
  input_result take() &&;
};

TROUPE_INSPECT(input_result_form, value, fault, is_raw, answers)

template <class Inspector>
auto inspect(Inspector& f, input_result& x) {
  return inspect_as<input_result_form>(
    f, x, [](const input_result& y) { return input_result_form::of(y); },
    [](input_result& y, input_result_form form) {
      y = std::move(form).take();
    });
}

} // namespace troupe
