#pragma once

#include "troupe/messages/defaults.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace troupe {

/// One event of a stream, as its blank line completed it.
struct sse_event {
  std::string name; ///< empty: `message`
  std::string data;

  friend bool operator==(const sse_event&, const sse_event&) = default;
};

/// Cuts `text/event-stream` (HTML, "Server-sent events") into events, whatever
/// the chunks. Events without data are no events, but their id counts. What no
/// blank line completed is dropped. Pure; never recurses.
class sse_parser {
public:
  /// `event_bytes_max`: of a line, and of the data of an event.
  explicit sse_parser(size_t event_bytes_max = defaults::frame_bytes_max);

  /// Takes `bytes` and appends each event that they complete. Returns false,
  /// and takes nothing more, once an event is larger than allowed.
  bool feed(std::string_view bytes, std::vector<sse_event>& events);

  /// The last one that a blank line made valid; empty: none.
  const std::string& last_event_id() const {
    return id_;
  }

  /// The time that the server asked for; -1: none.
  std::chrono::milliseconds retry() const {
    return retry_;
  }

  /// Bytes beside events that have data: comments, fields, empty lines. Each
  /// line counts `defaults::empty_line_bytes` more than it has; the fields of
  /// an event with data are not counted.
  size_t idle_bytes() const {
    return idle_bytes_;
  }
  size_t take_idle_bytes() {
    return std::exchange(idle_bytes_, 0);
  }

  bool overflowed() const {
    return overflowed_;
  }

private:
  void keep(std::string_view bytes);
  void end_line(std::string_view tail, std::vector<sse_event>& events);
  bool take_data_line(std::string& line);
  void take_line(std::string_view line, std::vector<sse_event>& events);
  void take_field(std::string_view name, std::string_view value);
  void add_data(std::string_view value);
  void take_retry(std::string_view value);
  void dispatch(std::vector<sse_event>& events);
  void overflow();

  const size_t event_bytes_max_;
  std::string partial_; // a line that has no end yet
  std::string name_;
  std::string data_;
  std::string new_id_; // until the blank line
  std::string id_;
  std::chrono::milliseconds retry_{-1};
  size_t idle_bytes_ = 0;
  bool has_data_ = false;
  bool skip_lf_ = false; // a CR ended the last line: it may be half of CRLF
  bool first_line_ = true;
  bool overflowed_ = false;
};

} // namespace troupe
