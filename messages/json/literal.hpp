#pragma once

#include "troupe/messages/json/json.hpp"

#include <cstddef>
#include <initializer_list>
#include <ranges>
#include <type_traits>

/// JSON that a program writes as values: `{{"n", 3}, {"o", {{"x", true}}}}`,
/// lists by `json_array`. Each type is what it says: no pointer becomes a
/// boolean, no character a number, and nothing in braces a string.
namespace troupe {

template <class T, class... Others>
concept one_of = (std::is_same_v<T, Others> || ...);

/// A pointer to characters, also as an array of them.
template <class T>
inline constexpr bool is_text_pointer =
  one_of<std::decay_t<T>, const char*, char*>;

template <class T>
concept json_text =
  one_of<T, std::string, std::string_view> || is_text_pointer<T>;

template <class T>
concept json_integer =
  one_of<T, signed char, unsigned char, short, unsigned short, int, unsigned,
         long, unsigned long, long long, unsigned long long>;

class json_literal;
class json_member;

template <class T>
concept no_literal = !std::is_same_v<T, json_literal>;

/// One value. What cannot be JSON is kept as a fault with its place: NaN and
/// infinities, text that is not UTF-8, null pointers to text, a key that an
/// object has twice.
class json_literal {
public:
  json_literal(std::nullptr_t) : text_("null") {
    // nop
  }

  template <one_of<bool> T>
  json_literal(T x) : text_(x ? "true" : "false") {
    // nop
  }

  template <json_integer T>
  json_literal(T x) {
    if constexpr (std::is_signed_v<T>)
      take(static_cast<int64_t>(x));
    else
      take(static_cast<uint64_t>(x));
  }

  template <one_of<double, float> T>
  json_literal(T x) {
    take(static_cast<double>(x));
  }

  template <json_text T>
  json_literal(const T& x) {
    take(x);
  }

  template <one_of<json> T>
  json_literal(const T& x) {
    append_json(text_, x);
  }

  /// An object; `{}` is one without members.
  json_literal(std::initializer_list<json_member> members);

  /// `{"a"}` is no list, and not "a" either: write `json_array({"a"})`.
  template <no_literal T>
  json_literal(std::initializer_list<T> items) = delete;

  /// JSON, on one line. Of no meaning where there is a fault.
  const std::string& text() const {
    return text_;
  }

  /// What is wrong, and where: "a number that is not finite at 'o.list[2]'".
  /// Holds keys, and no values. Empty: nothing is wrong.
  std::string fault() const;

private:
  friend json_literal object_of(const std::vector<json_member>& members);
  friend json_literal array_of(const std::vector<json_literal>& items);
  friend class json_member;

  void take(int64_t x);
  void take(uint64_t x);
  void take(double x);
  void take(const char* x);
  void take(std::string_view x);
  /// Takes over the fault of a part, unless there is one already.
  void blame(const json_literal& part, std::string step);

  std::string text_;
  std::string fault_;
  std::string place_; // of the fault, from here
};

/// A member of an object.
class json_member {
public:
  template <json_text Key>
  json_member(const Key& key, json_literal value)
    : key_(key), value_(std::move(value)) {
    // nop
  }

private:
  friend json_literal object_of(const std::vector<json_member>& members);

  json_literal key_;
  json_literal value_;
};

// -- objects and lists --------------------------------------------------------

json_literal object_of(const std::vector<json_member>& members);
json_literal array_of(const std::vector<json_literal>& items);

inline json_literal json_object(std::initializer_list<json_member> members) {
  return object_of(members);
}

/// Of a map, or another range of pairs.
template <std::ranges::input_range Range>
json_literal json_object(const Range& members) {
  std::vector<json_member> result;
  for (const auto& [key, value] : members)
    result.emplace_back(key, value);
  return object_of(result);
}

inline json_literal json_array(std::initializer_list<json_literal> items) {
  return array_of(items);
}

/// Of a vector, or another range of values.
template <std::ranges::input_range Range>
json_literal json_array(const Range& items) {
  std::vector<json_literal> result;
  for (const auto& x : items)
    result.emplace_back(x);
  return array_of(result);
}

} // namespace troupe
