#pragma once

#include "troupe/messages/caf_inspect.hpp"
#include "troupe/messages/defaults.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace troupe {

/// Where and why a text was refused as JSON.
struct json_error {
  enum class reason : uint8_t {
    none = 0,
    syntax,         ///< Not JSON (RFC 8259); NaN and Infinity are not either.
    invalid_utf8,   ///< A byte sequence that is not UTF-8.
    duplicate_key,  ///< An object has the same key twice.
    too_large,      ///< More bytes than `json_limits::bytes_max`.
    too_deep,       ///< Deeper than `json_limits::depth_max`.
    too_many_nodes, ///< More values than `json_limits::nodes_max`.
    trailing_bytes, ///< Something follows the value.
  };
  reason why = reason::none;
  /// Byte offset from the text's begin.
  size_t offset = 0;
  /// One sentence, with the offset.
  std::string text() const;
};

std::string_view to_string(json_error::reason x);

struct json_limits {
  size_t bytes_max = defaults::frame_bytes_max;
  size_t depth_max = defaults::json_depth_max;
  size_t nodes_max = defaults::json_nodes_max;
};

/// A JSON value: immutable, cheap to copy, safe to share between threads. Holds
/// the text as it was received, so that numbers stay as written and unknown
/// members survive. Parsing checks syntax and limits in one pass over the text;
/// what is below the second level is found only when it is asked for. A `\u`
/// surrogate without its other half is taken, and decoded as U+FFFD.
///
/// A value taken out of another shares its text and keeps it alive; `detached`
/// gives one with a text of its own.
class json {
public:
  enum class kind : uint8_t { null, boolean, number, string, array, object };

  struct parsed; // a json or a json_error

  /// Null.
  json();

  /// Checks `text` and takes it over. One that is refused is given back in
  /// `refused`, unless that is null.
  static parsed parse(std::string text, const json_limits& limits = {},
                      std::string* refused = nullptr);

  /// A string value with this content; invalid UTF-8 becomes U+FFFD.
  static json from_string(std::string_view content);

  /// For texts that the program itself wrote. Asserts that it is valid. Without
  /// asserts an invalid one becomes `no_json`, never null: what wants an object
  /// or none, as the arguments of a call, then refuses it.
  static json trusted(std::string text);

  /// A string that stands for a text that is no JSON, and says why.
  static json no_json(const json_error& why);

  /// The value's text, without surrounding white space.
  std::string_view text() const;

  kind type() const;
  bool is_null() const {
    return type() == kind::null;
  }
  bool is_object() const {
    return type() == kind::object;
  }
  bool is_array() const {
    return type() == kind::array;
  }
  bool is_string() const {
    return type() == kind::string;
  }

  // -- each is empty where the value is of another kind

  std::optional<bool> as_bool() const;
  /// Also empty where the number is no integer or does not fit. `3.0` and `1e2`
  /// are integers, as in JSON Schema.
  std::optional<int64_t> as_integer() const;
  /// Also empty where the number is larger than any double.
  std::optional<double> as_double() const;
  /// Decoded.
  std::optional<std::string> as_string() const;
  /// A member by its decoded key.
  std::optional<json> find(std::string_view key) const;
  /// The elements of an array; empty otherwise.
  std::vector<json> items() const;
  /// The members of an object, keys decoded, in the order of the text.
  std::vector<std::pair<std::string, json>> members() const;

  /// This value with a text of its own.
  json detached() const;

  /// Same text. Not: same meaning.
  friend bool operator==(const json& x, const json& y) {
    return x.text() == y.text();
  }

private:
  struct document; // the text and the places found in it

  json(std::shared_ptr<const document> doc, size_t begin, size_t end);

  std::optional<json> search(std::string_view key) const;
  json part(std::string_view value) const;

  std::shared_ptr<const document> doc_; // empty: null
  uint32_t begin_ = 0;
  uint32_t end_ = 0;
};

struct json::parsed {
  json value;
  json_error error;

  bool ok() const {
    return error.why == json_error::reason::none;
  }
};

/// Travels as text.
template <class Inspector>
auto inspect(Inspector& f, json& x) {
  return inspect_as<std::string>(
    f, x, [](const json& y) { return std::string{y.text()}; },
    [](json& y, std::string text) {
      y = json::parse(std::move(text)).value; // null if the peer sent no JSON
    });
}

// -- writing -----------------------------------------------------------------

/// Appends `content` as a JSON string; what is not UTF-8 becomes U+FFFD.
void append_json(std::string& out, std::string_view content);

/// Appends the text of `x`, on one line.
void append_json(std::string& out, const json& x);

/// Appends a number in decimal digits.
void append_json(std::string& out, int64_t number);

/// Writes JSON text, member after member, on one line. Never fails: strings are
/// escaped, and what is not UTF-8 in them becomes U+FFFD. What is no finite
/// number becomes null.
class json_writer {
public:
  json_writer& begin_object();
  json_writer& end_object();
  json_writer& begin_array();
  json_writer& end_array();
  json_writer& key(std::string_view name);
  json_writer& value(std::string_view content);
  json_writer& value(const char* content) {
    return value(std::string_view{content});
  }
  json_writer& value(int64_t number);
  json_writer& value(uint64_t number);
  json_writer& value(int number) {
    return value(static_cast<int64_t>(number));
  }
  json_writer& value(uint32_t number) {
    return value(static_cast<uint64_t>(number));
  }
  json_writer& value(double number);
  json_writer& value(bool flag);
  json_writer& value(const json& x);
  json_writer& null();

  template <class T>
  json_writer& member(std::string_view name, const T& x) {
    return key(name).value(x);
  }

  /// The text so far; what was begun must have been ended.
  std::string take();
  /// Like `take`, as a value.
  json finish();

private:
  void separate();

  std::string out_;
  bool first_ = true; // the current container is empty so far
};

} // namespace troupe
