// Covers transports/http/credential_bindings.hpp.

#include "troupe/tests/support/kept_questions.hpp"
#include "troupe/transports/http/credential_bindings.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <future>
#include <stdexcept>
#include <thread>

using namespace troupe;

namespace {

constexpr auto origin = "https://one.example";

/// Answers at once.
class fixed_source : public credential_source {
public:
  void authorization(credential_request, credential_reply then) override {
    then.give("Bearer token");
  }
  void challenged(credential_challenge, credential_reply then) override {
    then.give("Bearer other");
  }
};

} // namespace

SCENARIO("the embedder is asked once for the source of a start", "[http]") {
  auto asked = std::atomic{0};
  auto begun = std::promise<void>{};
  auto go_on = std::promise<void>{};
  auto testee = std::make_shared<credential_bindings>([&](const server_spec&) {
    ++asked;
    begun.set_value(); // throws where it is called twice
    go_on.get_future().wait();
    return std::make_shared<fixed_source>();
  });
  auto source = testee->source_for({});
  auto ask_it = [&] { return ask(*source, origin).value; };
  GIVEN("two requests, the second one while the embedder is still asked") {
    auto first = std::async(std::launch::async, ask_it);
    begun.get_future().wait();
    auto second = std::async(std::launch::async, ask_it);
    go_on.set_value();
    THEN("both get its source") {
      CHECK(first.get() == "Bearer token");
      CHECK(second.get() == "Bearer token");
      CHECK(asked == 1);
    }
  }
}

SCENARIO("an embedder that threw is asked again", "[http]") {
  auto asked = 0;
  auto testee = std::make_shared<credential_bindings>([&](const server_spec&) {
    if (++asked == 1)
      throw std::runtime_error{"not yet"};
    return std::make_shared<fixed_source>();
  });
  auto spec = server_spec{};
  spec.name = "a";
  auto source = testee->source_for(spec);
  CHECK(ask(*source, origin).error.text
        == "runtime_options::credentials threw std::runtime_error for a");
  CHECK(ask(*source, origin).value == "Bearer token");
  CHECK(ask(*source, origin).value == "Bearer token");
  CHECK(asked == 2);
}

SCENARIO("an embedder may say that there are others while it is asked",
         "[http]") {
  auto changed = std::vector<std::string>{};
  auto own = std::make_shared<fixed_source>();
  auto testee = std::make_shared<credential_bindings>([&](const server_spec&) {
    own->tell_changed();
    return own;
  });
  testee->on_change([&](const std::string& x) { changed.push_back(x); });
  CHECK(ask(*testee->source_for({}), origin).value == "Bearer token");
  CHECK(changed.empty()); // it belonged to no origin yet
  CHECK(ask(*testee->source_for({}), origin).value == "Bearer token");
  CHECK(changed == std::vector<std::string>{origin});
}

SCENARIO("a source is asked at its own origin alone", "[http]") {
  auto own = std::make_shared<fixed_source>();
  auto testee = std::make_shared<credential_bindings>(
    [&](const server_spec&) { return own; });
  CHECK(ask(*testee->source_for({}), origin).ok());
  auto elsewhere = ask(*testee->source_for({}), "https://two.example");
  CHECK(elsewhere.error.code == errc::internal_error);
  CHECK(elsewhere.error.text
        == "its credentials belong to https://one.example, and are not sent to "
           "https://two.example");
}

SCENARIO("a server without a source has no credentials", "[http]") {
  auto testee = std::make_shared<credential_bindings>(
    [](const server_spec&) { return nullptr; });
  auto given = ask(*testee->source_for({}), origin);
  CHECK(given.ok());
  CHECK(given.value.empty());
}
