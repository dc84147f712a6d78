// Covers transports/io/thread.hpp, transports/io/loop.hpp,
// transports/io/signals_blocked.hpp.

#include "troupe/transports/io/thread.hpp"

#include <catch2/catch.hpp>

#include <future>
#include <pthread.h>
#include <signal.h>

using namespace troupe;
using namespace std::chrono_literals;

namespace {

class guest : public io_loop::resident {
public:
  explicit guest(std::promise<bool>& told) : told_(told) {
    // nop
  }

  void abandon() override {
    told_.set_value(true);
  }

private:
  std::promise<bool>& told_;
};

} // namespace

SCENARIO("one thread serves the pipes", "[io_thread]") {
  GIVEN("a running thread") {
    auto testee = std::make_shared<io_thread>();
    WHEN("closures are posted to it") {
      auto order = std::vector<int>{};
      auto done = std::promise<bool>{};
      auto name = std::string{};
      auto blocked = sigset_t{};
      for (auto i = 0; i < 3; ++i)
        testee->post([&order, i] { order.push_back(i); });
      testee->post([&] {
        char text[16] = {};
        pthread_getname_np(pthread_self(), text, sizeof text);
        name = text;
        pthread_sigmask(SIG_BLOCK, nullptr, &blocked);
        done.set_value(testee->here());
      });
      THEN("they run in order, there, and no signal can run there") {
        CHECK(done.get_future().get());
        CHECK_FALSE(testee->here());
        CHECK(order == std::vector{0, 1, 2});
        CHECK(name == "troupe-io");
        CHECK(sigismember(&blocked, SIGTERM) == 1);
        CHECK(sigismember(&blocked, SIGPIPE) == 1);
      }
    }
    WHEN("it ends while something lives on it") {
      auto told = std::promise<bool>{};
      auto settled = std::promise<void>{};
      testee->post([&] {
        testee->loop()->settle(std::make_shared<guest>(told));
        settled.set_value();
      });
      settled.get_future().get();
      testee.reset();
      THEN("that was told before") {
        CHECK(told.get_future().wait_for(0s) == std::future_status::ready);
      }
    }
    WHEN("its last owner is a closure of its own") {
      auto gone = std::make_shared<std::promise<void>>();
      auto seen = gone->get_future();
      auto start = std::promise<void>{};
      auto started = start.get_future().share();
      testee->post([kept = testee, gone, started]() mutable {
        started.get();
        kept.reset();
        gone->set_value();
      });
      testee.reset();
      start.set_value();
      THEN("it does not wait for itself") {
        CHECK(seen.wait_for(60s) == std::future_status::ready);
      }
    }
  }
}
