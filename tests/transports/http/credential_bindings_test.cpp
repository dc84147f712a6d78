// Covers transports/http/credential_bindings.hpp.

#include "troupe/transports/http/credential_bindings.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <future>
#include <stdexcept>
#include <thread>

using namespace troupe;

namespace {

constexpr auto origin = "https://one.example";

class fixed_source : public credential_source {
public:
  std::string authorization(std::string_view) override {
    return "Bearer token";
  }
  void challenged(std::string_view, int, std::string_view) override {
    // nop
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
  auto ask = [&] { return source->authorization(origin); };
  GIVEN("two requests, the second one while the embedder is still asked") {
    auto first = std::async(std::launch::async, ask);
    begun.get_future().wait();
    auto second = std::async(std::launch::async, ask);
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
  auto source = testee->source_for({});
  CHECK_THROWS_AS(source->authorization(origin), credential_fault);
  CHECK(source->authorization(origin) == "Bearer token");
  CHECK(source->authorization(origin) == "Bearer token");
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
  CHECK(testee->source_for({})->authorization(origin) == "Bearer token");
  CHECK(changed.empty()); // it belonged to no origin yet
  CHECK(testee->source_for({})->authorization(origin) == "Bearer token");
  CHECK(changed == std::vector<std::string>{origin});
}
