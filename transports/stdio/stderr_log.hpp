#pragma once

#include "troupe/messages/defaults.hpp"
#include "troupe/messages/rate_limit.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// What a server writes to its stderr: keeps the end of it for diagnosis, and
/// makes lines of it, at a limited rate. Pure: the time is given. Holds memory
/// only for what was written.
class stderr_log {
public:
  using clock = std::chrono::steady_clock;

  /// Takes `bytes`. Returns the lines to show; after lines were left out for
  /// the rate, the first says how many.
  std::vector<std::string> feed(std::string_view bytes, clock::time_point now);

  /// At the end: returns the incomplete last line, and how many lines were left
  /// out.
  std::vector<std::string> finish();

  /// The end of what was written, at most `bytes_max` of it, from the start of
  /// a line where there is one, and after a `cut_mark` where there is none.
  std::string tail(size_t bytes_max) const;

  /// Bytes that are kept.
  size_t size() const;

private:
  void keep(std::string_view bytes);
  void extend_line(std::string_view bytes);
  std::string take_line();
  void end_line(clock::time_point now, std::vector<std::string>& out);
  static void report(size_t skipped, std::vector<std::string>& out);

  std::string ring_; // wraps at `start_` once it is full
  size_t start_ = 0; // the oldest byte
  std::string line_; // the line under way, cut at its limit
  rate_limit rate_{defaults::stderr_lines_per_second};
};

} // namespace troupe
