// Covers tools/demo-server/faults.hpp, tools/demo-server/options.hpp,
// tools/demo-server/processes.hpp, tools/demo-server/loop.hpp,
// tools/demo-server/output.hpp, tools/demo-server/tools.hpp,
// tools/demo-server/ledger.hpp.

#include "troupe/build.hpp"
#include "troupe/tests/support/scratch_folder.hpp"
#include "troupe/tests/tools/demo-server/demo_server.hpp"

#include <catch2/catch.hpp>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <map>

#include <unistd.h>

using namespace std::chrono_literals;
using namespace troupe;
using namespace troupe::test;

namespace {

/// A file of its own that goes with the test.
class scratch_file {
public:
  std::string path() const {
    return folder_.file("file");
  }
  std::string text() const {
    std::ifstream in{path()};
    return {std::istreambuf_iterator<char>{in}, {}};
  }

private:
  scratch_folder folder_;
};

std::map<std::string, int> pids_in(const scratch_file& file) {
  std::map<std::string, int> result;
  std::ifstream in{file.path()};
  std::string kind;
  for (int pid = 0; in >> kind >> pid;)
    result[kind] = pid;
  return result;
}

/// Calls `echo` and waits for its answer, whatever stands before it.
std::string echo(demo_server& server) {
  return text_of(server.tool("echo", R"({"text":"hello"})"));
}

} // namespace

// -- handshake ----------------------------------------------------------------

SCENARIO("the demo server spoils the handshake as told", "[demo-server]") {
  GIVEN("--mute") {
    demo_server server{{"--mute"}};
    server.ask("server/discover", modern());
    server.ask("ping", "{}");
    CHECK(server.silent_for(100ms));
    server.close_stdin();
    CHECK(server.exit_status() == 0);
  }
  GIVEN("--mute-initialize") {
    demo_server server{{"--mute-initialize"}};
    CHECK(server.refusal("server/discover", modern())
          == json_rpc::method_not_found);
    server.ask("initialize", R"({"protocolVersion":"2025-11-25"})");
    CHECK(server.silent_for(100ms));
  }
  GIVEN("--silent-on-probe") {
    demo_server server{{"--silent-on-probe"}};
    server.ask("server/discover", modern());
    CHECK(server.initialize() == "2025-11-25");
    CHECK(server.passed.empty());
  }
  GIVEN("--exit-on-probe") {
    demo_server probed{{"--exit-on-probe"}};
    probed.ask("server/discover", modern());
    CHECK(probed.exit_status() == 1);
    CHECK(demo_server{{"--exit-on-probe"}}.initialize() == "2025-11-25");
  }
  GIVEN("--lock-era") {
    demo_server server{{"--lock-era"}};
    server.result("server/discover", modern());
    CHECK(server.refusal("initialize", R"({"protocolVersion":"2025-11-25"})")
          == json_rpc::unsupported_protocol_version);
    CHECK(demo_server{{"--lock-era"}}.initialize() == "2025-11-25");
  }
  GIVEN("--late-probe") {
    demo_server server{{"--late-probe", "50"}};
    auto probe = server.ask("server/discover", modern());
    CHECK(server.initialize() == "2025-11-25");
    CHECK(std::holds_alternative<json_rpc::result>(server.answer(probe)));
  }
  GIVEN("--era and --version") {
    CHECK(demo_server{{"--era", "legacy"}}.refusal("server/discover", modern())
          == json_rpc::method_not_found);
    CHECK(demo_server{{"--era", "modern"}}.refusal(
            "initialize", R"({"protocolVersion":"2025-11-25"})")
          == json_rpc::unsupported_protocol_version);
    CHECK(demo_server{{"--version", "2099-01-01"}}.refusal("server/discover",
                                                           modern())
          == json_rpc::unsupported_protocol_version);
  }
  GIVEN("--slow-start") {
    demo_server server{{"--slow-start", "50"}};
    CHECK(server.initialize() == "2025-11-25");
  }
  GIVEN("--unknown-requests") {
    demo_server server{{"--unknown-requests"}};
    server.initialize();
    CHECK(server.line()->find(R"("method":"ping")") != std::string::npos);
    CHECK(server.line()->find("demo/unknown") != std::string::npos);
    server.send(R"({"jsonrpc":"2.0","id":"ping","result":{}})");
    server.send(R"({"jsonrpc":"2.0","id":"unknown",)"
                R"("error":{"code":-32601,"message":"no"}})");
    server.await_stderr("ping: result");
    server.await_stderr("unknown: error -32601");
  }
}

// -- deaths -------------------------------------------------------------------

SCENARIO("the demo server dies as told", "[demo-server]") {
  GIVEN("--die-on-call and a ledger") {
    scratch_file ledger;
    demo_server server{{"--die-on-call", "2", "--ledger", ledger.path()}};
    server.initialize();
    auto first = text_of(server.tool("note", R"({"key":"a"})"));
    server.ask_tool("note", R"({"key":"b"})");
    THEN("it is gone in the second call, which was executed") {
      CHECK(first == "note");
      CHECK(server.line() == std::nullopt);
      CHECK(server.exit_status() == -SIGKILL);
      CHECK(ledger.text() == "note a\nnote b\n");
    }
  }
  GIVEN("the tool `crash`") {
    demo_server killed;
    killed.initialize();
    killed.ask_tool("echo", R"({"text":"before"})");
    killed.ask_tool("crash");
    CHECK(killed.line()->find("before") != std::string::npos);
    CHECK(killed.line() == std::nullopt);
    CHECK(killed.exit_status() == -SIGKILL);
    demo_server exited;
    exited.initialize();
    exited.ask_tool("crash", R"({"status":3})");
    CHECK(exited.exit_status() == 3);
  }
  GIVEN("--exit, --die-after, --flap") {
    CHECK(demo_server{{"--exit", "7"}}.exit_status() == 7);
    CHECK(demo_server{{"--die-after", "1"}}.exit_status() == 1);
    demo_server server{{"--flap", "200", "--exit", "5"}};
    server.initialize();
    CHECK(server.result("tools/list").find("tools").has_value());
    CHECK(server.exit_status() == 5);
  }
}

// -- bytes --------------------------------------------------------------------

SCENARIO("the demo server spoils its streams as told", "[demo-server]") {
  GIVEN("--banner --garbage --invalid-utf8 --long-line") {
    demo_server server{
      {"--banner", "--garbage", "--invalid-utf8", "--long-line", "100000"}};
    server.initialize();
    CHECK(server.passed.size() == 6);
    CHECK(server.passed[0] == "demo-server " TROUPE_VERSION);
    CHECK(echo(server) == "hello");
    CHECK(server.passed.size() == 11);
    CHECK(server.passed.back() == std::string(100'000, 'x'));
    CHECK(echo(server) == "hello");
    CHECK(server.passed.size() == 15);
    for (auto& line : server.passed)
      CHECK(json_rpc::parse(line).messages.empty());
  }
  GIVEN("--endless-line") {
    demo_server server{{"--endless-line"}};
    server.initialize();
    server.ask_tool("echo");
    CHECK(server.read_bytes(5'000'000) >= 5'000'000);
  }
  GIVEN("--stderr-flood") {
    demo_server server{{"--stderr-flood", "200000"}};
    auto id = server.ask("ping", "{}");
    CHECK(server.silent_for(100ms));
    server.drain_stderr(200'000);
    CHECK(std::holds_alternative<json_rpc::result>(server.answer(id)));
  }
  GIVEN("--stop-reading") {
    demo_server server{{"--stop-reading"}};
    server.initialize();
    server.ask_tool("echo");
    auto line = json_rpc::format_request(int64_t{1}, "ping", {});
    CHECK(server.fill(line, 4'000'000) < 1'000'000);
    CHECK(server.silent_for(0ms));
  }
  GIVEN("--close-stdout") {
    demo_server server{{"--close-stdout"}};
    server.initialize();
    CHECK(echo(server) == "hello");
    CHECK(server.line() == std::nullopt);
    server.signal(SIGTERM);
    CHECK(server.exit_status() == -SIGTERM);
  }
}

// -- answers ------------------------------------------------------------------

SCENARIO("the demo server spoils its answers as told", "[demo-server]") {
  GIVEN("--wrong-ids") {
    demo_server server{{"--wrong-ids"}};
    server.initialize();
    server.ask_tool("echo");
    CHECK(server.line()->find("nobody used") != std::string::npos);
  }
  GIVEN("--string-ids") {
    demo_server server{{"--string-ids"}};
    server.ask("ping", "{}");
    CHECK(server.line()->find(R"("id":"1")") != std::string::npos);
  }
  GIVEN("--duplicate-answers") {
    demo_server server{{"--duplicate-answers"}};
    server.ask("ping", "{}");
    CHECK(server.line() == server.line());
  }
  GIVEN("--progress-for-ever") {
    demo_server server{{"--progress-for-ever"}};
    server.initialize();
    server.ask("tools/call", R"({"name":"echo","_meta":{"progressToken":5}})");
    for (auto step : {"1", "2", "3"})
      CHECK(server.line()->find(std::string{R"("progress":)"} + step)
            != std::string::npos);
  }
}

SCENARIO("the demo server pages its tools", "[demo-server]") {
  auto names_on = [](const json& page) {
    return page.find("tools").value_or(json{}).items().size();
  };
  auto cursor_of = [](const json& page) {
    return page.find("nextCursor").value_or(json{});
  };
  GIVEN("--tools and --page") {
    demo_server server{{"--tools", "200", "--page", "50"}};
    server.initialize();
    size_t names = 0;
    auto page = server.result("tools/list");
    for (;; page = server.result(
              "tools/list",
              R"({"cursor":)" + std::string{cursor_of(page).text()} + "}")) {
      names += names_on(page);
      if (cursor_of(page).is_null())
        break;
    }
    CHECK(names == 211);
    CHECK(server.refusal("tools/list", R"({"cursor":"at:9999"})")
          == json_rpc::invalid_params);
  }
  GIVEN("--cursor-loop") {
    demo_server server{{"--cursor-loop"}};
    server.initialize();
    for (auto params : {"{}", R"({"cursor":"again"})"})
      CHECK(cursor_of(server.result("tools/list", params)).text()
            == R"("again")");
  }
  GIVEN("--empty-cursor") {
    demo_server server{{"--empty-cursor", "--page", "6"}};
    server.initialize();
    auto first = server.result("tools/list");
    CHECK(cursor_of(first).text() == R"("")");
    auto second = server.result("tools/list", R"({"cursor":""})");
    CHECK(names_on(first) == 6);
    CHECK(names_on(second) == 5);
    CHECK(cursor_of(second).is_null());
  }
  GIVEN("--bad-tool") {
    demo_server server{{"--bad-tool"}};
    server.initialize();
    auto tools = server.result("tools/list").find("tools")->items();
    CHECK(tools.size() == 12);
    CHECK(tools[1].text().find(R"("name":7)") != std::string_view::npos);
  }
}

// -- processes ----------------------------------------------------------------

SCENARIO("the demo server clings to life as told", "[demo-server]") {
  GIVEN("--ignore-eof --ignore-term") {
    demo_server server{{"--ignore-eof", "--ignore-term"}};
    server.initialize();
    for (auto signal : {SIGTERM, SIGHUP, SIGINT})
      server.signal(signal);
    CHECK(echo(server) == "hello");
    server.close_stdin();
    CHECK(server.silent_for(100ms));
    CHECK(::kill(server.pid(), 0) == 0);
  }
  GIVEN("--setsid-child and --daemonize") {
    scratch_file file;
    demo_server server{
      {"--setsid-child", "--daemonize", "--pid-file", file.path()}};
    server.initialize();
    auto reported = text_of(server.tool("pids"));
    auto pids = pids_in(file);
    THEN("both live in other sessions, and go on when the server is killed") {
      CHECK(pids["server"] == server.pid());
      server.signal(SIGKILL);
      CHECK(server.exit_status() == -SIGKILL);
      for (auto kind : {"child", "daemon"}) {
        auto pid = pids[kind];
        REQUIRE(pid > 1);
        CHECK(reported.find(std::to_string(pid)) != std::string::npos);
        CHECK(::getsid(pid) != ::getsid(0));
        CHECK(::kill(pid, SIGKILL) == 0);
      }
    }
  }
}
