#include "actors/era_memory.hpp"

#include <catch2/catch.hpp>

using namespace troupe;

SCENARIO("S37: what was learnt of a remote server's era expires", "[policy]") {
  era_memory memory;
  era_memory::time_point now{std::chrono::hours{1}};
  CHECK(memory.recall(now) == known_dialect::unknown);
  memory.learn(known_dialect::legacy, false, now);
  auto end = now + defaults::era_verdict_time;
  CHECK(memory.recall(end - std::chrono::milliseconds{1})
        == known_dialect::legacy);
  CHECK(memory.recall(end) == known_dialect::unknown);
  GIVEN("that each start confirms it") {
    memory.learn(known_dialect::legacy, false, end - std::chrono::minutes{1});
    THEN("it does not get younger by that: nobody has asked the server") {
      CHECK(memory.recall(end) == known_dialect::unknown);
    }
  }
  GIVEN("that it was asked again") {
    memory.learn(known_dialect::modern, false, end);
    CHECK(memory.recall(end) == known_dialect::modern);
  }
  GIVEN("a server on stdio") {
    memory.forget();
    memory.learn(known_dialect::legacy_mute, true, now);
    CHECK(memory.recall(now + std::chrono::hours{1000})
          == known_dialect::legacy_mute);
  }
}
