// Covers tools/troupe/options.hpp, tools/troupe/paths.hpp,
// tools/troupe/config_file.hpp, tools/troupe/render_json.hpp,
// tools/troupe/event_json.cpp, tools/troupe/render_text.hpp,
// tools/troupe/render_status.cpp, tools/troupe/event_lines.hpp,
// tools/troupe/exit_status.hpp.
// The parts of `troupe` that need neither servers nor actors.

#include "troupe/tests/support/scratch_folder.hpp"
#include "troupe/tools/troupe/config_file.hpp"
#include "troupe/tools/troupe/event_lines.hpp"
#include "troupe/tools/troupe/exit_status.hpp"
#include "troupe/tools/troupe/options.hpp"
#include "troupe/tools/troupe/paths.hpp"
#include "troupe/tools/troupe/render_json.hpp"
#include "troupe/tools/troupe/render_text.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <filesystem>
#include <sys/stat.h>

using namespace std::chrono_literals;
using namespace troupe;
using namespace troupe::cli;

namespace {

command_line read(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "troupe");
  return read_command_line(static_cast<int>(arguments.size()),
                           arguments.data());
}

tree_status sample_tree() {
  client_status x;
  x.name = "evil\x1b[31m";
  x.state = phase::backoff;
  x.incarnation = 3;
  x.restarts = 2;
  x.in_flight = 4;
  x.waiting = 5;
  x.outbox_frames = 6;
  x.last_error = errc::child_exited;
  x.last_error_text = "gone \xe2\x80\xae";
  x.next_retry = 1500ms;
  tree_status result;
  result.clients.push_back(x);
  result.uptime = 65s;
  return result;
}

supervised sample_about() {
  supervised result;
  result.config = "/x/servers.json";
  result.pid = 77;
  return result;
}

} // namespace

// -- options ------------------------------------------------------------------

SCENARIO("the command line says what is wanted", "[troupe-parts]") {
  GIVEN("a call") {
    auto x = read({"call", "a", "echo", R"({"text":"x"})", "--timeout", "1.5",
                   "-c", "f.json", "--json"});
    REQUIRE_FALSE(x.exit_now);
    CHECK(x.value.what == command::call);
    CHECK(x.value.server == "a");
    CHECK(x.value.tool == "echo");
    CHECK(x.value.arguments == R"({"text":"x"})");
    CHECK(x.value.timeout == 1500ms);
    CHECK(x.value.config == "f.json");
    CHECK(x.value.json);
  }
  GIVEN("arguments that look special to a shell's eye") {
    for (auto text : {"{}", "-", "[1]", "[]", "{\"a\":[\"b\"]}"}) {
      auto x = read({"call", "a", "echo", text});
      INFO(text);
      REQUIRE_FALSE(x.exit_now);
      CHECK(x.value.arguments == text);
    }
    CHECK(read({"call", "a", "echo"}).value.arguments == "{}");
  }
  GIVEN("mistakes") {
    for (auto& wrong : std::vector<std::vector<const char*>>{
           {},
           {"walk"},
           {"run"},
           {"call", "a"},
           {"status", "--nope"},
           {"call", "a", "b", "{}", "--timeout", "-1"}}) {
      auto x = read(wrong);
      CHECK(x.exit_now == exit_status::usage);
      CHECK_FALSE(x.error.empty());
      CHECK(x.out.empty());
    }
    CHECK(read({"\x1b[31m"}).error.find('\x1b') == std::string::npos);
    CHECK(read({"walk"}).error
          == "troupe: error: usage: there is no command 'walk'; there are run, "
             "list, tools, call, reload, close, status, doctor\n");
    CHECK(read({}).error.find("a command is missing: one of run, list")
          != std::string::npos);
    CHECK(read({"call", "a"}).error
          == "troupe: error: usage: TOOL is required; see `troupe call "
             "--help`\n");
    CHECK(read({"call", "a", "b", "-t", "soon"}).error
          == "troupe: error: usage: --timeout: must be seconds, from 0.001 to "
             "86400; see `troupe call --help`\n");
  }
  GIVEN("how many servers may run at a time") {
    CHECK(read({"run", "f"}).value.live_max == defaults::live_servers_max);
    CHECK(read({"run", "f", "--live-max", "1"}).value.live_max == 1);
    CHECK(read({"run", "f", "--live-max", "10000"}).value.live_max == 10'000);
    for (auto wrong : {"0", "-1", "10001", "4294967297", "1.5", "many", ""})
      CHECK(read({"run", "f", "--live-max", wrong}).error
            == "troupe: error: usage: --live-max: must be a whole number from "
               "1 to 10000; see `troupe run --help`\n");
  }
  GIVEN("names that are empty") {
    for (auto& wrong :
         std::vector<std::vector<const char*>>{{"run", ""},
                                               {"call", "", "echo"},
                                               {"call", "a", ""},
                                               {"tools", ""},
                                               {"list", "-c", ""},
                                               {"status", "--socket", ""}}) {
      CHECK(read(wrong).exit_now == exit_status::usage);
      CHECK(read(wrong).error.find("must not be empty") != std::string::npos);
    }
  }
  GIVEN("mistakes where JSON is wanted") {
    for (auto& wrong : std::vector<std::vector<const char*>>{
           {"--json"},
           {"walk", "--json"},
           {"run", "-j"},
           {"call", "a", "--json"},
           {"status", "--nope", "--json"}}) {
      auto x = read(wrong);
      CHECK(x.exit_now == exit_status::usage);
      CHECK(x.error.empty());
      auto why = json::parse(x.out).value.find("error").value_or(json{});
      CHECK(why.find("code")->as_string() == "usage");
    }
  }
  GIVEN("a wish for help") {
    for (auto name : {"run", "list", "tools", "call", "reload", "close",
                      "status", "doctor"}) {
      auto x = read({name, "--help"});
      CHECK(x.exit_now == exit_status::ok);
      CHECK(x.out.find("--json") != std::string::npos);
    }
    CHECK(read({"--help"}).out.find("Exit status") != std::string::npos);
  }
}

// -- paths --------------------------------------------------------------------

SCENARIO("sockets stand in a folder of the user's own", "[troupe-parts]") {
  scratch_folder base;
  auto folder = base.file("own");
  GIVEN("none yet") {
    CHECK(private_folder(folder).path == folder);
    struct stat about {};
    REQUIRE(::stat(folder.c_str(), &about) == 0);
    CHECK((about.st_mode & 07777) == 0700);
    CHECK(private_folder(folder).error.empty());
  }
  GIVEN("a link in its place") {
    ::mkdir(base.file("elsewhere").c_str(), 0700);
    std::filesystem::create_symlink(base.file("elsewhere"), folder);
    CHECK(private_folder(folder).error.find("is not a folder")
          != std::string::npos);
  }
  GIVEN("one that others may read") {
    ::mkdir(folder.c_str(), 0700);
    ::chmod(folder.c_str(), 0750);
    CHECK_FALSE(private_folder(folder).error.empty());
  }
  GIVEN("another user's") {
    ::mkdir(folder.c_str(), 0700);
    if (::chown(folder.c_str(), 12345, 12345) == 0)
      CHECK(private_folder(folder).error.find("another user")
            != std::string::npos);
    else
      WARN("skipped: needs root");
  }
  CHECK(socket_for("/f", "/a") != socket_for("/f", "/b"));
  CHECK(socket_for("/f", "/a") == socket_for("/f", "/a"));
}

// -- what is shown ------------------------------------------------------------

SCENARIO("status is shown as a table and as JSON", "[troupe-parts]") {
  auto value = status_json(sample_about(), sample_tree());
  GIVEN("the JSON") {
    auto server = value.find("servers")->items().at(0);
    CHECK(server.find("phase")->as_string() == "backoff");
    CHECK(server.find("queue_depth")->as_integer() == 11);
    CHECK(server.find("next_retry_ms")->as_integer() == 1500);
    CHECK(server.find("last_error")->find("code")->as_string()
          == "child_exited");
    CHECK(value.find("uptime_ms")->as_integer() == 65'000);
    THEN("it is one line that steers no terminal, and the same value") {
      auto line = terminal_safe(value);
      CHECK(line.find('\n') == std::string::npos);
      CHECK(line.find('\x1b') == std::string::npos);
      CHECK(line.find("\\u202e") != std::string::npos);
      CHECK(json::parse(line)
              .value.find("servers")
              ->items()
              .at(0)
              .find("name")
              ->as_string()
            == "evil\x1b[31m");
    }
  }
  GIVEN("the table") {
    auto text = status_text(value, style{});
    CHECK(text.find('\x1b') == std::string::npos);
    CHECK(text.find("evil\\x1b[31m  backoff  3") != std::string::npos);
    CHECK(text.find("up 1 min 5 s") != std::string::npos);
    CHECK(text.find("child_exited: gone \\u{202e}") != std::string::npos);
    CHECK(text.find("1.5 s") != std::string::npos);
  }
  GIVEN("colours") {
    CHECK(style{true}.paint("x", phase::ready) == "\x1b[32mx\x1b[0m");
    CHECK(style{}.paint("x", phase::ready) == "x");
  }
}

SCENARIO("what a file says of one server is taken over alone",
         "[troupe-parts]") {
  auto named = [](const std::string& name, const std::string& command) {
    server_spec x;
    x.name = name;
    x.command = command;
    return x;
  };
  auto commands = [](const loaded_config& x) {
    std::string result;
    for (auto& spec : x.servers)
      result += spec.name + '=' + spec.command + ' ';
    return result;
  };
  auto problem = [](const std::string& server, const std::string& text) {
    return config_problem{"f", server, {}, text, server.empty()};
  };
  loaded_config old{{named("a", "1"), named("b", "1"), named("c", "1")},
                    {problem("d", "old")},
                    {problem("a", "old"), problem("b", "old")}};
  loaded_config fresh{{named("c", "2"), named("b", "2"), named("d", "2")},
                      {problem("", "whole"), problem("a", "new")},
                      {problem("b", "new")}};
  WHEN("it is changed") {
    adopt_server(old, fresh, "b");
    CHECK(commands(old) == "a=1 b=2 c=1 ");
    REQUIRE(old.warnings.size() == 2);
    CHECK(old.warnings[0].text == "old");
    CHECK(old.warnings[1].text == "new");
    CHECK(old.errors.size() == 1);
  }
  WHEN("it is good now") {
    adopt_server(old, fresh, "d");
    CHECK(commands(old) == "a=1 b=1 c=1 d=2 ");
    CHECK(old.errors.empty());
  }
  WHEN("it is gone, for an error") {
    adopt_server(old, fresh, "a");
    CHECK(commands(old) == "b=1 c=1 ");
    CHECK(old.errors.size() == 2);
    CHECK(old.warnings.size() == 1);
  }
}

SCENARIO("hazards in JSON are escaped, the rest stays", "[troupe-parts]") {
  auto shown = [](const char* text) {
    return terminal_safe(json::parse(text).value);
  };
  CHECK(shown("[1,\n\"\xc3\xbc\"]") == "[1, \"\xc3\xbc\"]");
  CHECK(shown("\"\x7f\"") == "\"\\u007f\"");
  CHECK(shown("\"\xc2\x9b\"") == "\"\\u009b\"");
  CHECK(shown("\"\xf3\xa0\x80\x81\"") == "\"\\udb40\\udc01\"");
}

SCENARIO("events are one line each", "[troupe-parts]") {
  client_event x;
  x.server = "a";
  x.incarnation = 2;
  x.from = phase::ready;
  x.to = phase::backoff;
  x.why = errc::child_exited;
  x.text = "line\nline\x1b[0m";
  x.next_retry = 2s;
  CHECK(event_line(x, {})
        == "a: backoff: child_exited: line\\nline\\x1b[0m; next try in 2.0 s");
  auto value = event_json(x, "T");
  CHECK(value.find("event")->as_string() == "state");
  CHECK(value.find("next_retry_ms")->as_integer() == 2000);
  CHECK_FALSE(value.find("stopped"));
  diagnostic y{"a", 1, diagnostic::kind::stderr_line, "\x07 bell"};
  CHECK(event_line(y, {}) == "a: stderr: \\x07 bell");
}

SCENARIO("the last line counts those that were stopped", "[troupe-parts]") {
  stop_report good;
  good.exit_status = 0;
  good.left = proof::empty;
  auto bad = good;
  bad.left = proof::best_effort;
  GIVEN("two servers that ended clean") {
    CHECK(stopped_lines({{"a", "b"}, {good, good}, 0, true}, {})
          == "stopped 2 servers, nothing is left");
  }
  GIVEN("two more ends, from before, that were not clean") {
    stop_all_report x{{"a", "b", "a", "c"}, {good, good, bad, bad}, 2, false};
    CHECK(stopped_lines(x, {})
          == "a: before: exit status 0, something may be left (best_effort)\n"
             "c: before: exit status 0, something may be left (best_effort)\n"
             "stopped 2 servers, something may be left");
    auto ends = stopped_json(x, "T").find("servers")->items();
    CHECK(ends.at(1).find("earlier")->as_bool() == false);
    CHECK(ends.at(2).find("earlier")->as_bool() == true);
  }
  GIVEN("one that ended now, and not clean") {
    CHECK(stopped_lines({{"a"}, {bad}, 0, false}, {})
          == "a: exit status 0, something may be left (best_effort)\n"
             "stopped 1 server, something may be left");
  }
}

SCENARIO("times are told in words", "[troupe-parts]") {
  CHECK(in_words(999ms) == "999 ms");
  CHECK(in_words(1500ms) == "1.5 s");
  CHECK(in_words(182s) == "3 min 2 s");
  CHECK(in_words(180s) == "3 min");
  CHECK(in_words(125min) == "2 h 5 min");
  CHECK(in_words(97h) == "4 d 1 h");
}

SCENARIO("results are shown by their content", "[troupe-parts]") {
  auto shown = [](const char* text) {
    return content_text(json::parse(text).value);
  };
  CHECK(shown(R"({"content":[{"type":"text","text":"a\u001b[0m\nb"}]})")
        == "a\\x1b[0m\nb\n");
  CHECK(shown(R"({"content":[{"type":"image","data":"AAAA",)"
              R"("mimeType":"image/png"}]})")
        == "[image image/png, 4 bytes of Base64]\n");
  CHECK(shown(R"({"content":[],"structuredContent":{"a":1}})")
        == "{\"a\":1}\n");
}
