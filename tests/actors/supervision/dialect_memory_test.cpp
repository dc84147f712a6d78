// Covers actors/supervision/dialect_memory.hpp,
// actors/supervision/server_url.hpp.

#include "troupe/actors/supervision/dialect_memory.hpp"

#include <catch2/catch.hpp>

using namespace troupe;

namespace {

using std::chrono::milliseconds;

http_url at(const std::string& text) {
  std::string fault;
  return parse_http_url(text, fault).value();
}

} // namespace

SCENARIO("S37: what was learnt of a remote server's dialect expires",
         "[policy]") {
  dialect_memory memory;
  dialect_memory::time_point now{std::chrono::hours{1}};
  auto a = at("https://a/mcp");
  CHECK(memory.recall(a, now) == known_dialect::unknown);
  memory.learn(a, known_dialect::legacy, now);
  auto end = now + defaults::dialect_verdict_time;
  CHECK(memory.recall(a, end - milliseconds{1}) == known_dialect::legacy);
  CHECK(memory.recall(a, end) == known_dialect::unknown);
  GIVEN("that it was asked again, and said the same") {
    memory.learn(a, known_dialect::legacy, end);
    CHECK(memory.recall(a, end + milliseconds{1}) == known_dialect::legacy);
  }
  GIVEN("that it turned out wrong before") {
    memory.learn(a, known_dialect::unknown, now);
    CHECK(memory.recall(a, now) == known_dialect::unknown);
  }
}

SCENARIO("S37: a dialect is that of an origin, HTTP+SSE that of a URL",
         "[policy]") {
  dialect_memory memory;
  dialect_memory::time_point now{};
  memory.learn(at("https://a/one"), known_dialect::modern, now);
  CHECK(memory.recall(at("https://a:443/two?x"), now) == known_dialect::modern);
  for (auto other : {"http://a/one", "https://a:444/one", "https://b/one"})
    CHECK(memory.recall(at(other), now) == known_dialect::unknown);
  memory.learn(at("https://a/sse"), known_dialect::legacy_sse, now);
  CHECK(memory.recall(at("https://a/sse"), now) == known_dialect::legacy_sse);
  CHECK(memory.recall(at("https://a/one"), now) == known_dialect::modern);
  memory.learn(at("https://a/sse"), known_dialect::legacy, now);
  CHECK(memory.recall(at("https://a/sse"), now) == known_dialect::legacy);
}

SCENARIO("the dialects of so many origins are remembered, the youngest",
         "[policy]") {
  dialect_memory memory;
  dialect_memory::time_point now{};
  auto nth = [](size_t i) { return at("http://h" + std::to_string(i) + "/"); };
  constexpr auto most = defaults::dialect_verdicts_max;
  for (size_t i = 0; i <= most; ++i)
    memory.learn(nth(i), known_dialect::legacy, now += milliseconds{1});
  CHECK(memory.recall(nth(0), now) == known_dialect::unknown);
  CHECK(memory.recall(nth(1), now) == known_dialect::legacy);
  CHECK(memory.recall(nth(most), now) == known_dialect::legacy);
}

SCENARIO(
  "only a client that finds out by asking over HTTP shares what came out",
  "[policy]") {
  server_spec x;
  x.name = "a";
  x.transport = "http";
  x.url = "https://a/mcp";
  CHECK(dialect_place(x) == at("https://a/mcp"));
  SECTION("not who was told the dialect") {
    x.dialect = dialect_choice::legacy;
    CHECK_FALSE(dialect_place(x));
  }
  SECTION("not who was told the transport") {
    x.transport = "sse";
    CHECK_FALSE(dialect_place(x));
  }
  SECTION("not a process") {
    x.transport = "stdio";
    CHECK_FALSE(dialect_place(x));
  }
  SECTION("not a URL that cannot be used") {
    x.url = "${TROUPE_TEST_NO_SUCH_VARIABLE}";
    CHECK_FALSE(dialect_place(x));
  }
}
