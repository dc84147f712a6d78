#pragma once

#include "troupe/tools/demo-server/server.hpp"

#include "troupe/transports/stdio/line_framer.hpp"

namespace troupe::demo {

/// Runs a server on stdin and stdout until it ends. One thread, one `poll`.
class loop {
public:
  explicit loop(common& shared);

  /// Returns the exit status.
  int run();

  /// Above this many unread bytes no further requests are read, so that our
  /// memory stays bounded.
  static constexpr size_t backlog_bytes_max = 8u << 20;

private:
  bool takes_lines() const;
  bool may_answer() const;
  bool wants_input() const;
  bool must_poll() const;
  void wait();
  void read_input();
  void answer_lines();
  void on_input_end();
  std::optional<int> verdict() const;

  common& common_;
  const options& what_;
  output out_;
  server server_;
  line_framer framer_;
  std::vector<std::string> lines_; // of one read; empty when all are answered
  size_t next_line_ = 0;
  std::string chunk_;
  bool input_open_ = true;
  bool starting_;                // --slow-start
  bool input_unblocked_ = false; // a read gave EAGAIN
};

} // namespace troupe::demo
