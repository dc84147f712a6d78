// Covers transports/io/worker_pool.hpp, transports/io/task_queue.hpp.

#include "troupe/transports/io/worker_pool.hpp"

#include "troupe/tests/support/callback_gate.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <catch2/catch.hpp>

#include <functional>
#include <future>
#include <set>

using namespace troupe;
using namespace std::chrono_literals;

namespace {

struct job {
  std::function<bool()> run;
  bool may_block = true;
};

/// Runs jobs, which it owns.
class jobs : public worker_pool::executor {
public:
  void thread_begins() override {
    ++begun;
  }
  void thread_ends() override {
    ++ended;
  }
  bool run(void* task, size_t) override {
    auto x = static_cast<job*>(task);
    if (x->run())
      return true;
    delete x;
    return false;
  }
  bool may_block(void* task) override {
    return static_cast<job*>(task)->may_block;
  }
  void drop(void* task) override {
    delete static_cast<job*>(task);
    ++dropped;
  }

  std::atomic<size_t> dropped = 0;
  std::atomic<size_t> begun = 0;
  std::atomic<size_t> ended = 0;
};

struct world {
  explicit world(size_t threads) : testee(how, threads) {
    testee.start();
  }

  template <class F>
  void schedule(F f, bool may_block = true) {
    testee.schedule(new job{[f]() mutable {
                              f();
                              return false;
                            },
                            may_block});
  }

  jobs how;
  worker_pool testee;
};

template <class T>
T soon(std::future<T> x) {
  if (x.wait_for(20s) != std::future_status::ready)
    throw std::runtime_error("it does not come");
  return x.get();
}

} // namespace

SCENARIO("each thread of a pool says that it begins and that it ends",
         "[worker_pool]") {
  world w{3};
  CHECK(w.how.ended == 0);
  w.testee.stop();
  CHECK(w.how.begun == w.testee.seats());
  CHECK(w.how.ended == w.testee.seats());
}

SCENARIO("what a handler wakes runs on its thread", "[worker_pool]") {
  GIVEN("a pool of two") {
    world w{2};
    WHEN("a handler schedules a task, and that one another") {
      auto ids = std::vector<std::thread::id>{};
      auto done = std::promise<void>{};
      auto inside = false;
      auto note = [&] { ids.push_back(std::this_thread::get_id()); };
      boost::asio::post(w.testee.context(), [&] {
        note();
        inside = w.testee.serving_here();
        w.schedule([&] {
          note();
          w.schedule([&] {
            note();
            done.set_value();
          });
        });
      });
      soon(done.get_future());
      THEN("all three ran there") {
        CHECK(std::set(ids.begin(), ids.end()).size() == 1);
        CHECK(inside);
        CHECK_FALSE(w.testee.serving_here());
      }
    }
    WHEN("two tasks wait for each other") {
      auto one = std::promise<void>{};
      auto two = std::promise<void>{};
      auto done = std::promise<void>{};
      w.schedule([&] {
        one.set_value();
        two.get_future().wait();
        done.set_value();
      });
      w.schedule([&] {
        one.get_future().wait();
        two.set_value();
      });
      THEN("both end, as they run side by side") {
        CHECK_NOTHROW(soon(done.get_future()));
      }
    }
    WHEN("a task is run again until it says otherwise") {
      auto turns = 0;
      auto done = std::promise<void>{};
      w.testee.schedule(new job{[&] {
        if (++turns < 100)
          return true;
        done.set_value();
        return false;
      }});
      soon(done.get_future());
      THEN("it was run as often") {
        CHECK(turns == 100);
      }
    }
  }
}

SCENARIO("tasks that block stop nothing else", "[worker_pool]") {
  GIVEN("eight times as many of them as there are workers") {
    auto threads = GENERATE(size_t{1}, size_t{2}, size_t{4});
    callback_gate shut;
    auto begun = std::atomic<size_t>{0};
    auto ended = std::atomic<size_t>{0};
    world w{threads};
    for (size_t i = 0; i < 8 * threads; ++i)
      w.schedule([&] {
        ++begun;
        shut.pass();
        ++ended;
      });
    WHEN("handlers are posted, and tasks that never block are scheduled") {
      auto times = 0;
      for (auto i = 0; i < 100; ++i) {
        auto handled = std::promise<void>{};
        boost::asio::post(w.testee.context(), [&] {
          w.schedule([&] { handled.set_value(); }, false);
        });
        soon(handled.get_future());
        ++times;
      }
      auto held = begun.load();
      shut.open();
      auto last = std::promise<void>{};
      w.schedule([&] { last.set_value(); });
      soon(last.get_future());
      THEN("they run, and the blocked ones later") {
        CHECK(times == 100);
        CHECK(held == threads);
        w.testee.stop();
        CHECK(ended + w.how.dropped == 8 * threads);
      }
    }
    WHEN("it stops meanwhile") {
      auto stopped = std::async(std::launch::async, [&] { w.testee.stop(); });
      shut.open();
      soon(std::move(stopped));
      THEN("each was run or dropped") {
        CHECK(ended + w.how.dropped == 8 * threads);
      }
    }
  }
  GIVEN("a task that wakes another, and blocks") {
    callback_gate shut;
    auto woken = std::promise<void>{};
    world w{1};
    w.schedule([&] {
      w.schedule([&] { woken.set_value(); }, false);
      shut.pass();
    });
    THEN("the other runs all the same") {
      CHECK_NOTHROW(soon(woken.get_future()));
      shut.open();
    }
  }
  GIVEN("a task that always has more to do, in short steps or in long ones") {
    auto step = GENERATE(0ms, 5ms);
    auto over = std::atomic<bool>{false};
    auto handled = std::promise<void>{};
    auto ran = std::promise<void>{};
    world w{1};
    w.testee.schedule(new job{[&] {
      auto until = std::chrono::steady_clock::now() + step;
      while (std::chrono::steady_clock::now() < until)
        ;
      return !over;
    }});
    w.schedule([&] { ran.set_value(); });
    boost::asio::post(w.testee.context(), [&] { handled.set_value(); });
    THEN("others get their turn") {
      CHECK_NOTHROW(soon(handled.get_future()));
      CHECK_NOTHROW(soon(ran.get_future()));
      over = true;
    }
  }
  GIVEN("two tasks that wake each other for ever") {
    auto over = std::atomic<bool>{false};
    auto handled = std::promise<void>{};
    auto ran = std::promise<void>{};
    std::function<void()> ping;
    world w{1};
    ping = [&] {
      if (!over)
        w.schedule(ping);
    };
    w.schedule(ping);
    boost::asio::post(w.testee.context(), [&] { handled.set_value(); });
    w.schedule([&] { ran.set_value(); });
    THEN("others get their turn") {
      CHECK_NOTHROW(soon(handled.get_future()));
      CHECK_NOTHROW(soon(ran.get_future()));
      over = true;
    }
  }
}

SCENARIO("many threads schedule at once, and nothing is lost",
         "[worker_pool]") {
  GIVEN("a pool that four threads give work") {
    auto runs = std::atomic<size_t>{0};
    auto all = std::promise<void>{};
    world w{3};
    constexpr auto each = size_t{5000};
    auto sources = std::vector<std::thread>{};
    for (auto i = 0; i < 4; ++i)
      sources.emplace_back([&] {
        for (size_t n = 0; n < each; ++n) {
          auto count = [&] {
            if (++runs == 4 * each)
              all.set_value();
          };
          if (n % 3 == 0)
            boost::asio::post(w.testee.context(),
                              [&w, count] { w.schedule(count, false); });
          else
            w.schedule(count, n % 2 == 0);
        }
      });
    for (auto& x : sources)
      x.join();
    THEN("all of it is run") {
      CHECK_NOTHROW(soon(all.get_future()));
    }
  }
}
