// Covers tools/demo-server/http_faults.hpp, tools/demo-server/http_options.hpp,
// tools/demo-server/http_connection.hpp, tools/demo-server/http_session.hpp,
// tools/demo-server/event_stream.hpp, tools/demo-server/sse_session.hpp.

#include "troupe/tests/tools/demo-server/http_demo.hpp"

#include <csignal>

using namespace std::chrono_literals;
using namespace troupe;
using namespace troupe::test;

namespace {

constexpr auto echo_hello = R"({"text":"hello","key":"k"})";

/// A call on a connection of its own, to be read by the test.
raw_http begin_call(const http_demo& server) {
  auto at = server.connect();
  at.request(
    "POST", "/mcp", http_demo::modern_headers("tools/call", "echo"),
    http_demo::modern_body("tools/call", http_demo::named("echo", echo_hello)));
  return at;
}

http_answer call(const http_demo& server) {
  return server.modern_call("echo", echo_hello);
}

http_headers stream_of(const std::string& session, std::string last = "") {
  http_headers result{{"Accept", "text/event-stream"},
                      {"Mcp-Session-Id", session}};
  if (!last.empty())
    result.emplace_back("Last-Event-ID", last);
  return result;
}

raw_http get(const http_demo& server, const http_headers& headers) {
  auto at = server.connect();
  at.request("GET", "/mcp", headers);
  return at;
}

} // namespace

SCENARIO("the demo server refuses POSTs as told", "[demo-server]") {
  GIVEN("--http-status, after one POST, once") {
    http_demo server{{"--http-status", "503", "--http-body", "{}",
                      "--http-after", "1", "--http-times", "1"}};
    CHECK(call(server).status == 200);
    auto refused = call(server);
    CHECK(refused.status == 503);
    CHECK(refused.body == "{}");
    CHECK(call(server).status == 200);
  }
  GIVEN("--token") {
    http_demo server{
      {"--token", "t", "--challenge", R"(Bearer realm="a%41b")"}};
    auto refused = call(server);
    CHECK(refused.status == 401);
    CHECK(refused.header("WWW-Authenticate") == R"(Bearer realm="a%41b")");
    auto headers = http_demo::modern_headers("server/discover");
    headers.emplace_back("Authorization", "Bearer t");
    auto body = http_demo::modern_body("server/discover");
    CHECK(server.post(headers, body).status == 200);
  }
  GIVEN("--http-status 403 with a challenge") {
    http_demo server{{"--http-status", "403", "--challenge", "Bearer x"}};
    CHECK(call(server).header("WWW-Authenticate") == "Bearer x");
  }
  GIVEN("--accept-all") {
    http_demo server{{"--accept-all"}};
    auto answer = call(server);
    CHECK(answer.status == 202);
    CHECK(answer.body.empty());
  }
}

SCENARIO("the demo server reads, and never answers", "[demo-server]") {
  http_demo server{{"--half-open", "--http-times", "1"}};
  auto at = begin_call(server);
  CHECK(at.silent_for(100ms));
  CHECK(call(server).status == 200);
  CHECK(at.silent_for(0ms));
}

SCENARIO("the demo server redirects as told", "[demo-server]") {
  GIVEN("--redirect") {
    http_demo server{{"--redirect", "http://127.0.0.1:9/mcp"}};
    auto answer = call(server);
    CHECK(answer.status == 307);
    CHECK(answer.header("Location") == "http://127.0.0.1:9/mcp");
  }
  GIVEN("--redirect-status") {
    http_demo server{{"--redirect", "/mcp", "--redirect-status", "302"}};
    CHECK(call(server).status == 302);
  }
  GIVEN("--redirect-get") {
    http_demo server{{"--redirect-get"}};
    auto headers = stream_of(server.initialize());
    CHECK(server.ask("GET", headers).header("Location") == "/moved/mcp");
    auto at = server.connect();
    at.request("GET", "/moved/mcp", headers);
    CHECK(at.head().status == 200);
  }
}

SCENARIO("the demo server answers with what is no answer", "[demo-server]") {
  GIVEN("--no-message") {
    CHECK(call(http_demo{{"--no-message"}}).body == R"({"no":"message"})");
    auto events = call(http_demo{{"--no-message", "--answers", "sse"}}).body;
    CHECK(data_of(events) == R"({"no":"message"})");
  }
  GIVEN("--empty-stream") {
    auto answer = call(http_demo{{"--empty-stream"}});
    CHECK(answer.header("Content-Type") == "text/event-stream");
    CHECK(answer.body.empty());
  }
  GIVEN("--content-type") {
    auto answer = call(http_demo{{"--content-type", "text/html"}});
    CHECK(answer.header("Content-Type") == "text/html");
    CHECK(says(answer.body, "hello"));
  }
  GIVEN("--wrong-ids, --string-ids") {
    CHECK(says(call(http_demo{{"--wrong-ids"}}).body, "nobody used"));
    CHECK(says(call(http_demo{{"--string-ids"}}).body, R"("id":"1")"));
  }
  GIVEN("--duplicate-answers, --garbage") {
    http_demo server{{"--duplicate-answers", "--garbage"}};
    auto at = begin_call(server);
    at.head();
    CHECK(says(at.event().value(), "[debug]"));
    at.event();
    at.event();
    CHECK(says(at.event().value(), "hello"));
    CHECK(says(at.event().value(), "hello"));
    CHECK_FALSE(at.event());
  }
}

SCENARIO("the demo server gives bodies without an end", "[demo-server]") {
  auto options =
    std::vector<std::string>{"--endless-body", "--http-times", "1"};
  auto begin = std::string{R"({"jsonrpc":"2.0","id":1,"result":{"text":"xxx)"};
  GIVEN("JSON") {
  }
  GIVEN("an event") {
    options.insert(options.end(), {"--answers", "sse"});
    begin = R"(data: {"jsonrpc":"2.0","result":"xxx)";
  }
  GIVEN("what is compressed") {
    options.front() = "--gzip-bomb";
    begin = "\x1f\x8b\x08";
  }
  http_demo server{options};
  auto at = begin_call(server);
  auto head = at.head();
  CHECK(head.header("Content-Encoding")
        == (options.front() == "--gzip-bomb" ? "gzip" : ""));
  auto body = at.bytes(20u << 20);
  CHECK(body.size() == 20u << 20);
  CHECK(says(body.substr(0, 1000), begin.substr(0, begin.size() - 3)));
  at.close();
  CHECK(call(server).status == 200);
}

SCENARIO("the demo server cuts responses after they were made",
         "[demo-server]") {
  for (auto answers : {"json", "sse"})
    for (auto count : {0u, 1u, 20u, 60u, 200u}) {
      http_demo server{{"--answers", answers, "--cut-at", std::to_string(count),
                        "--http-times", "1"}};
      INFO(answers << ", " << count << " bytes");
      CHECK(begin_call(server).rest().size() == count);
      auto counted = server.modern_call("count", "{}");
      CHECK(says(counted.body, R"({\"k\":1})"));
    }
  GIVEN("a response that is shorter") {
    http_demo server{{"--cut-at", "100000"}};
    CHECK(call(server).status == 200);
  }
}

SCENARIO("the demo server sends a byte at a time", "[demo-server]") {
  GIVEN("--slow-head and --slow-body") {
    http_demo server{{"--slow-head", "1", "--slow-body", "1"}};
    CHECK(says(call(server).body, "hello"));
  }
  GIVEN("a body alone that takes an hour for each byte") {
    http_demo server{{"--slow-body", "3600000"}};
    auto at = begin_call(server);
    CHECK(at.head().status == 200);
    CHECK(at.silent_for(50ms));
  }
}

SCENARIO("the demo server forgets sessions", "[demo-server]") {
  GIVEN("--lose-session") {
    http_demo server{{"--lose-session", "2"}};
    auto session = server.initialize();
    for (auto status : {200, 200, 404, 404})
      CHECK(server.legacy_call(session, "echo", echo_hello).status == status);
    CHECK(server.initialize() != session);
  }
  GIVEN("--lost-session-status, --session-id") {
    http_demo server{{"--lost-session-status", "400", "--session-id", "a%41"}};
    CHECK(server.initialize() == "a%41");
    CHECK(server.legacy_call("a%41", "echo", echo_hello).status == 200);
    CHECK(server.legacy_call("aA", "echo", echo_hello).status == 400);
  }
  GIVEN("--no-delete") {
    http_demo server{{"--no-delete"}};
    auto headers = http_demo::in_session(server.initialize());
    CHECK(server.ask("DELETE", headers).status == 405);
  }
}

SCENARIO("the demo server ends streams early", "[demo-server]") {
  GIVEN("--drop-streams") {
    http_demo server{{"--drop-streams", "--retry", "1"}};
    auto session = server.initialize();
    auto at = server.connect();
    at.request("POST", "/mcp", http_demo::in_session(session),
               http_demo::legacy_body("sleep", R"({"ms":20})"));
    at.head();
    auto id = field_of(at.event().value(), "id");
    CHECK_FALSE(at.event());
    THEN("the answer comes to a GET with the id, as often as it is asked") {
      for (int i = 0; i < 2; ++i) {
        auto rest = get(server, stream_of(session, id));
        rest.head();
        CHECK(says(rest.event().value(), "slept 20 ms"));
        CHECK_FALSE(rest.event());
      }
      CHECK(get(server, stream_of(session, "77-1")).answer().status == 400);
    }
  }
  GIVEN("--idle-cut") {
    http_demo server{{"--idle-cut", "20"}};
    auto at = get(server, stream_of(server.initialize()));
    at.head();
    at.event();
    CHECK(at.rest().empty()); // no last chunk, either
  }
  GIVEN("--no-get, --one-stream") {
    http_demo mute{{"--no-get"}};
    auto headers = stream_of(mute.initialize());
    CHECK(mute.ask("GET", headers).status == 405);
    http_demo strict{{"--one-stream"}};
    headers = stream_of(strict.initialize());
    auto first = get(strict, headers);
    first.head();
    CHECK(strict.ask("GET", headers).status == 409);
  }
  GIVEN("two streams") {
    http_demo server;
    auto headers = stream_of(server.initialize());
    auto first = get(server, headers);
    first.head();
    first.event();
    auto second = get(server, headers);
    CHECK(second.head().status == 200);
    CHECK_FALSE(first.event());
  }
}

SCENARIO("the demo server names another origin as its endpoint",
         "[demo-server]") {
  http_demo server{{"--endpoint", "http://other.example/messages"}};
  auto at = server.connect();
  at.request("GET", "/sse", {{"Accept", "text/event-stream"}});
  at.head();
  CHECK(data_of(at.event().value()) == "http://other.example/messages");
}

SCENARIO("the demo server dies over HTTP as it does on stdio",
         "[demo-server]") {
  http_demo server{{"--die-on-call", "2"}};
  CHECK(call(server).status == 200);
  CHECK(begin_call(server).rest().empty());
  CHECK(server.process().exit_status() == -SIGKILL);
}
