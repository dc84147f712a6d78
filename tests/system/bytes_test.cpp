// Covers transports/stdio, actors/session/unreadable.cpp,
// actors/session/remarks.hpp, transports/inbound_window.hpp.

#include "troupe/tests/support/leak_counter.hpp"
#include "troupe/tests/support/live_world.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <fstream>

#include <malloc.h>
#include <unistd.h>

using namespace troupe;
using namespace troupe::test;

namespace {

constexpr size_t megabyte = 1u << 20;

call_tool echo() {
  return tool_call("echo", R"({"text":"hello"})");
}

size_t heap_bytes() {
  auto x = mallinfo2();
  return x.uordblks + x.hblkhd;
}

/// How this process's memory develops from now on.
class memory_watch {
public:
  memory_watch() {
    std::ofstream{"/proc/self/clear_refs"} << "5\n"; // the peak starts anew
    resident_ = now("VmRSS");
  }

  /// The most that was resident at once.
  size_t peak() const {
    return now("VmHWM") - resident_;
  }

  /// What is in use now. The allocator may keep for later what is not.
  size_t kept() const {
    auto x = heap_bytes();
    return x > heap_ ? x - heap_ : 0;
  }

private:
  static size_t now(const std::string& field) {
    return std::stoul(leaks::status_field(getpid(), field)) << 10;
  }

  size_t heap_ = heap_bytes();
  size_t resident_ = 0;
};

} // namespace

SCENARIO("S25 T2: banners, garbage and wrong bytes on stdout do no harm",
         "[system]") {
  live_world w;
  w.open_ready(w.demo("a", {"--banner", "--garbage", "--invalid-utf8"}));
  for (int i = 0; i < 20; ++i)
    CHECK(w.echoes("a"));
  CHECK(w.list("a").ok());
  // The first, the tenth, the hundredth are shown; all are counted.
  w.await_remark("a", diagnostic::kind::stdout_noise, "demo-server");
  w.await_remark("a", diagnostic::kind::stdout_noise, "line 10 ");
  CHECK(w.remarks("a", diagnostic::kind::stdout_noise) == 2);
  w.await_remark("a", diagnostic::kind::protocol_fault);
  auto now = w.status("a");
  CHECK(now.incarnation == 1);
  CHECK(now.noise_lines >= 22);
}

SCENARIO("S25 T3: lines up to the limit pass, and longer ones end the session",
         "[system]") {
  live_world w;
  GIVEN("a line of garbage that is long, and no longer") {
    w.open_ready(w.demo("a", {"--long-line", std::to_string(15 * megabyte)}));
    CHECK(w.echoes("a"));
    w.await_remark("a", diagnostic::kind::stdout_noise, "xxx");
    CHECK(w.status("a").incarnation == 1);
  }
  GIVEN("a line of 100 MB") {
    auto up =
      w.open_ready(w.demo("a", {"--long-line", std::to_string(100'000'000)}));
    memory_watch memory;
    auto x = w.call("a", echo());
    CHECK(x.error.code == errc::too_large);
    CHECK(x.error.what_became == fate::outcome_unknown);
    w.await("a", phase::ready, 2);
    CHECK(leaks::state_of(up.pid) == 0);
    CHECK(w.status("a").last_stop.why == errc::too_large);
    // The largest frame, twice while its buffer grows, and not the whole line.
    CHECK(memory.peak() < 80 * megabyte);
    CHECK(memory.kept() < megabyte);
  }
  GIVEN("a line that never ends") {
    auto spec = w.demo("a", {"--endless-line", "--ignore-eof"});
    spec.limits.frame_bytes_max = megabyte;
    w.open_ready(spec);
    memory_watch memory;
    for (uint64_t life = 1; life <= 5; ++life) {
      w.await("a", phase::ready, life);
      CHECK(w.call("a", echo()).error.code == errc::too_large);
    }
    w.await("a", phase::ready, 6);
    CHECK(memory.peak() < 16 * megabyte);
    CHECK(memory.kept() < megabyte);
  }
}

SCENARIO("S26 T1: a flood of stderr stops no call, and is cut", "[system]") {
  live_world w;
  memory_watch memory;
  w.open_ready(w.demo("a", {"--stderr-flood", std::to_string(30 * megabyte)}));
  CHECK(w.echoes("a"));
  CHECK(w.remarks("a", diagnostic::kind::stderr_line) < 1000);
  CHECK(memory.peak() < 16 * megabyte);
  CHECK(w.status("a").incarnation == 1);
}

SCENARIO("S26: a server that stops reading meets the write deadline",
         "[system]") {
  live_world w;
  auto spec = w.demo("a", {"--stop-reading"});
  spec.timeouts.write = 500ms;
  auto up = w.open_ready(spec);
  w.open_ready(w.demo("b"));
  auto large =
    tool_call("echo", R"({"text":")" + std::string(megabyte, 'x') + R"("})");
  auto first = w.start_call("a", echo());
  std::vector<pending<call_tool_result>> calls;
  for (int i = 0; i < 10; ++i)
    calls.push_back(w.start_call("a", large));
  size_t others = 0;
  while (first.open()) {
    CHECK(w.echoes("b"));
    ++others;
  }
  CHECK(others >= 10);
  CHECK(first->error.code == errc::connection_lost);
  CHECK(first->error.what_became == fate::outcome_unknown);
  CHECK(calls.front()->error.what_became == fate::outcome_unknown);
  for (auto& x : calls)
    CHECK(x->error.code == errc::connection_lost);
  CHECK(calls.back()->error.what_became == fate::not_sent);
  w.await("a", phase::ready, 2);
  CHECK(leaks::state_of(up.pid) == 0);
}

SCENARIO("S26: what waits for a server that does not read is bounded",
         "[system]") {
  live_world w;
  auto spec = w.demo("a", {"--stop-reading"});
  spec.limits.outbox_bytes_max = 2 * megabyte;
  w.open_ready(spec);
  auto large =
    tool_call("echo", R"({"text":")" + std::string(megabyte, 'x') + R"("})");
  std::vector<pending<call_tool_result>> calls;
  for (int i = 0; i < 20; ++i)
    calls.push_back(w.start_call("a", large));
  // The outbox holds two, and the pipe one or two; the others are refused at
  // once, long before any deadline.
  auto refused = [&] {
    return std::count_if(calls.begin(), calls.end(), [](auto& x) {
      return !x.open() && x->error.code == errc::overloaded
             && x->error.what_became == fate::not_sent;
    });
  };
  CHECK(leaks::eventually([&] { return refused() >= 15; }));
  CHECK(w.status("a").state == phase::ready);
  CHECK(w.status("a").in_flight <= 5);
  CHECK(w.close("a").value.left == proof::empty);
  for (auto& x : calls)
    CHECK_FALSE(x->ok());
}
