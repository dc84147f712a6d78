// Covers actors/supervision/restart_history.hpp.

#include "troupe/actors/supervision/restart_history.hpp"

#include <catch2/catch.hpp>

#include <cerrno>

using namespace troupe;
using namespace std::chrono_literals;

namespace {

using kind = restart_verdict::kind;

constexpr double no_jitter = 0.5;

struct history_fixture {
  restart_history testee{restart_policy{}};
  server_life::time_point now{1h};

  /// A life that became ready at once, lasted, and died by a signal.
  restart_verdict dies_after(std::chrono::milliseconds lived,
                             bool proven = true) {
    server_life life{now, now, proven};
    now += lived;
    return testee.on_end(life, {}, now, no_jitter);
  }

  restart_verdict exits(int status, std::chrono::milliseconds lived) {
    return ends(errc::child_exited, status, lived);
  }

  restart_verdict ends(errc why, int status, std::chrono::milliseconds lived) {
    server_life life{now, std::nullopt, false};
    now += lived;
    stop_report how;
    how.why = why;
    how.exit_status = status;
    return testee.on_end(life, how, now, no_jitter);
  }
};

} // namespace

SCENARIO_METHOD(history_fixture,
                "S27: a server that connects and dies in 200 "
                "ms counts as failing, whatever it answered",
                "[supervision]") {
  GIVEN("a server that dies 200 ms after each handshake") {
    THEN("waits double") {
      CHECK(dies_after(200ms).delay == 1s);
      now += 1s;
      CHECK(dies_after(200ms).delay == 2s);
      now += 2s;
      CHECK(dies_after(200ms).delay == 4s);
      now += 4s;
      CHECK(dies_after(200ms).delay == 8s);
      AND_THEN("the fifth failure within a minute parks it") {
        now += 8s;
        auto verdict = dies_after(200ms);
        CHECK(verdict.what == kind::degraded);
        CHECK(verdict.delay == 300s);
      }
    }
  }
}

SCENARIO_METHOD(history_fixture, "a long and proven life ends all suspicion",
                "[supervision]") {
  GIVEN("a parked server") {
    for (int i = 0; i < 5; ++i)
      dies_after(10ms);
    WHEN("it then lives for two minutes and answers") {
      auto verdict = dies_after(120s);
      THEN("it is restarted at once") {
        CHECK(verdict.what == kind::restart);
        CHECK(verdict.delay == 0s);
      }
    }
    WHEN("it lives for two minutes and never answers") {
      THEN("it stays parked") {
        CHECK(dies_after(120s, false).what == kind::degraded);
      }
    }
    WHEN("a probe fails") {
      THEN("the next one is as far away") {
        auto verdict = dies_after(10ms);
        CHECK(verdict.what == kind::degraded);
        CHECK(verdict.delay == 300s);
      }
    }
    WHEN("a person commands a start") {
      testee.on_command();
      THEN("waits begin anew") {
        CHECK(dies_after(10ms).delay == 1s);
      }
    }
  }
}

SCENARIO_METHOD(history_fixture, "waits grow to a cap and vary by a fifth",
                "[supervision]") {
  restart_policy patient;
  patient.intensity = 1000;
  testee = restart_history{patient};
  for (int i = 0; i < 40; ++i)
    dies_after(10ms);
  CHECK(dies_after(10ms).delay == 60s);
  server_life life{now, now, false};
  CHECK(testee.on_end(life, {}, now, 0.0).delay == 48s);
  CHECK(testee.on_end(life, {}, now, 1.0).delay == 72s);
}

SCENARIO_METHOD(history_fixture,
                "S12: a program that is missing is failed at once",
                "[supervision]") {
  for (int code : {ENOENT, EACCES, ENOEXEC}) {
    stop_report how;
    how.start_errno = code;
    CHECK(testee.on_end({now, {}, false}, how, now, no_jitter).what
          == kind::failed);
  }
  stop_report how;
  how.why = errc::no_common_version;
  CHECK(testee.on_end({now, {}, false}, how, now, no_jitter).what
        == kind::failed);
}

SCENARIO_METHOD(history_fixture,
                "S12: three quick exits alike fail a server "
                "that never was ready; others back off",
                "[supervision]") {
  CHECK(exits(1, 100ms).what == kind::restart);
  CHECK(exits(1, 100ms).what == kind::restart);
  SECTION("the third alike") {
    CHECK(exits(1, 100ms).what == kind::failed);
  }
  SECTION("the third with another status") {
    CHECK(exits(2, 100ms).what == kind::restart);
  }
  SECTION("the third after a slow start") {
    CHECK(exits(1, 2s).what == kind::restart);
  }
  SECTION("the third because it was told to") {
    CHECK(ends(errc::too_large, 1, 100ms).what == kind::restart);
  }
  SECTION("a life that was ready in between") {
    dies_after(10ms);
    CHECK(exits(1, 100ms).what != kind::failed);
  }
}

SCENARIO_METHOD(history_fixture,
                "an end that is forgiven is no failure, but a quick exit",
                "[supervision]") {
  GIVEN("a server that ended at once, and was forgiven") {
    CHECK(exits(1, 100ms).delay == 1s);
    testee.forgive();
    THEN("the next wait is the first one") {
      CHECK(exits(1, 100ms).delay == 1s);
      AND_THEN("the third exit alike is the last") {
        CHECK(exits(1, 100ms).what == kind::failed);
      }
    }
  }
  GIVEN("one failure less than park a server") {
    for (int i = 0; i < 4; ++i)
      dies_after(10ms);
    WHEN("the next one is forgiven") {
      CHECK(dies_after(10ms).what == kind::degraded);
      testee.forgive();
      THEN("the one after that parks it, and not before") {
        CHECK(dies_after(10ms).what == kind::degraded);
      }
    }
  }
  GIVEN("a forgiven end, and then a command") {
    dies_after(10ms);
    testee.on_command();
    testee.forgive();
    CHECK(dies_after(10ms).delay == 1s);
  }
}

SCENARIO_METHOD(history_fixture, "the restart type decides first",
                "[supervision]") {
  restart_policy policy;
  SECTION("temporary: never") {
    policy.type = restart_type::temporary;
    testee = restart_history{policy};
    CHECK(dies_after(1h).what == kind::none);
  }
  SECTION("transient: not after a good exit") {
    policy.type = restart_type::transient;
    testee = restart_history{policy};
    CHECK(exits(0, 1s).what == kind::none);
    CHECK(exits(3, 1s).what == kind::restart);
    AND_THEN("one that left as it was told to, because it hung, did not end "
             "well") {
      CHECK(ends(errc::handshake_timed_out, 0, 30s).what == kind::restart);
    }
  }
}
