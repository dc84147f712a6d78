#pragma once

#include "messages/json.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace troupe {

/// Puts what may be read in the place of values that may not be: what came out
/// of `${NAME}` is shown as `${NAME}`. For texts whose making is not ours, as
/// the words of a server; our own are made of what may be read.
class redactor {
public:
  /// Hides `value` wherever it stands from now on. What is shorter than
  /// `defaults::redacted_bytes_min` is let be: it stands in any text. Each line
  /// of a value counts for itself, since texts travel by lines.
  void hide(std::string_view value, std::string_view shown);

  /// The text with every hidden value replaced, longer ones first; so is what
  /// is left of one beside a `cut_mark`, from
  /// `defaults::redacted_part_bytes_min` on.
  std::string apply(std::string text) const;

  /// The same for the strings and keys of a JSON value, however they are
  /// escaped; null where a hidden value stands in it in another way.
  json apply(const json& x) const;

private:
  struct entry {
    std::string value;
    std::string shown;
  };

  struct match {
    size_t bytes = 0; // of the text; 0: nothing is hidden there
    std::string_view shown;
  };

  match find(std::string_view rest, bool after_cut) const;

  std::vector<entry> entries_; // longest first
};

} // namespace troupe
