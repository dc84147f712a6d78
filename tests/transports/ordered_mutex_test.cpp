// Covers transports/ordered_mutex.hpp.

#include "troupe/transports/guarded.hpp"
#include "troupe/transports/ordered_mutex.hpp"

#include <catch2/catch.hpp>

#include <csignal>
#include <functional>
#include <string>
#include <sys/resource.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace troupe;
using namespace std::chrono_literals;

namespace {

const auto all_ranks = {lock_rank::clock,         lock_rank::exchange_news,
                        lock_rank::exchange_room, lock_rank::interrupter,
                        lock_rank::http_pool,     lock_rank::leaf};

struct mutexes {
  ordered_mutex<lock_rank::exchange_news> news;
  ordered_mutex<lock_rank::exchange_room> room;
  ordered_mutex<lock_rank::interrupter> interrupter;
  ordered_mutex<lock_rank::leaf> leaf;
  ordered_mutex<lock_rank::leaf> other_leaf;
};

#ifndef NDEBUG

struct ending {
  int signal = 0; // 0: it was none
  std::string text;
};

/// Runs `f` in a child process: how that ends, and what it says on stderr.
ending end_of(const std::function<void()>& f) {
  int pipe_fds[2];
  REQUIRE(pipe(pipe_fds) == 0);
  auto pid = fork();
  REQUIRE(pid >= 0);
  if (pid == 0) {
    signal(SIGABRT, SIG_DFL); // not Catch's
    auto none = rlimit{0, 0};
    setrlimit(RLIMIT_CORE, &none);
    dup2(pipe_fds[1], STDERR_FILENO);
    f();
    _exit(0);
  }
  close(pipe_fds[1]);
  auto result = ending{};
  char buffer[256];
  for (ssize_t n; (n = read(pipe_fds[0], buffer, sizeof(buffer))) > 0;)
    result.text.append(buffer, n);
  close(pipe_fds[0]);
  auto status = 0;
  REQUIRE(waitpid(pid, &status, 0) == pid);
  result.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  return result;
}

#endif

} // namespace

// -- the rule -----------------------------------------------------------------

SCENARIO("a lock may be taken above those that are held", "[ordered_mutex]") {
  GIVEN("a thread that holds none") {
    auto held = held_ranks{};
    THEN("it may take any") {
      CHECK(held.empty());
      for (auto x : all_ranks)
        CHECK(held.may_add(x));
    }
  }
  GIVEN("a thread that holds one") {
    for (auto x : all_ranks) {
      auto held = held_ranks{};
      held.add(x);
      INFO(to_string(x));
      CHECK_FALSE(held.empty());
      CHECK(held.only(x));
      CHECK(held.highest() == x);
      for (auto y : all_ranks)
        CHECK(held.may_add(y) == (y > x));
    }
  }
  GIVEN("a thread that lets go of the lower one of two first") {
    auto held = held_ranks{};
    held.add(lock_rank::exchange_news);
    held.add(lock_rank::exchange_room);
    CHECK_FALSE(held.only(lock_rank::exchange_room));
    held.remove(lock_rank::exchange_news);
    THEN("the other one still counts") {
      CHECK(held.only(lock_rank::exchange_room));
      CHECK_FALSE(held.may_add(lock_rank::exchange_news));
      CHECK_FALSE(held.may_add(lock_rank::exchange_room));
      CHECK(held.may_add(lock_rank::interrupter));
    }
  }
}

SCENARIO("each rank has a name", "[ordered_mutex]") {
  CHECK(to_string(lock_rank::exchange_news) == "exchange_news");
  CHECK(to_string(lock_rank::leaf) == "leaf");
  for (auto x : all_ranks)
    CHECK(to_string(x) != "unknown");
}

// -- the mutexes --------------------------------------------------------------

SCENARIO("locks that are taken in order are taken", "[ordered_mutex]") {
  auto x = mutexes{};
  for (auto i = 0; i < 2; ++i) {
    auto news = std::unique_lock{x.news};
    { auto leaf = std::unique_lock{x.leaf}; }
    auto room = std::unique_lock{x.room};
    auto interrupter = std::unique_lock{x.interrupter};
    auto leaf = std::lock_guard{x.other_leaf};
    news.unlock();
  }
  auto ran = false;
  CHECK_FALSE(guarded([&] { ran = true; }));
  CHECK(ran);
}

SCENARIO("what a thread holds does not bind another", "[ordered_mutex]") {
  auto x = mutexes{};
  auto leaf = std::unique_lock{x.leaf};
  auto taken = false;
  std::thread{[&] {
    auto news = std::unique_lock{x.news, std::try_to_lock};
    taken = news.owns_lock();
  }}.join();
  CHECK(taken);
  CHECK(leaf.owns_lock());
}

SCENARIO("a condition is waited for with an ordered lock", "[ordered_mutex]") {
  ordered_mutex<lock_rank::exchange_room> mutex;
  ordered_mutex<lock_rank::leaf> leaf;
  ordered_condition changed;
  auto done = false;
  auto held = std::unique_lock{mutex};
  auto other = std::thread{[&] {
    auto mine = std::unique_lock{mutex};
    done = true;
    changed.notify_all();
  }};
  changed.wait(held, [&] {
    auto looks = std::unique_lock{leaf};
    return done;
  });
  other.join();
  CHECK(held.owns_lock());
  CHECK(changed.wait_for(held, 1h, [&] { return done; }));
  CHECK_FALSE(changed.wait_for(held, 0s, [] { return false; }));
  auto now = std::chrono::steady_clock::now();
  CHECK(changed.wait_until(held, now, [&] { return done; }));
  CHECK(changed.wait_until(held, now) == std::cv_status::timeout);
  CHECK_THROWS_AS(changed.wait(held, []() -> bool { throw 1; }), int);
  CHECK(held.owns_lock());
  auto taken = true;
  std::thread{[&] { taken = mutex.try_lock(); }}.join();
  CHECK_FALSE(taken);
}

// -- where it is broken -------------------------------------------------------

#ifndef NDEBUG

SCENARIO("a lock out of order ends a debug build", "[ordered_mutex]") {
  auto x = mutexes{};
  GIVEN("locks in order") {
    auto end = end_of([&] {
      auto news = std::unique_lock{x.news};
      auto leaf = std::unique_lock{x.leaf};
    });
    THEN("nothing happens") {
      CHECK(end.signal == 0);
      CHECK(end.text == "");
    }
  }
  GIVEN("a lock below one that is held") {
    auto end = end_of([&] {
      auto room = std::unique_lock{x.room};
      auto news = std::unique_lock{x.news};
    });
    THEN("it is said which, and the process is aborted") {
      CHECK(end.signal == SIGABRT);
      CHECK(end.text
            == "troupe: a thread locks exchange_news while it holds "
               "exchange_room: see lock_rank\n");
    }
  }
  GIVEN("two locks of one rank") {
    auto end = end_of([&] {
      auto leaf = std::unique_lock{x.leaf};
      auto other = std::unique_lock{x.other_leaf};
    });
    THEN("the process is aborted") {
      CHECK(end.signal == SIGABRT);
      CHECK(end.text
            == "troupe: a thread locks leaf while it holds leaf: see "
               "lock_rank\n");
    }
  }
}

SCENARIO("a debug build ends where a lock is held too long",
         "[ordered_mutex]") {
  auto x = mutexes{};
  GIVEN("a wait for a condition under another lock") {
    auto end = end_of([&] {
      auto changed = ordered_condition{};
      auto news = std::unique_lock{x.news};
      auto room = std::unique_lock{x.room};
      changed.wait_for(room, 0s, [] { return false; });
    });
    THEN("the process is aborted") {
      CHECK(end.signal == SIGABRT);
      CHECK(end.text
            == "troupe: a thread waits with exchange_room while it holds "
               "exchange_news: see lock_rank\n");
    }
  }
  GIVEN("code of the embedder's that is called under a lock") {
    auto end = end_of([&] {
      auto leaf = std::unique_lock{x.leaf};
      guarded([] {});
    });
    THEN("the process is aborted") {
      CHECK(end.signal == SIGABRT);
      CHECK(end.text
            == "troupe: a thread calls code of the embedder's while it holds "
               "leaf: see lock_rank\n");
    }
  }
}

#endif
