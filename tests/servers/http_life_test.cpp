// Covers actors/runtime.hpp, actors/session, transports/http.

#include "troupe/tests/servers/call_load.hpp"
#include "troupe/tests/servers/http_case.hpp"
#include "troupe/tests/support/leak_counter.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::test;

namespace {

using strings = std::vector<std::string>;

const strings names{"a", "b", "c", "d"};

void check_found(live_world& w, const http_case& x, const server_spec& spec) {
  auto up = w.open_ready(spec);
  CHECK(up.protocol_version == x.version);
  CHECK_FALSE(up.server.name.empty());
  CHECK(up.pid == 0);
  CHECK(up.incarnation == 1);
  auto list = w.list(spec.name);
  INFO(list.error.text);
  CHECK_FALSE(list.value.tools.empty());
  CHECK(list.value.rejected.empty());
}

/// One call with progress for each client, all at once; cancelled, at last.
void check_progress(live_world& w, const http_case& x) {
  std::vector<pending<call_tool_result>> calls;
  auto slow = x.slow;
  for (slow.tag = 1; slow.tag <= names.size(); ++slow.tag)
    calls.push_back(w.start_call(names[slow.tag - 1], slow));
  for (uint64_t tag = 1; tag <= names.size(); ++tag)
    w.await_progress(tag, 3);
  for (size_t i = 0; i < names.size(); ++i) {
    CHECK(calls[i].open());
    w.cancel(names[i], i + 1);
    CHECK(calls[i]->error.code == errc::cancelled);
  }
}

/// All clients at once, each with calls of its own.
void check_calls(live_world& w, const http_case& x) {
  call_load load{
    w, {names, 8, [&](const std::string& text) { return x.quick(text); }}};
  load.await_answers(50);
  for (auto& y : load.stop()) {
    INFO(y.text << ": " << y.error.text);
    CHECK(y.right);
  }
}

void check_life(const http_case& x) {
  demand_http_servers();
  live_world w;
  http_server server{x.how};
  auto sockets = open_sockets();
  auto held = leaks::fds_of(server.pid());
  for (auto& name : names)
    check_found(w, x, x.spec(w, server, name));
  CHECK(open_sockets() > sockets);
  check_progress(w, x);
  check_calls(w, x);
  for (auto& name : names)
    CHECK(w.close(name).value.left == proof::no_process);
  CHECK(leaks::eventually([&] { return open_sockets() == sockets; }));
  // It has no connection left of ours, either.
  CHECK(leaks::eventually([&] { return leaks::fds_of(server.pid()) <= held; }));
}

} // namespace

SCENARIO("servers of others over HTTP work for several clients at once, and "
         "nothing is left",
         "[servers][http]") {
  for (auto& x : all_http_cases())
    GIVEN("the server " << x.name) {
      check_life(x);
    }
}
