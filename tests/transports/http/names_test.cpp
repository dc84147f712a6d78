// Covers transports/http/resolver.hpp, transports/http/dial.hpp.

#include "troupe/tests/support/http_fixture.hpp"
#include "troupe/tests/support/leak_counter.hpp"

#include <catch2/catch.hpp>

#include <map>

using namespace troupe;

using strings = std::vector<std::string>;

namespace {

/// Names whose lookups end when the test says so, and are counted.
struct slow_names {
  std::mutex mutex;
  std::condition_variable changed;
  std::map<std::string, size_t> asked;
  size_t running = 0;
  size_t most = 0;
  bool open = false;
  bool known = true;

  net_addresses operator()(const std::string& host, std::string& why) {
    auto held = std::unique_lock{mutex};
    ++asked[host];
    most = std::max(most, ++running);
    changed.notify_all();
    changed.wait(held, [this] { return open; });
    --running;
    why = "nobody knows it";
    return known ? known_addresses("127.0.0.1") : net_addresses{};
  }
  void wait_running(size_t count) {
    auto held = std::unique_lock{mutex};
    changed.wait(held, [&] { return running >= count; });
  }
  void let_go() {
    auto held = std::unique_lock{mutex};
    open = true;
    changed.notify_all();
  }
  size_t asked_for(const std::string& host) {
    auto held = std::unique_lock{mutex};
    return asked[host];
  }
};

struct world {
  explicit world(milliseconds name_time = defaults::http_name_time)
    : names(std::make_shared<slow_names>()) {
    auto options = http_pool_options{};
    options.name_time = name_time;
    options.thread_idle = milliseconds{10};
    options.lookup = [x = names](auto& host, auto& why) {
      return (*x)(host, why);
    };
    pool = std::make_shared<http_pool>(options);
  }
  /// Whatever happens to a test, its lookups end.
  ~world() {
    names->let_go();
  }

  server_spec spec(const std::string& host) const {
    return spec_of("http://" + host + ":" + std::to_string(peer.port()) + "/");
  }

  http_peer peer{echo_all};
  std::shared_ptr<slow_names> names;
  http_pool_ptr pool;
};

std::string name(size_t i) {
  return "n" + std::to_string(i) + ".example";
}

} // namespace

SCENARIO("calls to one name wait for one lookup, however many they are",
         "[http]") {
  auto w = world{};
  auto client = http_client{w.pool, w.spec("a.example")};
  for (auto i = 0; i < 30; ++i)
    client.call("{}");
  // What failed is not kept: who came late would ask anew.
  REQUIRE(leaks::eventually([&] { return w.pool->names().waiting() == 30; }));
  WHEN("its address is known") {
    w.names->let_go();
    for (uint64_t i = 1; i <= 30; ++i)
      CHECK(client.log->wait_ended(i).why == errc::none);
    THEN("it was asked for once, also for those who come soon after") {
      CHECK(client.log->wait_ended(client.call("{}")).why == errc::none);
      auto other = http_client{w.pool, w.spec("a.example")};
      CHECK(other.log->wait_ended(other.call("{}")).why == errc::none);
      CHECK(w.names->asked_for("a.example") == 1);
    }
  }
  WHEN("it has no address") {
    w.names->known = false;
    w.names->let_go();
    for (uint64_t i = 1; i <= 30; ++i)
      CHECK(client.log->wait_ended(i).what_became == fate::not_sent);
    THEN("the next one asks anew") {
      CHECK(w.names->asked_for("a.example") == 1);
      client.log->wait_ended(client.call("{}"));
      CHECK(w.names->asked_for("a.example") == 2);
    }
  }
  WHEN("one of those who wait is abandoned") {
    client.out->abandon(1);
    THEN("the others go on") {
      w.names->let_go();
      CHECK(client.log->wait_ended(30).why == errc::none);
      CHECK(client.log->news(1).id == 0);
    }
  }
}

SCENARIO("what a name's address was serves only so long", "[http]") {
  auto w = world{milliseconds{0}};
  w.names->let_go();
  auto spec = w.spec("a.example");
  for (size_t i = 1; i <= 2; ++i) {
    auto client = http_client{w.pool, spec};
    CHECK(client.log->wait_ended(client.call("{}")).why == errc::none);
    client.stop(); // and its connection goes
    CHECK(w.names->asked_for("a.example") == i);
  }
}

SCENARIO("an address that refused a connection is looked up anew", "[http]") {
  auto w = world{std::chrono::hours{1}};
  w.names->let_go();
  auto nobody = http_peer{echo_all}.port();
  auto url = "http://a.example:" + std::to_string(nobody) + "/";
  auto client = http_client{w.pool, spec_of(url)};
  for (size_t i = 1; i <= 2; ++i) {
    CHECK(client.log->wait_ended(client.call("{}")).what_became
          == fate::not_sent);
    CHECK(w.names->asked_for("a.example") == i);
  }
}

SCENARIO("where too many names are looked up, the next one waits", "[http]") {
  auto w = world{};
  auto most = defaults::http_lookups_max;
  auto clients = std::vector<std::unique_ptr<http_client>>{};
  for (size_t i = 0; i < most; ++i) {
    clients.push_back(std::make_unique<http_client>(w.pool, w.spec(name(i))));
    clients.back()->call("{}");
  }
  w.names->wait_running(most);
  auto spec = w.spec("late.example");
  GIVEN("time enough") {
    auto late = http_client{w.pool, spec};
    auto id = late.call("{}");
    WHEN("one of the others ends") {
      w.names->let_go();
      CHECK(late.log->wait_ended(id).frames == strings{"{\"echo\":2}"});
      for (auto& x : clients)
        CHECK(x->log->wait_ended(1).why == errc::none);
      THEN("there were never more at a time") {
        CHECK(w.names->most == most);
      }
    }
    WHEN("it is stopped") {
      REQUIRE(
        leaks::eventually([&] { return w.pool->names().waiting() > most; }));
      late.stop();
      THEN("it ends at once, and was not sent") {
        CHECK(late.log->unsent() == std::vector<uint64_t>{id});
        CHECK(w.names->asked_for("late.example") == 0);
      }
    }
  }
  GIVEN("little time to connect") {
    spec.timeouts.connect = milliseconds{50};
    auto late = http_client{w.pool, spec};
    auto end = late.log->wait_ended(late.call("{}"));
    CHECK(end.why == errc::timed_out);
    CHECK(end.what_became == fate::not_sent);
    CHECK(end.text.find("too many names") != end.text.npos);
  }
}
