#include "troupe/tests/support/pipe_client.hpp"

#include <catch2/catch.hpp>

#include <future>
#include <optional>

using namespace troupe;
using namespace std::chrono_literals;

using strings = std::vector<std::string>;

SCENARIO("an in-process server hears of its connections", "[pipe]") {
  auto pool =
    GENERATE(true, false) ? std::make_shared<callback_pool>() : nullptr;
  auto seen = std::make_shared<diary>();
  auto server = std::make_shared<pipe_server>(noting(seen));
  auto first = pipe_client{server, pool};
  GIVEN("one client after the other") {
    first.out->push("a", 1);
    CHECK(first.log->wait_frames(1) == strings{"to 1: a"});
    first.transport->stop(errc::closed, "told to");
    first.log->wait_down();
    auto second = pipe_client{server, pool};
    second.out->push("b", 1);
    CHECK(second.log->wait_frames(1) == strings{"to 2: b"});
    THEN("it hears of begin and end, in order") {
      CHECK(seen->wait(5)
            == strings{"begin 1", "1 a", "end 1", "begin 2", "2 b"});
    }
  }
  GIVEN("two clients at a time") {
    auto second = pipe_client{server, pool};
    first.out->push("a", 1);
    second.out->push("b", 1);
    first.out->push("c", 2);
    THEN("each gets its own answers") {
      CHECK(first.log->wait_frames(2) == strings{"to 1: a", "to 1: c"});
      CHECK(second.log->wait_frames(1) == strings{"to 2: b"});
    }
  }
  GIVEN("a frame that makes it throw") {
    first.out->push("throw", 1);
    THEN("the connection ends with a sentence, and the next one works") {
      auto report = first.log->wait_down();
      CHECK(report.why == errc::internal_error);
      CHECK(report.text
            == "the in-process server's on_frame threw std::runtime_error: "
               "sorry");
      CHECK(first.log->diagnostics(diagnostic::kind::embedder_fault)
            == strings{report.text});
      auto second = pipe_client{server, pool};
      second.out->push("b", 1);
      CHECK(second.log->wait_frames(1) == strings{"to 2: b"});
      CHECK(seen->wait(4) == strings{"begin 1", "end 1", "begin 2", "2 b"});
    }
  }
}

SCENARIO("an answer to a connection that has ended reaches no other one",
         "[pipe]") {
  auto kept = std::vector<pipe_connection>{};
  auto server = std::make_shared<pipe_server>(
    [&](auto& x, std::string) { kept.push_back(x); });
  auto first = pipe_client{server, nullptr};
  first.out->push("a", 1);
  first.transport->stop(errc::closed, "told to");
  auto second = pipe_client{server, nullptr};
  REQUIRE(kept.size() == 1);
  CHECK_FALSE(kept[0].send("late"));
  kept[0].hang_up();
  CHECK(second.log->frames().empty());
  CHECK(second.log->text() == "up\n");
  CHECK_FALSE(pipe_connection{}.send("to nobody"));
}

SCENARIO("an in-process server that does not return stops nobody", "[pipe]") {
  auto pool = std::make_shared<callback_pool>();
  auto begun = std::promise<void>{};
  auto gate = std::promise<void>{};
  auto opened = gate.get_future().share();
  auto served = std::atomic<int>{0};
  auto server = std::make_shared<pipe_server>([&, opened](auto&, std::string) {
    if (served++ == 0)
      begun.set_value();
    opened.wait();
  });
  auto client = pipe_client{server, pool};
  client.out->push("a", 1);
  begun.get_future().wait();
  CHECK(client.out->push("b", 2) == errc::none);
  CHECK(client.out->revoke(2));
  CHECK(client.out->push("c", 3) == errc::none);
  CHECK(server->send("x"));
  CHECK(client.log->wait_frames(1) == strings{"x"});
  client.transport->stop(errc::closed, "told to");
  CHECK(client.log->wait_down().why == errc::closed);
  CHECK(client.log->unsent() == std::vector<uint64_t>{3});
  CHECK(pool->end(1ms) == 1);
  WHEN("it is connected to when the pool takes no more") {
    auto next = pipe_client{server, pool};
    next.out->push("d", 1);
    THEN("that waits behind the callback that still runs") {
      CHECK(served == 1);
    }
  }
  client.transport.reset();
  gate.set_value();
}

SCENARIO("an in-process server whose pool refuses says so", "[pipe]") {
  auto options = callback_pool_options{};
  options.waiting_max = 0;
  auto pool = std::make_shared<callback_pool>(options);
  auto server = std::make_shared<pipe_server>([](auto&, std::string) {});
  auto client = pipe_client{server, pool};
  client.out->push("a", 1);
  auto report = client.log->wait_down();
  CHECK(report.why == errc::overloaded);
  CHECK(report.text
        == "no thread is free for the in-process server's callbacks");
  CHECK(client.log->unsent() == std::vector<uint64_t>{1});
}

SCENARIO("a pool may end with a connection whose end another one tells",
         "[pipe]") {
  auto ends = std::vector<uint64_t>{};
  auto second = std::optional<pipe_client>{};
  auto server = std::make_shared<pipe_server>(
    pipe_callbacks{nullptr, [&](auto&, std::string) { second.reset(); },
                   [&](auto& x) { ends.push_back(x.number()); }});
  auto first = pipe_client{server, nullptr};
  second.emplace(server, std::make_shared<callback_pool>());
  first.out->push("a", 1);
  CHECK_FALSE(second);
  CHECK(ends == std::vector<uint64_t>{2});
  first.out->push("b", 2);
  CHECK(server->connected());
}
