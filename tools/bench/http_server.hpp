#pragma once

#include "troupe/tools/bench/raw_process.hpp"

#include <cstdint>
#include <string>

namespace troupe::bench {

/// The demo server over HTTP, for as long as this lives: it ends with its
/// stdin. Any failure ends the program.
class http_server {
public:
  /// `answers`: json or sse.
  http_server(const std::string& program, const std::string& answers);

  const std::string& url() const;
  uint16_t port() const;

private:
  raw_process process_;
  std::string url_;
};

} // namespace troupe::bench
