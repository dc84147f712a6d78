#pragma once

#include "troupe/tests/support/live_world.hpp"

#include <string>
#include <vector>

namespace troupe::test {

struct seen_request {
  std::string method; ///< JSON-RPC's; HTTP's where there is no message
  std::string session;
};

/// The requests that a demo server has written down.
class request_file {
public:
  explicit request_file(const live_world& w,
                        const std::string& name = "requests");

  /// Options for a server, with the one that makes it write.
  std::vector<std::string> with(std::vector<std::string> options) const;

  /// In order.
  std::vector<seen_request> all() const;
  size_t count(const std::string& method) const;
  bool await(const std::string& method, size_t times) const;

private:
  std::string path_;
};

} // namespace troupe::test
