// Covers actors/session/liveness.hpp, actors/session/reachability_check.hpp,
// transports/http/dial.hpp, actors/client/ends.cpp.
// A network that fails silently: no end closes its connection, and nothing
// comes by it any more.

#include "troupe/tests/support/http_server.hpp"
#include "troupe/tests/support/stalling_relay.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::test;

namespace {

server_spec by_relay(const http_server& server, const stalling_relay& relay,
                     const live_world& w) {
  auto x = server.spec(w, "a");
  x.url = "http://127.0.0.1:" + std::to_string(relay.port()) + "/mcp";
  x.timeouts.ready = 2s; // of a start that began in the silence
  x.dialect = dialect_choice::legacy;
  return x;
}

} // namespace

SCENARIO("S35: a connection that is half open is found by pings, and by the "
         "deadlines of calls",
         "[system][http]") {
  live_world w;
  http_server server{{"--era", "legacy"}};
  stalling_relay relay{server.port()};
  auto spec = by_relay(server, relay, w);
  auto slow = tool_call("progress", R"({"steps":60000,"ms":10})");
  slow.tag = 1;
  GIVEN("a client that pings an idle server") {
    spec.timeouts.ping_after_idle = 100ms;
    spec.timeouts.ping = 2s;
    w.open_ready(spec);
    relay.stall();
    THEN("it hears that its server is lost, and works when the network does") {
      CHECK(w.await("a", phase::backoff).why == errc::liveness_lost);
      relay.go_on();
      w.await("a", phase::ready, 2);
      CHECK(w.echoes("a"));
    }
  }
  GIVEN("a client that does not, and a call under way") {
    spec.timeouts.ping_after_idle = 0ms;
    w.open_ready(spec);
    slow.idle_timeout = 2s;
    auto call = w.start_call("a", slow);
    w.await_progress(1, 1);
    relay.stall();
    THEN("the call ends when it has been silent for too long") {
      CHECK(call->error.code == errc::timed_out);
      CHECK(call->error.what_became == fate::outcome_unknown);
    }
  }
}
