#pragma once

#include "troupe/messages/json/literal.hpp"

namespace troupe {

/// The arguments of a request: an object, or none. They are written as values,
/// as text, or are a `json`:
///
///     call_tool{"echo", {{"text", "hello"}, {"times", 3}}}
///     call_tool{"sum", {{"terms", json_array({1, 2})}, {"at", {{"x", 0}}}}}
///     call_tool{"echo", R"({"text":"hello"})"}
///
/// What is no object is kept as a fault. A request with such arguments is
/// answered with `errc::invalid_argument` and the fault, and never sent.
class arguments {
public:
  /// None.
  arguments() = default;

  arguments(std::initializer_list<json_member> members)
    : arguments(json_object(members)) {
    // nop
  }

  /// Of text that is JSON within the limits of `json_limits`.
  template <json_text T>
  arguments(const T& text) {
    parse(text);
  }

  /// Null: none.
  arguments(json x);

  /// `json_object` of a map, say.
  arguments(const json_literal& x);

  /// For none write `{}`.
  arguments(std::nullptr_t) = delete;

  /// An object; null: there are none, or there is a fault.
  const json& value() const {
    return value_;
  }

  /// What is wrong with them, to be read behind "arguments": "must be an
  /// object". Holds nothing of their values. Empty: nothing is wrong.
  const std::string& fault() const {
    return fault_;
  }

  friend bool operator==(const arguments&, const arguments&) = default;

private:
  friend struct arguments_form;

  void parse(const char* text);
  void parse(std::string_view text);

  json value_;
  std::string fault_;
};

/// How arguments travel.
struct arguments_form {
  std::string text; ///< Empty: none.
  std::string fault;

  static arguments_form of(const arguments& x);
  /// With a fault of its own where the text is no object.
  arguments take() &&;
};

TROUPE_INSPECT(arguments_form, text, fault)

template <class Inspector>
auto inspect(Inspector& f, arguments& x) {
  return inspect_as<arguments_form>(
    f, x, [](const arguments& y) { return arguments_form::of(y); },
    [](arguments& y, arguments_form form) { y = std::move(form).take(); });
}

} // namespace troupe
