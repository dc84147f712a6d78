// Covers transports/http/pool.hpp, transports/http/kept.hpp,
// transports/http/threads.hpp, transports/io/turn_queue.hpp.

#include "troupe/tests/support/http_fixture.hpp"
#include "troupe/tests/support/leak_counter.hpp"
#include "troupe/transports/io/turn_queue.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <unistd.h>

using namespace troupe;

using strings = std::vector<std::string>;

namespace {

http_pool_ptr pool_of(size_t calls, size_t client_calls, size_t streams) {
  auto options = http_pool_options{};
  options.calls_max = calls;
  options.client_calls_max = client_calls;
  options.streams_max = streams;
  options.thread_idle = milliseconds{10};
  return std::make_shared<http_pool>(options);
}

/// By its frame: "stream" is answered by one that stays open, "hang" is not
/// answered; everything else at once.
void serve(http_peer::talk& t) {
  auto x = peer_request{};
  while (t.read(x)) {
    if (x.body == "stream" || x.line.starts_with("GET")) {
      t.begin_events();
      t.send_chunk("data: open\n\n");
      t.wait_end();
    } else if (x.body == "hang") {
      t.wait_end();
    } else {
      t.answer(200, "application/json", "{}");
    }
  }
}

} // namespace

SCENARIO("everyone's turn comes", "[turn_queue]") {
  auto queue = turn_queue<int>{};
  auto all = [](uint64_t) { return true; };
  for (auto i = 1; i <= 3; ++i)
    queue.push(1, i);
  queue.push(2, 20);
  queue.push(3, 30);
  GIVEN("three who wait, one of them with much") {
    auto order = std::vector<int>{};
    while (auto x = queue.pop(all))
      order.push_back(*x);
    CHECK(order == std::vector<int>{1, 20, 30, 2, 3});
  }
  GIVEN("one who may not have his") {
    auto not_1 = [](uint64_t x) { return x != 1; };
    CHECK(queue.pop(not_1) == 20);
    CHECK(queue.pop(not_1) == 30);
    CHECK_FALSE(queue.pop(not_1));
    CHECK(queue.pop(all) == 1);
  }
  GIVEN("two at most for each") {
    CHECK(queue.count([](uint64_t) { return size_t{2}; }) == 4);
    CHECK(queue.count([](uint64_t x) { return size_t{x == 1 ? 0u : 9u}; })
          == 2);
  }
  GIVEN("what is taken back") {
    auto is = [](int wanted) { return [=](int x) { return x == wanted; }; };
    CHECK(queue.remove(1, is(1)) == 1);
    CHECK(queue.remove(2, is(20)) == 20);
    CHECK_FALSE(queue.remove(2, is(20)));
    CHECK_FALSE(queue.remove(3, is(20)));
    CHECK(queue.pop(all) == 2);
    CHECK(queue.pop(all) == 30);
    CHECK(queue.pop(all) == 3);
    CHECK_FALSE(queue.pop(all));
  }
}

SCENARIO("an open stream stands in no call's way", "[http]") {
  auto peer = http_peer{serve};
  GIVEN("64 calls that are answered by streams, as many as may be calls") {
    auto pool = pool_of(64, 64, 1024);
    auto busy = http_client{pool, spec_of(peer.url())};
    for (auto i = 0; i < 64; ++i)
      busy.call("stream");
    for (uint64_t i = 1; i <= 64; ++i)
      REQUIRE(busy.log->wait_frames_of(i, 1) == strings{"open"});
    THEN("another client's call goes through, and its own, too") {
      auto other = http_client{pool, spec_of(peer.url())};
      CHECK(other.log->wait_ended(other.call("{}")).frames == strings{"{}"});
      CHECK(busy.log->wait_ended(busy.call("{}")).frames == strings{"{}"});
    }
  }
  GIVEN("no room for a stream") {
    auto pool = pool_of(1, 1, 0);
    auto client = http_client{pool, spec_of(peer.url())};
    auto id = client.call("stream");
    CHECK(client.log->wait_frames_of(id, 1) == strings{"open"});
    THEN("it goes on as a call, and the next one waits for it") {
      auto next = client.call("{}");
      CHECK(client.out->depth() == 1);
      client.out->abandon(id);
      CHECK(client.log->wait_ended(next).frames == strings{"{}"});
    }
  }
}

SCENARIO("calls leave room for the answers that they wait for", "[http]") {
  auto peer = http_peer{serve};
  auto options = http_pool_options{};
  options.calls_max = 2;
  options.client_calls_max = 2;
  options.notes_max = 3;
  options.client_notes_max = 2;
  auto pool = std::make_shared<http_pool>(options);
  auto client = http_client{pool, spec_of(peer.url())};
  for (auto i = 0; i < 3; ++i)
    client.call("hang");
  peer.wait_requests(2);
  GIVEN("as many calls as may be, and one that waits") {
    CHECK(client.out->depth() == 1);
    WHEN("an answer is to be sent") {
      THEN("it does not wait for them") {
        for (auto i = 0; i < 5; ++i)
          CHECK(client.log->wait_ended(client.notify("{}")).why == errc::none);
        CHECK(client.out->depth() == 1);
      }
    }
    WHEN("answers hang as well") {
      auto first = client.notify("hang");
      client.notify("hang");
      auto third = client.notify("{}");
      peer.wait_requests(4);
      THEN("there are only so many of one client, and of all") {
        CHECK(client.out->depth() == 2);
        auto other = http_client{pool, spec_of(peer.url())};
        CHECK(other.log->wait_ended(other.notify("{}")).why == errc::none);
        other.notify("hang");
        other.notify("{}");
        peer.wait_requests(6);
        CHECK(other.out->depth() == 1);
      }
      THEN("the next one has the place of one that ends") {
        client.out->abandon(first);
        CHECK(client.log->wait_ended(third).why == errc::none);
      }
    }
  }
}

SCENARIO("a server that hangs leaves room for others", "[http]") {
  auto peer = http_peer{serve};
  auto pool = pool_of(8, 4, 8);
  auto busy = http_client{pool, spec_of(peer.url())};
  auto other = http_client{pool, spec_of(peer.url())};
  GIVEN("a client whose calls hang, with more of them waiting") {
    for (auto i = 0; i < 10; ++i)
      busy.call("hang");
    peer.wait_requests(4);
    CHECK(busy.out->depth() == 6);
    THEN("another client's call goes through") {
      CHECK(other.log->wait_ended(other.call("{}")).frames == strings{"{}"});
    }
    WHEN("another one hangs as well, and a third has calls") {
      for (auto i = 0; i < 4; ++i)
        other.call("hang");
      peer.wait_requests(8);
      auto third = http_client{pool, spec_of(peer.url())};
      auto id = third.call("third");
      CHECK(third.out->depth() == 1);
      THEN("it has its turn when two places are free, not after all") {
        busy.out->abandon(1);
        busy.out->abandon(2);
        CHECK(third.log->wait_ended(id).frames == strings{"{}"});
        CHECK(busy.out->depth() >= 4);
      }
    }
  }
}

SCENARIO("two hundred streams and 64 calls end together", "[http]") {
  auto before = leaks::fds_of(getpid());
  {
    auto peer = http_peer{serve};
    auto pool = std::make_shared<http_pool>();
    auto clients = std::vector<std::unique_ptr<http_client>>{};
    for (auto i = 0; i < 8; ++i) {
      clients.push_back(
        std::make_unique<http_client>(pool, spec_of(peer.url())));
      for (auto k = 0; k < 25; ++k)
        clients.back()->listen();
      for (auto k = 0; k < 8; ++k)
        clients.back()->call("hang");
    }
    peer.wait_requests(264);
    CHECK(pool->threads() == 264);
    for (auto& x : clients)
      x->transport->stop(errc::closed, "all");
    for (auto& x : clients)
      CHECK(x->log->wait_down().why == errc::closed);
    peer.wait_open(0);
    CHECK(pool->kept() == 0);
  }
  CHECK(leaks::fds_of(getpid()) <= before);
}

SCENARIO("many calls at a time are each answered once", "[http]") {
  auto peer = http_peer{echo_all};
  auto pool = std::make_shared<http_pool>();
  auto client = http_client{pool, spec_of(peer.url())};
  for (auto i = 1; i <= 1000; ++i) {
    client.call(std::string(static_cast<size_t>(i), 'x'));
    REQUIRE(client.pushed == errc::none);
  }
  for (uint64_t i = 1; i <= 1000; ++i) {
    auto end = client.log->wait_ended(i);
    if (end.frames != strings{"{\"echo\":" + std::to_string(i) + "}"})
      FAIL("call " << i << " has the answer of another");
  }
  CHECK(peer.connections() <= defaults::http_client_calls_max);
  CHECK(client.out->depth() == 0);
}

SCENARIO("threads and connections end when they have nothing to do", "[http]") {
  auto peer = http_peer{[](http_peer::talk& t) {
    auto x = peer_request{};
    while (t.read(x))
      t.answer(200, "application/json", "{}", "Keep-Alive: timeout=2\r\n");
  }};
  auto pool = pool_of(8, 8, 8);
  auto client = http_client{pool, spec_of(peer.url())};
  client.log->wait_ended(client.call("{}"));
  CHECK(leaks::eventually([&] { return pool->kept() == 0; }));
  CHECK(leaks::eventually([&] { return pool->threads() == 0; }));
  peer.wait_open(0);
  CHECK(client.log->wait_ended(client.call("{}")).frames == strings{"{}"});
}

SCENARIO("each connection goes when its own time has come", "[http]") {
  auto answer = [](const char* fields, bool ends) {
    return [=](http_peer::talk& t) {
      auto x = peer_request{};
      while (t.read(x)) {
        t.answer(200, "application/json", "{}", fields);
        if (ends)
          return;
      }
    };
  };
  constexpr auto minute = "Keep-Alive: timeout=60\r\n";
  auto patient = http_peer{answer(minute, false)};
  auto pool = pool_of(8, 8, 8);
  auto use = [&](const http_peer& peer) {
    auto client = std::make_unique<http_client>(pool, spec_of(peer.url()));
    CHECK(client->log->wait_ended(client->call("{}")).why == errc::none);
    return client;
  };
  GIVEN("one that is kept for a minute, and one for a second") {
    auto hasty = http_peer{answer("Keep-Alive: timeout=2\r\n", false)};
    auto first = use(patient);
    auto second = use(hasty);
    CHECK(leaks::eventually([&] { return pool->kept() == 1; }));
    hasty.wait_open(0);
    CHECK(patient.open() == 1);
  }
  GIVEN("one that is kept for a minute, and that its server has closed") {
    auto liar = http_peer{answer(minute, true)};
    auto first = use(liar);
    liar.wait_open(0);
    auto second = use(patient);
    CHECK(leaks::eventually([&] { return pool->kept() == 1; }));
    CHECK(patient.open() == 1);
  }
}

SCENARIO("only connections that live are used again", "[http]") {
  auto fields = std::string{};
  auto ends = std::atomic<bool>{false};
  auto drops_second = std::atomic<bool>{false};
  auto peer = http_peer{[&](http_peer::talk& t) {
    auto x = peer_request{};
    for (auto i = 0; t.read(x); ++i) {
      if (drops_second && i == 1)
        return;
      if (x.line.starts_with("GET"))
        t.begin_events() && t.send_chunk("data: x\n\n") && t.end_chunks();
      else
        t.answer(200, "application/json", "{}", fields);
      if (ends)
        return;
    }
  }};
  auto client = http_client{std::make_shared<http_pool>(), spec_of(peer.url())};
  auto call = [&] { return client.log->wait_ended(client.call("{}")); };
  GIVEN("a server that says when it closes") {
    fields = "Keep-Alive: timeout=1, max=5\r\n";
    call();
    call();
    CHECK(peer.connections() == 2);
  }
  GIVEN("a server that closes without a word") {
    ends = true;
    for (size_t i = 1; i <= 3; ++i) {
      CHECK(call().why == errc::none);
      peer.wait_open(0);
    }
    CHECK(peer.connections() == 3);
  }
  GIVEN("a server that closes just as the next request comes") {
    drops_second = true;
    WHEN("that is a call") {
      call();
      auto end = call();
      THEN("its outcome is unknown, and it is not repeated") {
        CHECK(end.why == errc::connection_lost);
        CHECK(end.what_became == fate::outcome_unknown);
        CHECK(peer.requests().size() == 2);
      }
    }
    WHEN("that is a stream") {
      call();
      auto end = client.log->wait_ended(client.listen());
      THEN("it is asked for once more") {
        CHECK(end.why == errc::none);
        CHECK(end.frames == strings{"x"});
        CHECK(peer.requests().size() == 3);
      }
    }
  }
  GIVEN("another client of the same server") {
    call();
    auto other = http_client{client.pool, spec_of(peer.url())};
    other.log->wait_ended(other.call("{}"));
    THEN("it uses the same connection, which goes when both have gone") {
      CHECK(peer.connections() == 1);
      other.stop();
      client.stop();
      peer.wait_open(0);
    }
  }
}

SCENARIO("a connection whose response others may frame otherwise is not used "
         "again",
         "[http]") {
  auto chunks = std::string{"Content-Type: application/json\r\n"
                            "Transfer-Encoding: chunked\r\n\r\n"
                            "2\r\n{}\r\n0\r\n\r\n"};
  for (auto head : {"HTTP/1.1 200 x\r\nContent-Length: 2\r\n",
                    "HTTP/1.0 200 x\r\nConnection: keep-alive\r\n"}) {
    auto peer = http_peer{[&](http_peer::talk& t) {
      auto x = peer_request{};
      while (t.read(x))
        t.send(head + chunks);
    }};
    auto pool = std::make_shared<http_pool>();
    auto client = http_client{pool, spec_of(peer.url())};
    for (size_t i = 1; i <= 2; ++i) {
      CHECK(client.log->wait_ended(client.call("{}")).frames == strings{"{}"});
      CHECK(peer.connections() == i);
    }
  }
}
