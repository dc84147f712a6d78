#pragma once

#include "troupe/messages/defaults.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// Cuts a stream of bytes into lines, wherever the reads end (MCP, stdio:
/// messages are delimited by newlines). A CR before the newline and empty lines
/// are dropped. Pure; holds memory only while a line is incomplete.
class line_framer {
public:
  explicit line_framer(size_t line_bytes_max = defaults::frame_bytes_max);

  /// Takes `bytes` and appends each line that they complete. Returns false,
  /// and takes nothing more, once a line is longer than allowed.
  bool feed(std::string_view bytes, std::vector<std::string>& lines);

  /// How many empty lines were dropped since the last call.
  size_t take_empty_lines();

  /// The bytes after the last newline: a line that was cut off. Empty after an
  /// overflow.
  std::string_view rest() const;

  bool overflowed() const;

private:
  void keep(std::string_view bytes);
  void make_room(size_t bytes);
  void finish(std::string_view tail, std::vector<std::string>& lines);
  void learn_from(std::string& line);
  void overflow();
  static std::string_view without_cr(std::string_view line);

  std::string partial_;
  size_t line_bytes_max_;
  size_t empty_lines_ = 0;
  size_t expected_ = 0; // of the next long line; 0: none has come
  bool overflowed_ = false;
};

} // namespace troupe
