// Covers actors/session/handshake.hpp, actors/session/legacy_dialect.cpp,
// actors/session/modern_dialect.cpp, actors/client/start_plan.hpp,
// actors/client/ends.cpp.

#include "troupe/tests/support/leak_counter.hpp"
#include "troupe/tests/support/live_world.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::test;

namespace {

struct dialect_case {
  std::vector<std::string> options;
  std::string version;
  uint64_t incarnation = 1; ///< the first that becomes ready
};

/// Connects, works, and does so again after a crash, when the dialect is known.
void check_dialect(const dialect_case& x) {
  live_world w;
  auto spec = w.demo("a", x.options);
  spec.timeouts.probe = 300ms;
  auto first = w.open_ready(spec);
  CHECK(first.incarnation == x.incarnation);
  CHECK(first.protocol_version == x.version);
  CHECK(w.echoes("a"));
  w.call("a", tool_call("crash"));
  w.await("a", phase::ready, x.incarnation + 1);
  CHECK(w.status("a").protocol_version == x.version);
  CHECK(w.echoes("a"));
  for (auto& e : w.events("a"))
    CHECK(e.why != errc::handshake_failed);
}

} // namespace

SCENARIO("the dialect of each kind of server is found, and found again",
         "[system]") {
  auto modern = std::string{modern_version};
  auto legacy = std::string{latest_legacy_version};
  GIVEN("both dialects: the modern one") {
    check_dialect({{}, modern});
  }
  GIVEN("the modern dialect alone") {
    check_dialect({{"--era", "modern"}, modern});
  }
  GIVEN("the legacy dialect alone") {
    check_dialect({{"--era", "legacy"}, legacy});
  }
  GIVEN("a dialect that the first message chooses") {
    check_dialect({{"--lock-era"}, modern});
  }
  GIVEN("each legacy version") {
    for (auto version : legacy_versions())
      check_dialect(
        {{"--version", std::string{version}}, std::string{version}});
  }
  GIVEN("silence on the probe") {
    check_dialect({{"--era", "legacy", "--silent-on-probe"}, legacy});
  }
  GIVEN("an answer to the probe that comes too late") {
    check_dialect({{"--late-probe", "1500"}, legacy});
  }
  GIVEN("a death of the probe: tried once more without one") {
    check_dialect({{"--exit-on-probe"}, legacy, 2});
  }
}

SCENARIO("a server that is slow to answer the probe, and then refuses the "
         "other dialect, is reached all the same",
         "[system]") {
  live_world w;
  auto spec = w.demo("a", {"--late-probe", "1500", "--lock-era"});
  spec.timeouts.probe = 300ms;
  w.open_ready(spec);
  CHECK(w.echoes("a"));
}

SCENARIO("a server without a common version has failed, and says why",
         "[system]") {
  live_world w;
  for (auto version : {"1999-12-31", "2031-01-01"}) {
    auto spec = w.demo(version, {"--version", version});
    w.open(spec);
    auto failed = w.await(version, phase::failed);
    CHECK(failed.why == errc::no_common_version);
    CHECK(failed.stopped.left == proof::empty);
    CHECK(failed.text.find(version) != failed.text.npos);
  }
}
