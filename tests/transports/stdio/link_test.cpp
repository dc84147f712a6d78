// Covers transports/stdio/transport.hpp, transports/stdio/link.hpp.

#include "troupe/tests/support/scripted_guard.hpp"
#include "troupe/tests/support/transport_log.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace std::chrono_literals;

using strings = std::vector<std::string>;
using tickets = std::vector<uint64_t>;

namespace {

// A transport whose guard and server the test plays.
struct link_fixture {
  link_fixture() {
    spec.timeouts.stop_grace = 0ms;
    spec.timeouts.write = 100ms;
    make();
  }

  void make() {
    guard = std::make_shared<scripted_guard>(io);
    log = std::make_shared<transport_log>();
    testee = make_stdio_transport(
      io, [](auto&, auto&) { return process_request{}; }, guard->spawner(),
      spec);
  }

  void start() {
    testee->start(log->listener());
    guard->wait_spawned();
  }

  void start_up() {
    start();
    guard->started(42);
    log->wait_up();
  }

  // A frame that does not fit the pipe, and one behind it.
  void fill() {
    REQUIRE(log->out()->push(std::string(1 << 20, 'x'), 1) == errc::none);
    REQUIRE(log->out()->push("behind it", 2) == errc::none);
  }

  static stop_report gone(int32_t status) {
    auto report = stop_report{};
    report.left = proof::empty;
    report.exit_status = status;
    return report;
  }

  std::shared_ptr<io_thread> io = std::make_shared<io_thread>();
  server_spec spec;
  std::shared_ptr<scripted_guard> guard;
  std::shared_ptr<transport_log> log;
  transport_ptr testee;
};

} // namespace

SCENARIO_METHOD(link_fixture, "warnings about a start are told first",
                "[stdio]") {
  GIVEN("a start that succeeds, with two doubts") {
    testee = make_stdio_transport(
      io,
      [](auto&, auto&) {
        auto x = process_request{};
        x.warnings = {"one", "two"};
        return x;
      },
      guard->spawner(), spec);
    start();
    CHECK(log->diagnostics(diagnostic::kind::start_warning)
          == strings{"one", "two"});
    guard->gone(gone(0));
  }
}

SCENARIO_METHOD(link_fixture, "a stdio transport starts a process", "[stdio]") {
  GIVEN("a guard that is starting one") {
    start();
    CHECK(log->text().empty());
    WHEN("the program runs") {
      guard->started(42);
      THEN("the transport is up") {
        CHECK(log->wait_up()->push("hello", 1) == errc::none);
        CHECK(log->pid() == 42);
        CHECK(guard->read_stdin() == "hello\n");
      }
    }
    WHEN("the program does not exist") {
      auto report = stop_report{};
      report.why = errc::program_not_found;
      report.start_errno = ENOENT;
      report.text = "no /x/y";
      guard->gone(report);
      THEN("it is down with that reason, and was never up") {
        CHECK(log->wait_down().start_errno == ENOENT);
        CHECK(log->text() == "down program_not_found no /x/y\n");
      }
    }
    WHEN("S8: it is stopped meanwhile") {
      testee->stop(errc::closed, "told to");
      guard->wait_stopped();
      guard->started(42);
      CHECK(log->text().empty());
      guard->gone(gone(-1));
      THEN("it is never up") {
        CHECK(log->wait_down().left == proof::empty);
        CHECK(log->text() == "down closed told to\n");
        guard->wait_dropped();
      }
    }
    WHEN("S8: it is destroyed meanwhile") {
      testee.reset();
      guard->wait_stopped();
      guard->gone(gone(0));
      log->wait_gone();
      guard->wait_dropped();
      CHECK(log->text() == "down closed its transport was dropped\n");
    }
  }
  GIVEN("a spec that cannot be prepared") {
    auto failing = make_stdio_transport(
      io,
      [](auto&, stop_report& failed) {
        failed.why = errc::invalid_spec;
        failed.text = "no such variable";
        return process_request{};
      },
      guard->spawner(), spec);
    failing->start(log->listener());
    CHECK(log->wait_down().left == proof::never_started);
    CHECK(log->text() == "down invalid_spec no such variable\n");
  }
  GIVEN("a transport that was stopped before it was started") {
    testee->stop(errc::closed, "told to");
    testee->start(log->listener());
    CHECK(log->wait_down().left == proof::never_started);
    CHECK(log->text() == "down closed told to\n");
  }
  GIVEN("a transport that was never started") {
    testee.reset();
    CHECK(log->text().empty());
  }
}

SCENARIO_METHOD(link_fixture, "T7: a stdio transport ends with its server",
                "[stdio]") {
  start_up();
  GIVEN("answers in the pipe when the server exits") {
    guard->write_stderr("oh no\n");
    guard->exited("one\ntwo\ncut o");
    THEN("they are told before its end") {
      CHECK(log->wait_frames(2) == strings{"one", "two"});
      CHECK(log->text() == "up\nfault child_exited the server exited\n");
      guard->wait_stopped();
      CHECK(log->downs() == 0);
      guard->gone(gone(3));
      log->wait_down();
      CHECK(log->report().text
            == "the server exited with status 3; the last of its stderr:\n"
               "oh no\n");
      CHECK(log->report().exit_status == 3);
      CHECK(log->downs() == 1);
    }
  }
  GIVEN("its output's end before the guard's word") {
    guard->close_stdout();
    guard->exited();
    CHECK(log->wait_fault() == errc::child_exited);
    guard->gone(gone(0));
    CHECK(log->wait_down().text == "the server exited with status 0");
  }
  GIVEN("S6: its output's end, and no word") {
    guard->close_stdout();
    CHECK(log->wait_fault() == errc::connection_lost);
    CHECK(log->out()->push("late", 9) == errc::connection_lost);
    guard->wait_stopped();
    guard->gone(gone(0));
    CHECK(log->wait_down().text == "the server closed its output");
  }
  GIVEN("T9: its input's end") {
    guard->close_stdin();
    CHECK(log->out()->push("x", 1) == errc::connection_lost);
    CHECK(log->wait_fault() == errc::connection_lost);
    guard->gone(gone(0));
    CHECK(log->wait_down().why == errc::connection_lost);
    CHECK(log->unsent().empty());
  }
  GIVEN("frames that wait when it exits") {
    fill();
    guard->exited();
    guard->gone(gone(0));
    log->wait_down();
    THEN("those that were not begun are not sent") {
      CHECK(log->unsent() == tickets{2});
    }
  }
  GIVEN("S26: frames that it does not take in time") {
    spec.timeouts.write = 0ms;
    fill();
    CHECK(log->wait_fault() == errc::connection_lost);
    guard->wait_stopped();
    guard->gone(gone(0));
    CHECK(log->wait_down().text == "the server did not take a message in time");
    CHECK(log->unsent() == tickets{2});
  }
  GIVEN("a stop, and answers after it") {
    testee->stop(errc::closed, "told to");
    guard->wait_stopped();
    guard->write_stdout("late ");
    guard->gone(gone(0), "words\n");
    log->wait_down();
    CHECK(log->frames() == strings{"late words"});
    CHECK(log->text() == "up\ndown closed told to\n");
  }
}

SCENARIO_METHOD(link_fixture, "S21: a stdio transport outlives a bad guard",
                "[stdio]") {
  GIVEN("a process that does not die") {
    start_up();
    testee->stop(errc::closed, "told to");
    guard->wait_stopped();
    guard->unkillable("process 7 does not die");
    THEN("that is reported, and the end does not wait for it") {
      CHECK(log->wait_down().left == proof::unkillable);
      CHECK(log->diagnostics(diagnostic::kind::unkillable)
            == strings{"process 7 does not die"});
      guard->gone(gone(0));
      CHECK(log->downs() == 1);
    }
  }
  GIVEN("a guard that starts nothing and one that never answers a stop") {
    auto silent_start = std::pair{guard, log};
    start();
    auto first = testee;
    make();
    start_up();
    testee->stop(errc::closed, "told to");
    THEN("both are down in the end, without a proof") {
      CHECK(log->wait_down().left == proof::best_effort);
      CHECK(log->report().why == errc::closed);
      CHECK(silent_start.second->wait_down().why == errc::spawn_failed);
      CHECK(silent_start.second->text().find("up\n") == std::string::npos);
    }
  }
}

SCENARIO_METHOD(link_fixture, "a stdio transport ends with its thread",
                "[stdio]") {
  GIVEN("one that is started just as the last owner of the thread goes") {
    testee->start(log->listener());
    testee.reset();
    io = nullptr;
    THEN("the end is told all the same, once") {
      log->wait_gone();
      CHECK(log->downs() == 1);
    }
  }
  GIVEN("one that is up when the last owner of the thread goes") {
    start_up();
    guard->write_stdout("unread");
    testee.reset();
    guard->wait_stopped();
    guard = nullptr;
    io = nullptr;
    THEN("the end is told, once") {
      log->wait_gone();
      CHECK(log->text() == "up\ndown closed its transport was dropped\n");
      CHECK(log->report().left == proof::best_effort);
      CHECK(log->frames().empty());
    }
  }
}
