#pragma once

#include "troupe/tools/troupe/main_loop.hpp"
#include "troupe/transports/io/unique_fd.hpp"

#include <deque>
#include <functional>
#include <string>

namespace troupe::cli {

/// Writes lines to a descriptor as it takes them, and never waits for it: a
/// stopped terminal or a reader that hangs does not stop the program. What does
/// not fit the queue is dropped, oldest first, and counted. The descriptor is
/// shared with other programs, so it stays blocking; a terminal or a pipe is
/// opened once more, where that is allowed.
class line_output {
public:
  line_output(main_loop& loop, int fd);
  ~line_output();
  line_output(const line_output&) = delete;
  line_output& operator=(const line_output&) = delete;

  /// `text` without its line end; must be safe for a terminal.
  void line(std::string text);

  /// Like `line`, without a line end.
  void piece(std::string text);

  /// Writes what is queued, for at most `most`.
  void flush(std::chrono::milliseconds most);

  /// Called once, with errno, when the descriptor cannot be written any more.
  std::function<void(int)> on_lost = [](int) {};

  /// Takes what is queued, which is then the caller's to write.
  std::string take_rest();

  /// Lines dropped since the last call.
  uint64_t take_dropped();

private:
  bool empty() const;
  void on_writable(short events);
  void lose(int error);

  main_loop& loop_;
  unique_fd own_; // the same terminal or pipe, not blocking; or none
  int fd_;
  bool broken_ = false;
  std::string front_; // what is being written
  std::deque<std::string> lines_;
  uint64_t dropped_ = 0;
};

/// Writes all of it, waiting as long as it takes. False: it cannot be written.
bool write_all(int fd, std::string_view text);

} // namespace troupe::cli
