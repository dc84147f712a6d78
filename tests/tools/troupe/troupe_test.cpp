// Covers tools/troupe/main.cpp, tools/troupe/supervise.cpp,
// tools/troupe/commander.hpp, tools/troupe/ask.cpp, tools/troupe/do_alone.cpp,
// tools/troupe/config_file.hpp, tools/troupe/paths.hpp,
// tools/troupe/control_listener.hpp, tools/troupe/session_loop.hpp.

#include "troupe/tests/tools/troupe/program.hpp"

#include <catch2/catch.hpp>

#include <csignal>
#include <sys/stat.h>

using namespace troupe;
using namespace troupe::test;

namespace {

/// The status of one server in `status --json`.
json server_in(const json& status, const std::string& name) {
  auto servers = status.find("servers").value_or(json{});
  for (auto& x : servers.items())
    if (x.find("name")->as_string() == name)
      return x;
  return {};
}

int64_t number(const json& x, const std::string& key) {
  return x.find(key).value_or(json{}).as_integer().value_or(-1);
}

std::string text(const json& x, const std::string& key) {
  return x.find(key).value_or(json{}).as_string().value_or("");
}

} // namespace

SCENARIO("a server beyond the limit waits, and says so", "[troupe]") {
  troupe_world world;
  auto config = world.config(demo("a") + "," + demo("b"));
  running_troupe run{{config, "--live-max", "1"}};
  auto why = "1 of 1 servers are running; queued for a slot";
  auto line = run.await(why);
  auto late = has(line, "a: connecting") ? "a" : "b";
  auto other = has(line, "a: connecting") ? "b" : "a";
  REQUIRE(world.troupe({"call", other, "note"}).status == 0);
  GIVEN("`troupe list` and `troupe status`") {
    for (auto command : {"list", "status"})
      CHECK(has(world.troupe({command}).out, why));
    auto status = world.troupe({"status", "--json"}).value();
    CHECK(text(server_in(status, late), "phase") == "connecting");
    CHECK(text(server_in(status, other), "phase") == "ready");
  }
  GIVEN("a place that becomes free") {
    CHECK(world.troupe({"close", other}).status == 0);
    CHECK(world.troupe({"call", late, "note"}).status == 0);
    CHECK_FALSE(has(world.troupe({"list"}).out, why));
  }
}

SCENARIO("a running program takes commands", "[troupe]") {
  troupe_world world;
  auto config = world.config(demo("a") + "," + demo("b"));
  running_troupe run{{config}};
  run.await("a: ready");
  // Who answers is ready.
  REQUIRE(world.troupe({"call", "b", "note"}).status == 0);
  GIVEN("two ready servers") {
    WHEN("tools are called") {
      auto good = world.troupe({"call", "a", "echo", R"({"text":"hello"})"});
      CHECK(good.status == 0);
      CHECK(good.out == "hello\n");
      auto piped = world.troupe({"call", "a", "echo", "-"}, R"({"text":"x"})");
      CHECK(piped.out == "x\n");
      auto bad = world.troupe({"call", "a", "fail", R"({"text":"oh"})"});
      CHECK(bad.status == 1);
      CHECK(bad.out == "oh\n");
      auto value = world.troupe({"call", "a", "fail", "--json"}).value();
      CHECK(value.find("is_error")->as_bool() == true);
    }
    WHEN("they are listed") {
      auto list = world.troupe({"list"});
      CHECK(has(list.out, "ready"));
      auto tools = world.troupe({"tools", "a"});
      CHECK(has(tools.out, "echo"));
      auto all = world.troupe({"tools", "--json"}).value();
      CHECK(all.find("servers")->items().size() == 2);
    }
    WHEN("one is reloaded, and then closed") {
      auto before = world.troupe({"status", "--json"}).value();
      auto pid = static_cast<int>(number(server_in(before, "b"), "pid"));
      auto other = number(server_in(before, "a"), "pid");
      CHECK(world.troupe({"reload", "b"}).status == 0);
      CHECK(is_gone_soon(pid));
      auto after = server_in(world.troupe({"status", "--json"}).value(), "b");
      CHECK(number(after, "incarnation") == 2);
      CHECK(text(after, "phase") == "ready");
      pid = static_cast<int>(number(after, "pid"));
      auto closed = world.troupe({"close", "b", "--json"});
      CHECK(closed.status == 0);
      CHECK_FALSE(is_alive(pid));
      auto how = closed.value().find("stopped").value_or(json{});
      CHECK(text(how, "proof") == "empty");
      auto refused = world.troupe({"call", "b", "echo"});
      CHECK(refused.status == 1);
      CHECK(has(refused.error, "was closed"));
      auto last = world.troupe({"status", "--json"}).value();
      CHECK(number(server_in(last, "a"), "pid") == other);
      THEN("a reload starts it again") {
        CHECK(world.troupe({"reload", "b"}).status == 0);
        CHECK(world.troupe({"call", "b", "echo", R"({"text":"x"})"}).status
              == 0);
      }
    }
  }
  auto status = world.troupe({"status", "--json"}).value();
  auto pid = static_cast<int>(number(server_in(status, "a"), "pid"));
  REQUIRE(is_alive(pid));
  run.signal(SIGINT);
  auto lines = run.rest();
  CHECK(run.exit_status() == 0);
  CHECK(has(lines.back(), "nothing is left"));
  CHECK_FALSE(is_alive(pid));
  CHECK(world.troupe({"status"}).status == 3);
}

SCENARIO("a reload takes over the entry of its server alone", "[troupe]") {
  troupe_world world;
  auto config = world.config(demo("a") + "," + demo("b"));
  running_troupe run{{config}};
  run.await("a: ready");
  REQUIRE(world.troupe({"call", "b", "note"}).status == 0);
  world.config(demo("a", "", R"("description":"new a")")
               + R"(,"b":{"command":"/no/such/program"})");
  REQUIRE(world.troupe({"reload", "a"}).status == 0);
  auto list = world.troupe({"list", "--json"}).value();
  CHECK(text(server_in(list, "a"), "description") == "new a");
  CHECK(has(text(server_in(list, "b"), "command"), "demo-server"));
  CHECK(text(server_in(list, "b"), "phase") == "ready");
  WHEN("the other one is reloaded as well") {
    CHECK(world.troupe({"reload", "b"}).status == 1);
    list = world.troupe({"list", "--json"}).value();
    CHECK(text(server_in(list, "b"), "command") == "/no/such/program");
  }
  WHEN("the file does not name it any more") {
    world.config(demo("a") + "," + demo("c"));
    auto gone = world.troupe({"reload", "b"});
    CHECK(gone.status == 1);
    CHECK(has(gone.error, "names no server 'b'; it has a, c"));
    list = world.troupe({"list", "--json"}).value();
    CHECK(server_in(list, "c").is_null());
  }
}

SCENARIO("a list of tools that was cut says so wherever it is shown",
         "[troupe]") {
  troupe_world world;
  auto config = world.config(demo("a", R"("--tools","150","--page","1")"));
  auto why = "the list of tools was cut after 100 pages";
  CHECK(has(world.troupe({"doctor", config}).out, why));
  running_troupe run{{config}};
  run.await("a: ready");
  CHECK(has(world.troupe({"tools", "a"}).out, why));
  auto all = world.troupe({"tools", "--json"}).value();
  auto tools = server_in(all, "a");
  CHECK(text(tools, "cut") == why);
  CHECK(tools.find("tools")->items().size() == 100);
  CHECK(tools.find("rejected")->items().empty());
}

SCENARIO("programs for different files run side by side", "[troupe]") {
  troupe_world world;
  auto one = world.config(demo("a"), "one.json");
  auto two = world.config(demo("a"), "two.json");
  running_troupe first{{one}};
  first.await("a: ready");
  GIVEN("a second one for the same file") {
    auto again = world.troupe({"run", world.folder() + "/./one.json"});
    CHECK(again.status == 4);
    CHECK(has(again.error, "pid " + std::to_string(first.pid())));
  }
  GIVEN("a second one for another file") {
    running_troupe second{{two}};
    second.await("a: ready");
    THEN("each is reached by its file, and none without") {
      auto x = world.troupe({"status", "--json", "--config", one}).value();
      auto y = world.troupe({"status", "--json", "--config", two}).value();
      CHECK(number(x, "pid") == first.pid());
      CHECK(number(y, "pid") == second.pid());
      auto unclear = world.troupe({"status"});
      CHECK(unclear.status == 2);
      CHECK(has(unclear.error, "--config"));
    }
    second.signal(SIGTERM);
    second.rest();
    CHECK(second.exit_status() == 0);
  }
  GIVEN("a dead one that left its socket") {
    auto pid = first.pid();
    first.signal(SIGKILL);
    CHECK(first.exit_status() == -SIGKILL);
    CHECK(is_gone_soon(pid));
    running_troupe next{{one}};
    next.await("a: ready");
    CHECK(world.troupe({"status"}).status == 0);
  }
}

SCENARIO("the control socket is the user's own", "[troupe]") {
  troupe_world world;
  auto config = world.config(demo("a"));
  GIVEN("a program that runs") {
    auto socket = world.folder() + "/here.sock";
    running_troupe run{{config, "--socket", socket}};
    run.await("a: ready");
    struct stat about {};
    REQUIRE(::stat(socket.c_str(), &about) == 0);
    CHECK((about.st_mode & 0777) == 0600);
    CHECK(world.troupe({"status", "--socket", socket}).status == 0);
    run.signal(SIGHUP);
    run.rest();
    CHECK(run.exit_status() == 0);
    CHECK(::stat(socket.c_str(), &about) != 0);
  }
  GIVEN("a file in the socket's place") {
    auto file = world.file("precious", "text");
    auto refused = world.troupe({"run", config, "--socket", file});
    CHECK(refused.status == 1);
    CHECK(has(refused.error, "is not a socket"));
  }
  GIVEN("a runtime folder that others may enter") {
    auto folder = world.folder() + "/runtime/troupe";
    ::mkdir(folder.c_str(), 0700);
    ::chmod(folder.c_str(), 0755);
    auto refused = world.troupe({"run", config});
    CHECK(refused.status == 1);
    CHECK(has(refused.error, "open to other users"));
  }
}

SCENARIO("L6: Ctrl-C ends a program, whatever its servers do", "[troupe]") {
  troupe_world world;
  auto deaf = R"("--ignore-eof","--ignore-term")";
  auto slow = world.config(
    demo("deaf", deaf, R"("timeouts":{"stop_grace":"60s"})"), "slow.json");
  auto quick =
    world.config(demo("deaf", deaf, R"("timeouts":{"stop_grace":"200ms"})")
                 + "," + demo("good"));
  GIVEN("a server that ignores the end of stdin, and TERM") {
    running_troupe run{{quick}};
    run.await("deaf: ready");
    run.signal(SIGINT);
    auto lines = run.rest();
    CHECK(run.exit_status() == 0);
    CHECK(has(lines.back(), "nothing is left"));
  }
  GIVEN("one that may take a minute, and a second Ctrl-C") {
    running_troupe run{{slow}};
    run.await("deaf: ready");
    auto status = world.troupe({"status", "--json"}).value();
    auto pid = static_cast<int>(number(server_in(status, "deaf"), "pid"));
    run.signal(SIGINT);
    run.await("stopping");
    run.signal_until_it_ends(SIGINT);
    CHECK(run.exit_status() == 130);
    CHECK(is_gone_soon(pid));
  }
}

SCENARIO("without a running one, commands start what they need", "[troupe]") {
  troupe_world world;
  auto pids = world.file("pids", "");
  auto config = world.config(demo("a", R"("--pid-file",")" + pids + '"') + ","
                             + R"("lost":{"command":"/no/such"})");
  GIVEN("a configuration with a good and a bad server") {
    auto list = world.troupe({"list", "--config", config});
    CHECK(list.status == 0);
    CHECK(has(list.out, "not running"));
    auto called = world.troupe({"call", "a", "pids", "-c", config, "--json"});
    CHECK(called.status == 0);
    auto result = called.value().find("result").value_or(json{});
    auto inner = result.find("structuredContent").value_or(json{});
    auto pid = static_cast<int>(number(inner, "server"));
    CHECK(pid > 0);
    CHECK_FALSE(is_alive(pid));
    auto tools = world.troupe({"tools", "-c", config});
    CHECK(tools.status == 1);
    CHECK(has(tools.out, "echo"));
    CHECK(has(tools.out, "program_not_found"));
    auto unknown = world.troupe({"call", "b", "echo", "-c", config});
    CHECK(unknown.status == 1);
    CHECK(has(unknown.error, "it has a, lost"));
  }
  GIVEN("none") {
    CHECK(world.troupe({"tools"}).status == 3);
    CHECK(world.troupe({"status", "-c", config}).status == 3);
    CHECK(world.troupe({"call", "a", "echo", "[]", "-c", config}).status == 2);
  }
}
