// Covers transports/credentials.hpp, transports/blocking_credentials.hpp.

#include "troupe/tests/support/kept_questions.hpp"
#include "troupe/transports/blocking_credentials.hpp"

#include <catch2/catch.hpp>

#include <optional>
#include <stdexcept>
#include <thread>

using namespace troupe;

namespace {

constexpr auto origin = "https://one.example";

/// The answers that came by one reply.
struct answers {
  std::mutex mutex;
  std::vector<answer<std::string>> all; // guarded by mutex

  credential_reply reply() {
    return credential_reply{[this](auto x) {
      auto held = std::unique_lock{mutex};
      all.push_back(std::move(x));
    }};
  }
};

} // namespace

// -- the reply ----------------------------------------------------------------

SCENARIO("the first answer to a question counts", "[credentials]") {
  auto got = answers{};
  auto then = std::optional{got.reply()};
  GIVEN("two values") {
    then->give("first");
    then->give("second");
  }
  GIVEN("a value, then a failure") {
    then->give("first");
    then->fail({errc::internal_error, fate::not_sent, "second"});
  }
  GIVEN("a value by a copy, then one by the other") {
    auto copy = *then;
    copy.give("first");
    then->give("second");
  }
  GIVEN("a value by what was moved") {
    auto moved = std::move(*then);
    then->give("from nowhere");
    moved.give("first");
  }
  then.reset();
  REQUIRE(got.all.size() == 1);
  CHECK(got.all[0].ok());
  CHECK(got.all[0].value == "first");
}

SCENARIO("of answers on several threads one counts", "[credentials]") {
  auto got = answers{};
  {
    auto then = got.reply();
    auto threads = std::vector<std::thread>{};
    for (auto i = 0; i < 4; ++i)
      threads.emplace_back([then, i] { then.give(std::to_string(i)); });
    for (auto& x : threads)
      x.join();
  }
  CHECK(got.all.size() == 1);
}

SCENARIO("a question whose reply is dropped has failed", "[credentials]") {
  auto got = answers{};
  {
    auto then = got.reply();
    { auto copy = then; }
    CHECK(got.all.empty());
  }
  REQUIRE(got.all.size() == 1);
  CHECK(got.all[0].error.code == errc::internal_error);
  CHECK(got.all[0].error.text
        == "the source of credentials dropped a question without an answer");
}

SCENARIO("a failure without a code is a failure", "[credentials]") {
  auto got = answers{};
  got.reply().fail({});
  REQUIRE(got.all.size() == 1);
  CHECK_FALSE(got.all[0].ok());
}

SCENARIO("what takes an answer may throw", "[credentials]") {
  auto then = std::optional{
    credential_reply{[](auto) { throw std::runtime_error{"no room"}; }}};
  GIVEN("an answer") {
    then->give("Bearer t");
  }
  GIVEN("a dropped question") {
    // nop
  }
  CHECK_NOTHROW(then.reset());
}

SCENARIO("a reply keeps nothing once it is answered", "[credentials]") {
  auto held = std::make_shared<int>();
  auto watched = std::weak_ptr<int>{held};
  auto then = credential_reply{[held = std::move(held)](auto) {}};
  CHECK_FALSE(watched.expired());
  then.give("Bearer t");
  CHECK(watched.expired());
}

// -- a source that blocks -----------------------------------------------------

namespace {

/// What it returns or throws is set by the test.
class blocking_source : public blocking_credential_source {
public:
  std::string authorization(std::string_view from) override {
    heard += "asked " + std::string{from} + '\n';
    if (throws == "fault")
      throw credential_fault{"the key ring is locked"};
    if (throws == "error")
      throw std::runtime_error{"sentinel"};
    return "Bearer t";
  }
  void challenged(std::string_view from, int status,
                  std::string_view challenge) override {
    heard += std::to_string(status) + ' ' + std::string{from} + ' '
             + std::string{challenge} + '\n';
    if (throws == "challenge")
      throw std::runtime_error{"sentinel"};
  }

  std::string heard;
  std::string throws;
};

} // namespace

SCENARIO("a blocking source answers with what it returns", "[credentials]") {
  auto testee = blocking_source{};
  GIVEN("a value") {
    CHECK(ask(testee, origin).value == "Bearer t");
    CHECK(testee.heard == "asked https://one.example\n");
  }
  GIVEN("a fault for users") {
    testee.throws = "fault";
    auto x = ask(testee, origin);
    CHECK(x.error.code == errc::internal_error);
    CHECK(x.error.text == "the key ring is locked");
  }
  GIVEN("another exception") {
    testee.throws = "error";
    THEN("its caller deals with that") {
      CHECK_THROWS_AS(ask(testee, origin), std::runtime_error);
    }
  }
}

SCENARIO("a blocking source hears of a refusal before it is asked again",
         "[credentials]") {
  auto testee = blocking_source{};
  credential_source& source = testee;
  auto got = answers{};
  auto challenge =
    credential_challenge{{origin, {}, {}}, 401, {"Bearer a=\"b\"", "Basic"}};
  GIVEN("a refusal") {
    source.challenged(challenge, got.reply());
    CHECK(testee.heard
          == "401 https://one.example Bearer a=\"b\", Basic\n"
             "asked https://one.example\n");
    CHECK(got.all.at(0).value == "Bearer t");
  }
  GIVEN("a refusal at which it throws") {
    testee.throws = "challenge";
    source.challenged(challenge, got.reply());
    CHECK(got.all.at(0).value == "Bearer t");
  }
  GIVEN("a second refusal of one request") {
    challenge.may_repeat = false;
    source.challenged(challenge, got.reply());
    THEN("it is not asked") {
      CHECK(testee.heard == "401 https://one.example Bearer a=\"b\", Basic\n");
      CHECK(got.all.at(0).value.empty());
    }
  }
}
