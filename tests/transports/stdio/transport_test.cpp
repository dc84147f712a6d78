// Covers transports/stdio, transports/guard/warden.hpp.

#include "troupe/tests/support/stdio_fixture.hpp"

#include <catch2/catch.hpp>

#include <signal.h>

using namespace troupe;
using namespace std::chrono_literals;

using strings = std::vector<std::string>;
using tickets = std::vector<uint64_t>;
using kind = diagnostic::kind;

SCENARIO_METHOD(stdio_fixture, "a stdio transport talks to a real child",
                "[stdio]") {
  GIVEN("a server that echoes") {
    auto [testee, log] = start("echo");
    auto out = log->wait_up();
    CHECK(kill(log->pid(), 0) == 0);
    WHEN("frames of many sizes are pushed") {
      auto sent = strings{};
      for (auto size : {1, 100, 4095, 4096, 65'535, 65'536, 1 << 20, 3 << 20})
        sent.push_back(std::string(size, 'a' + size % 26));
      for (auto& x : sent)
        REQUIRE(out->push(x, 1) == errc::none);
      THEN("they come back whole and in order") {
        CHECK((log->wait_frames(sent.size()) == sent));
      }
    }
    WHEN("S7: it is killed while idle") {
      kill(log->pid(), SIGKILL);
      THEN("that is noticed without a call") {
        CHECK(log->wait_fault() == errc::child_exited);
        CHECK(log->wait_down().term_signal == SIGKILL);
        CHECK(log->report().text
              == "the server was ended by signal 9 (SIGKILL)");
        CHECK(log->report().left == proof::empty);
        AND_THEN("T9: a push is refused, and no signal ends us") {
          CHECK(out->push("late", 1) == errc::connection_lost);
        }
      }
    }
    WHEN("T9: frames are pushed all the while it dies") {
      kill(log->pid(), SIGKILL);
      while (out->push("x", 1) == errc::none) {
        // until EPIPE, or the transport knows
      }
      CHECK(log->wait_down().why == errc::child_exited);
    }
    WHEN("it is stopped") {
      testee->stop(errc::closed, "told to");
      THEN("the end of its input is enough, and the proof is the kernel's") {
        CHECK(log->wait_down().left == proof::empty);
        CHECK(log->report().signals.empty());
        CHECK(log->report().exit_status == 0);
        CHECK(log->text() == "up\ndown closed told to\n");
      }
    }
    WHEN("its transport is destroyed") {
      testee.reset();
      CHECK(log->wait_down().left == proof::empty);
      log->wait_gone();
    }
  }
}

SCENARIO_METHOD(stdio_fixture, "a stdio transport meets a server that ends",
                "[stdio]") {
  GIVEN("one that exits at once") {
    auto [testee, log] = start("exit", 7);
    CHECK(log->wait_down().exit_status == 7);
    CHECK(log->report().why == errc::child_exited);
    CHECK(log->report().text == "the server exited with status 7");
  }
  GIVEN("one that says why") {
    auto [testee, log] = start("complain-and-exit");
    CHECK(log->wait_down().text
          == "the server exited with status 3; the last of its stderr:\n"
             "cannot open the database\ngiving up\n");
    CHECK(log->diagnostics(kind::stderr_line)
          == strings{"cannot open the database", "giving up"});
  }
  GIVEN("a program that does not exist") {
    auto missing = spec("echo");
    missing.command = "/nowhere/to/be/found";
    auto [testee, log] = start(missing);
    CHECK(log->wait_down().why == errc::program_not_found);
    CHECK(log->report().start_errno == ENOENT);
    CHECK(log->report().left == proof::never_started);
    CHECK(log->out() == nullptr);
  }
  GIVEN("T7: one that dies with a call in its hands") {
    auto [testee, log] = start("die");
    CHECK(log->wait_up()->push("call", 1) == errc::none);
    CHECK(log->wait_fault() == errc::child_exited);
    THEN("the call was written") {
      CHECK(log->wait_down().term_signal == SIGKILL);
      CHECK(log->unsent().empty());
    }
  }
  GIVEN("one that answers and exits") {
    auto [testee, log] = start("answer-and-exit", 5000);
    CHECK(log->wait_up()->push("call", 1) == errc::none);
    log->wait_down();
    THEN("every answer was heard before the end") {
      CHECK(log->frame_count() == 5000);
      CHECK(log->frames().back() == "answer 4999");
      CHECK(log->text().find("late") == std::string::npos);
    }
  }
  GIVEN("one that leaves a child with its pipes") {
    auto [testee, log] = start("orphan");
    CHECK(log->wait_frames(1) == strings{"bye"});
    CHECK(log->wait_down().why == errc::child_exited);
    CHECK(log->report().exit_status == 0);
    CHECK(log->report().signals == strings{"TERM"});
    CHECK(log->report().left == proof::empty);
  }
}

SCENARIO_METHOD(stdio_fixture, "a stdio transport meets a rude server",
                "[stdio]") {
  GIVEN("T1, S26: one that fills stderr before it answers") {
    auto [testee, log] = start("flood-stderr", 1 << 20);
    log->wait_up()->push("call", 1);
    CHECK(log->wait_frames(1) == strings{"call"});
    testee->stop(errc::timed_out, "for its words");
    THEN("its last lines are kept, and few of them are told") {
      CHECK(log->wait_down().text.size() > defaults::report_stderr_bytes / 2);
      CHECK(log->diagnostics(kind::stderr_line).size() < 10'000 / 2);
    }
  }
  GIVEN("T2, S25: one that prints what is no message, nor even text") {
    auto [testee, log] = start("banner");
    log->wait_up()->push("call", 1);
    CHECK(log->wait_frames(4)
          == strings{"Welcome!", "\xff\xfe not text", "listening", "call"});
  }
  GIVEN("S26: one that reads nothing, with a write deadline") {
    auto deaf = spec("deaf");
    deaf.timeouts.write = 300ms;
    auto [testee, log] = start(deaf);
    auto out = log->wait_up();
    CHECK(out->push(std::string(2 << 20, 'x'), 1) == errc::none);
    CHECK(out->push("behind it", 2) == errc::none);
    THEN("others do not notice") {
      auto [other, other_log] = start("echo");
      other_log->wait_up()->push("call", 1);
      CHECK(other_log->wait_frames(1) == strings{"call"});
      AND_THEN("it is stopped, and what was not begun is not sent") {
        CHECK(log->wait_fault() == errc::connection_lost);
        CHECK(log->wait_down().left == proof::empty);
        CHECK(log->unsent() == tickets{2});
        CHECK(other_log->downs() == 0);
      }
    }
  }
  GIVEN("S26: one that reads nothing, from which all that waits is revoked") {
    auto deaf = spec("deaf");
    deaf.timeouts.write = 300ms;
    auto [testee, log] = start(deaf);
    auto out = log->wait_up();
    auto last = uint64_t{0};
    while (out->depth() == 0)
      REQUIRE(out->push(std::string(1000, 'x'), ++last) == errc::none);
    REQUIRE(out->revoke(last));
    THEN("it has nothing to be late with") {
      auto [late, late_log] = start(deaf);
      late_log->wait_up()->push(std::string(2 << 20, 'x'), 1);
      CHECK(late_log->wait_down().why == errc::connection_lost);
      CHECK(log->downs() == 0);
      AND_THEN("the next message that waits has its time again") {
        CHECK(out->push(std::string(2 << 20, 'x'), ++last) == errc::none);
        CHECK(log->wait_down().why == errc::connection_lost);
      }
    }
  }
  GIVEN("one that reads late") {
    auto [testee, log] = start("sleepy");
    auto out = log->wait_up();
    log->wait_frames(1);
    for (auto i = uint64_t{1}; i <= 300; ++i)
      REQUIRE(out->push(std::string(1000, 'x'), i) == errc::none);
    CHECK(out->depth() > 0);
    CHECK(out->revoke(300));
    CHECK_FALSE(out->revoke(1));
    kill(log->pid(), SIGUSR1);
    THEN("it gets all of it, but not what was revoked") {
      CHECK(log->wait_frames(299).size() == 299);
      CHECK(out->depth() == 0);
    }
  }
  GIVEN("one that closes its input, and one that closes its output") {
    auto [testee, log] = start("close-stdin");
    log->wait_frames(1);
    CHECK(log->out()->push("x", 1) == errc::connection_lost);
    CHECK(log->wait_down().why == errc::connection_lost);
    auto [second, second_log] = start("close-stdout");
    second_log->wait_up()->push("x", 1);
    CHECK(second_log->wait_frames(1) == strings{"last"});
    CHECK(second_log->wait_down().why == errc::connection_lost);
    CHECK(second_log->report().left == proof::empty);
  }
  GIVEN("one that ignores every polite way to end it") {
    auto [testee, log] = start("stubborn");
    log->wait_frames(1);
    testee->stop(errc::closed, "told to");
    CHECK(log->wait_down().signals == strings{"TERM", "KILL"});
    CHECK(log->report().term_signal == SIGKILL);
    CHECK(log->report().left == proof::empty);
  }
}

SCENARIO_METHOD(stdio_fixture, "S25, T3: a line has an end or is a fault",
                "[stdio]") {
  auto before = heap_bytes();
  GIVEN("a line without end") {
    auto [testee, log] = start("endless");
    CHECK(log->wait_fault() == errc::too_large);
    log->wait_down();
    THEN("nothing of it is kept") {
      CHECK(log->report().left == proof::empty);
      CHECK(log->frames().empty());
      CHECK(heap_bytes() < before + (1u << 20));
    }
  }
  GIVEN("a line of 100 MB, then silence") {
    auto [testee, log] = start("long-line", 100'000'000);
    CHECK(log->wait_fault() == errc::too_large);
    log->wait_down();
    CHECK(heap_bytes() < before + (1u << 20));
  }
  GIVEN("a line as long as allowed") {
    auto [testee, log] = start("long-line", defaults::frame_bytes_max);
    auto frames = log->wait_frames(1);
    REQUIRE(frames.size() == 1);
    CHECK(frames[0].size() == defaults::frame_bytes_max);
    log->out()->push("next", 1);
    CHECK(log->wait_frames(1) == strings{"next"});
  }
}

SCENARIO_METHOD(stdio_fixture, "a hundred stdio transports at once",
                "[stdio]") {
  GIVEN("a hundred servers, up and talking") {
    // With this the warden runs.
    auto first = start("echo");
    first.transport.reset();
    first.log->wait_down();
    first.log->wait_gone();
    on_io([] {}); // posted behind the letting go of its guard
    on_io([] {});
    auto fds = open_fds();
    auto all = std::vector<running_peer>{};
    for (auto i = 0; i < 100; ++i)
      all.push_back(start("echo"));
    for (auto& x : all)
      x.log->wait_up()->push("hello", 1);
    for (auto& x : all)
      CHECK(x.log->wait_frames(1) == strings{"hello"});
    WHEN("half are stopped and half destroyed") {
      for (auto i = 0; i < 100; ++i)
        if (i % 2 == 0)
          all[i].transport->stop(errc::closed, "told to");
        else
          all[i].transport.reset();
      for (auto& x : all)
        CHECK(x.log->wait_down().left == proof::empty);
      for (auto& x : all)
        x.log->wait_gone();
      THEN("no descriptor is left") {
        // The last guard is let go of on the thread, after the last word.
        for (auto& x : all)
          x.transport.reset();
        on_io([] {});
        CHECK(open_fds() == fds);
      }
    }
  }
}
