// Covers transports/guard/process_request.hpp, transports/said_once.hpp.

#include "troupe/tests/support/scratch_folder.hpp"
#include "troupe/transports/guard/process_request.hpp"
#include "troupe/transports/said_once.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sys/stat.h>

using namespace troupe;
namespace fs = std::filesystem;

namespace {

struct folder : scratch_folder {
  std::string program(const std::string& name, mode_t mode) {
    auto full = file(name);
    std::ofstream{full} << "#!/bin/sh\n";
    chmod(full.c_str(), mode);
    return full;
  }
};

server_spec spec_of(std::string command) {
  auto x = server_spec{};
  x.name = "one";
  x.command = std::move(command);
  return x;
}

bool has(const process_request& x, const std::string& entry) {
  return std::find(x.env.begin(), x.env.end(), entry) != x.env.end();
}

bool names(const process_request& x, const std::string& name) {
  return std::any_of(x.env.begin(), x.env.end(),
                     [&](auto& y) { return y.starts_with(name + "="); });
}

} // namespace

SCENARIO("a program is looked up once, in PATH", "[process_request]") {
  auto here = folder{};
  auto failed = stop_report{};
  auto tool = here.program("tool", 0755);
  GIVEN("a bare name and the host's PATH") {
    auto x = prepare_process(spec_of("tool"), {"PATH=/nowhere:" + here.path()},
                             failed);
    THEN("the request holds the absolute path; argv[0] is as configured") {
      CHECK(failed.why == errc::none);
      CHECK(x.path == tool);
      CHECK(x.argv == std::vector<std::string>{"tool"});
    }
  }
  GIVEN("a declared PATH") {
    auto spec = spec_of("tool");
    spec.env["PATH"] = secret{here.path()};
    auto x = prepare_process(spec, {"PATH=/nowhere"}, failed);
    THEN("it is the one that counts, and the server's") {
      CHECK(x.path == tool);
      CHECK(has(x, "PATH=" + here.path()));
    }
  }
  GIVEN("a PATH with empty and relative entries") {
    auto before = fs::current_path();
    fs::current_path(here.path());
    auto x = prepare_process(spec_of("tool"), {"PATH=:.:"}, failed);
    fs::current_path(before);
    THEN("the working folder is not searched") {
      CHECK(failed.why == errc::program_not_found);
      CHECK(x.path.empty());
    }
  }
  GIVEN("a relative path with a slash, and a cwd") {
    auto spec = spec_of("./tool");
    spec.cwd = here.path();
    THEN("it is taken from there") {
      CHECK(prepare_process(spec, {}, failed).path == tool);
    }
  }
}

SCENARIO("errors show variables as they are written", "[process_request]") {
  auto here = folder{};
  auto failed = stop_report{};
  auto written = spec_of("${A}/none");
  GIVEN("a command that a variable has changed") {
    auto x = prepare_process(spec_of("/1/none"), written, {}, failed);
    CHECK(failed.text == "cannot execute ${A}/none: No such file or directory");
    CHECK(x.path_to_show() == "${A}/none");
    CHECK(x.cwd_to_show() == x.cwd);
  }
  GIVEN("a folder that a variable has changed, and a program in it") {
    here.program("tool", 0755);
    auto spec = spec_of("./tool");
    spec.cwd = here.path();
    written.command = "./tool";
    written.cwd = "${B}";
    auto x = prepare_process(spec, written, {}, failed);
    CHECK(x.path == here.path() + "/tool");
    CHECK(x.path_to_show() == "${B}/./tool");
    CHECK(x.cwd_to_show() == "${B}");
  }
  GIVEN("a PATH that a variable has changed") {
    auto spec = spec_of("1");
    spec.env["PATH"] = secret{"/2"};
    written.command = "${A}";
    written.env["PATH"] = secret{"${C}"};
    prepare_process(spec, written, {"PATH=/3"}, failed);
    CHECK(failed.text
          == "no program ${A} in PATH (${C}): No such file or directory");
  }
  GIVEN("doubtful ways to a program, which a variable has named") {
    auto tool = here.program("tool", 0755);
    chmod(here.path().c_str(), 0777);
    auto spec = spec_of("tool");
    spec.env["PATH"] = secret{"relative:" + here.path()};
    written.command = "${A}";
    written.env["PATH"] = secret{"relative:${C}"};
    auto x = prepare_process(spec, written, {}, failed);
    CHECK(x.path == tool);
    CHECK(x.warnings
          == std::vector<std::string>{
            "PATH has entries that are not absolute: they are not searched",
            "any user may replace ${A}: its folder is writable for all"});
  }
  GIVEN("no variables") {
    auto x = prepare_process(spec_of("/1/none"), {}, failed);
    CHECK(x.path_to_show() == "/1/none");
  }
}

SCENARIO("a doubtful way to a program is a warning", "[process_request]") {
  auto here = folder{};
  auto failed = stop_report{};
  auto tool = here.program("tool", 0755);
  auto path =
    GENERATE(std::pair{"/usr/bin:", "\"\""}, std::pair{":/usr/bin", "\"\""},
             std::pair{"/usr/bin::/bin", "\"\""},
             std::pair{"bin:./x", "\"bin\", \"./x\""});
  GIVEN(std::string{"a PATH with a hole: "} + path.first) {
    auto host = std::vector{"PATH=" + here.path() + ":" + path.first};
    auto x = prepare_process(spec_of("tool"), host, failed);
    THEN("the program is found, and the hole is told") {
      CHECK(x.path == tool);
      REQUIRE(x.warnings.size() == 1);
      CHECK(x.warnings[0]
            == std::string{"PATH has entries that are not absolute ("}
                 + path.second + "): they are not searched");
    }
    THEN("it does not matter for a command with a slash") {
      CHECK(prepare_process(spec_of(tool), host, failed).warnings.empty());
    }
  }
  GIVEN("a folder that is writable for all") {
    chmod(here.path().c_str(), 0777);
    THEN("it is told, whichever way the program was found") {
      for (auto& command : {std::string{"tool"}, tool}) {
        auto x =
          prepare_process(spec_of(command), {"PATH=" + here.path()}, failed);
        CHECK(
          x.warnings
          == std::vector<std::string>{"any user may replace " + tool
                                      + ": its folder is writable for all"});
      }
    }
    THEN("it is not where the folder is sticky and the program ours") {
      chmod(here.path().c_str(), 01777);
      CHECK(prepare_process(spec_of(tool), {}, failed).warnings.empty());
    }
    THEN("nothing is said of a program that is not there") {
      CHECK(prepare_process(spec_of("x"), {"PATH=" + here.path()}, failed)
              .warnings.empty());
    }
  }
}

SCENARIO("a warning is said once", "[process_request]") {
  auto once = said_once{};
  auto first = std::vector<std::string>{"a", "b", "a"};
  once.filter(first);
  CHECK(first == std::vector<std::string>{"a", "b"});
  auto second = std::vector<std::string>{"b", "c"};
  once.filter(second);
  CHECK(second == std::vector<std::string>{"c"});
}

SCENARIO("what cannot be executed is told, with the place",
         "[process_request]") {
  auto here = folder{};
  auto failed = stop_report{};
  GIVEN("a name that nothing in PATH has") {
    prepare_process(spec_of("no-such"), {"PATH=/nowhere:/else"}, failed);
    THEN("the text names the command and the PATH") {
      CHECK(failed.why == errc::program_not_found);
      CHECK(failed.start_errno == ENOENT);
      CHECK(failed.text
            == "no program no-such in PATH (/nowhere:/else): No such file or "
               "directory");
    }
  }
  GIVEN("a file that is not executable") {
    here.program("data", 0644);
    prepare_process(spec_of("data"), {"PATH=" + here.path()}, failed);
    THEN("it is EACCES") {
      CHECK(failed.why == errc::program_not_found);
      CHECK(failed.start_errno == EACCES);
    }
  }
  GIVEN("a folder") {
    prepare_process(spec_of(here.path()), {}, failed);
    THEN("it is told as such") {
      CHECK(failed.why == errc::program_not_found);
      CHECK(failed.start_errno == EISDIR);
      CHECK(failed.text
            == "cannot execute " + here.path() + ": Is a directory");
    }
  }
  GIVEN("a program behind one that may not be executed") {
    auto second = folder{};
    here.program("tool", 0644);
    auto good = second.program("tool", 0755);
    auto x = prepare_process(
      spec_of("tool"), {"PATH=" + here.path() + ":" + second.path()}, failed);
    THEN("it is found") {
      CHECK(failed.why == errc::none);
      CHECK(x.path == good);
    }
  }
}

SCENARIO("a command line is words, never text for a shell",
         "[process_request]") {
  auto failed = stop_report{};
  auto spec = spec_of("/bin/true");
  GIVEN("arguments that a shell would act on") {
    spec.args = {"; touch X", "$(id)", "`id`", "a b", ""};
    THEN("each arrives as it is") {
      auto x = prepare_process(spec, {}, failed);
      CHECK(failed.why == errc::none);
      CHECK(x.argv
            == std::vector<std::string>{"/bin/true", "; touch X", "$(id)",
                                        "`id`", "a b", ""});
    }
  }
  GIVEN("a newline or a zero byte in an argument") {
    spec.args = {"good", GENERATE(std::string{"a\nb"}, std::string{"a\0b", 3})};
    THEN("it is refused, by its place") {
      prepare_process(spec, {}, failed);
      CHECK(failed.why == errc::invalid_spec);
      CHECK(failed.text == "a zero byte or a newline in args[1]");
    }
  }
  GIVEN("a variable's name with an equals sign") {
    spec.env["A=B"] = secret{"c"};
    THEN("it is refused") {
      prepare_process(spec, {}, failed);
      CHECK(failed.why == errc::invalid_spec);
    }
  }
  GIVEN("a zero byte in a secret") {
    spec.env["TOKEN"] = secret{std::string{"hush\0hush", 9}};
    THEN("it is refused, and the text does not show it") {
      prepare_process(spec, {}, failed);
      CHECK(failed.why == errc::invalid_spec);
      CHECK(failed.text.find("hush") == std::string::npos);
    }
  }
}

SCENARIO("X1: a server gets an allow-list of the host's environment",
         "[process_request]") {
  auto failed = stop_report{};
  auto spec = spec_of("/bin/true");
  auto host = std::vector<std::string>{
    "HOME=/h",       "LOGNAME=l",    "PATH=/bin",        "SHELL=/bin/sh",
    "TERM=dumb",     "USER=u",       "LANG=C",           "LC_ALL=C",
    "LC_TIME=de",    "TMPDIR=/t",    "OPENAI_API_KEY=s", "LD_PRELOAD=/x",
    "NODE_OPTIONS=", "AWS_SECRET=s", "PYTHONPATH=/p",    "CHOSEN=1"};
  GIVEN("nothing declared") {
    auto x = prepare_process(spec, host, failed);
    THEN("only the fixed names pass") {
      CHECK(x.env.size() == 10);
      for (auto name : {"HOME", "LOGNAME", "PATH", "SHELL", "TERM", "USER",
                        "LANG", "LC_ALL", "LC_TIME", "TMPDIR"})
        CHECK(names(x, name));
    }
  }
  GIVEN("names to inherit and values to add") {
    spec.env_inherit = {"CHOSEN", "ABSENT"};
    spec.env["LANG"] = secret{"fr"};
    spec.env["NODE_OPTIONS"] = secret{"--x"};
    auto x = prepare_process(spec, host, failed);
    THEN("they pass, and what is declared wins") {
      CHECK(x.env.size() == 12);
      CHECK(has(x, "CHOSEN=1"));
      CHECK(has(x, "LANG=fr"));
      CHECK(has(x, "NODE_OPTIONS=--x"));
    }
  }
  GIVEN("a value that old shells would run") {
    spec.env_inherit = {"FUNC"};
    auto x =
      prepare_process(spec, {"FUNC=() { id; }", "TERM=() { :; }"}, failed);
    THEN("it is dropped, wherever it stands") {
      CHECK(x.env.empty());
    }
  }
  GIVEN("50 secrets of the host") {
    for (int i = 0; i < 50; ++i)
      host.push_back("SECRET_" + std::to_string(i) + "=sentinel");
    THEN("none of them reaches the server") {
      for (auto& entry : prepare_process(spec, host, failed).env)
        CHECK(entry.find("sentinel") == std::string::npos);
    }
  }
}
