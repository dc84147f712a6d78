// Covers transports/http/exchange.hpp, transports/http/link.hpp.
// What becomes of requests while their source of credentials has not answered.

#include "troupe/tests/support/http_fixture.hpp"
#include "troupe/tests/support/kept_questions.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace std::chrono_literals;

namespace {

using clock_type = std::chrono::steady_clock;

/// A client whose source answers when the test says so, and a server that
/// takes one token.
struct asking_client {
  explicit asking_client(server_spec (*edit)(server_spec) = nullptr)
    : peer([](http_peer::talk& t) {
        auto x = peer_request{};
        while (t.read(x))
          if (x.field("Authorization") == "Bearer fresh")
            t.answer(200, "application/json", "{\"echo\":1}");
          else
            t.answer(401, "application/json", "{}",
                     "WWW-Authenticate: Bearer\r\nWWW-Authenticate: Basic\r\n");
      }),
      source(std::make_shared<kept_questions>()),
      client(std::make_shared<http_pool>(),
             edit ? edit(spec_of(peer.url())) : spec_of(peer.url()), source) {
    // nop
  }

  exchange_news ended(uint64_t id) {
    return client.log->wait_ended(id);
  }

  http_peer peer;
  std::shared_ptr<kept_questions> source;
  http_client client;
};

} // namespace

SCENARIO("requests wait for credentials that come later", "[http]") {
  auto testee = asking_client{};
  auto ids = std::vector<uint64_t>{};
  auto questions = std::vector<kept_question>{};
  for (size_t i = 0; i < defaults::callback_threads_of_one_max + 2; ++i) {
    ids.push_back(testee.client.call("{}"));
    questions.push_back(testee.source->next());
  }
  CHECK(testee.peer.connections() == 0);
  for (auto i = questions.rbegin(); i != questions.rend(); ++i)
    i->then.give("Bearer fresh");
  for (auto id : ids)
    CHECK(testee.ended(id).why == errc::none);
}

SCENARIO("a refusal is told with all that the server said", "[http]") {
  auto testee = asking_client{};
  auto id = testee.client.call("{}");
  testee.source->next().then.give("Bearer stale");
  auto question = testee.source->next();
  CHECK(question.what.status == 401);
  CHECK(question.what.values == std::vector<std::string>{"Bearer", "Basic"});
  CHECK(question.what.refused == "Bearer stale");
  CHECK(question.what.may_repeat);
  WHEN("the source has others") {
    question.then.give("Bearer fresh");
    CHECK(testee.ended(id).why == errc::none);
    CHECK(testee.peer.requests().size() == 2);
  }
  WHEN("those are refused as well") {
    question.then.give("Bearer worse");
    auto last = testee.source->next();
    CHECK(last.what.refused == "Bearer worse");
    CHECK_FALSE(last.what.may_repeat);
    last.then.give("Bearer fresh");
    CHECK(testee.ended(id).why == errc::auth_required);
    CHECK(testee.peer.requests().size() == 2);
  }
  WHEN("the source fails") {
    question.then.fail({errc::internal_error, fate::not_sent, "no network"});
    auto end = testee.ended(id);
    CHECK(end.why == errc::auth_required);
    CHECK(end.what_became == fate::refused);
    CHECK(testee.client.log->diagnostics(diagnostic::kind::embedder_fault)
          == std::vector<std::string>{"no network"});
  }
  WHEN("a person must act first") {
    question.then.fail({errc::auth_required, fate::not_sent, "log in first"});
    auto end = testee.ended(id);
    CHECK(end.why == errc::auth_required);
    CHECK(end.text.find("log in first") != end.text.npos);
    CHECK(
      testee.client.log->diagnostics(diagnostic::kind::embedder_fault).empty());
  }
}

SCENARIO("a request without its credentials is not sent", "[http]") {
  auto testee = asking_client{};
  auto id = testee.client.call("{}");
  auto why = errc::internal_error;
  GIVEN("a failure of the source") {
    testee.source->next().then.fail(
      {errc::connection_lost, fate::not_sent, "no network"});
  }
  GIVEN("a person that must act first") {
    why = errc::auth_required;
    testee.source->next().then.fail(
      {errc::auth_required, fate::not_sent, "log in first"});
  }
  GIVEN("a question that is dropped") {
    testee.source->next();
  }
  auto end = testee.ended(id);
  CHECK(end.why == why);
  CHECK(end.what_became == fate::not_sent);
  CHECK(testee.peer.connections() == 0);
}

SCENARIO("a question is as urgent as its request", "[http]") {
  auto testee = asking_client{};
  auto order = exchange_order{};
  order.owes_answer = true;
  GIVEN("a request with a deadline that is to come") {
    order.deadline = clock_type::now() + 1h;
    testee.client.send("{}", order);
    CHECK(testee.source->next().what.request.deadline == order.deadline);
  }
  GIVEN("one whose deadline has passed") {
    order.deadline = clock_type::now();
    auto end = testee.ended(testee.client.send("{}", order));
    CHECK(end.why == errc::internal_error);
    CHECK(end.what_became == fate::not_sent);
    CHECK(testee.peer.connections() == 0);
  }
}

SCENARIO("a message that no request waits for asks for as long as a call",
         "[http]") {
  GIVEN("the usual time") {
    auto testee = asking_client{};
    auto before = clock_type::now();
    testee.client.notify("{}");
    CHECK(testee.source->next().what.request.deadline
          >= before + defaults::call_total_timeout);
  }
  GIVEN("a short time") {
    auto testee = asking_client{[](server_spec x) {
      x.timeouts.call_total = 20ms;
      return x;
    }};
    auto end = testee.ended(testee.client.notify("{}"));
    CHECK(end.why == errc::internal_error);
    CHECK(end.what_became == fate::not_sent);
    CHECK(testee.peer.connections() == 0);
  }
}

SCENARIO("a source hears that a request is given up", "[http]") {
  auto testee = asking_client{};
  auto id = testee.client.call("{}");
  auto question = testee.source->next();
  GIVEN("a call that is taken back") {
    CHECK(testee.client.out->revoke(id));
  }
  GIVEN("a call that is abandoned") {
    testee.client.out->abandon(id);
  }
  GIVEN("a transport that is stopped") {
    testee.client.stop();
    CHECK(testee.client.log->unsent() == std::vector<uint64_t>{id});
  }
  CHECK(question.is_stopped());
  question.then.give("Bearer fresh");
  testee.client.stop();
  CHECK(testee.peer.connections() == 0);
}
