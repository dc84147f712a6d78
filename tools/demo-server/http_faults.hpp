#pragma once

#include "troupe/tools/demo-server/http_connection.hpp"
#include "troupe/tools/demo-server/http_options.hpp"

namespace troupe::demo {

/// The misbehaviour over HTTP that the options ask for.
class http_faults {
public:
  explicit http_faults(const http_options& what);

  /// Counts a POST. Returns whether the misbehaviour strikes it.
  bool strikes();

  /// Misbehaves instead of an answer. Returns false where the request is to be
  /// executed and answered.
  bool instead(http_connection& at);

  /// How the answer is to be delivered.
  bad_delivery delivery() const;

private:
  bool send_body(http_connection& at);

  const http_options& what_;
  uint64_t posts_ = 0;
};

} // namespace troupe::demo
