// Covers transports/io/callback_pool.hpp, transports/guarded.hpp.

#include "troupe/tests/support/callback_gate.hpp"
#include "troupe/transports/io/callback_pool.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <future>
#include <stdexcept>

using namespace troupe;
using namespace std::chrono_literals;

namespace {

constexpr auto patience = callback_gate::patience;

/// Runs `f` there, and whether that came to its end.
template <class F>
bool runs(callback_pool& pool, uint64_t owner, F f) {
  auto done = std::make_shared<std::promise<void>>();
  auto over = done->get_future();
  auto number = pool.run(owner, [f, done] {
    f();
    done->set_value();
  });
  return number != 0 && over.wait_for(patience) == std::future_status::ready;
}

void nothing() {
  // nop
}

} // namespace

SCENARIO("a callback that throws costs its pool nothing", "[callbacks]") {
  auto pool = callback_pool{};
  auto one = pool.join();
  CHECK(pool.run(one, [] { throw std::runtime_error("a"); }) != 0);
  CHECK(pool.run(one, [] { throw 1; }) != 0);
  // What it holds goes while others may use the pool.
  auto asks = std::shared_ptr<void>{nullptr, [&](void*) { pool.threads(); }};
  CHECK(pool.run(one, [asks = std::move(asks)] { throw 1; }) != 0);
  CHECK(runs(pool, one, nothing));
}

SCENARIO("callbacks that never return delay their owner alone", "[callbacks]") {
  auto shut = std::make_shared<callback_gate>();
  auto pool = callback_pool{};
  auto hangs = pool.join();
  auto other = pool.join();
  auto last = uint64_t{0};
  for (auto i = 0; i < 20; ++i)
    last = pool.run(hangs, [shut] { shut->pass(); });
  REQUIRE(shut->wait_for(defaults::callback_threads_of_one_max));
  CHECK(runs(pool, other, nothing));
  CHECK(shut->waiting() == defaults::callback_threads_of_one_max);
  THEN("there are threads for what may run, and none for what waits for it") {
    CHECK(pool.threads() == defaults::callback_threads_of_one_max + 1);
    pool.run(hangs, nothing);
    CHECK(pool.threads() == defaults::callback_threads_of_one_max + 1);
  }
  THEN("what waits can be taken back, and what runs cannot") {
    CHECK(pool.withdraw(hangs, last));
    CHECK_FALSE(pool.withdraw(hangs, last));
    CHECK_FALSE(pool.withdraw(hangs, 1));
  }
  shut->open();
}

SCENARIO("a pool has only so many threads, and so much that waits",
         "[callbacks]") {
  auto shut = std::make_shared<callback_gate>();
  auto options = callback_pool_options{};
  options.threads_max = 3;
  options.waiting_max = 2;
  auto pool = callback_pool{options};
  for (size_t i = 0; i < 3; ++i) {
    REQUIRE(pool.run(pool.join(), [shut] { shut->pass(); }) != 0);
    REQUIRE(shut->wait_for(i + 1));
  }
  CHECK(pool.run(pool.join(), nothing) != 0);
  CHECK(pool.run(pool.join(), nothing) != 0);
  CHECK(pool.run(pool.join(), nothing) == 0);
  CHECK(pool.threads() == 3);
  THEN("what is owed to an owner may wait all the same, until the pool ends") {
    auto owed = std::make_shared<std::promise<void>>();
    CHECK(pool.run_owed(pool.join(), [owed] { owed->set_value(); }) != 0);
    shut->open();
    CHECK(owed->get_future().wait_for(patience) == std::future_status::ready);
    pool.end(patience);
    CHECK(pool.run_owed(pool.join(), nothing) == 0);
  }
  shut->open();
}

SCENARIO("a pool ends, whatever its callbacks do", "[callbacks]") {
  auto shut = std::make_shared<callback_gate>();
  auto pool = callback_pool{};
  auto one = pool.join();
  GIVEN("callbacks that return") {
    auto done = std::make_shared<std::atomic<int>>(0);
    for (auto i = 0; i < 10; ++i)
      pool.run(one, [done] { ++*done; });
    THEN("those that wait run before it") {
      CHECK(pool.end(patience) == 0);
      CHECK(*done == 10);
      CHECK(pool.threads() == 0);
      CHECK(pool.run(one, nothing) == 0);
    }
  }
  GIVEN("some that do not, and others that wait behind them") {
    auto held = std::make_shared<int>(0);
    for (auto i = 0; i < 4; ++i)
      pool.run(one, [shut, held] { shut->pass(); });
    REQUIRE(shut->wait_for(2));
    THEN("it goes without them, and drops what waits") {
      CHECK(pool.end(1ms) == 2);
      CHECK(held.use_count() == 3);
      CHECK(pool.end(patience) == 0);
    }
  }
  GIVEN("one that ends its own pool") {
    auto ended = std::make_shared<std::promise<size_t>>();
    auto last = std::make_shared<callback_pool>();
    last->run(last->join(), [last, ended]() mutable {
      last.reset();
      ended->set_value(0);
    });
    last.reset();
    CHECK(ended->get_future().wait_for(patience) == std::future_status::ready);
  }
  shut->open();
}
