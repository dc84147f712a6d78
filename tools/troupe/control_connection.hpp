#pragma once

#include "troupe/tools/troupe/control_server.hpp"

#include <cstdint>
#include <string>

/// Internal to the control server.
namespace troupe::cli {

/// The stage of a connection. Its request is read; it is parsed, if large
/// beside the loop; the handler works on it; its answer is made beside the
/// loop; it is written.
enum class stage : uint8_t { reading, parsing, working, making, writing };

/// One connection: reads a line, waits for the answer, writes it. Before that,
/// it may write lines of progress; a newer line replaces one that is queued.
struct control_server::client {
  uint64_t number = 0;
  unique_fd fd;
  uint64_t timer = 0;
  stage now = stage::reading;
  bool waits = false; // for its turn to be read
  std::string in;
  bool wants_progress = false;
  give_up_fn give_up;
  std::string out; // what is being written
  size_t written = 0;
  std::string next; // what is written then
};

} // namespace troupe::cli
