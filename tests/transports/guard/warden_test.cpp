// Covers transports/guard/warden.hpp, transports/guard/warden_link.hpp,
// transports/guard/guarded_server.hpp, transports/guard/warden_start.hpp,
// tools/warden/shim.hpp, tools/warden/spawn.hpp, tools/warden/self.hpp.

#include "troupe/tests/support/guard_fixture.hpp"

#include <catch2/catch.hpp>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <sys/stat.h>
#include <unistd.h>

using namespace troupe;
using namespace std::chrono_literals;

SCENARIO_METHOD(guard_fixture, "a server runs under its shim", "[warden]") {
  GIVEN("a server that ends when its stdin does") {
    auto x = run({"/bin/cat"});
    wait_started(*x);
    THEN("its pipes work, and its end is proved") {
      REQUIRE(write(x->in, "hello\n", 6) == 6);
      CHECK(read_line(*x) == "hello");
      auto report = stop(*x, 20s);
      CHECK(report.left == proof::empty);
      CHECK(report.why == errc::none);
      CHECK(report.exit_status == 0);
      CHECK(report.term_signal == 0);
      CHECK(report.signals.empty());
      CHECK(report.killed == 0);
      CHECK(leaks::state_of(x->pid) == 0);
    }
    THEN("shim and warden have names of their own") {
      auto shim = leaks::parent_of(x->pid);
      CHECK(leaks::name_of(shim) == "mcp-shim");
      CHECK(leaks::parent_of(shim) == guard->pid());
      CHECK(leaks::name_of(guard->pid()) == "troupe-warden");
    }
    THEN("who drops it has it stopped") {
      close(x->in);
      x->process.reset();
      CHECK(leaks::eventually([&] { return leaks::state_of(x->pid) == 0; }));
      run_until([&] { return leaks::children_of(guard->pid()).empty(); });
      CHECK(!x->gone);
    }
  }
  GIVEN("a server that ends by itself") {
    auto x = shell("exit 7");
    auto report = wait_gone(*x);
    THEN("its status is told") {
      CHECK(x->exited);
      CHECK(report.why == errc::child_exited);
      CHECK(report.exit_status == 7);
      CHECK(report.left == proof::empty);
    }
  }
  GIVEN("a server that kills itself") {
    auto report = wait_gone(*shell("kill -SEGV $$"));
    THEN("the signal is told") {
      CHECK(report.term_signal == SIGSEGV);
      CHECK(report.exit_status == -1);
    }
  }
}

SCENARIO_METHOD(guard_fixture, "the ladder has three steps", "[warden]") {
  GIVEN("a server that reads no stdin") {
    auto x = run({"/bin/sleep", "60"});
    wait_started(*x);
    WHEN("it is stopped") {
      auto report = stop(*x, 50ms);
      THEN("TERM ends it") {
        CHECK(report.signals == std::vector<std::string>{"TERM"});
        CHECK(report.term_signal == SIGTERM);
        CHECK(report.killed == 0);
      }
    }
  }
  GIVEN("a stopped server") {
    auto x = run({"/bin/sleep", "60"});
    wait_started(*x);
    kill(x->pid, SIGSTOP);
    WHEN("it is stopped") {
      auto report = stop(*x, 50ms);
      THEN("CONT lets it act on TERM") {
        CHECK(report.signals.front() == "TERM");
        CHECK(report.term_signal == SIGTERM);
      }
    }
  }
  GIVEN("a server with a child, both deaf") {
    auto x = shell("trap '' TERM; (sleep 60; :) & echo up; wait; sleep 60");
    CHECK(read_line(*x) == "up");
    WHEN("it is stopped") {
      auto report = stop(*x, 50ms);
      THEN("KILL ends all of them") {
        CHECK(report.signals == std::vector<std::string>{"TERM", "KILL"});
        CHECK(report.term_signal == SIGKILL);
        CHECK(report.killed >= 2);
        CHECK(report.left == proof::empty);
      }
    }
  }
  GIVEN("S19: a launcher whose real server stays when it exits") {
    auto x = shell("setsid sleep 60 & echo $!; exit 0");
    auto real = std::stoi(read_line(*x));
    WHEN("it has exited") {
      auto report = wait_gone(*x);
      THEN("what it left is gone, too") {
        CHECK(report.exit_status == 0);
        CHECK(report.left == proof::empty);
        CHECK(leaks::state_of(real) == 0);
      }
    }
  }
  GIVEN("a server whose stdin was not taken out of its guarded_process") {
    auto request = process_request{};
    request.path = "/bin/cat";
    request.argv = {"/bin/cat"};
    auto x = guarded_child{};
    auto events = guarded_process::events{};
    events.on_started = [&x](int32_t pid) { x.pid = pid; };
    events.on_gone = [&x](stop_report report) { x.gone = std::move(report); };
    x.process = guard->spawn(std::move(request), std::move(events));
    wait_started(x);
    WHEN("it is stopped") {
      x.process->stop(20s);
      auto report = wait_gone(x);
      THEN("its stdin ends, and with it the server") {
        CHECK(report.signals.empty());
        CHECK(report.exit_status == 0);
        CHECK(report.left == proof::empty);
      }
    }
  }
  GIVEN("L2: a server that is stopped before its guard gets to start it") {
    stop(*run({"/bin/cat"}), 20s);
    kill(guard->pid(), SIGSTOP);
    auto x = run({"/bin/sleep", "60"});
    x->process->stop(20s);
    kill(guard->pid(), SIGCONT);
    auto report = wait_gone(*x);
    THEN("it never runs") {
      CHECK(report.why == errc::none);
      CHECK(report.left == proof::never_started);
      CHECK(x->pid == 0);
    }
  }
}

// -- starts that fail --------------------------------------------------------

SCENARIO_METHOD(guard_fixture, "a start that fails says why", "[warden]") {
  auto what = process_request{};
  GIVEN("a program that is not there") {
    auto report = wait_gone(*run({"/nowhere/tool"}));
    CHECK(report.why == errc::program_not_found);
    CHECK(report.start_errno == ENOENT);
    CHECK(report.left == proof::never_started);
    CHECK(report.text
          == "cannot execute /nowhere/tool: No such file or directory");
  }
  GIVEN("a file that is no program") {
    auto report = wait_gone(*run({"/etc/passwd"}));
    CHECK(report.why == errc::program_not_found);
    CHECK(report.start_errno == EACCES);
  }
  GIVEN("a folder that is not there") {
    what.path = "/bin/cat";
    what.argv = {"cat"};
    what.cwd = "/nowhere";
    auto report = wait_gone(*start(what));
    CHECK(report.why == errc::spawn_failed);
    CHECK(report.start_errno == ENOENT);
    CHECK(report.text
          == "cannot enter the folder /nowhere: No such file or directory");
  }
  GIVEN("arguments beyond all limits") {
    what.path = "/bin/cat";
    what.argv = {"cat", std::string(defaults::launch_bytes_max, 'x')};
    auto x = start(what);
    CHECK(!x->gone); // never before spawn has returned
    auto report = wait_gone(*x);
    CHECK(report.why == errc::invalid_spec);
    CHECK(report.left == proof::never_started);
  }
}

SCENARIO("nothing is started without a warden", "[warden]") {
  auto path = GENERATE(std::string{"/nowhere/warden"}, std::string{"/bin/true"},
                       std::string{"/etc/passwd"});
  GIVEN("a path that is no warden: " + path) {
    auto fixture = guard_fixture{path};
    auto x = fixture.run({"/bin/cat"});
    CHECK(!x->gone);
    auto report = fixture.wait_gone(*x);
    CHECK(report.why == errc::warden_unavailable);
    CHECK(report.left == proof::never_started);
    CHECK(report.text.find(path) != std::string::npos);
    CHECK(fixture.guard->pid() == 0);
    CHECK(leaks::children_of(getpid()).empty());
  }
}

SCENARIO("a kernel without pidfds is named as the cause", "[warden]") {
  auto fixture = guard_fixture{TROUPE_TEST_PIDLESS_WARDEN};
  auto report = fixture.wait_gone(*fixture.run({"/bin/cat"}));
  CHECK(report.why == errc::warden_unavailable);
  CHECK(report.text.find("Linux 5.3 or later is needed") != std::string::npos);
}

// -- what a server gets ------------------------------------------------------

SCENARIO_METHOD(guard_fixture, "a server inherits nothing by chance",
                "[warden]") {
  GIVEN("a host with a secret, an ignored and a blocked signal") {
    setenv("SENTINEL", "hush", 1);
    auto before = signal(SIGPIPE, SIG_IGN);
    sigset_t usr1, mask;
    sigemptyset(&usr1);
    sigaddset(&usr1, SIGUSR1);
    sigprocmask(SIG_BLOCK, &usr1, &mask);
    auto x = run({"/bin/cat"});
    wait_started(*x);
    sigprocmask(SIG_SETMASK, &mask, nullptr);
    signal(SIGPIPE, before);
    unsetenv("SENTINEL");
    THEN("its signals are as after a boot; it cannot gain rights") {
      auto status = [&](auto name) {
        return leaks::status_field(x->pid, name);
      };
      CHECK(status("SigBlk") == "0000000000000000");
      CHECK(status("SigIgn") == "0000000000000000");
      CHECK(status("NoNewPrivs") == "1");
      CHECK(getsid(x->pid) == x->pid);
    }
    THEN("neither it nor a guard has the secret") {
      CHECK(leaks::carrying("SENTINEL=hush").empty());
    }
    THEN("it dies before its guards when memory ends, without a core") {
      auto score = [](pid_t pid) {
        auto in =
          std::ifstream{"/proc/" + std::to_string(pid) + "/oom_score_adj"};
        auto x = 0;
        in >> x;
        return x;
      };
      CHECK(score(x->pid) == std::min(1000, score(getpid()) + 200));
      CHECK(score(leaks::parent_of(x->pid)) == score(getpid()));
    }
    stop(*x, 20s);
  }
  GIVEN("an environment") {
    auto what = process_request{};
    what.path = "/usr/bin/env";
    what.argv = {"env"};
    what.env = {"A=1", "B=two words", "TROUPE_COOKIE=of an outer host"};
    auto x = start(what);
    THEN("it gets exactly that, and our mark") {
      auto lines = std::istringstream{read_all(*x)};
      auto seen = std::vector<std::string>{};
      for (std::string line; std::getline(lines, line);)
        seen.push_back(line);
      REQUIRE(seen.size() == 3);
      CHECK(seen[0].starts_with("TROUPE_COOKIE=" + std::to_string(getpid())));
      CHECK(seen[1] == "A=1");
      CHECK(seen[2] == "B=two words");
      wait_gone(*x);
    }
  }
}

SCENARIO_METHOD(guard_fixture, "no server holds another's pipe", "[warden]") {
  GIVEN("three servers under a host with descriptors that pass an exec") {
    auto leaky = dup(0);
    auto first = run({"/bin/cat"});
    auto second = run({"/bin/cat"});
    auto third = run({"/bin/cat"});
    for (auto& x : {first, second, third})
      wait_started(*x);
    THEN("each has its three, and the guards have none of them") {
      for (auto& x : {first, second, third}) {
        // It may still be loading its libraries.
        CHECK(leaks::eventually([&] { return leaks::fds_of(x->pid) == 3; }));
        for (auto& file : leaks::open_files_of(leaks::parent_of(x->pid)))
          CHECK(!file.starts_with("pipe:"));
      }
      for (auto& file : leaks::open_files_of(guard->pid()))
        CHECK(!file.starts_with("pipe:"));
    }
    THEN("the end of one's stdin reaches it, though others came later") {
      CHECK(stop(*first, 20s).signals.empty());
    }
    close(leaky);
    for (auto& x : {first, second, third})
      if (!x->gone)
        stop(*x, 20s);
  }
}
