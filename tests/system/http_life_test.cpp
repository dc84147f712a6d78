// Covers actors/session/http_streams.hpp, actors/session/subscription.hpp,
// actors/session/liveness.hpp, actors/session/tool_headers.hpp,
// actors/supervision/dialect_memory.hpp, actors/client/request_book.hpp.
// What a client over HTTP does between calls, and which requests it repeats:
// seen from the server, by the requests that came there.

#include "troupe/tests/support/http_server.hpp"
#include "troupe/tests/support/request_file.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::test;

namespace {

server_spec legacy_spec(const http_server& server, const live_world& w) {
  auto x = server.spec(w, "a");
  x.dialect = dialect_choice::legacy;
  return x;
}

/// It became ready once, and nothing has happened since.
void check_quiet(const live_world& w) {
  auto events = w.events("a");
  REQUIRE_FALSE(events.empty());
  CHECK(events.back().to == phase::ready);
  CHECK(events.back().incarnation == 1);
  CHECK(w.remarks("a", diagnostic::kind::unkillable) == 0);
}

void check_no_failure(live_world& w) {
  auto now = w.status("a");
  CHECK(now.restarts == 0);
  CHECK(now.calls_failed == 0);
  CHECK(now.last_error == errc::none);
  for (auto& x : w.events("a"))
    CHECK(x.to != phase::auth_required);
}

} // namespace

SCENARIO("T6: streams that a proxy cuts when they are idle are opened again "
         "quietly",
         "[system][http]") {
  live_world w;
  request_file seen{w};
  GIVEN("a legacy server that takes one stream of each client") {
    http_server server{
      seen.with({"--era", "legacy", "--idle-cut", "200", "--one-stream"})};
    w.open_ready(legacy_spec(server, w));
    THEN("there is one after the other, and calls go on") {
      CHECK(seen.await("GET", 3));
      CHECK(w.echoes("a"));
      check_quiet(w);
      check_no_failure(w);
      CHECK(seen.count("initialize") == 1);
    }
  }
  GIVEN("a modern server") {
    http_server server{seen.with({"--idle-cut", "200"})};
    w.open_ready(server.spec(w, "a"));
    REQUIRE(w.list("a").ok());
    REQUIRE(seen.await("subscriptions/listen", 3));
    THEN("what changed meanwhile is read, and calls go on") {
      CHECK(seen.await("tools/list", 2));
      CHECK(w.echoes("a"));
      check_quiet(w);
      check_no_failure(w);
    }
  }
}

SCENARIO("R4: over HTTP whatever comes back on a ping is life",
         "[system][http]") {
  live_world w;
  request_file seen{w};
  auto pinged = [&](std::vector<std::string> options) {
    options.insert(options.end(), {"--era", "legacy", "--http-after", "2"});
    http_server server{seen.with(options)};
    auto spec = legacy_spec(server, w);
    spec.timeouts.ping_after_idle = 100ms;
    spec.timeouts.ping = 300ms;
    w.open_ready(spec);
    CHECK(seen.await("ping", 5));
    check_quiet(w);
    CHECK(w.close("a").ok());
  };
  GIVEN("an empty refusal") {
    pinged({"--http-status", "500"});
    CHECK(seen.count("tools/list") == 0);
  }
  GIVEN("an error") {
    pinged(
      {"--http-status", "200", "--http-body",
       R"({"jsonrpc":"2.0","id":null,"error":{"code":-32603,"message":""}})"});
    CHECK(seen.count("tools/list") == 0);
  }
  GIVEN("silence, twice, and then the list that confirms it lives") {
    pinged({"--half-open", "--http-times", "2"});
    CHECK(seen.count("tools/list") == 1);
  }
}

SCENARIO("S31: a server that refuses a ping for its credentials waits for "
         "others",
         "[system][http]") {
  live_world w;
  http_server server{
    {"--era", "legacy", "--http-after", "2", "--http-status", "401"}};
  auto spec = legacy_spec(server, w);
  spec.timeouts.ping_after_idle = 100ms;
  w.open_ready(spec);
  CHECK(w.await("a", phase::auth_required).why == errc::auth_required);
  auto refused = w.call("a", tool_call("echo", R"({"text":"x"})"));
  CHECK(refused.error.code == errc::auth_required);
  CHECK(refused.error.what_became == fate::not_sent);
}

SCENARIO("S37: one client asks a remote server which dialect it speaks, for "
         "all of its origin",
         "[system][http]") {
  live_world w;
  request_file seen{w};
  http_server server{seen.with({"--era", "legacy"})};
  w.open_ready(server.spec(w, "a"));
  for (auto name : {"b", "c"})
    CHECK(w.open_ready(server.spec(w, name)).protocol_version
          == latest_legacy_version);
  CHECK(seen.count("server/discover") == 1);
  CHECK(seen.count("initialize") == 3);
  GIVEN("HTTP+SSE at another path there") {
    auto spec = server.spec(w, "d");
    spec.url = server.sse_url();
    w.open_ready(spec);
    CHECK(w.echoes("d"));
  }
  GIVEN("that modern servers take the place") {
    server.kill();
    http_server other{{"--era", "modern"}};
    auto spec = server.spec(w, "e");
    spec.url = other.url();
    CHECK(w.open_ready(spec).protocol_version == modern_version);
  }
}

SCENARIO("calls whose headers a server refuses are repeated with those of its "
         "list",
         "[system][http]") {
  live_world w;
  request_file seen{w};
  http_server server{seen.with({"--rename-headers", "8"})};
  w.open_ready(server.spec(w, "a"));
  auto what = tool_call("annotated", R"({"region":"here","count":1})");
  GIVEN("eight calls at once, before anybody has asked for the list") {
    std::vector<pending<call_tool_result>> calls;
    for (int i = 0; i < 8; ++i)
      calls.push_back(w.start_call("a", what));
    for (auto& x : calls)
      CHECK(x->ok());
    CHECK(seen.count("tools/list") == 1);
    THEN("one more, which needs other headers, succeeds as well") {
      CHECK(w.call("a", what).ok());
      CHECK(seen.count("tools/list") == 2);
      CHECK(w.status("a").calls_failed == 0);
    }
  }
}
