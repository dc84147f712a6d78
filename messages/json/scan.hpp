#pragma once

#include <string>
#include <string_view>

/// Finds strings and values in JSON text that was checked before, unless said
/// otherwise. Internal to `json` and `json_rpc`.
namespace troupe {

/// What a string's raw content (between its quotes) means. A surrogate without
/// its other half becomes U+FFFD: the grammar allows it, UTF-8 cannot hold it.
std::string unescape(std::string_view raw);

/// Whether a raw content means `text`.
bool means(std::string_view raw, std::string_view text);

// -- where strings and values end: any text, never behind `end` ---------------

/// What follows the closing quote of a string whose opening one is before `p`.
const char* json_string_end(const char* p, const char* end);

/// What is behind the value that begins at `p`.
const char* json_value_end(const char* p, const char* end);

/// Steps through the elements of an array or the members of an object.
class json_steps {
public:
  /// `container` begins and ends with its brackets.
  explicit json_steps(std::string_view container);

  /// Goes to the next one; false when there is none.
  bool next();

  /// Raw, without quotes; empty in arrays.
  std::string_view key() const {
    return key_;
  }
  std::string_view value() const {
    return value_;
  }

private:
  void skip_space();
  std::string_view take_value();

  const char* at_;
  const char* end_;
  bool is_object_;
  std::string_view key_;
  std::string_view value_;
};

} // namespace troupe
