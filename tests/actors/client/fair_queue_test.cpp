// Covers actors/client/fair_queue.hpp.

#include "troupe/actors/client/fair_queue.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace std::chrono_literals;

namespace {

struct queue_fixture {
  using time_point = fair_queue<int>::time_point;

  fair_queue<int> testee{8};
  time_point now{1h};

  std::vector<int> drain() {
    std::vector<int> result;
    while (!testee.empty())
      result.push_back(testee.pop());
    return result;
  }
};

} // namespace

SCENARIO("a queue may be made shorter and longer while it is in use",
         "[queue]") {
  fair_queue<int> testee{2};
  auto later = fair_queue<int>::time_point{} + 1s;
  testee.push(1, later, 10);
  testee.push(1, later, 11);
  REQUIRE(testee.full());
  testee.resize(3);
  CHECK_FALSE(testee.full());
  testee.resize(1);
  CHECK(testee.full());
  CHECK(testee.size() == 2);
  CHECK(testee.pop() == 10);
  CHECK(testee.full());
  CHECK(testee.pop() == 11);
  CHECK_FALSE(testee.full());
}

SCENARIO_METHOD(queue_fixture,
                "S42: owners are served in turn, each in its "
                "own order",
                "[calls]") {
  for (int i : {10, 11, 12, 13})
    testee.push(1, now, i);
  testee.push(2, now, 20);
  testee.push(3, now, 30);
  CHECK(drain() == std::vector<int>{10, 20, 30, 11, 12, 13});
}

SCENARIO_METHOD(queue_fixture, "deadlines may change while entries wait",
                "[calls]") {
  testee.push(1, now + 1s, 1);
  testee.push(2, now + 3s, 2);
  testee.retime([this](int x) { return now + (x == 1 ? 5s : 2s); });
  CHECK(testee.next_deadline() == now + 2s);
  CHECK(testee.expire(now + 1s).empty());
  CHECK(testee.expire(now + 2s) == std::vector<int>{2});
  CHECK(testee.next_deadline() == now + 5s);
  CHECK(drain() == std::vector<int>{1});
}

SCENARIO_METHOD(queue_fixture, "what is overdue comes out, the rest stays",
                "[calls]") {
  testee.push(1, now + 2s, 1);
  testee.push(1, now + 1s, 2);
  testee.push(2, now + 3s, 3);
  CHECK(testee.next_deadline() == now + 1s);
  CHECK(testee.expire(now + 2s) == std::vector<int>{1, 2});
  CHECK(testee.next_deadline() == now + 3s);
  CHECK(testee.size() == 1);
  CHECK(drain() == std::vector<int>{3});
  CHECK_FALSE(testee.next_deadline());
}

SCENARIO_METHOD(queue_fixture, "an entry can be taken out of the middle",
                "[calls]") {
  for (int i : {1, 2, 3})
    testee.push(7, now, i);
  CHECK(testee.take(7, [](int x) { return x == 2; }) == 2);
  CHECK_FALSE(testee.take(7, [](int x) { return x == 2; }));
  CHECK_FALSE(testee.take(8, [](int) { return true; }));
  CHECK(drain() == std::vector<int>{1, 3});
  testee.push(7, now, 4);
  testee.take(7, [](int) { return true; });
  CHECK(testee.empty());
}

SCENARIO_METHOD(queue_fixture, "the queue is full at its limit", "[calls]") {
  for (int i = 0; i < 8; ++i) {
    CHECK_FALSE(testee.full());
    testee.push(static_cast<uint64_t>(i), now, i);
  }
  CHECK(testee.full());
  CHECK(testee.clear().size() == 8);
  CHECK(testee.empty());
}
