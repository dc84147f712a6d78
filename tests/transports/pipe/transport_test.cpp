// Covers transports/pipe/transport.hpp, transports/pipe/hub.hpp.

#include "troupe/transports/pipe/transport.hpp"

#include "troupe/tests/support/transport_log.hpp"

#include <catch2/catch.hpp>

#include <thread>

using namespace troupe;

using strings = std::vector<std::string>;
using tickets = std::vector<uint64_t>;

SCENARIO("a pipe transport carries frames in one process", "[pipe]") {
  auto server = std::make_shared<pipe_server>();
  auto log = std::make_shared<transport_log>();
  auto testee = make_pipe_transport(server);
  testee->start(log->listener());
  auto out = log->out();
  GIVEN("a connection") {
    REQUIRE(out != nullptr);
    CHECK(server->connected());
    CHECK(server->connections() == 1);
    WHEN("the client pushes two frames") {
      CHECK(out->push("a", 1) == errc::none);
      CHECK(out->push("b", 2) == errc::none);
      THEN("the server has them, in order, and none can be revoked") {
        CHECK(server->waiting() == 2);
        CHECK(server->take() == "a");
        CHECK(server->take() == "b");
        CHECK(server->take().empty());
        CHECK_FALSE(out->revoke(1));
      }
    }
    WHEN("the client pushes a frame that is no single line") {
      CHECK(out->push("a\nb", 1) == errc::invalid_argument);
      THEN("the server gets nothing of it") {
        CHECK(server->waiting() == 0);
      }
    }
    WHEN("the server sends three as of one read") {
      CHECK(server->send(strings{"x", "y", "z"}));
      THEN("they come together") {
        CHECK(log->reads() == 1);
        CHECK(log->frames() == strings{"x", "y", "z"});
      }
    }
    WHEN("the server hangs up") {
      server->hang_up(errc::child_exited, "it died");
      THEN("the client hears a fault and the end, with the reason") {
        CHECK(log->text()
              == "up\nfault child_exited it died\n"
                 "down child_exited it died\n");
        CHECK(log->report().left == proof::no_process);
        CHECK(out->push("late", 3) == errc::connection_lost);
        CHECK_FALSE(server->send("late"));
        CHECK_FALSE(server->connected());
      }
    }
    WHEN("it is stopped twice") {
      testee->stop(errc::closed, "told to");
      testee->stop(errc::reloaded, "again");
      THEN("the first reason stands") {
        CHECK(log->text() == "up\ndown closed told to\n");
      }
    }
    WHEN("it is destroyed") {
      testee.reset();
      THEN("it ends all the same") {
        CHECK(log->downs() == 1);
        CHECK(log->listener_gone());
        CHECK_FALSE(server->connected());
      }
    }
    WHEN("the server sends more than a frame may have") {
      auto limits = server_limits{};
      limits.frame_bytes_max = 4;
      auto second_log = std::make_shared<transport_log>();
      auto second = make_pipe_transport(server, limits);
      second->start(second_log->listener());
      server->send("12345");
      THEN("that is a fault") {
        CHECK(second_log->report().why == errc::too_large);
        CHECK(second_log->out()->push("1", 1) == errc::connection_lost);
      }
    }
  }
}

SCENARIO("a pipe server answers while it is called", "[pipe]") {
  GIVEN("a server that echoes each frame three times") {
    auto depth = 0;
    auto server =
      std::make_shared<pipe_server>([&](auto& self, std::string frame) {
        CHECK(++depth == 1);
        for (auto i = 0; i < 3; ++i)
          self.send(frame);
        --depth;
      });
    auto log = std::make_shared<transport_log>();
    auto testee = make_pipe_transport(server);
    testee->start(log->listener());
    WHEN("the client pushes again for each frame that it gets") {
      auto rounds = 0;
      log->on_frame([&](const std::string&) {
        if (++rounds < 1000)
          log->out()->push("again", 0);
      });
      log->out()->push("first", 0);
      THEN("all is delivered, and nothing recursed") {
        CHECK(rounds == 3 * 1000);
        CHECK(server->waiting() == 0);
      }
    }
  }
}

SCENARIO("a pipe server's faults", "[pipe]") {
  auto server = std::make_shared<pipe_server>();
  auto log = std::make_shared<transport_log>();
  auto limits = server_limits{};
  limits.outbox_frames_max = 3;
  limits.outbox_bytes_max = 10;
  limits.frame_bytes_max = 8;
  auto testee = make_pipe_transport(server, limits);
  GIVEN("held connections") {
    server->hold_connections();
    testee->start(log->listener());
    CHECK(log->text().empty());
    WHEN("they are released") {
      server->release();
      CHECK(log->text() == "up\n");
    }
    WHEN("the transport is stopped first") {
      testee->stop(errc::closed, "told to");
      server->release();
      CHECK(log->text() == "down closed told to\n");
    }
    WHEN("the server hangs up first") {
      server->hang_up();
      CHECK(log->downs() == 1);
      CHECK(log->out() == nullptr);
    }
  }
  GIVEN("a connection that is to fail") {
    server->fail_next(errc::program_not_found, "no such program");
    testee->start(log->listener());
    THEN("it is down without having been up, and the next one is up") {
      CHECK(log->text() == "down program_not_found no such program\n");
      auto next = make_pipe_transport(server, limits);
      auto next_log = std::make_shared<transport_log>();
      next->start(next_log->listener());
      CHECK(next_log->text() == "up\n");
    }
  }
  GIVEN("a server that takes nothing") {
    testee->start(log->listener());
    for (auto i = size_t{0}; i < defaults::pipe_inbox_frames_max + 3; ++i)
      CHECK(log->out()->push("x", 0) == errc::none);
    THEN("what it does not keep waits in the outbox, and that is bounded") {
      CHECK(server->waiting() == defaults::pipe_inbox_frames_max);
      CHECK(log->out()->push("x", 0) == errc::overloaded);
      CHECK(server->take() == "x");
      CHECK(server->waiting() == defaults::pipe_inbox_frames_max);
      CHECK(log->out()->push("x", 0) == errc::none);
    }
  }
  GIVEN("a paused server with two frames in the outbox") {
    testee->start(log->listener());
    server->pause();
    auto out = log->out();
    CHECK(out->push("one", 1) == errc::none);
    CHECK(out->push("two", 2) == errc::none);
    CHECK(out->depth() == 2);
    CHECK(server->waiting() == 0);
    WHEN("more is pushed than may wait") {
      CHECK(out->push("123456789", 3) == errc::too_large);
      CHECK(out->push("12345", 3) == errc::overloaded);
      CHECK(out->push("1234", 3) == errc::none);
      CHECK(out->push("", 4) == errc::overloaded);
    }
    WHEN("one is revoked and the server goes on") {
      CHECK(out->revoke(1));
      CHECK_FALSE(out->revoke(1));
      server->resume();
      CHECK(server->take() == "two");
      CHECK(server->waiting() == 0);
      CHECK(out->depth() == 0);
    }
    WHEN("the outbox is closed") {
      CHECK(out->close() == tickets{1, 2});
      CHECK(out->close() == tickets{1, 2});
      testee->stop(errc::closed, "told to");
      CHECK(log->unsent() == tickets{1, 2});
    }
    WHEN("the server hangs up") {
      server->hang_up();
      CHECK(log->unsent() == tickets{1, 2});
    }
  }
  GIVEN("a server that holds on") {
    testee->start(log->listener());
    server->hold_on();
    WHEN("the transport is stopped") {
      testee->stop(errc::closed, "told to");
      CHECK(log->downs() == 0);
      CHECK(log->out()->push("late", 1) == errc::connection_lost);
      THEN("it ends when the server lets go") {
        server->let_go();
        CHECK(log->text() == "up\ndown closed told to\n");
      }
    }
    WHEN("the server hangs up") {
      server->hang_up();
      CHECK(log->text() == "up\nfault connection_lost hung up\n");
      testee->stop(errc::closed, "told to");
      server->let_go();
      CHECK(log->report().why == errc::connection_lost);
    }
    WHEN("the transport is destroyed, and the server after it") {
      testee.reset();
      server.reset();
      THEN("the end of the server is the end of the connection") {
        CHECK(log->downs() == 1);
        CHECK(log->listener_gone());
      }
    }
  }
  GIVEN("a transport that was stopped before it was started") {
    testee->stop(errc::closed, "told to");
    testee->start(log->listener());
    CHECK(log->text() == "down closed told to\n");
  }
}

SCENARIO("a pipe transport is used from several threads", "[pipe]") {
  GIVEN("an echoing server, two threads that push and one that stops") {
    auto server = std::make_shared<pipe_server>(
      [](auto& self, std::string frame) { self.send(frame); });
    auto log = std::make_shared<transport_log>();
    auto testee = make_pipe_transport(server);
    testee->start(log->listener());
    auto push = [out = log->out()] {
      for (auto i = 0; i < 2000; ++i)
        out->push("x", 0);
    };
    auto first = std::thread{push};
    auto second = std::thread{push};
    if (log->wait_frames(1).size() > 0)
      testee->stop(errc::closed, "told to");
    first.join();
    second.join();
    THEN("the end comes once, and nothing after it") {
      CHECK(log->wait_down().why == errc::closed);
      CHECK(log->text() == "up\ndown closed told to\n");
    }
  }
}
