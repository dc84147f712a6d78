#pragma once

#include "troupe/messages/config/string_matcher.hpp"
#include "troupe/messages/json/json.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// Values that must not be shown, each with its replacement.
class hidden_values {
public:
  /// Adds `value`. One shorter than `defaults::redacted_bytes_min` is ignored:
  /// it occurs in any text. Each line of a value is hidden by itself, since
  /// texts travel by lines. A value that is hidden already keeps its
  /// replacement.
  void hide(std::string_view value, std::string_view shown);

  struct entry {
    std::string value;
    std::string shown;
  };

  const std::vector<entry>& entries() const {
    return entries_;
  }

private:
  std::vector<entry> entries_;
};

/// Replaces hidden values in a text: the value of `${NAME}` is shown as
/// `${NAME}`. For texts that others wrote, such as a server's; our own are made
/// of the text before variables were resolved.
///
/// One pass finds all values, however many there are; its cost grows with the
/// text alone. Bounding the text is up to the caller. Immutable: threads share
/// it.
class redactor {
public:
  redactor() = default;
  explicit redactor(const hidden_values& what);

  /// Whether nothing is hidden: then all is returned as it is, at no cost.
  bool empty() const {
    return shown_.empty();
  }

  /// The text with every hidden value replaced. Values that overlap are
  /// replaced together, by the replacement of the longest. A part of a value
  /// beside a `cut_mark` is hidden as well, from
  /// `defaults::redacted_part_bytes_min` on. Adds the work to `steps`: at most
  /// four for each byte of the text.
  std::string apply(std::string text, size_t* steps = nullptr) const;

  /// Like `apply`, for the strings and keys of a JSON value, however they are
  /// escaped; null where a hidden value stands in it in another way. At most
  /// four steps for each byte of it, and four for each of what it becomes.
  json apply(const json& x, size_t* steps = nullptr) const;

  /// Searches JSON text in pieces, for values too large for one turn.
  class search {
  public:
    /// `in` must outlive it, and so must the text behind `x`.
    search(const redactor& in, const json& x);

    /// Reads at most `bytes_max` more bytes, or one whole escape. Returns
    /// whether the search is over: all is read, or a hidden value is found.
    bool read(size_t bytes_max);
    /// Whether a hidden value was found, whole and however it is escaped.
    bool found() const {
      return found_;
    }

  private:
    const redactor& in_;
    std::string_view rest_;
    string_matcher::state at_ = string_matcher::start;
    bool found_ = false;
  };

private:
  /// What is to be replaced in a text.
  struct region {
    size_t begin = 0;
    size_t end = 0;
    uint32_t entry = 0; // the place in `shown_`
    size_t bytes = 0;   // of the longest value in it
  };
  using regions = std::vector<region>;

  static void add(regions& to, region x);
  regions find(std::string_view text, size_t& steps) const;
  regions after_cuts(std::string_view text, size_t& steps) const;
  std::string replaced(std::string_view text, const regions& where) const;
  bool append_string(std::string& out, std::string_view literal,
                     size_t& steps) const;

  string_matcher forward_;
  string_matcher backward_;           // its strings are the values reversed
  std::vector<std::string> shown_;    // as the strings of `forward_`
  std::vector<uint32_t> of_backward_; // the place in `shown_`
};

using redactor_ptr = std::shared_ptr<const redactor>;

/// All redactors that hide nothing share one, which costs nothing.
redactor_ptr make_redactor(const hidden_values& what);

} // namespace troupe
