// Covers transports/pipe/callbacks.cpp, transports/pipe/hub.hpp,
// transports/io/callback_pool.hpp.
// What a server and its clients hear where a pool refuses or drops the turn in
// which the server was to be called.

#include "troupe/tests/support/callback_gate.hpp"
#include "troupe/tests/support/pipe_client.hpp"

#include <catch2/catch.hpp>

#include <pthread.h>

#include <future>
#include <map>
#include <thread>

using namespace troupe;
using namespace std::chrono_literals;

using strings = std::vector<std::string>;

namespace {

const auto no_thread =
  std::string{"no thread is free for the in-process server's callbacks"};

/// A pool of one thread, which a test can take away from it.
class small_pool {
public:
  explicit small_pool(size_t waiting_max) {
    auto options = callback_pool_options{};
    options.threads_max = 1;
    options.waiting_max = waiting_max;
    pool_ = std::make_shared<callback_pool>(options);
  }

  ~small_pool() {
    gate_->open();
  }
  small_pool(const small_pool&) = delete;
  small_pool& operator=(const small_pool&) = delete;

  operator callback_pool_ptr() const {
    return pool_;
  }

  /// Waits until nothing runs or waits.
  void settle() {
    auto done = std::make_shared<std::promise<void>>();
    REQUIRE(pool_->run(pool_->join(), [done] { done->set_value(); }) != 0);
    done->get_future().wait_for(callback_gate::patience);
  }

  /// Takes the thread, once it is free.
  void take_thread() {
    REQUIRE(pool_->run(pool_->join(), [gate = gate_] { gate->pass(); }) != 0);
    REQUIRE(gate_->wait_for(1));
  }

  void fill() {
    while (pool_->run(pool_->join(), [] {}) != 0)
      continue;
  }

  void give_back() {
    gate_->open();
  }

  /// Ends it; what waits for the thread that was taken is dropped.
  void end() {
    pool_->end(1ms);
  }

private:
  std::shared_ptr<callback_gate> gate_ = std::make_shared<callback_gate>();
  callback_pool_ptr pool_;
};

/// No thread can be made while it lives: the stack of one would be larger than
/// all memory.
class no_new_threads {
public:
  no_new_threads() {
    pthread_getattr_default_np(&before_);
    auto now = before_;
    pthread_attr_setstacksize(&now, size_t{1} << 48);
    pthread_setattr_default_np(&now);
  }
  ~no_new_threads() {
    pthread_setattr_default_np(&before_);
  }

private:
  pthread_attr_t before_;
};

void check_refused(pipe_client& x) {
  auto report = x.log->wait_down();
  CHECK(report.why == errc::overloaded);
  CHECK(report.text == no_thread);
  CHECK(x.log->downs() == 1);
}

} // namespace

SCENARIO("an in-process server hears of an end when its pool is full",
         "[pipe]") {
  auto pool = small_pool{1};
  auto seen = std::make_shared<diary>();
  auto server = std::make_shared<pipe_server>(noting(seen));
  auto first = pipe_client{server, pool};
  seen->wait(1);
  pool.take_thread();
  pool.fill();
  WHEN("its client is stopped") {
    first.transport->stop(errc::closed, "told to");
    CHECK(first.log->wait_down().why == errc::closed);
  }
  WHEN("its client sends a frame, which the pool refuses") {
    CHECK(first.out->push("a", 1) == errc::none);
    check_refused(first);
    CHECK(first.log->unsent() == std::vector<uint64_t>{1});
  }
  pool.give_back();
  CHECK(seen->wait(2) == strings{"begin 1", "end 1"});
  auto second = pipe_client{server, pool};
  CHECK(seen->wait(3) == strings{"begin 1", "end 1", "begin 2"});
}

SCENARIO("the turn of an in-process server is dropped by a pool that ends",
         "[pipe]") {
  auto ends = small_pool{9};
  auto goes_on = small_pool{9};
  auto seen = std::make_shared<diary>();
  auto server = std::make_shared<pipe_server>(noting(seen));
  GIVEN("frames of three clients, one of them of another pool") {
    auto first = pipe_client{server, ends};
    auto second = pipe_client{server, ends};
    auto third = pipe_client{server, goes_on};
    ends.take_thread();
    goes_on.settle();
    seen->wait(3);
    CHECK(first.out->push("a", 1) == errc::none);
    CHECK(second.out->push("b", 2) == errc::none);
    CHECK(third.out->push("c", 3) == errc::none);
    ends.end();
    THEN("that one is served, and the others are told") {
      CHECK(third.log->wait_frames(1) == strings{"to 3: c"});
      check_refused(first);
      check_refused(second);
      CHECK(
        seen->wait(6)
        == strings{"begin 1", "begin 2", "begin 3", "3 c", "end 1", "end 2"});
    }
  }
  GIVEN("a connection that the server has not heard of") {
    ends.take_thread();
    auto first = pipe_client{server, ends};
    ends.end();
    THEN("the client is told, and the server hears only of the next one") {
      check_refused(first);
      auto second = pipe_client{server, goes_on};
      second.out->push("b", 1);
      CHECK(seen->wait(2) == strings{"begin 2", "2 b"});
    }
  }
  GIVEN("the end of a connection") {
    auto first = pipe_client{server, ends};
    ends.take_thread();
    auto dropped = GENERATE(true, false);
    if (dropped)
      first.transport->stop(errc::closed, "told to");
    ends.end();
    if (!dropped)
      first.transport->stop(errc::closed, "told to");
    THEN("the server hears of it before anything else") {
      auto second = pipe_client{server, goes_on};
      CHECK(seen->wait(3) == strings{"begin 1", "end 1", "begin 2"});
    }
  }
}

SCENARIO("an in-process server is called where a pool can make a thread again",
         "[pipe]") {
  auto pool = small_pool{9};
  auto seen = std::make_shared<diary>();
  auto server = std::make_shared<pipe_server>(noting(seen));
  {
    auto scarce = no_new_threads{};
    auto first = pipe_client{server, pool};
    check_refused(first);
  }
  auto second = pipe_client{server, pool};
  CHECK(seen->wait(1) == strings{"begin 2"});
}

SCENARIO("an in-process server with much to do lets others of its pool run",
         "[pipe]") {
  auto pool = small_pool{1};
  auto seen = std::make_shared<diary>();
  auto shut = std::make_shared<callback_gate>();
  auto callbacks = noting(seen);
  callbacks.on_begin = [shut](auto&) { shut->pass(); };
  auto server = std::make_shared<pipe_server>(callbacks);
  auto client = pipe_client{server, pool};
  REQUIRE(shut->wait_for(1));
  auto frames = 2 * defaults::pipe_callbacks_in_a_row;
  for (size_t i = 0; i < frames; ++i)
    client.out->push("a", 0);
  callback_pool_ptr shared = pool;
  WHEN("another's callback waits, so that the pool is full") {
    CHECK(shared->run(shared->join(), [seen] { seen->note("other"); }) != 0);
    shut->open();
    auto lines = seen->wait(frames + 1);
    CHECK(lines.size() == frames + 1);
    CHECK(lines.back() != "other");
  }
  WHEN("the pool ends") {
    CHECK(shared->end(1ms) == 1);
    shut->open();
    THEN("the turn that runs serves everything") {
      CHECK(seen->wait(frames).size() == frames);
    }
  }
}

SCENARIO("an in-process server hears of each connection's begin and end once, "
         "whatever its pools refuse",
         "[pipe]") {
  auto full = small_pool{2};
  auto ends = small_pool{9};
  auto seen = std::make_shared<diary>();
  auto callbacks = noting(seen);
  callbacks.on_frame = [](auto& x, std::string) { x.hang_up(); };
  auto server = std::make_shared<pipe_server>(callbacks);
  auto come_and_go = [server](callback_pool_ptr pool) {
    for (auto i = 0; i < 100; ++i) {
      pool->run(pool->join(), [] {}); // what else waits
      auto client = pipe_client{server, pool};
      client.out->push("a", 0);
      if (i % 4 == 0)
        client.transport->stop(errc::closed, "told to");
      client.log->wait_down();
    }
  };
  auto threads = std::vector<std::thread>{};
  for (auto i = 0; i < 2; ++i) {
    threads.emplace_back(come_and_go, callback_pool_ptr{full});
    threads.emplace_back(come_and_go, callback_pool_ptr{ends});
  }
  seen->wait(100);
  ends.end();
  for (auto& x : threads)
    x.join();
  auto last = pipe_client{server, std::make_shared<callback_pool>()};
  last.out->push("a", 0); // called for after all that is due before
  CHECK(last.log->wait_down().why == errc::connection_lost);
  auto stage = std::map<std::string, int>{}; // by number; 1: begun, 2: ended
  for (auto& line : seen->wait(0)) {
    if (line.starts_with("begin "))
      CHECK(++stage[line.substr(6)] == 1);
    if (line.starts_with("end "))
      CHECK(++stage[line.substr(4)] == 2);
  }
  stage.erase("401"); // its end may still be due
  for (auto& [number, x] : stage)
    CHECK(x == 2);
}
