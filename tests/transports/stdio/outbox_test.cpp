// Covers transports/stdio/outbox.hpp, transports/stdio/outbox_drain.hpp,
// transports/io/quiet_write.hpp, transports/io/wide_pipe.hpp.

#include "troupe/transports/stdio/outbox.hpp"

#include "troupe/transports/io/quiet_write.hpp"

#include <catch2/catch.hpp>

#include <cerrno>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

using namespace troupe;

using tickets = std::vector<uint64_t>;
using drained = stdio_outbox::drained;

namespace {

// A pipe of 64 KiB, one frame of which fills it.
struct outbox_fixture {
  outbox_fixture() {
    int ends[2];
    REQUIRE(pipe2(ends, O_CLOEXEC | O_NONBLOCK) == 0);
    reader = ends[0];
    pipe_bytes = static_cast<size_t>(fcntl(reader, F_GETPIPE_SZ));
    limits.outbox_frames_max = 4;
    limits.outbox_bytes_max = 2 * pipe_bytes;
    limits.frame_bytes_max = 2 * pipe_bytes;
    testee = std::make_unique<stdio_outbox>(
      ends[1], limits,
      stdio_outbox::events{[this] { ++blocked; }, [this] { ++broken; }});
  }

  ~outbox_fixture() {
    close_reader();
  }

  void close_reader() {
    if (reader >= 0)
      close(std::exchange(reader, -1));
  }

  std::string read_all() {
    auto text = std::string{};
    auto chunk = std::vector<char>(1 << 16);
    for (;;) {
      auto n = read(reader, chunk.data(), chunk.size());
      if (n <= 0)
        return text;
      text.append(chunk.data(), static_cast<size_t>(n));
    }
  }

  // All but the frame's newline.
  void fill_pipe() {
    REQUIRE(testee->push(std::string(pipe_bytes, 'f'), 100) == errc::none);
    REQUIRE(blocked == 1);
  }

  int reader = -1;
  size_t pipe_bytes = 0;
  server_limits limits;
  std::unique_ptr<stdio_outbox> testee;
  int blocked = 0;
  int broken = 0;
};

} // namespace

SCENARIO_METHOD(outbox_fixture, "an outbox writes at once where it can",
                "[outbox]") {
  GIVEN("a pipe that is read") {
    CHECK(testee->push("one", 1) == errc::none);
    CHECK(testee->push("", 2) == errc::none);
    THEN("frames are lines in it before push returns") {
      CHECK(read_all() == "one\n\n");
      CHECK(testee->depth() == 0);
      CHECK(blocked == 0);
      CHECK_FALSE(testee->revoke(1));
      CHECK(testee->close().empty());
      CHECK(testee->push("late", 3) == errc::connection_lost);
      CHECK(read_all().empty());
    }
  }
  GIVEN("a frame of the largest kind, and one byte more") {
    CHECK(testee->push(std::string(2 * pipe_bytes + 1, 'x'), 1)
          == errc::too_large);
    CHECK(testee->push(std::string(2 * pipe_bytes, 'x'), 1) == errc::none);
  }
  GIVEN("a frame that is no single line") {
    CHECK(testee->push("{}\n{}", 1) == errc::invalid_argument);
    CHECK(testee->push("{}\n", 2) == errc::invalid_argument);
    THEN("nothing of it is written, and the outbox goes on") {
      CHECK(read_all().empty());
      CHECK(testee->depth() == 0);
      CHECK(testee->push("{}", 3) == errc::none);
      CHECK(read_all() == "{}\n");
    }
  }
}

SCENARIO_METHOD(outbox_fixture,
                "S26: an outbox keeps what a pipe does not take", "[outbox]") {
  GIVEN("a full pipe, and two frames that wait") {
    fill_pipe();
    CHECK(testee->push("two", 2) == errc::none);
    CHECK(testee->push("three", 3) == errc::none);
    CHECK(blocked == 1);
    CHECK(testee->depth() == 3);
    WHEN("the server reads again") {
      CHECK(testee->drain() == drained::some);
      auto first = read_all();
      CHECK(testee->drain() == drained::all);
      THEN("it gets all of it, in order") {
        CHECK(first == std::string(pipe_bytes, 'f'));
        CHECK(read_all() == "\ntwo\nthree\n");
        CHECK(testee->depth() == 0);
      }
    }
    WHEN("the outbox is closed") {
      THEN("the frame that was begun counts as written, the others do not") {
        CHECK(testee->close() == tickets{2, 3});
        CHECK(testee->close() == tickets{2, 3});
        read_all();
        CHECK(testee->drain() == drained::all);
        CHECK(read_all() == "\n");
      }
    }
    WHEN("a frame is revoked") {
      CHECK(testee->revoke(2));
      CHECK_FALSE(testee->revoke(2));
      CHECK_FALSE(testee->revoke(100));
      CHECK(testee->close() == tickets{3});
    }
    WHEN("more frames come than may wait") {
      CHECK(testee->push("four", 4) == errc::none);
      CHECK(testee->push("five", 5) == errc::overloaded);
      THEN("the refused one is not in it") {
        CHECK(testee->close() == tickets{2, 3, 4});
      }
    }
    WHEN("more bytes come than may wait") {
      CHECK(testee->push(std::string(pipe_bytes, 'x'), 4) == errc::overloaded);
      CHECK(testee->push(std::string(pipe_bytes - 8, 'x'), 4) == errc::none);
    }
  }
}

SCENARIO_METHOD(outbox_fixture, "an outbox widens its pipe for a large frame",
                "[outbox]") {
  GIVEN("a kernel that lets a pipe grow") {
    int other[2];
    REQUIRE(pipe2(other, O_CLOEXEC) == 0);
    auto granted = fcntl(other[0], F_SETPIPE_SZ, defaults::wide_pipe_bytes) > 0;
    close(other[0]);
    close(other[1]);
    WHEN("frames of one chunk and less are pushed") {
      fill_pipe();
      CHECK(fcntl(reader, F_GETPIPE_SZ) == int(pipe_bytes));
    }
    WHEN("a larger one is pushed") {
      CHECK(testee->push(std::string(pipe_bytes + 1, 'x'), 1) == errc::none);
      THEN("the pipe takes it at once") {
        CHECK(testee->depth() == (granted ? 0 : 1));
      }
    }
  }
}

SCENARIO_METHOD(outbox_fixture, "an outbox writes frames of every size",
                "[outbox]") {
  GIVEN("a reader that takes some bytes at a time, of each size") {
    auto sent = std::string{};
    auto got = std::string{};
    for (auto size = size_t{0}; size < 3000; size += 7) {
      auto frame = std::string(size * 41 % 9000, 'a' + size % 26);
      while (testee->push(frame, 1) != errc::none) {
        auto chunk = std::string(size % 5000 + 1, ' ');
        auto n = read(reader, chunk.data(), chunk.size());
        got.append(chunk, 0, static_cast<size_t>(n));
        testee->drain();
      }
      sent += frame + "\n";
    }
    while (testee->depth() > 0) {
      got += read_all();
      testee->drain();
    }
    THEN("it gets every byte once") {
      CHECK((got + read_all() == sent));
    }
  }
}

// -- SIGPIPE ------------------------------------------------------------------

namespace {

bool is_pending() {
  auto pending = sigset_t{};
  sigpending(&pending);
  return sigismember(&pending, SIGPIPE) == 1;
}

bool is_blocked() {
  auto now = sigset_t{};
  pthread_sigmask(SIG_BLOCK, nullptr, &now);
  return sigismember(&now, SIGPIPE) == 1;
}

void set_blocked(bool on) {
  auto pipe = sigset_t{};
  sigemptyset(&pipe);
  sigaddset(&pipe, SIGPIPE);
  pthread_sigmask(on ? SIG_BLOCK : SIG_UNBLOCK, &pipe, nullptr);
}

} // namespace

SCENARIO_METHOD(outbox_fixture, "T9: a pipe without a reader is no signal",
                "[outbox]") {
  GIVEN("the default disposition of SIGPIPE, and a reader that is gone") {
    struct sigaction before = {};
    sigaction(SIGPIPE, nullptr, &before);
    REQUIRE(before.sa_handler == SIG_DFL);
    close_reader();
    WHEN("a frame is pushed") {
      CHECK(testee->push("x", 1) == errc::connection_lost);
      THEN("it is refused as not sent, and the fault is told once") {
        CHECK(broken == 1);
        CHECK(testee->close().empty());
        CHECK(testee->push("y", 2) == errc::connection_lost);
        CHECK(broken == 1);
      }
    }
    for (auto write : {write_quietly, write_with_sigpipe_blocked})
      WHEN("it is written to by way " << (write == write_quietly ? 1 : 2)) {
        char text[] = "x";
        auto part = iovec{text, 1};
        auto fd = testee->fd();
        CHECK(write(fd, &part, 1) == -1);
        CHECK(errno == EPIPE);
        THEN("disposition and mask are what they were, nothing is pending") {
          struct sigaction after = {};
          sigaction(SIGPIPE, nullptr, &after);
          CHECK(after.sa_handler == SIG_DFL);
          CHECK_FALSE(is_blocked());
          CHECK_FALSE(is_pending());
        }
        AND_WHEN("the thread blocks it, and one of its own is pending") {
          set_blocked(true);
          raise(SIGPIPE);
          CHECK(write(fd, &part, 1) == -1);
          THEN("that one is left to the thread") {
            CHECK(is_pending());
          }
          auto pipe = sigset_t{};
          auto now = timespec{};
          sigemptyset(&pipe);
          sigaddset(&pipe, SIGPIPE);
          sigtimedwait(&pipe, nullptr, &now);
          set_blocked(false);
        }
      }
  }
  GIVEN("frames that wait when the reader goes") {
    fill_pipe();
    CHECK(testee->push("two", 2) == errc::none);
    close_reader();
    CHECK(testee->drain() == drained::broken);
    CHECK(testee->push("three", 3) == errc::connection_lost);
    CHECK(testee->close() == tickets{2});
  }
}

SCENARIO_METHOD(outbox_fixture, "what an outbox holds travels together",
                "[outbox]") {
  GIVEN("two frames that may wait") {
    CHECK(testee->push_held("one", 1) == errc::none);
    CHECK(testee->push_held("two", 2) == errc::none);
    CHECK(read_all().empty());
    CHECK(testee->depth() == 2);
    WHEN("it is flushed") {
      testee->flush();
      THEN("they are written, and later frames at once") {
        CHECK(read_all() == "one\ntwo\n");
        CHECK(testee->depth() == 0);
        CHECK(blocked == 0);
        CHECK(testee->push("three", 3) == errc::none);
        CHECK(read_all() == "three\n");
      }
    }
    WHEN("a frame follows that may not wait") {
      CHECK(testee->push("three", 3) == errc::none);
      THEN("all are written, in order") {
        CHECK(read_all() == "one\ntwo\nthree\n");
        CHECK(testee->close().empty());
      }
    }
    WHEN("more frames come than may be queued") {
      CHECK(testee->push_held("three", 3) == errc::none);
      CHECK(testee->push_held("four", 4) == errc::none);
      CHECK(testee->push_held("five", 5) == errc::none);
      THEN("those before are written to make room") {
        CHECK(read_all() == "one\ntwo\nthree\nfour\n");
        testee->flush();
        CHECK(read_all() == "five\n");
      }
    }
    WHEN("a frame comes for which there is no room among them") {
      auto large = std::string(2 * pipe_bytes, 'x');
      CHECK(testee->push_held(large, 3) == errc::none);
      THEN("they are written first, and it as far as the pipe takes it") {
        auto text = read_all();
        CHECK(text.substr(0, 10) == "one\ntwo\nxx");
        CHECK(blocked == 1);
      }
    }
    WHEN("one is revoked") {
      CHECK(testee->revoke(1));
      testee->flush();
      CHECK(read_all() == "two\n");
    }
    WHEN("all are revoked, and another comes") {
      CHECK(testee->revoke(1));
      CHECK(testee->revoke(2));
      CHECK(testee->push("three", 3) == errc::none);
      CHECK(read_all() == "three\n");
    }
    WHEN("it is closed") {
      THEN("nothing of them was sent, and their tickets say so") {
        CHECK(testee->close() == tickets{1, 2});
        testee->flush();
        CHECK(read_all().empty());
      }
    }
    WHEN("nobody reads any more") {
      close_reader();
      testee->flush();
      THEN("that is told, and their tickets were not sent") {
        CHECK(broken == 1);
        CHECK(testee->close() == tickets{1, 2});
        CHECK(testee->push_held("three", 3) == errc::connection_lost);
      }
    }
  }
  GIVEN("a full pipe") {
    fill_pipe();
    CHECK(testee->push_held("two", 2) == errc::none);
    WHEN("what waits behind it is flushed") {
      testee->flush();
      THEN("it is the I/O thread's, which knows already") {
        CHECK(blocked == 1);
        read_all();
        CHECK(testee->drain() == drained::all);
        CHECK(read_all() == "\ntwo\n");
      }
    }
  }
  GIVEN("frames that wait, and more than a pipe takes") {
    CHECK(testee->push_held("one", 1) == errc::none);
    CHECK(testee->push(std::string(pipe_bytes, 'f'), 2) == errc::none);
    THEN("the rest is the I/O thread's") {
      CHECK(blocked == 1);
      read_all();
      CHECK(testee->drain() == drained::all);
      CHECK(testee->close().empty());
    }
  }
}
