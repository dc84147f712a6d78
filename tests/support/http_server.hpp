#pragma once

#include "troupe/tests/support/child.hpp"
#include "troupe/tests/support/live_world.hpp"

#include <map>

namespace troupe::test {

/// A server over HTTP in a process of its own, which a test may kill and start
/// again at the same place.
class http_server {
public:
  /// The demo server with these options, at any free port.
  explicit http_server(std::vector<std::string> options = {});
  /// Any program that listens at the PORT of its environment (0: at any free
  /// one), and says `listening on URL` when it does.
  explicit http_server(child::options what);

  const std::string& url() const {
    return url_;
  }
  /// Where this server speaks HTTP+SSE.
  std::string sse_url() const;
  uint16_t port() const;
  pid_t pid() const {
    return process_->pid();
  }

  void kill();
  /// Lets it stand still: what is sent to it is taken, and not read.
  void stop();
  /// Starts it again at the port where it was.
  void start_again();

  /// How to reach it, with short times.
  server_spec spec(const live_world& w, std::string name) const;

private:
  /// What to run, for it to listen there.
  child::options at(const std::string& port) const;
  void start(const child::options& what);

  std::vector<std::string> options_; // of the demo server
  child::options program_;           // another program, where it has argv
  std::unique_ptr<child> process_;
  std::string url_;
};

/// Sockets of this process, as /proc says.
size_t open_sockets();

/// Threads of this process.
size_t open_threads();

} // namespace troupe::test
