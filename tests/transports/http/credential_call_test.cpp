// Covers transports/http/credential_call.hpp.

#include "troupe/tests/support/kept_questions.hpp"
#include "troupe/transports/http/credential_call.hpp"

#include <catch2/catch.hpp>

#include <future>
#include <stdexcept>
#include <thread>

using namespace troupe;
using namespace std::chrono_literals;

namespace {

using clock_type = std::chrono::steady_clock;

/// Answers by a function of the test's.
class scripted_source : public credential_source {
public:
  using script = std::function<void(credential_request, credential_reply)>;

  explicit scripted_source(script f) : f_(std::move(f)) {
    // nop
  }

  void authorization(credential_request request,
                     credential_reply then) override {
    f_(std::move(request), std::move(then));
  }
  void challenged(credential_challenge x, credential_reply then) override {
    f_(std::move(x.request), std::move(then));
  }

private:
  script f_;
};

/// Asks a source as an exchange does, on a thread of its own where it must
/// wait.
struct asker {
  explicit asker(credential_source_ptr source,
                 callback_pool_options options = {})
    : pool(std::make_shared<callback_pool>(options)),
      call(pool, owners, std::move(source), "https://one.example") {
    // nop
  }

  given_credentials ask() {
    return call.ask(end, deadline);
  }

  std::future<given_credentials> begin() {
    return std::async(std::launch::async, [this] { return ask(); });
  }

  callback_pool_ptr pool;
  credential_owners owners = credential_owners::of("peer");
  credential_call call;
  interrupter end;
  clock_type::time_point deadline = clock_type::now() + callback_gate::patience;
};

/// What comes of a source's answer.
given_credentials given_by(scripted_source::script f) {
  return asker{std::make_shared<scripted_source>(std::move(f))}.ask();
}

} // namespace

// -- answers ------------------------------------------------------------------

SCENARIO("a source may answer inside of the call", "[http]") {
  auto given = given_by([](auto, auto then) { then.give("Bearer t"); });
  CHECK(given.authorization == "Bearer t");
  CHECK_FALSE(given.fault);
}

SCENARIO("a source may answer later, from any thread", "[http]") {
  auto source = std::make_shared<kept_questions>();
  auto testee = asker{source};
  auto given = testee.begin();
  auto question = source->next();
  CHECK(question.what.request.origin == "https://one.example");
  CHECK(question.what.request.deadline == testee.deadline);
  question.then.give("Bearer t");
  question.then.give("Bearer u");
  CHECK(given.get().authorization == "Bearer t");
  THEN("it is not requested to stop") {
    CHECK_FALSE(question.what.request.stop.stop_requested());
  }
}

SCENARIO("a source's failure is shown with its text", "[http]") {
  auto code = errc::internal_error;
  auto text = std::string{"the key ring is locked"};
  auto shown = text;
  GIVEN("a code of the network's") {
    code = errc::connection_lost;
  }
  GIVEN("no text") {
    text = "";
    shown = "the source of credentials failed";
  }
  GIVEN("a text without end") {
    text = std::string(1u << 20, 'x');
    shown = std::string(defaults::remark_bytes_max, 'x') + "\u2026";
  }
  auto given = given_by([&](auto, auto then) {
    then.fail({code, fate::outcome_unknown, text});
  });
  CHECK(given.authorization.empty());
  CHECK(given.fault.why == errc::internal_error);
  CHECK(given.fault.text == shown);
}

SCENARIO("a source says that a person must act", "[http]") {
  auto given = given_by([](auto, auto then) {
    then.fail({errc::auth_required, fate::not_sent, "log in first"});
  });
  CHECK(given.fault.why == errc::auth_required);
  CHECK(given.fault.text == "log in first");
}

SCENARIO("a source that does not answer fails the question", "[http]") {
  auto given = given_credentials{};
  auto text = std::string{};
  GIVEN("a dropped reply") {
    given = given_by([](auto, auto) {});
    text = "the source of credentials dropped a question without an answer";
  }
  GIVEN("an exception") {
    given = given_by([](auto, auto) { throw std::runtime_error{"sentinel"}; });
    text = "the source of credentials threw std::runtime_error";
  }
  GIVEN("a value that cannot be sent") {
    given = given_by([](auto, auto then) { then.give("sentinel\n"); });
    text = "the credentials hold CR, LF or NUL, and cannot be sent";
  }
  GIVEN("a value that no server would take") {
    given = given_by([](auto, auto then) {
      then.give(std::string(defaults::authorization_bytes_max + 1, 'x'));
    });
    text = "the credentials have more than 16384 bytes";
  }
  CHECK(given.authorization.empty());
  CHECK(given.fault.why == errc::internal_error);
  CHECK(given.fault.text == text);
}

SCENARIO("an exception after the answer changes nothing", "[http]") {
  auto given = given_by([](auto, auto then) {
    then.give("Bearer t");
    throw std::runtime_error{"late"};
  });
  CHECK(given.authorization == "Bearer t");
}

// -- no answer in time --------------------------------------------------------

SCENARIO("a question ends at its deadline", "[http]") {
  auto source = std::make_shared<kept_questions>();
  auto testee = asker{source};
  auto given = given_credentials{};
  // A busy machine may not have called the source by then.
  for (auto time = 50ms; source->size() == 0 && time < callback_gate::patience;
       time *= 2) {
    testee.deadline = clock_type::now() + time;
    given = testee.ask();
  }
  CHECK(given.fault.why == errc::internal_error);
  CHECK(given.fault.text == "the source of credentials did not answer in time");
  THEN("the source is requested to stop, and a late answer is ignored") {
    auto question = source->next();
    CHECK(question.is_stopped());
    question.then.give("Bearer late");
  }
  THEN("the next question is asked anew") {
    testee.deadline = clock_type::now() + callback_gate::patience;
    source->next();
    auto next = testee.begin();
    source->next().then.give("Bearer t");
    CHECK(next.get().authorization == "Bearer t");
  }
}

SCENARIO("a question whose deadline has passed is not waited for", "[http]") {
  auto source = std::make_shared<kept_questions>();
  auto testee = asker{source};
  testee.deadline = {};
  CHECK(testee.ask().fault.why == errc::internal_error);
}

SCENARIO("a question that is given up ends at once", "[http]") {
  auto source = std::make_shared<kept_questions>();
  auto testee = asker{source};
  auto given = testee.begin();
  auto question = source->next();
  testee.end.interrupt();
  CHECK(given.get().fault.why == errc::cancelled);
  CHECK(question.is_stopped());
  question.then.give("Bearer late");
  THEN("none is asked after it") {
    CHECK(testee.ask().fault.why == errc::cancelled);
    CHECK(source->size() == 0);
  }
}

SCENARIO("a reply outlives all that has waited for it", "[http]") {
  auto source = std::make_shared<kept_questions>();
  auto question = std::optional<kept_question>{};
  {
    auto testee = asker{source};
    auto given = testee.begin();
    question = source->next();
    testee.end.interrupt();
    given.get();
  }
  question->then.give("Bearer late");
  question.reset();
}

// -- the pool's threads -------------------------------------------------------

SCENARIO("a question that waits for its answer holds no thread", "[http]") {
  auto source = std::make_shared<kept_questions>();
  auto testee = asker{source};
  auto count = defaults::callback_threads_of_one_max + 3;
  auto given = std::vector<std::future<given_credentials>>{};
  auto questions = std::vector<kept_question>{};
  auto ends = std::vector<interrupter>(count);
  for (auto& end : ends) {
    given.push_back(std::async(std::launch::async, [&] {
      return testee.call.ask(end, testee.deadline);
    }));
    questions.push_back(source->next());
  }
  for (auto& x : questions)
    x.then.give("Bearer t");
  for (auto& x : given)
    CHECK(x.get().authorization == "Bearer t");
}

SCENARIO("a source that hangs is requested to stop all the same", "[http]") {
  auto shut = std::make_shared<callback_gate>();
  auto kept = std::make_shared<kept_questions>();
  auto testee = asker{
    std::make_shared<scripted_source>([shut, kept](auto request, auto then) {
      kept->authorization(std::move(request), std::move(then));
      shut->pass();
    })};
  auto ends = std::vector<interrupter>(2);
  static_assert(defaults::callback_threads_of_one_max == 2);
  auto given = std::vector<std::future<given_credentials>>{};
  for (auto& end : ends)
    given.push_back(std::async(std::launch::async, [&] {
      return testee.call.ask(end, testee.deadline);
    }));
  CHECK(shut->wait_for(2));
  for (auto& end : ends)
    end.interrupt();
  CHECK(kept->next().is_stopped());
  CHECK(kept->next().is_stopped());
  for (auto& x : given)
    CHECK(x.get().fault.why == errc::cancelled);
  shut->open();
}

SCENARIO("a question that waits for a thread is taken back", "[http]") {
  auto shut = std::make_shared<callback_gate>();
  auto source = std::make_shared<kept_questions>();
  auto options = callback_pool_options{};
  options.threads_of_one_max = 1;
  options.waiting_max = 1;
  auto testee = asker{source, options};
  testee.pool->run(testee.owners.calls, [shut] { shut->pass(); });
  REQUIRE(shut->wait_for(1));
  GIVEN("one that is given up") {
    testee.deadline = clock_type::now() + 10ms;
    CHECK(testee.ask().fault.why == errc::internal_error);
  }
  GIVEN("one in a pool that ends") {
    auto given = testee.begin();
    testee.pool->end(0ms);
    auto why = given.get().fault.why;
    CHECK((why == errc::cancelled || why == errc::overloaded)); // too late
  }
  GIVEN("no place to wait") {
    REQUIRE(testee.pool->run(testee.owners.calls, [] {}) != 0);
    CHECK(testee.ask().fault.why == errc::overloaded);
  }
  shut->open();
  testee.pool->end(callback_gate::patience);
  CHECK(source->size() == 0);
}
