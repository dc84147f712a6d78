// Covers transports/http, actors/session/exchange.cpp,
// actors/session/http_exchanges.hpp, actors/session/handshake_http.cpp,
// actors/client/request_book.hpp, actors/client/server_words.hpp.

#include "troupe/tests/support/http_server.hpp"
#include "troupe/tests/support/leak_counter.hpp"
#include "troupe/tests/support/request_file.hpp"

#include <catch2/catch.hpp>

#include <unistd.h>

using namespace troupe;
using namespace troupe::test;

SCENARIO("a server over HTTP works in each dialect", "[system][http]") {
  live_world w; // outlives the server: nothing may be left of either
  http_server server;
  GIVEN("a client that finds out") {
    auto up = w.open_ready(server.spec(w, "a"));
    CHECK(up.protocol_version == modern_version);
    CHECK(up.pid == 0);
    CHECK(w.echoes("a"));
    CHECK_FALSE(w.list("a").value.tools.empty());
    CHECK(w.close("a").value.left == proof::no_process);
  }
  GIVEN("a legacy client") {
    auto spec = server.spec(w, "a");
    spec.dialect = dialect_choice::legacy;
    CHECK(w.open_ready(spec).protocol_version == latest_legacy_version);
    CHECK(w.echoes("a"));
    CHECK(w.close("a").ok());
  }
  GIVEN("a client of HTTP+SSE") {
    auto spec = server.spec(w, "a");
    spec.transport = "sse";
    spec.url = server.sse_url();
    CHECK(w.open_ready(spec).protocol_version == latest_legacy_version);
    CHECK(w.echoes("a"));
    CHECK(w.close("a").ok());
  }
  GIVEN("HTTP+SSE where Streamable HTTP was expected") {
    auto spec = server.spec(w, "a");
    spec.url = server.sse_url();
    CHECK(w.open_ready(spec).protocol_version == latest_legacy_version);
    CHECK(w.echoes("a"));
  }
}

SCENARIO("S28: a status of 400 or more fails the call with that status",
         "[system][http]") {
  for (auto status : {"400", "403", "404", "429", "500", "503"}) {
    live_world w;
    http_server server{{"--http-after", "1", "--http-status", status}};
    auto spec = server.spec(w, "a");
    spec.dialect = dialect_choice::modern;
    w.open_ready(spec);
    auto answer = w.call("a", tool_call("echo", R"({"text":"x"})"));
    INFO(status << ": " << answer.error.text);
    REQUIRE_FALSE(answer.ok());
    CHECK(answer.error.code == errc::server_error);
    CHECK(answer.error.text.find(status) != std::string::npos);
    CHECK(w.status("a").state == phase::ready);
  }
}

SCENARIO("S29: a session that the server forgot begins anew by itself, and the "
         "list that met it is asked for once more",
         "[system][http]") {
  for (auto status : {"404", "400"}) {
    INFO(status);
    live_world w;
    request_file seen{w};
    http_server server{seen.with({"--era", "legacy", "--lose-session", "30",
                                  "--lost-session-status", status})};
    auto spec = server.spec(w, "a");
    spec.dialect = dialect_choice::legacy;
    w.open_ready(spec);
    size_t lists = 0;
    while (lists < 40 && w.status("a").incarnation < 2) {
      ++lists;
      auto answer = w.list("a");
      INFO(answer.error.text);
      REQUIRE(answer.ok());
      CHECK_FALSE(answer.value.stale);
      CHECK_FALSE(answer.value.tools.empty());
    }
    CHECK(w.status("a").incarnation == 2);
    CHECK(seen.count("initialize") == 2);
    // On a slow machine a ping may have met it, and not a list.
    CHECK(seen.count("tools/list") >= lists);
    CHECK(seen.count("tools/list") <= lists + 1);
    CHECK(w.echoes("a"));
  }
}

SCENARIO("S29 T8: calls of what the server's list calls harmless do not notice "
         "that it forgot their session",
         "[system][http]") {
  for (auto status : {"404", "400"}) {
    INFO(status);
    live_world w;
    http_server server{{"--era", "legacy", "--lose-session", "10",
                        "--lost-session-status", status}};
    auto spec = server.spec(w, "a");
    spec.dialect = dialect_choice::legacy;
    w.open_ready(spec);
    REQUIRE(w.list("a").ok()); // what only reads is known
    for (int i = 0; i < 20 && w.status("a").incarnation < 2; ++i) {
      auto answer = w.call("a", tool_call("echo", R"({"text":"x"})"));
      INFO(answer.error.text);
      CHECK(answer.ok());
    }
    CHECK(w.status("a").incarnation == 2);
    CHECK(w.echoes("a"));
  }
}

SCENARIO(
  "T8: calls that come at once share one new session, and the old one is "
  "not named again",
  "[system][http]") {
  live_world w;
  request_file seen{w};
  http_server server{seen.with({"--era", "legacy", "--lose-session", "30"})};
  auto spec = server.spec(w, "a");
  spec.dialect = dialect_choice::legacy;
  w.open_ready(spec);
  REQUIRE(w.list("a").ok()); // what only reads is known
  for (int i = 0; i < 20 && w.status("a").incarnation < 2; ++i) {
    std::vector<pending<call_tool_result>> calls;
    for (int j = 0; j < 5; ++j)
      calls.push_back(w.start_call("a", tool_call("echo", R"({"text":"x"})")));
    for (auto& x : calls) {
      INFO(x->error.text);
      CHECK(x->ok());
    }
  }
  CHECK(w.status("a").incarnation == 2);
  std::vector<std::string> sessions; // in order, of those that changed
  for (auto& x : seen.all())
    if (!x.session.empty()
        && (sessions.empty() || sessions.back() != x.session))
      sessions.push_back(x.session);
  CHECK(seen.count("initialize") == 2);
  CHECK(sessions.size() == 2);
}

SCENARIO("S30: a server that demands credentials waits for them, others work",
         "[system][http]") {
  live_world w;
  http_server closed{{"--token", "secret"}};
  http_server open;
  w.open(closed.spec(w, "closed"));
  auto asked = w.start_ready("closed");
  auto listed = w.list("closed");
  CHECK(asked->error.code == errc::auth_required);
  CHECK(listed.error.what_became == fate::not_sent);
  CHECK(w.status("closed").state == phase::auth_required);
  w.open_ready(open.spec(w, "open"));
  CHECK(w.echoes("open"));
  WHEN("it is reloaded with a token") {
    auto spec = closed.spec(w, "closed");
    spec.headers["Authorization"] = secret{"Bearer secret"};
    CHECK(w.reload("closed", {spec}).ok());
    THEN("it works") {
      CHECK(w.echoes("closed"));
    }
  }
}

SCENARIO("S6 T7: a server that dies in a call ends the call; its return is met",
         "[system][http]") {
  live_world w;
  http_server server;
  w.open_ready(server.spec(w, "a"));
  auto slow = tool_call("progress", R"({"steps":60000,"ms":10})");
  slow.tag = 1;
  auto call = w.start_call("a", slow);
  w.await_progress(1, 1);
  server.kill();
  CHECK(call->error.code == errc::connection_lost);
  CHECK(call->error.what_became == fate::outcome_unknown);
  // The connection of the next call is refused: the server is lost.
  auto next = w.call("a", tool_call("echo", R"({"text":"x"})"));
  CHECK_FALSE(next.ok());
  CHECK(next.error.what_became == fate::not_sent);
  w.await("a", phase::backoff);
  server.start_again();
  w.await("a", phase::ready, 2);
  CHECK(w.echoes("a"));
}

SCENARIO("X2: what a variable holds is in no error of a remote server",
         "[system][http]") {
  live_world w;
  auto spec = http_server{}.spec(w, "a"); // it is gone at once
  setenv("TROUPE_TEST_SECRET", "sentinel-in-a-path", 1);
  spec.url += "/${TROUPE_TEST_SECRET}";
  spec.headers["X-Api-Key"] = secret{"${TROUPE_TEST_SECRET}"};
  w.open(spec);
  auto asked = w.start_ready("a");
  REQUIRE_FALSE(asked->ok());
  INFO(asked->error.text);
  CHECK(asked->error.text.find("${TROUPE_TEST_SECRET}") != std::string::npos);
  CHECK(asked->error.text.find("sentinel") == std::string::npos);
  CHECK(w.status("a").last_error_text.find("sentinel") == std::string::npos);
}

SCENARIO("S36 X3: a redirect is refused, and no other server hears of the call",
         "[system][http]") {
  live_world w;
  request_file at_other{w, "other"};
  request_file seen{w};
  http_server other{at_other.with({})};
  http_server server{
    seen.with({"--http-after", "1", "--redirect", other.url()})};
  auto spec = server.spec(w, "a");
  spec.headers["X-Api-Key"] = secret{"sentinel"};
  spec.dialect = dialect_choice::modern;
  w.open_ready(spec);
  auto answer = w.call("a", tool_call("echo", R"({"text":"x"})"));
  CHECK(answer.error.code == errc::protocol_error);
  CHECK(answer.error.text.find("sentinel") == std::string::npos);
  CHECK(seen.count("tools/call") == 1);
  CHECK(at_other.all().empty());
}

SCENARIO("a call over HTTP is cancelled at the server", "[system][http]") {
  live_world w;
  http_server server;
  for (auto dialect : {dialect_choice::modern, dialect_choice::legacy}) {
    auto spec = server.spec(w, dialect == dialect_choice::modern ? "m" : "l");
    spec.dialect = dialect;
    w.open_ready(spec);
    auto slow = tool_call("progress", R"({"steps":60000,"ms":10})");
    slow.tag = 1;
    auto call = w.start_call(spec.name, slow);
    auto before = w.progress(1);
    w.await_progress(1, before + 1);
    w.cancel(spec.name, 1);
    CHECK(call->error.code == errc::cancelled);
    CHECK(w.echoes(spec.name));
  }
}

SCENARIO("200 clients over HTTP with a stream each are closed at once",
         "[system][http]") {
  auto sockets = open_sockets();
  auto threads = leaks::threads_of(getpid());
  {
    live_world w;
    http_server server{{"--era", "legacy"}};
    constexpr int clients = 200;
    auto name = [](int i) { return "c" + std::to_string(i); };
    for (int i = 0; i < clients; ++i)
      w.open(server.spec(w, name(i)));
    for (int i = 0; i < clients; ++i)
      REQUIRE(w.ready(name(i)).ok());
    std::vector<pending<call_tool_result>> calls;
    for (int i = 0; i < 64; ++i)
      calls.push_back(
        w.start_call(name(i), tool_call("sleep", R"({"ms":600000})")));
    // No call waits behind the open streams.
    for (int i = 64; i < clients; i += 17)
      CHECK(w.echoes(name(i)));
    // A thread for each stream, and those of calls and of what is short.
    CHECK(leaks::threads_of(getpid()) < threads + clients
                                          + defaults::http_calls_max
                                          + defaults::http_notes_max);
    auto begin = std::chrono::steady_clock::now();
    CHECK(w.stop_all().clean);
    // Well under a second; each waiting for another would take minutes.
    CHECK(std::chrono::steady_clock::now() - begin < 10s);
    for (auto& call : calls)
      CHECK(call->error.code == errc::closed);
  }
  CHECK(leaks::eventually([&] { return open_sockets() <= sockets; }));
}
