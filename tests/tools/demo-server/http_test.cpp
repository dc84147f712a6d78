// Covers tools/demo-server/http_loop.hpp, tools/demo-server/http_site.hpp,
// tools/demo-server/http_rules.hpp, tools/demo-server/http_session.hpp,
// tools/demo-server/lone_exchange.hpp, tools/demo-server/sse_session.hpp,
// tools/demo-server/event_stream.hpp, tools/demo-server/request_log.hpp.

#include "troupe/tests/tools/demo-server/http_demo.hpp"

#include <csignal>

using namespace std::chrono_literals;
using namespace troupe;
using namespace troupe::test;

namespace {

constexpr auto echo_hello = R"({"text":"hello"})";
constexpr auto initialized =
  R"({"jsonrpc":"2.0","method":"notifications/initialized"})";

http_headers without(http_headers x, std::string_view name) {
  std::erase_if(x, [&](auto& y) { return y.first == name; });
  return x;
}

http_headers with(http_headers x, std::string name, std::string value) {
  x = without(std::move(x), name);
  x.emplace_back(std::move(name), std::move(value));
  return x;
}

size_t count_of(const std::string& text, std::string_view what) {
  size_t result = 0;
  for (auto at = text.find(what); at != std::string::npos;
       at = text.find(what, at + 1))
    ++result;
  return result;
}

http_headers stream_of(const std::string& session) {
  return {{"Accept", "text/event-stream"}, {"Mcp-Session-Id", session}};
}

} // namespace

SCENARIO("the demo server speaks 2026-07-28 over HTTP", "[demo-server]") {
  http_demo server;
  GIVEN("a probe and a call, without a handshake") {
    auto probe = server.post(http_demo::modern_headers("server/discover"),
                             http_demo::modern_body("server/discover"));
    auto call = server.modern_call("echo", echo_hello);
    THEN("both are answered with JSON, and there is no session") {
      CHECK(probe.status == 200);
      CHECK(probe.header("Content-Type") == "application/json");
      CHECK(probe.header("Mcp-Session-Id").empty());
      CHECK(says(probe.body, R"("supportedVersions":["2026-07-28"])"));
      CHECK(says(call.body, R"("text":"hello")"));
    }
  }
  GIVEN("a call that reports progress") {
    auto body = http_demo::modern_body(
      "tools/call", http_demo::named("progress", R"({"steps":2,"ms":1})"));
    body.insert(body.find(R"("_meta":{)") + 9, R"("progressToken":"p",)");
    auto at = server.connect();
    at.request("POST", "/mcp",
               http_demo::modern_headers("tools/call", "progress"), body);
    THEN("its response becomes a stream, which ends with the answer") {
      CHECK(at.head().header("Content-Type") == "text/event-stream");
      CHECK(says(at.event().value(), R"("progress":1)"));
      CHECK(says(at.event().value(), R"("progress":2)"));
      auto last = at.event().value();
      CHECK(says(last, "made 2 steps"));
      CHECK(field_of(last, "id").empty());
      CHECK_FALSE(at.event());
    }
  }
  GIVEN("methods and versions that it does not know") {
    auto other = server.post(http_demo::modern_headers("no/such"),
                             http_demo::modern_body("no/such"));
    CHECK(other.status == 404);
    CHECK(says(other.body, "-32601"));
    auto body = http_demo::modern_body("tools/list");
    body.replace(body.find("2026-07-28"), 10, "2099-01-01");
    auto headers = with(http_demo::modern_headers("tools/list"),
                        "MCP-Protocol-Version", "2099-01-01");
    auto newer = server.post(headers, body);
    CHECK(newer.status == 400);
    CHECK(says(newer.body, "-32022"));
    CHECK(says(newer.body, R"("supported":["2026-07-28"])"));
  }
}

SCENARIO("the demo server compares headers with the body", "[demo-server]") {
  http_demo server;
  auto headers = http_demo::modern_headers("tools/call", "echo");
  auto body =
    http_demo::modern_body("tools/call", http_demo::named("echo", echo_hello));
  auto refused = [&](const http_headers& x) {
    auto answer = server.post(x, body);
    return answer.status == 400 && says(answer.body, "-32020");
  };
  GIVEN("headers that are missing, or say something else") {
    CHECK_FALSE(refused(headers));
    for (auto name : {"MCP-Protocol-Version", "Mcp-Method", "Mcp-Name"}) {
      CHECK(refused(without(headers, name)));
      CHECK(refused(with(headers, name, "other")));
    }
    // A library would have decoded this one.
    CHECK(refused(with(headers, "Mcp-Name", "%65cho")));
    CHECK_FALSE(refused(with(headers, "Mcp-Name", "=?base64?ZWNobw==?=")));
    CHECK(refused(with(headers, "Mcp-Name", "=?base64?ZWNobw=?=")));
    CHECK(refused(with(headers, "Mcp-Name", "ech\xc3\xb6")));
    // The version in the header makes it a modern request.
    body = http_demo::legacy_body("echo", echo_hello);
    CHECK(refused(headers));
  }
  GIVEN("a tool whose parameters stand in headers, too") {
    headers = http_demo::modern_headers("tools/call", "annotated");
    body = http_demo::modern_body(
      "tools/call",
      http_demo::named("annotated", R"({"region":"","count":42,"dry":false,)"
                                    R"("inner":{"deep":"\u4e16"}})"));
    headers = with(headers, "Mcp-Param-Region", "");
    headers = with(headers, "mcp-param-count", "42.0");
    headers = with(headers, "Mcp-Param-Dry-Run", "false");
    headers = with(headers, "Mcp-Param-Deep", "=?base64?5LiW?=");
    CHECK_FALSE(refused(headers));
    CHECK(refused(without(headers, "Mcp-Param-Region")));
    CHECK(refused(with(headers, "mcp-param-count", "43")));
    CHECK(refused(with(headers, "Mcp-Param-Dry-Run", "False")));
    CHECK(refused(with(headers, "Mcp-Param-Deep", "\xe4\xb8\x96")));
    body = http_demo::modern_body(
      "tools/call", http_demo::named("annotated", R"({"region":null})"));
    headers = http_demo::modern_headers("tools/call", "annotated");
    CHECK_FALSE(refused(headers));
    CHECK(refused(with(headers, "Mcp-Param-Region", "")));
  }
}

SCENARIO("the demo server renames headers after so many calls",
         "[demo-server]") {
  http_demo server{{"--rename-headers", "2"}};
  auto call = [&](const std::string& header) {
    auto headers = http_demo::modern_headers("tools/call", "annotated");
    headers.emplace_back("Mcp-Param-" + header, "r");
    auto body = http_demo::modern_body(
      "tools/call", http_demo::named("annotated", R"({"region":"r"})"));
    return server.post(headers, body).status;
  };
  auto list = [&] {
    return server
      .post(http_demo::modern_headers("tools/list"),
            http_demo::modern_body("tools/list"))
      .body;
  };
  CHECK(call("Region") == 200);
  CHECK(call("New-Region") == 400);
  CHECK(says(list(), R"("x-mcp-header":"Region")"));
  CHECK(call("Region") == 200);
  CHECK(call("Region") == 400);
  CHECK(call("New-Region") == 200);
  CHECK(says(list(), R"("x-mcp-header":"New-Region")"));
  CHECK_FALSE(says(list(), R"("x-mcp-header":"Region")"));
}

SCENARIO("the demo server keeps legacy sessions over HTTP", "[demo-server]") {
  http_demo server;
  auto session = server.initialize();
  CHECK(session.size() == 32);
  GIVEN("requests with the session's id, without one, with another") {
    auto call = server.legacy_call(session, "echo", echo_hello);
    CHECK(call.status == 200);
    CHECK(says(call.body, R"("text":"hello")"));
    CHECK(server.post(http_demo::in_session(session), initialized).status
          == 202);
    auto body = http_demo::legacy_body("echo", echo_hello);
    CHECK(server.post(http_demo::basic, body).status == 400);
    auto other = server.legacy_call("other", "echo", echo_hello);
    CHECK(other.status == 404);
    CHECK(says(other.body, R"("id":null)"));
  }
  GIVEN("a GET") {
    server.post(http_demo::in_session(session), initialized);
    auto at = server.connect();
    at.request("GET", "/mcp", stream_of(session));
    CHECK(at.head().header("Content-Type") == "text/event-stream");
    auto first = at.event().value();
    CHECK(data_of(first).empty());
    CHECK_FALSE(field_of(first, "id").empty());
    server.legacy_call(session, "grow", R"({"times":2})");
    auto changed = at.event().value();
    CHECK(says(changed, "notifications/tools/list_changed"));
    THEN("the rest of it comes to who asks for it by the last id") {
      at.close();
      auto again = server.connect();
      auto headers = stream_of(session);
      headers.emplace_back("Last-Event-ID", field_of(changed, "id"));
      again.request("GET", "/mcp", headers);
      again.head();
      CHECK(says(again.event().value(), "notifications/tools/list_changed"));
      CHECK(again.silent_for(50ms));
    }
  }
  GIVEN("a DELETE") {
    CHECK(server.ask("DELETE", http_demo::in_session(session)).status == 200);
    CHECK(server.legacy_call(session, "echo", echo_hello).status == 404);
    CHECK(server.ask("DELETE", http_demo::in_session(session)).status == 404);
  }
  GIVEN("a DELETE while a call goes on") {
    auto at = server.connect();
    at.request("POST", "/mcp", http_demo::in_session(session),
               http_demo::legacy_body("sleep", R"({"ms":60000})"));
    while (!says(server.requests(), "60000"))
      server.ask("PUT", {});
    CHECK(server.ask("DELETE", http_demo::in_session(session)).status == 200);
    CHECK(at.rest().empty());
  }
  GIVEN("what was said before anybody listened") {
    server.legacy_call(session, "grow", "{}");
    server.post(http_demo::in_session(session), initialized);
    server.legacy_call(session, "grow", "{}");
    auto at = server.connect();
    at.request("GET", "/mcp", stream_of(session));
    at.head();
    at.event();
    CHECK(says(at.event().value(), "list_changed"));
  }
  GIVEN("messages that are none, or are not for us") {
    CHECK(server.post(http_demo::basic, "no json").status == 400);
    CHECK(server.post(http_demo::basic, "[]").status == 400);
    CHECK(server.post({{"Accept", "*/*"}}, "{}").status == 415);
    CHECK(server.post({{"Content-Type", "application/json"}}, "{}").status
          == 406);
    auto headers = http_demo::basic;
    headers.emplace_back("Origin", "http://evil.example");
    CHECK(server.post(headers, "{}").status == 403);
    CHECK(server.ask("PUT", {}).status == 405);
  }
}

SCENARIO("the demo server streams answers as told", "[demo-server]") {
  http_demo server{{"--answers", "sse", "--retry", "500"}};
  GIVEN("a legacy call") {
    auto session = server.initialize();
    auto at = server.connect();
    at.request("POST", "/mcp", http_demo::in_session(session),
               http_demo::legacy_body("echo", echo_hello));
    at.head();
    auto first = at.event().value();
    CHECK(data_of(first).empty());
    CHECK(field_of(first, "retry") == "500");
    CHECK(says(data_of(at.event().value()), R"("text":"hello")"));
    CHECK_FALSE(at.event());
  }
  GIVEN("a legacy session of before 2025-11-25, and a modern call") {
    auto session = server.initialize("2025-06-18");
    auto legacy = server.legacy_call(session, "echo", echo_hello);
    auto modern = server.modern_call("echo", echo_hello);
    THEN("their events have no ids") {
      CHECK(legacy.body.starts_with("event: message\ndata: {"));
      CHECK(modern.body.starts_with("event: message\ndata: {"));
    }
  }
}

SCENARIO("the demo server knows when a reader has gone", "[demo-server]") {
  http_demo server;
  auto have_left = [&server](size_t count) {
    // Each request is another turn of the server.
    auto seen = server.requests();
    for (int i = 0; i < 1000 && count_of(seen, "left") < count; ++i) {
      server.ask("PUT", {});
      seen = server.requests();
    }
    return count_of(seen, R"({"left":)") == count;
  };
  GIVEN("a subscription") {
    auto at = server.connect();
    at.request(
      "POST", "/mcp", http_demo::modern_headers("subscriptions/listen"),
      http_demo::modern_body("subscriptions/listen",
                             R"(,"notifications":{"toolsListChanged":true})"));
    at.head();
    CHECK(says(at.event().value(), "notifications/subscriptions/acknowledged"));
    server.modern_call("grow", "{}");
    CHECK(says(at.event().value(), "notifications/tools/list_changed"));
    at.close();
    CHECK(have_left(1));
  }
  GIVEN("a modern and a legacy call that take time") {
    auto session = server.initialize();
    auto modern = server.connect();
    modern.request(
      "POST", "/mcp", http_demo::modern_headers("tools/call", "sleep"),
      http_demo::modern_body("tools/call",
                             http_demo::named("sleep", R"({"ms":60000})")));
    auto legacy = server.connect();
    legacy.request("POST", "/mcp", http_demo::in_session(session),
                   http_demo::legacy_body("sleep", R"({"ms":60000})"));
    modern.close();
    legacy.close();
    CHECK(have_left(2));
    THEN("the legacy one goes on, so that its id is in use") {
      auto answer = server.legacy_call(session, "echo", echo_hello);
      CHECK(says(answer.body, "The id is in use"));
    }
  }
}

SCENARIO("the demo server serves HTTP+SSE", "[demo-server]") {
  http_demo server;
  auto stream = server.connect();
  stream.request("GET", "/sse", {{"Accept", "text/event-stream"}});
  CHECK(stream.head().status == 200);
  auto first = stream.event().value();
  CHECK(field_of(first, "event") == "endpoint");
  auto target = data_of(first);
  auto post = [&](const std::string& body) {
    auto at = server.connect();
    at.request("POST", target, {{"Content-Type", "application/json"}}, body);
    return at.answer().status;
  };
  GIVEN("requests to the endpoint") {
    CHECK(post(http_demo::initialize_body("2024-11-05")) == 202);
    CHECK(says(stream.event().value(), R"("protocolVersion":"2024-11-05")"));
    CHECK(post(initialized) == 202);
    CHECK(post(http_demo::legacy_body("grow", "{}")) == 202);
    CHECK(says(stream.event().value(), "list_changed"));
    CHECK(says(stream.event().value(), "grown"));
  }
  GIVEN("an endpoint that it never named") {
    target = "/messages?session=other";
    CHECK(post(initialized) == 404);
  }
}

SCENARIO("the demo server takes 200 connects at once", "[demo-server]") {
  http_demo server;
  auto session = server.initialize();
  std::vector<raw_http> all;
  server.process().signal(SIGSTOP); // so that none is accepted meanwhile
  for (int i = 0; i < 200; ++i)
    all.push_back(server.connect());
  server.process().signal(SIGCONT);
  for (int i = 0; i < 200; ++i)
    all[i].request("POST", "/mcp", http_demo::in_session(session),
                   http_demo::legacy_body("sleep", R"({"ms":1})", i + 10));
  for (auto& x : all)
    CHECK(x.answer().status == 200);
  // And 200 streams, with a call beside them.
  for (auto& x : all)
    x.request("POST", "/mcp", http_demo::modern_headers("subscriptions/listen"),
              http_demo::modern_body("subscriptions/listen"));
  for (auto& x : all)
    CHECK(x.head().status == 200);
  CHECK(server.modern_call("echo", echo_hello).status == 200);
}

SCENARIO("the demo server is of one era over HTTP, too", "[demo-server]") {
  GIVEN("--era legacy") {
    http_demo server{{"--era", "legacy"}};
    auto probe = server.post(http_demo::modern_headers("server/discover"),
                             http_demo::modern_body("server/discover"));
    CHECK(probe.status == 400);
    CHECK(says(probe.body, "-32000"));
    CHECK_FALSE(server.initialize().empty());
  }
  GIVEN("--era modern") {
    http_demo server{{"--era", "modern"}};
    auto answer =
      server.post(http_demo::basic, http_demo::initialize_body("2025-11-25"));
    CHECK(answer.status == 400);
    CHECK(server.ask("GET", {{"Accept", "text/event-stream"}}).status == 405);
    CHECK(server.ask("DELETE", {}).status == 405);
    CHECK(server.modern_call("echo", echo_hello).status == 200);
  }
  GIVEN("--no-session") {
    http_demo server{{"--no-session", "--era", "legacy"}};
    CHECK(server.initialize().empty());
    auto body = http_demo::legacy_body("echo", echo_hello);
    CHECK(says(server.post(http_demo::basic, body).body, "hello"));
  }
}

SCENARIO("the demo server writes down what was sent", "[demo-server]") {
  http_demo server;
  auto headers = with(http_demo::basic, "X-Empty", "");
  server.post(with(headers, "x-Odd", "a%41b"), "body");
  auto seen = server.requests();
  CHECK(says(seen, R"("method":"POST","target":"/mcp")"));
  CHECK(says(seen, R"(["X-Empty",""])"));
  CHECK(says(seen, R"(["x-Odd","a%41b"])"));
  CHECK(says(seen, R"("body":"body")"));
}

SCENARIO("the demo server ends with its stdin, also over HTTP",
         "[demo-server]") {
  http_demo server;
  server.process().close_stdin();
  CHECK(server.process().exit_status() == 0);
}
