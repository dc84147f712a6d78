#pragma once

#include "troupe/messages/commands.hpp"

#include <chrono>
#include <string>
#include <string_view>

/// What `run` prints for people: one line for each thing that happened, safe
/// for a terminal.
namespace troupe::cli {

/// Colours, or none.
struct style {
  bool colours = false;

  std::string paint(std::string_view text, phase x) const;
  std::string strong(std::string_view text) const;
  std::string bad(std::string_view text) const;
  std::string faint(std::string_view text) const;
};

/// Whether colours suit this descriptor: a terminal, and no NO_COLOR.
style style_for(int fd);

/// On one line, escaped, and cut where it is longer than is shown.
std::string shown_line(std::string_view text);

/// "1.5 s", "3 min 2 s", "2 h 5 min", "4 d 1 h".
std::string in_words(std::chrono::milliseconds x);

/// "1 server", "2 servers".
std::string counted(size_t count, std::string_view what);

/// Whether a life of the server ended with this change.
bool ends_a_life(const client_event& x);

/// "stderr", "stdout", "protocol", "unkillable", "log".
std::string_view kind_of(const diagnostic& x);

std::string event_line(const client_event& x, const style& look);
std::string event_line(const diagnostic& x, const style& look);

/// How a life ended: "exit status 3", "signal 9", and what was done for that.
std::string in_words(const stop_report& x);

/// One line for each end that was not clean, earlier ones marked so, and a last
/// one that says how many servers were stopped now, and whether all is clean.
std::string stopped_lines(const stop_all_report& x, const style& look);

/// Now, for people ("12:03:04") and for programs (RFC 3339, UTC).
std::string clock_time();
std::string full_time();

} // namespace troupe::cli
