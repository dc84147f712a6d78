// Covers actors/runtime.hpp, actors/session/exchange.cpp,
// actors/session/handshake_http.cpp, actors/client/ends.cpp,
// actors/client/request_book.hpp, transports/http.

#include "troupe/tests/servers/call_load.hpp"
#include "troupe/tests/servers/http_case.hpp"
#include "troupe/tests/support/leak_counter.hpp"
#include "troupe/tests/support/scratch_folder.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <set>

using namespace troupe;
using namespace troupe::test;

namespace {

using strings = std::vector<std::string>;
using outcomes = std::vector<call_outcome>;

const strings names{"a", "b", "c", "d"};

/// Kills of a server under load; each costs a start of Node, half a second.
constexpr size_t kills = 6;

// -- what may come of a call --------------------------------------------------

size_t count(const outcomes& all, fate what) {
  return static_cast<size_t>(
    std::count_if(all.begin(), all.end(), [&](auto& x) {
      return x.error.code != errc::none && x.error.what_became == what;
    }));
}

/// Whether a failure says what happened, as far as a call can know it.
bool is_honest(const failure& x) {
  switch (x.code) {
    case errc::connection_lost: return x.what_became != fate::refused;
    case errc::session_expired: return x.what_became != fate::refused;
    default: return false;
  }
}

void check_typed(const outcomes& all) {
  size_t wrong = 0;
  for (auto& x : all)
    if (!x.right && !is_honest(x.error)) {
      ++wrong;
      UNSCOPED_INFO(x.text << " " << to_string(x.error.code) << " "
                           << to_string(x.error.what_became) << ": "
                           << x.error.text);
    }
  CHECK(wrong == 0);
}

/// Against what the server has written down of what it ran.
void check_against(const std::string& ledger, const outcomes& all) {
  std::multiset<std::string> ran;
  std::ifstream in{ledger};
  for (std::string line; std::getline(in, line);)
    ran.insert(line);
  for (auto& x : all) {
    INFO(x.text << " " << to_string(x.error.code) << ": " << x.error.text);
    auto times = ran.count(x.text);
    if (x.right)
      CHECK(times == 1);
    else if (x.error.what_became == fate::not_sent)
      CHECK(times == 0);
    else
      CHECK(times <= 1);
  }
}

// -- killing ------------------------------------------------------------------

/// Now and then it stands still before it dies, so that what is under way
/// certainly reached it, and no answer came.
void kill_under_load(live_world& w, http_server& server, bool frozen) {
  if (frozen) {
    server.stop();
    for (auto& name : names)
      CHECK(leaks::eventually([&] { return w.status(name).in_flight > 0; }));
  }
  server.kill();
  server.start_again();
}

outcomes run_kills(live_world& w, http_server& server, call_load& load) {
  for (size_t i = 0; i < kills; ++i) {
    load.await_answers(20);
    kill_under_load(w, server, i % 2 == 1);
  }
  load.await_answers(20);
  return load.stop();
}

void check_kills(const http_case& x, call_load::maker make,
                 const std::string& ledger = {}) {
  live_world w;
  auto how = x.how;
  how.env.push_back("LEDGER=" + ledger);
  http_server server{how};
  auto sockets = open_sockets();
  for (auto& name : names)
    w.open_ready(x.spec(w, server, name));
  call_load load{w, {names, 8, std::move(make)}};
  auto all = run_kills(w, server, load);
  check_typed(all);
  if (!ledger.empty())
    check_against(ledger, all);
  // Each time that it stood still, each client had calls under way.
  CHECK(count(all, fate::outcome_unknown) >= kills / 2 * names.size());
  for (auto& name : names) {
    // Each time it came back by itself.
    auto now = w.status(name);
    CHECK(now.state == phase::ready);
    CHECK(now.incarnation >= 1 + kills);
    CHECK(w.close(name).value.left == proof::no_process);
  }
  CHECK(leaks::eventually([&] { return open_sockets() == sockets; }));
}

/// The first call may be the one that meets the new server, which knows nothing
/// of our session; that is said, and so is that nothing has run.
void check_back(live_world& w, const http_case& x) {
  auto first = w.call("a", x.quick("back"));
  if (first.ok())
    return;
  INFO(first.error.text);
  CHECK(first.error.code == errc::session_expired);
  CHECK(first.error.what_became == fate::not_sent);
  CHECK(w.call("a", x.quick("back")).ok());
}

call_load::maker quick(const http_case& x) {
  return [x](const std::string& text) { return x.quick(text); };
}

call_tool note(const std::string& text) {
  return tool_call("note", R"({"text":")" + text + R"("})");
}

} // namespace

SCENARIO("T7 T8 S16: a server of others is killed in a call that tells its "
         "progress",
         "[servers][http]") {
  demand_http_servers();
  for (auto& x : all_http_cases())
    GIVEN("the server " << x.name) {
      live_world w;
      http_server server{x.how};
      w.open_ready(x.spec(w, server, "a"));
      auto slow = x.slow;
      slow.tag = 1;
      auto call = w.start_call("a", slow);
      w.await_progress(1, 3);
      WHEN("it stays away") {
        server.kill();
        INFO(call->error.text);
        CHECK(call->error.code == errc::connection_lost);
        CHECK(call->error.what_became == fate::outcome_unknown);
        server.start_again();
        check_back(w, x);
      }
      WHEN("it is back at once, and knows nothing of the call") {
        server.kill();
        server.start_again();
        INFO(call->error.text);
        CHECK(is_honest(call->error));
        CHECK(call->error.what_became == fate::outcome_unknown);
        check_back(w, x);
      }
    }
}

SCENARIO("S15 T7: everything over HTTP is killed under load, again and "
         "again",
         "[servers][http]") {
  demand_http_servers();
  auto x = everything_over_http();
  check_kills(x, quick(x));
}

SCENARIO("S15 T7: everything over HTTP+SSE is killed under load, again and "
         "again",
         "[servers][http]") {
  demand_http_servers();
  auto x = everything_over_sse();
  check_kills(x, quick(x));
}

SCENARIO("S16 R5: a modern server is killed under load, and its own record "
         "agrees with what callers were told",
         "[servers][http]") {
  demand_http_servers();
  scratch_folder folder;
  check_kills(dual_era_modern(), note, folder.file("ledger"));
}

SCENARIO("S16 R5: a legacy server is killed under load, and its own record "
         "agrees with what callers were told",
         "[servers][http]") {
  demand_http_servers();
  scratch_folder folder;
  check_kills(dual_era_legacy(), note, folder.file("ledger"));
}
