// Covers tools/demo-server/server.hpp, tools/demo-server/dialect.hpp,
// tools/demo-server/tools.hpp, tools/demo-server/tool_list.hpp,
// tools/demo-server/call.hpp, tools/demo-server/timers.hpp,
// tools/demo-server/ledger.hpp, tools/demo-server/subscriptions.hpp,
// tools/demo-server/output.hpp.

#include "troupe/tests/tools/demo-server/demo_server.hpp"

#include <catch2/catch.hpp>

#include <csignal>
#include <cstdlib>

using namespace troupe;
using namespace troupe::test;

namespace {

std::string member(const json& x, std::string_view name) {
  return std::string{x.find(name).value_or(json{}).text()};
}

} // namespace

SCENARIO("the demo server negotiates legacy versions honestly",
         "[demo-server]") {
  for (auto version : {"2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"})
    CHECK(demo_server{}.initialize(version) == version);
  for (auto version : {"2026-07-28", "1999-01-01", ""})
    CHECK(demo_server{}.initialize(version) == "2025-11-25");
  CHECK(demo_server{{"--version", "2024-11-05"}}.initialize() == "2024-11-05");
  CHECK(demo_server{{"--version", "2024-10-07"}}.initialize() == "2024-10-07");
}

SCENARIO("the demo server keeps the legacy order", "[demo-server]") {
  GIVEN("a server that was not initialized") {
    demo_server server;
    THEN("it answers a ping and refuses the rest") {
      CHECK(server.result("ping").text() == "{}");
      CHECK(server.refusal("tools/list") == json_rpc::invalid_request);
      CHECK(server.refusal("tools/call") == json_rpc::invalid_request);
      CHECK(server.refusal("no/such") == json_rpc::method_not_found);
      CHECK(server.refusal("initialize") == json_rpc::invalid_params);
    }
    THEN("lines that are no message are answered without an id") {
      server.send("no json");
      server.send("[]");
      server.send(R"({"jsonrpc":"2.0"})");
      for (auto code : {"-32700", "-32600", "-32600"}) {
        auto line = server.line().value();
        CHECK(line.find(R"("id":null)") != std::string::npos);
        CHECK(line.find(code) != std::string::npos);
      }
    }
    THEN("it ends with status 0 when stdin ends") {
      server.close_stdin();
      CHECK(server.exit_status() == 0);
    }
    THEN("it dies of TERM") {
      server.signal(SIGTERM);
      CHECK(server.exit_status() == -SIGTERM);
    }
  }
}

SCENARIO("the demo server speaks 2026-07-28", "[demo-server]") {
  demo_server server;
  GIVEN("a probe") {
    auto given = server.result("server/discover", modern());
    THEN("the result is complete and names version, tools and server") {
      CHECK(member(given, "resultType") == R"("complete")");
      CHECK(member(given, "supportedVersions") == R"(["2026-07-28"])");
      CHECK(member(given, "capabilities").find("tools") != std::string::npos);
      CHECK(member(given, "cacheScope") == R"("public")");
      CHECK(member(given, "_meta").find("demo-server") != std::string::npos);
    }
    THEN("initialize still works: the server is of both eras") {
      CHECK(server.initialize() == "2025-11-25");
    }
  }
  GIVEN("a call without a handshake") {
    auto given = server.result(
      "tools/call", modern(R"(,"name":"echo","arguments":{"text":"hello"})"));
    THEN("it is answered") {
      CHECK(text_of(given) == "hello");
      CHECK(member(given, "resultType") == R"("complete")");
    }
  }
  GIVEN("an unknown version") {
    auto id = server.ask(
      "tools/list", R"({"_meta":{)"
                    R"("io.modelcontextprotocol/protocolVersion":"2099",)"
                    R"("io.modelcontextprotocol/clientCapabilities":{}}})");
    auto error = std::get<json_rpc::error>(server.answer(id));
    THEN("the refusal says which it speaks") {
      CHECK(error.code == json_rpc::unsupported_protocol_version);
      CHECK(error.data.text()
            == R"({"supported":["2026-07-28"],"requested":"2099"})");
    }
  }
  GIVEN("no client capabilities, or a method of the other dialect") {
    auto lacking =
      R"({"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}})";
    CHECK(server.refusal("tools/list", lacking) == json_rpc::invalid_params);
    CHECK(server.refusal("ping", modern()) == json_rpc::method_not_found);
  }
}

SCENARIO("the demo server has tools", "[demo-server]") {
  demo_server server;
  server.initialize();
  GIVEN("tools that answer at once") {
    auto echoed = server.tool(
      "echo", R"({"text":"a\u00e9\n","structured":[1.50,9007199254740993]})");
    CHECK(text_of(echoed) == "aé\n");
    CHECK(member(echoed, "structuredContent") == "[1.50,9007199254740993]");
    CHECK(member(server.tool("echo"), "isError") == "true");
    CHECK(text_of(server.tool("blob", R"({"bytes":200000})"))
          == std::string(200'000, 'x'));
    auto failed = server.tool("fail", R"({"text":"no"})");
    CHECK(text_of(failed) == "no");
    CHECK(member(failed, "isError") == "true");
    CHECK(text_of(server.tool("pids")).find(std::to_string(server.pid()))
          != std::string::npos);
    CHECK(server.refusal("tools/call", demo_server::call("none", "{}"))
          == json_rpc::invalid_params);
    CHECK(server.refusal("tools/call", demo_server::call("echo", "[]"))
          == json_rpc::invalid_params);
  }
  GIVEN("a call that takes time") {
    auto slow = server.ask_tool("sleep", R"({"ms":1000})");
    THEN("others go on, and it is forgotten when it is cancelled") {
      CHECK(text_of(server.tool("echo", R"({"text":"1"})")) == "1");
      server.send(json_rpc::format_notification(
        "notifications/cancelled",
        json::trusted(R"({"requestId":)" + std::to_string(slow) + "}")));
      // Due after the one that was cancelled.
      auto later = server.ask_tool("sleep", R"({"ms":1001})");
      CHECK(std::holds_alternative<json_rpc::result>(server.answer(later)));
      CHECK(server.passed.empty());
    }
  }
  GIVEN("a call that reports progress") {
    auto id = server.ask("tools/call", R"({"name":"progress","arguments":)"
                                       R"({"steps":3,"ms":1},)"
                                       R"("_meta":{"progressToken":"t"}})");
    server.answer(id);
    THEN("each step came before the answer, with the token") {
      REQUIRE(server.passed.size() == 3);
      CHECK(server.passed[2].find(R"("progressToken":"t")")
            != std::string::npos);
      CHECK(server.passed[2].find(R"("progress":3)") != std::string::npos);
    }
  }
}

SCENARIO("the demo server names its environment, never the values",
         "[demo-server]") {
  ::setenv("TROUPE_TEST_SECRET", "the-value", 1);
  demo_server server;
  ::unsetenv("TROUPE_TEST_SECRET");
  server.initialize();
  auto text = text_of(server.tool("env"));
  CHECK(text.find("TROUPE_TEST_SECRET") != std::string::npos);
  CHECK(text.find("the-value") == std::string::npos);
}

SCENARIO("the demo server counts executions by key", "[demo-server]") {
  demo_server server;
  server.initialize();
  for (auto key : {"a", "b", "a"})
    server.tool("note", R"({"key":")" + std::string{key} + R"("})");
  server.tool("echo", R"({"text":"not counted"})");
  CHECK(text_of(server.tool("count")) == R"({"a":2,"b":1})");
}

SCENARIO("the demo server tells who wants it that its tools changed",
         "[demo-server]") {
  demo_server server;
  GIVEN("a legacy client") {
    server.initialize();
    server.tool("grow", R"({"tools":2,"times":3})");
    THEN("it hears of it, and the tools are listed") {
      CHECK(server.passed.size() == 3);
      CHECK(server.result("tools/list").text().find("plain_2")
            != std::string_view::npos);
      CHECK(text_of(server.tool("plain_2")) == "plain_2");
    }
  }
  GIVEN("a modern client that listens") {
    auto id =
      server.ask("subscriptions/listen",
                 modern(R"(,"notifications":{"toolsListChanged":true})"));
    CHECK(server.line()->find("acknowledged") != std::string::npos);
    server.result("tools/call", modern(R"(,"name":"grow")"));
    THEN("it hears of it under the id of its subscription") {
      REQUIRE(server.passed.size() == 1);
      CHECK(server.passed[0].find(R"("io.modelcontextprotocol/subscriptionId":)"
                                  + std::to_string(id))
            != std::string::npos);
    }
  }
}

SCENARIO("the demo server answers a flood in order and in bounded memory",
         "[demo-server]") {
  demo_server server;
  server.initialize();
  auto request = json_rpc::format_request(
    int64_t{7}, "tools/call",
    json::trusted(demo_server::call("blob", R"({"bytes":2000})")));
  GIVEN("a client that asks and does not read") {
    THEN("the server stops taking questions") {
      // 8 MiB of answers are some 4000 questions; what it did not read stays
      // in the pipe.
      auto taken = server.fill(request, 4'000'000);
      CHECK(taken < 1'000'000);
      AND_THEN("all it took is answered when the client reads") {
        server.close_stdin();
        size_t lines = 0;
        while (server.line())
          ++lines;
        // The last one may have been cut off by the full pipe.
        auto asked = taken / (request.size() + 1);
        CHECK(lines >= asked);
        CHECK(lines <= asked + 1);
        CHECK(server.exit_status() == 0);
      }
    }
  }
}
