// Covers tools/troupe/advice.hpp.
// What the doctor advises for what it has seen of a server.

#include "troupe/tools/troupe/advice.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::cli;

static bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

SCENARIO("advice says what was seen of a server", "[troupe-parts]") {
  server_spec spec;
  failure late{errc::timed_out, fate::outcome_unknown, "late"};
  auto silent = std::string{"does not answer the handshake"};
  CHECK(has(advice_for(late, spec), silent));
  CHECK_FALSE(has(advice_for(late, spec, {.spoke = true}), silent));
  CHECK(has(advice_for(late, spec, {.was_ready = true}), "not this request"));
  CHECK(has(advice_for(late, spec, {.was_ready = true, .flooded = true}),
            "read slowly"));
  spec.transport = "http";
  CHECK(has(advice_for(late, spec), "No server answers"));
  CHECK_FALSE(
    has(advice_for(late, spec, {.was_ready = true}), "No server answers"));
}
