// Covers tools/troupe/control_server.hpp, tools/troupe/control_client.hpp,
// tools/troupe/control_listener.hpp, tools/troupe/control_protocol.hpp.
// The control socket, with real sockets and without servers.

#include "troupe/tests/tools/troupe/control_fixture.hpp"
#include "troupe/tools/troupe/exit_status.hpp"
#include "troupe/tools/troupe/limits.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>

using namespace std::chrono_literals;
using namespace troupe;
using namespace troupe::cli;
using namespace troupe::test;

SCENARIO("requests and answers survive the wire", "[control]") {
  auto x = parse_request(format_request(request_for("t\n\"")));
  CHECK(x.error.empty());
  CHECK(x.value.what == command::call);
  CHECK(x.value.server == "a");
  CHECK(x.value.tool == "t\n\"");
  CHECK(x.value.arguments.text() == R"({"k":[1,2]})");
  CHECK(x.value.timeout == 3s);
  CHECK(format_request(request_for("a\nb")).find('\n') == std::string::npos);
  auto y = parse_answer(format_outcome(failed(errc::timed_out, "late")));
  CHECK(y.value.exit == exit_status::failed);
  CHECK(y.value.value.find("error")->find("code")->as_string() == "timed_out");
  for (auto wrong : {"", "{", "[]", "{}", R"({"troupe":2,"do":"list"})",
                     R"({"troupe":1,"do":"run"})", R"({"troupe":1})"})
    CHECK_FALSE(parse_request(wrong).error.empty());
  for (auto wrong : {"", "{}", R"({"troupe":1})", R"({"troupe":1,"exit":999})"})
    CHECK_FALSE(parse_answer(wrong).error.empty());
}

SCENARIO("one program listens at a socket", "[control]") {
  socket_folder folder;
  auto path = folder.socket();
  {
    auto first = control_listener::open(path);
    REQUIRE(first.error.empty());
    auto second = control_listener::open(path);
    CHECK(second.is_running);
    CHECK(second.running_pid == ::getpid());
    CHECK(running_among({path, path + "x"}).size() == 1);
  }
  CHECK_FALSE(std::filesystem::exists(path));
  CHECK_FALSE(std::filesystem::exists(path + ".lock"));
  GIVEN("a socket that a dead program left") {
    CHECK(control_listener::open(path).error.empty());
    auto again = control_listener::open(path);
    CHECK(again.error.empty());
  }
  GIVEN("a program that has the lock, and no socket yet") {
    auto lock = path + ".lock";
    unique_fd held{::open(lock.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)};
    REQUIRE(::flock(held.get(), LOCK_SH) == 0);
    CHECK(control_listener::open(path).is_running);
  }
  CHECK_FALSE(control_listener::open(std::string(200, 'x')).error.empty());
  CHECK_FALSE(control_listener::open("/nowhere/x").error.empty());
}

SCENARIO("a client that misbehaves costs others nothing", "[control]") {
  socket_folder folder;
  auto listening = control_listener::open(folder.socket());
  REQUIRE(listening.error.empty());
  echo_server world{listening.value.fd()};
  auto ask_well = [&] {
    auto said = ask_running(folder.socket(), request_for("good"));
    CHECK(said.is_running);
    CHECK(said.error.empty());
    CHECK(said.value.value.find("tool")->as_string() == "good");
  };
  GIVEN("clients that connect and say nothing, or half a line") {
    world.serve([&] {
      auto silent = connect_to(folder.socket());
      auto halting = connect_to(folder.socket());
      CHECK(::send(halting.fd.get(), "{\"troupe", 8, MSG_NOSIGNAL) == 8);
      ask_well();
    });
  }
  GIVEN("one that asks and goes away") {
    world.on_given_up = [&] { world.loop.quit(); };
    auto client = connect_to(folder.socket());
    auto line = format_request(request_for("never")) + '\n';
    REQUIRE(::send(client.fd.get(), line.data(), line.size(), MSG_NOSIGNAL)
            == static_cast<ssize_t>(line.size()));
    client.fd = unique_fd{};
    world.loop.run();
    THEN("what it asked for is given up") {
      CHECK(world.given_up == 1);
    }
  }
  GIVEN("one whose line has no end") {
    world.serve([&] {
      auto client = connect_to(folder.socket());
      std::string piece(1 << 20, 'x');
      size_t sent = 0;
      // It is cut off soon after the limit.
      while (sent < 2 * limits::request_bytes_max) {
        auto n =
          ::send(client.fd.get(), piece.data(), piece.size(), MSG_NOSIGNAL);
        if (n < 0 && errno != EAGAIN)
          break;
        sent += n > 0 ? static_cast<size_t>(n) : 0;
      }
      CHECK(sent < 2 * limits::request_bytes_max);
      ask_well();
    });
  }
  GIVEN("nonsense") {
    world.serve([&] {
      auto client = connect_to(folder.socket());
      ::send(client.fd.get(), "hello\n", 6, MSG_NOSIGNAL);
      ask_well();
    });
  }
  GIVEN("one of another user") {
    if (::geteuid() != 0) {
      WARN("skipped: needs root");
      return;
    }
    ::chmod(folder.path().c_str(), 0755);
    ::chmod(folder.socket().c_str(), 0777);
    exchange said;
    world.serve([&] {
      // By the system call, only this thread becomes another user.
      ::syscall(SYS_setresuid, 12345, 12345, 12345);
      said = ask_running(folder.socket(), request_for("good"));
    });
    CHECK(said.is_running);
    CHECK_FALSE(said.error.empty());
  }
  GIVEN("an end while one waits for its answer") {
    auto client = connect_to(folder.socket());
    auto silent = connect_to(folder.socket());
    auto line = format_request(request_for("never")) + '\n';
    ::send(client.fd.get(), line.data(), line.size(), MSG_NOSIGNAL);
    world.on_never = [&] {
      world.loop.post([&] { world.server.finish([&] { world.loop.quit(); }); });
    };
    world.loop.run();
    CHECK(world.given_up == 1);
  }
}

SCENARIO("progress travels to those who want it", "[control]") {
  socket_folder folder;
  auto listening = control_listener::open(folder.socket());
  REQUIRE(listening.error.empty());
  echo_server world{listening.value.fd()};
  std::vector<call_progress> news;
  while_waiting told;
  told.on_progress = [&](const call_progress& x) { news.push_back(x); };
  auto request = request_for("steps");
  GIVEN("a client that wants it") {
    request.wants_progress = true;
    world.serve([&] {
      auto said = ask_running(folder.socket(), request, told);
      CHECK(said.error.empty());
      CHECK(said.value.exit == 0);
    });
    THEN("it gets the first, and the last, and not all in between") {
      REQUIRE(news.size() >= 2);
      CHECK(news.size() < 10);
      CHECK(news.front().progress == 1);
      CHECK(news.front().total == 1000);
      CHECK(news.back().progress == 1000);
      CHECK(news.back().message == "last\x1b[m");
    }
  }
  GIVEN("one that does not") {
    world.serve([&] {
      CHECK(ask_running(folder.socket(), request, told).error.empty());
    });
    CHECK(news.empty());
  }
}

SCENARIO("a socket without a listener is told from trouble", "[control]") {
  socket_folder folder;
  auto said = ask_running(folder.socket(), request_for("x"));
  CHECK_FALSE(said.is_running);
  CHECK(said.error.empty());
}
