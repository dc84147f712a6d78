#pragma once

#include "troupe/tools/demo-server/http_site.hpp"

namespace troupe::demo {

/// Runs a server on a TCP port of 127.0.0.1. One thread, one epoll. A library's
/// server would decode headers that must be compared as they were sent, would
/// need a thread for each open stream, and cannot misbehave.
class http_loop : private http_host {
public:
  explicit http_loop(common& shared);
  ~http_loop() override;

  /// Returns the exit status.
  int run();

  /// Connects that wait to be accepted.
  static constexpr int backlog = 1024;

private:
  bool listen();
  bool announce() const;
  void watch_stdin();
  void wait();
  void accept_all();
  void pause_accepting();
  void bury();

  // -- http_host
  void on_request(http_connection& from, http_request& x) override;
  void watch(http_connection& x, uint32_t wanted) override;
  void on_dead(http_connection& x) override;

  common& common_;
  int epoll_;
  int listener_ = -1;
  uint64_t accepted_ = 0;
  // Before the site: what is behind a response goes first.
  std::unordered_map<http_connection*, std::unique_ptr<http_connection>> alive_;
  std::vector<std::unique_ptr<http_connection>> dead_;
  http_site site_;
  bool deserted_ = false; // stdin has ended
};

} // namespace troupe::demo
