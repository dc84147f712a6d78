#pragma once

#include "troupe/tools/demo-server/common.hpp"
#include "troupe/tools/demo-server/reply.hpp"
#include "troupe/tools/demo-server/request_log.hpp"

namespace troupe::demo {

/// One request over HTTP, and the connection it came by.
struct http_call {
  http_connection& from;
  const http_request& head;
  uint64_t number; ///< in the log
};

/// State shared by all that serves HTTP.
struct http_context {
  common& shared;
  const http_options& what;
  request_log log;

  explicit http_context(common& all)
    : shared(all), what(all.what.http), log(what.requests) {
    // nop
  }

  reply::settings reply_settings() const {
    reply::settings x;
    x.content_type =
      what.content_type.empty() ? "application/json" : what.content_type;
    x.copies = shared.what.duplicate_answers ? 2 : 1;
    x.events = what.answers == "sse";
    return x;
  }

  stream_settings plain_stream() const {
    return {{}, what.retry, what.idle_cut, {}};
  }
};

} // namespace troupe::demo
