#pragma once

#include "troupe/transports/http/body.hpp"
#include "troupe/transports/http/channel.hpp"
#include "troupe/transports/http/head.hpp"

#include <string>
#include <utility>
#include <vector>

namespace troupe {

using http_fields = std::vector<std::pair<std::string, std::string>>;

struct http_request {
  std::string method;
  std::string target;
  /// Fields other than those of the connection.
  http_fields fields;
  std::string body;
};

/// Receives a response as it comes, on the thread that waits for it.
class http_sink {
public:
  virtual ~http_sink() = default;

  /// The first byte of the request is about to be written. False: do not.
  virtual bool on_writing() = 0;
  /// The head is whole. False: the rest is not wanted.
  virtual bool on_head(const http_head& head, const http_body& body) = 0;
  /// Some of the body. False: the rest is not wanted.
  virtual bool on_body(std::string_view bytes) = 0;
  /// All of the body that one read brought was passed on, and the next read may
  /// take its time. False: the rest is not wanted.
  virtual bool on_lull() = 0;
};

struct http_deadlines {
  http_channel::clock::time_point write;
  http_channel::clock::time_point read; ///< of the whole response
};

/// How an exchange over one connection ended.
struct http_outcome {
  net_fault fault;       ///< none: the response came to its regular end
  bool sent = false;     ///< the server may have seen some of the request
  bool answered = false; ///< some of the response came
  bool unwanted = false; ///< the sink said so
  /// The connection may carry another exchange within that time; 0: it may not.
  std::chrono::milliseconds keep{0};
};

/// One request and its response over a connection, by cpp-httplib.
http_outcome exchange_over(http_channel& channel, http_request request,
                           const http_deadlines& deadlines, http_sink& sink);

} // namespace troupe
