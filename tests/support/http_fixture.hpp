#pragma once

#include "troupe/tests/support/http_peer.hpp"
#include "troupe/tests/support/transport_log.hpp"
#include "troupe/transports/http/pool.hpp"
#include "troupe/transports/http/transport.hpp"

#include <catch2/catch.hpp>

#include <chrono>

namespace troupe {

/// An HTTP transport of a test, with its log. When it goes nothing of it runs
/// any more: a thread that still works must not meet the end of the process.
class http_client {
public:
  http_client(http_pool_ptr from, const server_spec& spec,
              credential_source_ptr credentials = nullptr)
    : pool(std::move(from)), log(std::make_shared<transport_log>()),
      transport(make_http_transport(pool, spec, std::move(credentials))) {
    transport->start(log->listener());
    out = log->out();
  }
  ~http_client() {
    try {
      if (transport)
        stop();
    } catch (const std::exception& e) {
      FAIL_CHECK(e.what()); // what the test itself saw is told as well
    }
  }
  http_client(const http_client&) = delete;
  http_client& operator=(const http_client&) = delete;

  /// Pushes a frame that owes an answer; gives its exchange's number.
  uint64_t call(const std::string& frame) {
    auto order = exchange_order{};
    order.owes_answer = true;
    return send(frame, order);
  }

  /// Pushes a frame that owes no answer, such as a notification.
  uint64_t notify(const std::string& frame) {
    return send(frame, {}, false);
  }

  /// Opens a stream by GET.
  uint64_t listen(const std::string& last_event_id = "") {
    auto order = exchange_order{};
    order.what = exchange_order::kind::stream;
    order.long_lived = true;
    order.last_event_id = last_event_id;
    return send("", order);
  }

  /// The id is set here; a ticket of the same number goes with it, or none.
  uint64_t send(const std::string& frame, exchange_order order,
                bool ticket = true) {
    order.id = ++last;
    pushed = out->push(frame, ticket ? order.id : 0,
                       std::make_shared<exchange_order>(std::move(order)));
    return last;
  }

  stop_report stop() {
    transport->stop(errc::closed, "told to");
    return log->wait_down();
  }

  http_pool_ptr pool;
  std::shared_ptr<transport_log> log;
  transport_ptr transport;
  outbox_ptr out;
  uint64_t last = 0;
  errc pushed = errc::none;
};

inline server_spec spec_of(const std::string& url) {
  auto result = server_spec{};
  result.name = "peer";
  result.transport = "http";
  result.url = url;
  return result;
}

} // namespace troupe
