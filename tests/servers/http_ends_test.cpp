// Covers actors/supervision/supervisor.hpp,
// actors/supervision/restart_history.hpp, actors/supervision/spawn_gate.hpp,
// actors/client/ends.cpp, transports/http.

#include "troupe/tests/servers/call_load.hpp"
#include "troupe/tests/servers/http_case.hpp"
#include "troupe/tests/support/leak_counter.hpp"
#include "troupe/tests/support/loopback.hpp"

#include <catch2/catch.hpp>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace troupe;
using namespace troupe::test;

namespace {

using strings = std::vector<std::string>;

const strings names{"a", "b", "c", "d"};

/// Where a server was: takes each connection, hangs up, and counts.
class closed_shop {
public:
  explicit closed_shop(uint16_t port)
    : listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    auto on = 1;
    setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    auto address = loopback(port);
    auto at = reinterpret_cast<sockaddr*>(&address);
    if (bind(listener_, at, sizeof(address)) != 0 || listen(listener_, 1024))
      throw std::runtime_error("somebody is at the server's place");
    thread_ = std::thread{[this] { accept_all(); }};
  }

  ~closed_shop() {
    shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }

  size_t visits() const {
    return visits_;
  }

private:
  void accept_all() {
    for (;;) {
      auto fd = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (fd < 0)
        return;
      ++visits_;
      ::close(fd);
    }
  }

  int listener_;
  std::atomic<size_t> visits_{0};
  std::thread thread_;
};

/// The waits of a server as they are shipped, but twenty times shorter.
server_spec patient(server_spec x) {
  x.restart = restart_policy{};
  x.restart.backoff_first /= 20;
  x.restart.backoff_max /= 20;
  return x;
}

/// Starts so far.
size_t starts(const live_world& w, const std::string& name) {
  auto all = w.events(name);
  return static_cast<size_t>(std::count_if(
    all.begin(), all.end(), [](auto& x) { return x.to == phase::connecting; }));
}

void check_told(const std::vector<call_outcome>& all) {
  std::map<std::string, size_t> wrong;
  for (auto& x : all) {
    auto& e = x.error;
    auto fits =
      e.code == errc::connection_lost
      || ((e.code == errc::degraded || e.code == errc::session_expired)
          && e.what_became == fate::not_sent);
    if (!x.right && !fits)
      ++wrong[std::string{to_string(e.code)} + " "
              + std::string{to_string(e.what_became)} + " " + e.text];
  }
  for (auto& [text, times] : wrong)
    UNSCOPED_INFO(times << " times: " << text);
  CHECK(wrong.empty());
}

/// Calls to a server that is given up are refused at once, and bring no more
/// than one try in `degraded_call_try_every`.
void check_given_up(live_world& w, const http_case& x,
                    const std::string& name) {
  auto before = starts(w, name);
  auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < 50; ++i) {
    auto answer = w.call(name, x.quick("late"));
    INFO(answer.error.text);
    CHECK_FALSE(answer.ok());
    CHECK(answer.error.what_became == fate::not_sent);
  }
  auto spent = std::chrono::steady_clock::now() - begin;
  auto periods = spent / defaults::degraded_call_try_every;
  CHECK(starts(w, name) <= before + 1 + static_cast<uint64_t>(periods));
}

void check_gone(const http_case& x) {
  demand_http_servers();
  live_world w;
  http_server server{x.how};
  auto sockets = open_sockets();
  for (auto& name : names)
    w.open_ready(patient(x.spec(w, server, name)));
  call_load load{
    w, {names, 8, [&](const std::string& text) { return x.quick(text); }}};
  load.await_answers(20);
  server.kill();
  for (auto& name : names)
    w.await(name, phase::backoff);
  closed_shop shop{server.port()};
  for (auto& name : names)
    w.await(name, phase::degraded);
  check_told(load.stop());
  size_t later = 0; // starts after the first
  for (auto& name : names) {
    check_given_up(w, x, name);
    later += starts(w, name) - 1;
  }
  // Those up to the limit, and one that the calls brought forward.
  CHECK(later <= names.size() * (defaults::intensity + 1));
  // No start connected twice; the first ones may have come before this test
  // took the server's port.
  CHECK(shop.visits() <= later);
  CHECK(shop.visits() >= names.size());
  for (auto& name : names)
    CHECK(w.close(name).value.left == proof::no_process);
  CHECK(leaks::eventually([&] { return open_sockets() == sockets + 1; }));
}

} // namespace

SCENARIO("L4 L5: a server of others that never comes back is not stormed, "
         "however many call",
         "[servers][http]") {
  for (auto& x : all_http_cases())
    GIVEN("the server " << x.name) {
      check_gone(x);
    }
}
