#pragma once

#include <cstdint>
#include <string>

#include <sys/types.h>

namespace troupe::bench {

/// The demo server over HTTP, for as long as this lives. Whatever goes wrong
/// ends the program.
class http_server {
public:
  /// `answers`: json or sse.
  http_server(const std::string& program, const std::string& answers);
  ~http_server();
  http_server(const http_server&) = delete;
  http_server& operator=(const http_server&) = delete;

  const std::string& url() const;
  uint16_t port() const;

private:
  pid_t pid_ = 0;
  int in_ = -1;
  std::string url_;
};

} // namespace troupe::bench
