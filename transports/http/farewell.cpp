#include "troupe/transports/http/link.hpp"

// The end of a session at its server: the last request of a transport.

namespace troupe {

namespace {

using clock = http_channel::clock;

/// Ignores the response: it does not matter to us.
class deaf_sink : public http_sink {
public:
  bool on_writing() override {
    return true;
  }
  bool on_head(const http_head&, const http_body&) override {
    return false;
  }
  bool on_body(std::string_view) override {
    return false;
  }
  bool on_lull() override {
    return false;
  }
};

void send(const http_terms& terms, http_request request,
          clock::time_point until) {
  auto& pool = *terms.pool;
  auto route = http_route{};
  if (find_route(pool, terms.spec.tls, terms.url, route))
    return;
  auto nobody = interrupter{};
  auto fault = net_fault{};
  auto channel =
    dial(route, pool.names(), pool.patience(), until, nobody, fault);
  if (!channel)
    return;
  send_by(route, request);
  auto sink = deaf_sink{};
  exchange_over(*channel, std::move(request), {until, until}, sink);
}

} // namespace

void http_link::say_goodbye(std::string session) {
  auto until = clock::now() + defaults::farewell_timeout;
  auto more = http_fields{};
  if (!version_.empty())
    more.emplace_back("MCP-Protocol-Version", version_);
  auto request = http_request{"DELETE", terms_.url.target, {}, {}};
  request.fields =
    make_http_fields(terms_.spec, terms_.url, authorization_, session, more);
  auto self = shared_from_this();
  auto work = [self, until, request](http_pool::place&) {
    if (clock::now() < until)
      send(self->terms_, request, until);
    self->come_down();
  };
  if (!terms_.pool->submit(terms_.client, http_pool::kind::farewell, 0, work))
    come_down();
}

} // namespace troupe
