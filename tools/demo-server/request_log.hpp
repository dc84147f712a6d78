#pragma once

#include "troupe/tools/demo-server/http_connection.hpp"
#include "troupe/tools/demo-server/line_file.hpp"

namespace troupe::demo {

/// What came over HTTP, a line of JSON each, so that a test can see what was
/// sent: `{"request":1,"connection":1,"method":...,"target":...,
/// "headers":[[name,value],...],"body":...}`, and `{"left":1}` where the reader
/// of a response went before its end.
class request_log {
public:
  /// Empty: no file.
  explicit request_log(const std::string& file);

  /// Returns the request's number.
  uint64_t record(const http_connection& from, const http_request& x);

  void left(uint64_t request);

  /// Bytes of a body that are logged; the rest is left out.
  static constexpr size_t body_bytes_max = 64u << 10;

private:
  line_file file_;
  uint64_t last_ = 0;
};

} // namespace troupe::demo
