// Covers transports/guard/guarded_server.hpp,
// transports/guard/server_lifecycle.hpp.

#include "troupe/tests/support/leak_counter.hpp"
#include "troupe/transports/guard/guarded_server.hpp"
#include "troupe/transports/guard/open_pidfd.hpp"
#include "troupe/transports/guard/send_signal.hpp"

#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <sys/wait.h>
#include <unistd.h>

using namespace troupe;
using namespace std::chrono_literals;

using strings = std::vector<std::string>;

namespace {

/// A server whose shim and warden the test plays.
struct server_fixture : guarded_server::owner,
                        std::enable_shared_from_this<server_fixture> {
  void open() {
    auto what = process_request{};
    what.path = "/bin/tool";
    what.argv = {"tool"};
    testee = std::make_shared<guarded_server>(io, 7, what, events());
    REQUIRE(testee->open(what, "MARK=1", theirs) == 0);
    REQUIRE(testee->watch(weak_from_this()));
  }

  guarded_process::events events() {
    auto out = guarded_process::events{};
    out.on_warning = [kept = kept_by_events](auto) {};
    out.on_started = [this](int32_t pid) {
      log.push_back("started " + std::to_string(pid));
    };
    out.on_exited = [this] { log.push_back("exited"); };
    out.on_unkillable = [this](std::string text) { log.push_back(text); };
    out.on_gone = [this](stop_report x) {
      log.push_back("gone: " + std::string{to_string(x.why)} + ' '
                    + std::string{to_string(x.left)});
      if (drops_at_the_end)
        testee->drop();
    };
    return out;
  }

  void on_finished(uint64_t) override {
    log.push_back("finished");
  }
  void on_unreaped(uint64_t) override {
    if (log.empty() || log.back() != "unreaped")
      log.push_back("unreaped");
  }
  void on_lost(uint64_t) override {
    log.push_back("lost");
  }

  /// The shim says this; returns when it was heard.
  template <class Message>
  void say(const Message& x, std::span<const int> fds = {}) {
    REQUIRE(guard_protocol::send(control(), x, fds) == 0);
    run();
  }

  void end_shim() {
    theirs[guard_protocol::fd_control].reset();
    run();
  }

  /// The grace of the next stop that the shim finds; -1 where no stop has come.
  int64_t next_stop() {
    guard_protocol::received packet;
    if (packet.receive(control()) != 0)
      return -1;
    auto x = guard_protocol::decode<guard_protocol::stop>(packet.bytes());
    return x ? x->grace_ms : -1;
  }

  bool is_open(guard_protocol::spawn_fd which) {
    return testee->pipe(which).get() >= 0;
  }

  int control() const {
    return theirs[guard_protocol::fd_control].get();
  }

  /// Runs what is ready.
  void run() {
    io.restart();
    while (io.poll() > 0)
      io.restart();
  }

  /// What was heard since the last call.
  strings heard() {
    return std::exchange(log, {});
  }

  boost::asio::io_context io;
  handover theirs;
  strings log;
  std::shared_ptr<guarded_server> testee;
  bool drops_at_the_end = false;
  std::shared_ptr<int> kept_by_events = std::make_shared<int>();
};

std::shared_ptr<server_fixture> opened() {
  auto x = std::make_shared<server_fixture>();
  x->open();
  return x;
}

std::shared_ptr<server_fixture> running() {
  auto x = opened();
  x->testee->on_handed_over();
  x->say(guard_protocol::started{42});
  CHECK(x->heard() == strings{"started 42"});
  return x;
}

/// A child in a group of its own. It inherits every descriptor of the test.
struct group_leader {
  group_leader() : pid(fork()) {
    setpgid(pid, 0);
    while (pid == 0)
      pause();
    pidfd.reset(open_pidfd(pid));
  }

  ~group_leader() {
    kill(pid, SIGKILL);
    waitpid(pid, nullptr, 0);
  }

  pid_t pid;
  unique_fd pidfd;
};

} // namespace

SCENARIO("an end is told when shim and warden have told it",
         "[guarded_server]") {
  auto x = running();
  GIVEN("a shim that has said that nothing is left, and its socket's end") {
    x->say(guard_protocol::exited{});
    x->say(guard_protocol::gone{});
    x->end_shim();
    CHECK(x->heard() == strings{"exited", "unreaped"});
    WHEN("the warden has reaped it") {
      x->testee->on_shim_ended({});
      THEN("the end is told once, with the shim's proof") {
        CHECK(x->heard() == strings{"finished", "gone: child_exited empty"});
        x->testee->on_shim_ended({});
        x->testee->on_warden_died();
        x->testee->on_fork_failed(EAGAIN);
        CHECK(x->heard().empty());
      }
    }
    WHEN("the warden dies") {
      x->testee->on_warden_died();
      THEN("the shim's proof is enough") {
        CHECK(x->heard() == strings{"finished", "gone: child_exited empty"});
      }
    }
  }
  GIVEN("a shim that ends without a word") {
    x->end_shim();
    CHECK(x->heard() == strings{"unreaped"});
    WHEN("the warden has killed what it left") {
      x->testee->on_shim_ended({});
      THEN("that is told") {
        CHECK(x->heard() == strings{"finished", "gone: child_exited swept"});
      }
    }
  }
  GIVEN("a shim whose last words are still unread") {
    guard_protocol::send(x->control(), guard_protocol::gone{});
    WHEN("the warden has reaped it") {
      x->testee->on_shim_ended({});
      THEN("they are read before the end is told") {
        CHECK(x->heard().back() == "gone: child_exited empty");
      }
    }
  }
}

SCENARIO("what two dead guards left is looked for", "[guarded_server]") {
  auto x = running();
  GIVEN("a warden that died first") {
    x->testee->on_warden_died();
    CHECK(x->heard().empty());
    x->end_shim();
    CHECK(x->heard() == strings{"lost"});
    WHEN("the search is done") {
      x->testee->on_swept(1, "all dead");
      THEN("its end is told") {
        CHECK(x->heard()
              == strings{"finished", "gone: child_exited best_effort"});
      }
    }
  }
  GIVEN("a shim that died before it, unnoticed so far") {
    x->theirs[guard_protocol::fd_control].reset();
    WHEN("the warden's death is noticed") {
      x->testee->on_warden_died();
      THEN("the owner knows at once that it has to look") {
        CHECK(x->heard() == strings{"lost"});
      }
    }
  }
}

SCENARIO("the leader's group dies when both guards are dead",
         "[guarded_server]") {
  auto leader = group_leader{}; // before there is a socket to inherit
  auto pidfd = leader.pidfd.get();
  constexpr auto whole_group = 1u << 2;
  if (!send_signal(pidfd, 0, whole_group)) {
    WARN("SKIPPED: a pidfd names a group since Linux 6.9");
    return;
  }
  auto x = opened();
  x->testee->on_handed_over();
  x->say(guard_protocol::started{leader.pid}, {&pidfd, 1});
  x->testee->on_warden_died();
  CHECK(leaks::state_of(leader.pid) != 'Z');
  x->end_shim();
  CHECK(leaks::eventually([&] { return leaks::state_of(leader.pid) == 'Z'; }));
}

SCENARIO("a warden's death does not concern what waits for the next",
         "[guarded_server]") {
  auto x = opened();
  x->testee->on_warden_died();
  x->testee->on_handed_over();
  x->say(guard_protocol::started{42});
  CHECK(x->heard() == strings{"started 42"});
}

SCENARIO("a stop reaches the shim", "[guarded_server]") {
  GIVEN("a server that runs") {
    auto x = running();
    WHEN("it is stopped, and again with a shorter grace") {
      x->testee->stop(500ms);
      x->testee->stop(100ms);
      THEN("the shim finds both") {
        CHECK(x->next_stop() == 500);
        CHECK(x->next_stop() == 100);
        CHECK(x->next_stop() == -1);
      }
      THEN("of the pipes only its stdin is closed") {
        CHECK(x->is_open(guard_protocol::fd_stdin) == false);
        CHECK(x->is_open(guard_protocol::fd_stdout));
        CHECK(x->is_open(guard_protocol::fd_stderr));
      }
    }
    WHEN("it is stopped, and again with a longer grace") {
      x->testee->stop(500ms);
      x->testee->stop(900ms);
      THEN("the shim finds the shorter one again") {
        CHECK(x->next_stop() == 500);
        CHECK(x->next_stop() == 500);
      }
    }
    WHEN("it is dropped") {
      x->testee->drop();
      THEN("the shim finds the usual grace") {
        CHECK(x->next_stop() == milliseconds{defaults::stop_grace}.count());
        CHECK(x->next_stop() == -1);
      }
      THEN("all its pipes are closed, and its events let go") {
        CHECK(x->is_open(guard_protocol::fd_stdin) == false);
        CHECK(x->is_open(guard_protocol::fd_stdout) == false);
        CHECK(x->is_open(guard_protocol::fd_stderr) == false);
        CHECK(x->kept_by_events.use_count() == 2);
        x->run();
        CHECK(x->kept_by_events.use_count() == 1);
      }
      THEN("only the owner hears of the end") {
        x->say(guard_protocol::exited{});
        x->say(guard_protocol::unkillable{});
        x->say(guard_protocol::gone{});
        x->testee->on_shim_ended({});
        CHECK(x->heard() == strings{"unreaped", "finished"});
      }
    }
    WHEN("it is stopped, and then dropped") {
      x->testee->stop(20s);
      x->testee->drop();
      THEN("it keeps the grace that it was given") {
        CHECK(x->next_stop() == 20'000);
        CHECK(x->next_stop() == -1);
      }
    }
  }
  GIVEN("a server whose request the warden has not got yet") {
    auto x = opened();
    WHEN("it is stopped") {
      x->testee->stop(500ms);
      THEN("the shim will find that when it comes up") {
        CHECK(x->next_stop() == 500);
      }
    }
  }
}

SCENARIO("nothing is held of a server that is gone", "[guarded_server]") {
  auto shim = group_leader{}; // before there is a socket to inherit
  auto x = opened();
  auto fds = leaks::fds_of(getpid());
  x->drops_at_the_end = GENERATE(false, true);
  x->testee->on_handed_over();
  auto leader = shim.pidfd.get();
  x->say(guard_protocol::started{42}, {&leader, 1});
  x->testee->on_forked({shim.pid, std::move(shim.pidfd)});
  CHECK(leaks::fds_of(getpid()) == fds + 1);
  x->say(guard_protocol::gone{});
  x->testee->on_shim_ended({});
  x->run();
  THEN("its socket and its pidfds are closed, and the object can be let go") {
    guard_protocol::received packet;
    CHECK(packet.receive(x->control()) == EPIPE);
    CHECK(leaks::fds_of(getpid()) == fds - (x->drops_at_the_end ? 5 : 2));
    CHECK(x->testee.use_count() == 1);
    x->testee->stop(0ms);
    x->testee->drop();
    x->run();
    CHECK(x->testee.use_count() == 1);
  }
}

SCENARIO("a start that fails is told with its cause", "[guarded_server]") {
  auto x = opened();
  GIVEN("a request that could not be handed over") {
    x->testee->fail(errc::warden_unavailable, 0, "no warden");
    CHECK(x->heard()
          == strings{"finished", "gone: warden_unavailable never_started"});
  }
  GIVEN("a warden that cannot fork") {
    x->testee->on_handed_over();
    x->testee->on_fork_failed(EAGAIN);
    CHECK(x->heard()
          == strings{"finished", "gone: spawn_failed never_started"});
  }
  GIVEN("a shim that cannot start the program") {
    x->testee->on_handed_over();
    x->say(
      guard_protocol::start_failed{ENOENT, guard_protocol::start_step::exec});
    x->say(guard_protocol::gone{});
    x->testee->on_shim_ended({});
    CHECK(x->heard()
          == strings{"unreaped", "finished",
                     "gone: program_not_found never_started"});
  }
  GIVEN("a shim that dies before it has started the program") {
    x->testee->on_handed_over();
    x->end_shim();
    x->testee->on_shim_ended({});
    CHECK(x->heard()
          == strings{"unreaped", "finished", "gone: spawn_failed swept"});
  }
}
