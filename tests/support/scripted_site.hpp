#pragma once

#include "troupe/messages/json/rpc.hpp"
#include "troupe/transports/transport.hpp"

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace troupe::test {

/// A server over HTTP inside the test, for any number of clients: it answers
/// each exchange as its switches allow, and keeps what it has been asked.
class scripted_site : public std::enable_shared_from_this<scripted_site> {
public:
  /// A connection's end at the server. Nothing is told where there is no
  /// listener any more.
  struct link {
    std::unique_ptr<transport_listener> to;
    bool open = true;
    std::vector<uint64_t> unsent; // by ticket
  };

  /// A request whose exchange has not ended.
  struct open_request {
    std::shared_ptr<link> from;
    exchange_order_ptr order;
    json_rpc::request what;

    std::string header(const std::string& name) const;
  };

  // -- switches

  bool modern = true;
  bool legacy = true;
  /// Where not, connections are refused.
  bool reachable = true;
  /// Where not, a request is taken and kept in `kept`.
  bool answers_calls = true;
  bool answers_lists = true;
  bool answers_pings = true;
  bool answers_initialize = true;
  /// Where not, nothing of a request is sent: it waits on our side.
  bool takes_requests = true;
  /// Where not 0, so many exchanges are refused with this status.
  int status = 0;
  size_t status_times = SIZE_MAX;
  /// What its only tool is called.
  std::string tool = "find";
  /// The parameter `where` of that tool must travel in this header
  /// (`Mcp-Param-...`); empty: in none.
  std::string header;
  /// What the next call is answered with, instead of its text.
  std::deque<std::string> results;

  // -- what it saw

  int connections = 0;
  /// Requests and notifications, by method; "GET" for streams.
  std::map<std::string, int> times;
  /// Calls that were executed, by tool: the ledger.
  std::map<std::string, int> executed;
  std::deque<open_request> kept;
  /// The server's own streams that are open, by exchange.
  std::deque<open_request> streams;
  /// Exchanges that the client gave up.
  std::vector<uint64_t> abandoned;

  // -- what it does

  transport_ptr connect();
  /// Answers a request: this ends its exchange.
  void answer(const open_request& x, std::string result);
  void refuse(const open_request& x, int http_status, int64_t code,
              const std::string& text);
  /// Serves the oldest request in `kept` by its switches as they are now.
  void serve_kept();
  /// The legacy session that the request was sent in is not known any more.
  void forget(const open_request& x);
  /// The exchange ends without an answer, as if a proxy had cut it.
  void cut(const open_request& x);
  /// Lets its stream stand.
  void stands(const open_request& x);

  // -- what its transports do

  void on_push(const std::shared_ptr<link>& from, std::string frame,
               exchange_order_ptr order);
  void on_abandon(const std::shared_ptr<link>& from, uint64_t id);

private:
  void on_request(open_request x);
  void serve(const open_request& x);
  void serve_call(const open_request& x);
  void end(const open_request& x, errc why, fate became, int http_status,
           std::string body = {}, bool had_session = false);
  bool keeps(const std::string& method) const;
  std::string tools() const;
};

} // namespace troupe::test
