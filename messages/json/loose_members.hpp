#pragma once

#include <string_view>

namespace troupe {

/// Steps through the members of an object in text that was refused as JSON, as
/// far as it can be understood. One pass, without recursion. Internal to
/// `json_rpc`.
class loose_members {
public:
  explicit loose_members(std::string_view text);

  /// Goes to the next one; false where there is none, or nothing more can be
  /// understood.
  bool next();

  /// Whether the object's end was reached.
  bool whole() const {
    return whole_;
  }

  /// Raw, without quotes.
  std::string_view key() const {
    return key_;
  }
  /// Raw.
  std::string_view value() const {
    return value_;
  }

private:
  void skip(std::string_view characters);
  bool take(char x);
  std::string_view take_until(const char* end);

  std::string_view rest_;
  bool whole_ = false;
  std::string_view key_;
  std::string_view value_;
};

} // namespace troupe
