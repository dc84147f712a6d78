// Covers transports/http/transport.hpp, transports/http/exchange.hpp,
// transports/http/credential_call.hpp, transports/credentials.hpp.

#include "troupe/tests/support/http_fixture.hpp"
#include "troupe/transports/blocking_credentials.hpp"

#include <catch2/catch.hpp>

#include <stdexcept>

using namespace troupe;

namespace {

/// Gives a token; may be told to take its time.
class test_credentials : public blocking_credential_source {
public:
  std::string authorization(std::string_view origin) override {
    auto held = std::unique_lock{mutex_};
    ++asked_;
    origin_ = origin;
    changed_.notify_all();
    changed_.wait(held, [this] { return !blocked_; });
    if (broken_)
      throw std::runtime_error("sentinel");
    return token_;
  }

  void challenged(std::string_view, int status,
                  std::string_view challenge) override {
    auto held = std::unique_lock{mutex_};
    challenges_ += std::to_string(status) + ' ' + std::string{challenge} + '\n';
  }

  void give(std::string token) {
    auto held = std::unique_lock{mutex_};
    token_ = std::move(token);
  }
  void breaks(bool on) {
    auto held = std::unique_lock{mutex_};
    broken_ = on;
  }
  void block(bool on) {
    auto held = std::unique_lock{mutex_};
    blocked_ = on;
    changed_.notify_all();
  }
  void wait_asked() {
    auto held = std::unique_lock{mutex_};
    changed_.wait(held, [this] { return asked_ > 0; });
  }
  std::string challenges() const {
    auto held = std::unique_lock{mutex_};
    return challenges_;
  }
  std::string origin() const {
    auto held = std::unique_lock{mutex_};
    return origin_;
  }

private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  size_t asked_ = 0;
  bool blocked_ = false;
  bool broken_ = false;
  std::string token_ = "Bearer t";
  std::string origin_;
  std::string challenges_;
};

} // namespace

SCENARIO("requests carry what their server may see", "[http]") {
  auto peer = http_peer{echo_all};
  auto spec = spec_of(peer.url());
  spec.headers["Authorization"] = secret{"Basic configured"};
  spec.headers["accept"] = secret{"text/plain"};
  spec.headers["X-Empty"] = secret{""};
  spec.headers["X-Percent"] = secret{"a%41 b"};
  auto source = std::make_shared<test_credentials>();
  auto pool = std::make_shared<http_pool>();
  auto order = exchange_order{};
  order.owes_answer = true;
  order.headers = {{"Mcp-Name", "echo"}, {"Mcp-Param-A", ""}};
  GIVEN("a spec with headers") {
    auto client = http_client{pool, spec};
    client.log->wait_ended(client.send("{}", order));
    auto x = peer.requests().at(0);
    CHECK(x.field("Authorization") == "Basic configured");
    CHECK(x.field("X-Empty").empty());
    CHECK(x.field("X-Percent") == "a%41 b");
    CHECK(x.field("Mcp-Name") == "echo");
    CHECK(x.field("Mcp-Param-A").empty());
    THEN("what the protocol demands is not overruled") {
      CHECK(x.count("Accept") == 1);
      CHECK(x.field("Accept") == "application/json, text/event-stream");
    }
  }
  GIVEN("a source of credentials") {
    auto client = http_client{pool, spec, source};
    client.log->wait_ended(client.send("{}", order));
    auto x = peer.requests().at(0);
    CHECK(x.count("Authorization") == 1);
    CHECK(x.field("Authorization") == "Bearer t");
    CHECK(source->origin() == peer.url(""));
  }
  GIVEN("headers that would break a request") {
    auto client = http_client{pool, spec};
    using fields = std::vector<std::pair<std::string, std::string>>;
    for (auto& [name, value] : fields{{"A", "b\r\nC: d"},
                                      {"A", std::string{"b\0", 2}},
                                      {"A b", "c"},
                                      {"", "c"},
                                      {"A:", "c"},
                                      {"Host", "elsewhere"},
                                      {"Upgrade", "h2c"},
                                      {"te", "trailers"},
                                      {"content-length", "0"},
                                      {"Transfer-Encoding", "chunked"}}) {
      order.headers = {{name, value}};
      client.send("{}", order);
      CHECK(client.pushed == errc::invalid_argument);
    }
    order.headers.clear();
    order.last_event_id = "a\nb";
    client.send("{}", order);
    CHECK(client.pushed == errc::invalid_argument);
    CHECK(client.out->push("{}", 1) == errc::invalid_argument);
    CHECK(peer.connections() == 0);
  }
}

SCENARIO("what cannot be sent is refused", "[http]") {
  auto peer = http_peer{[](http_peer::talk& t) { t.wait_end(); }};
  auto spec = spec_of(peer.url());
  spec.limits.frame_bytes_max = 100;
  spec.limits.outbox_frames_max = 3;
  spec.limits.outbox_bytes_max = 110;
  auto options = http_pool_options{};
  options.client_calls_max = 1;
  auto client = http_client{std::make_shared<http_pool>(options), spec};
  client.call(std::string(101, 'x'));
  CHECK(client.pushed == errc::too_large);
  client.call("under way");
  peer.wait_open(1);
  client.call(std::string(100, 'x'));
  CHECK(client.pushed == errc::none);
  client.call(std::string(11, 'x'));
  CHECK(client.pushed == errc::overloaded);
  client.call("a");
  client.call("b");
  CHECK(client.pushed == errc::none);
  client.call("c");
  CHECK(client.pushed == errc::overloaded);
  CHECK(client.out->depth() == 3);
}

SCENARIO("a spec that cannot be used ends its transport at once", "[http]") {
  auto pool = std::make_shared<http_pool>();
  for (auto url : {"", "ftp://h/", "http://u:sentinel@h/"}) {
    auto log = std::make_shared<transport_log>();
    auto testee = make_http_transport(pool, spec_of(url), nullptr);
    testee->start(log->listener());
    auto report = log->wait_down();
    CHECK(report.why == errc::invalid_spec);
    CHECK(report.text.find("sentinel") == report.text.npos);
  }
  auto spec = spec_of("http://h/");
  spec.headers["A"] = secret{"sentinel\r\nB: c"};
  auto log = std::make_shared<transport_log>();
  auto testee = make_http_transport(pool, spec, nullptr);
  testee->start(log->listener());
  CHECK(log->wait_down().why == errc::invalid_spec);
  CHECK(log->report().text.find("sentinel") == std::string::npos);
}

SCENARIO("headers of a spec that would frame a request anew are refused",
         "[http]") {
  auto peer = http_peer{echo_all};
  for (auto name : {"Host", "content-length", "Transfer-Encoding", "CONNECTION",
                    "Keep-Alive", "Proxy-Connection", "TE", "Trailer",
                    "Upgrade", "Expect"}) {
    auto spec = spec_of(peer.url());
    spec.headers[name] = secret{"0"};
    auto log = std::make_shared<transport_log>();
    auto testee =
      make_http_transport(std::make_shared<http_pool>(), spec, nullptr);
    testee->start(log->listener());
    auto report = log->wait_down();
    CHECK(report.why == errc::invalid_spec);
    CHECK(report.text.find(name) != std::string::npos);
  }
  CHECK(peer.connections() == 0);
}

SCENARIO("without its credentials nothing is sent", "[http]") {
  auto peer = http_peer{[](http_peer::talk& t) {
    auto x = peer_request{};
    while (t.read(x))
      t.answer(401, "application/json", "{}");
  }};
  auto source = std::make_shared<test_credentials>();
  auto client =
    http_client{std::make_shared<http_pool>(), spec_of(peer.url()), source};
  auto call = [&] { return client.log->wait_ended(client.call("{}")); };
  GIVEN("a token of which a newline was not cut off") {
    source->give("Bearer sentinel\n");
    auto end = call();
    CHECK(end.why == errc::internal_error);
    CHECK(end.what_became == fate::not_sent);
    CHECK(end.text.find("CR, LF") != end.text.npos);
    CHECK(end.text.find("sentinel") == end.text.npos);
    CHECK(peer.connections() == 0);
    WHEN("the next one is good") {
      source->give("Bearer t");
      CHECK(call().status == 401);
    }
  }
  GIVEN("a source that throws") {
    source->breaks(true);
    auto end = call();
    CHECK(end.why == errc::internal_error);
    CHECK(end.what_became == fate::not_sent);
    CHECK(end.text.find("sentinel") == end.text.npos);
    CHECK(peer.connections() == 0);
    call();
    THEN("its embedder is told, once") {
      CHECK(client.log->diagnostics(diagnostic::kind::embedder_fault)
            == std::vector<std::string>{
              "the source of credentials threw std::runtime_error"});
    }
  }
}

namespace {

/// Gives a token, and throws when it is refused.
class brittle_credentials : public blocking_credential_source {
public:
  std::string authorization(std::string_view) override {
    return "Bearer t";
  }
  void challenged(std::string_view, int, std::string_view) override {
    throw std::runtime_error("sentinel");
  }
};

} // namespace

SCENARIO("a source of credentials that throws at a refusal does no harm",
         "[http]") {
  auto peer = http_peer{[](http_peer::talk& t) {
    auto x = peer_request{};
    while (t.read(x))
      t.answer(401, "application/json", "{}");
  }};
  auto client = http_client{std::make_shared<http_pool>(), spec_of(peer.url()),
                            std::make_shared<brittle_credentials>()};
  CHECK(client.log->wait_ended(client.call("{}")).why == errc::auth_required);
}

SCENARIO("S30: a refusal of credentials is told apart", "[http]") {
  auto status = std::atomic<int>{401};
  auto fields = std::string{};
  auto peer = http_peer{[&](http_peer::talk& t) {
    auto x = peer_request{};
    while (t.read(x))
      t.answer(status, "application/json", "{}", fields);
  }};
  auto source = std::make_shared<test_credentials>();
  auto client =
    http_client{std::make_shared<http_pool>(), spec_of(peer.url()), source};
  auto call = [&] { return client.log->wait_ended(client.call("{}")); };
  GIVEN("401 with two challenges") {
    fields = "WWW-Authenticate: Bearer a=\"b%41, c\"\r\n"
             "www-authenticate: Basic\r\n";
    auto end = call();
    CHECK(end.why == errc::auth_required);
    CHECK(end.what_became == fate::refused);
    CHECK(source->challenges() == "401 Bearer a=\"b%41, c\", Basic\n");
  }
  GIVEN("401 without one") {
    CHECK(call().why == errc::auth_required);
    CHECK(source->challenges() == "401 \n");
  }
  GIVEN("403 with and without one") {
    status = 403;
    CHECK(call().why == errc::server_error);
    CHECK(source->challenges().empty());
    fields = "WWW-Authenticate: Bearer error=\"insufficient_scope\"\r\n";
    CHECK(call().why == errc::auth_required);
    CHECK(source->challenges() == "403 Bearer error=\"insufficient_scope\"\n");
  }
}

namespace {

/// Has another token as soon as the first one is refused.
class renewed_credentials : public blocking_credential_source {
public:
  explicit renewed_credentials(std::string next) : next_(std::move(next)) {
    // nop
  }

  std::string authorization(std::string_view) override {
    return token_;
  }
  void challenged(std::string_view, int, std::string_view) override {
    ++challenges;
    token_ = next_;
  }

  std::atomic<int> challenges{0};

private:
  std::string next_;
  std::string token_ = "Bearer stale";
};

/// Takes one token, and refuses all others.
void take_fresh(http_peer::talk& t) {
  auto x = peer_request{};
  while (t.read(x))
    if (x.field("Authorization") == "Bearer fresh")
      t.answer(200, "application/json", "{\"echo\":2}");
    else
      t.answer(401, "application/json", "{}", "WWW-Authenticate: Bearer\r\n");
}

} // namespace

SCENARIO("after a refusal the source of credentials is asked once more",
         "[http]") {
  auto peer = http_peer{take_fresh};
  auto next = std::string{GENERATE("Bearer fresh", "Bearer stale", "",
                                   "Bearer another", "bad\nline")};
  INFO(next);
  auto source = std::make_shared<renewed_credentials>(next);
  auto client =
    http_client{std::make_shared<http_pool>(), spec_of(peer.url()), source};
  auto end = client.log->wait_ended(client.call("{}"));
  if (next == "Bearer fresh") {
    CHECK(end.why == errc::none);
    CHECK(end.frames == std::vector<std::string>{"{\"echo\":2}"});
  } else {
    CHECK(end.why == errc::auth_required);
    CHECK(end.what_became == fate::refused);
  }
  auto other = next == "Bearer fresh" || next == "Bearer another";
  CHECK(peer.requests().size() == (other ? 2 : 1));
  CHECK(source->challenges == (next == "Bearer another" ? 2 : 1));
}

SCENARIO("an end does not wait for a source of credentials that hangs",
         "[http]") {
  auto peer = http_peer{echo_all};
  auto source = std::make_shared<test_credentials>();
  source->block(true);
  auto pool = std::make_shared<http_pool>();
  auto client = http_client{pool, spec_of(peer.url()), source};
  auto id = client.call("{}");
  source->wait_asked();
  WHEN("the transport is stopped") {
    client.stop();
    CHECK(client.log->unsent() == std::vector<uint64_t>{id});
  }
  WHEN("the call is taken back") {
    CHECK(client.out->revoke(id));
    client.stop();
    CHECK(client.log->unsent().empty());
  }
  WHEN("the call is abandoned, and the transport stopped") {
    client.out->abandon(id);
    client.stop();
    CHECK(client.log->unsent().empty());
  }
  // Nothing goes out afterwards. The pool waits for its threads.
  source->block(false);
  client.transport.reset();
  client.out.reset();
  client.pool.reset();
  pool.reset();
  CHECK(peer.connections() == 0);
  CHECK(client.log->downs() == 1);
}
