#include "actors/outside.hpp"
#include "actors/runtime.hpp"
#include "support/http_server.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <mutex>
#include <sstream>

using namespace troupe;
using namespace troupe::test;

namespace {

/// Knows one token, for one origin, and remembers who asked.
class keyring : public credential_source {
public:
  explicit keyring(std::string origin) : origin_(std::move(origin)) {
    // nop
  }

  std::string authorization(std::string_view origin) override {
    std::lock_guard guard{mutex_};
    asked_.emplace_back(origin);
    return origin == origin_ ? "Bearer secret" : "";
  }

  void challenged(std::string_view, int status,
                  std::string_view challenge) override {
    std::lock_guard guard{mutex_};
    challenges_.push_back(std::to_string(status) + " "
                          + std::string{challenge});
  }

  std::vector<std::string> asked() const {
    std::lock_guard guard{mutex_};
    return asked_;
  }
  std::vector<std::string> challenges() const {
    std::lock_guard guard{mutex_};
    return challenges_;
  }

private:
  std::string origin_;
  mutable std::mutex mutex_;
  std::vector<std::string> asked_;
  std::vector<std::string> challenges_;
};

std::string origin_of(const std::string& url) {
  return url.substr(0, url.rfind('/'));
}

std::string text_of(const std::string& file) {
  std::ostringstream out;
  out << std::ifstream{file}.rdbuf();
  return out.str();
}

/// A runtime whose servers at one origin have a keyring.
struct guarded_runtime {
  explicit guarded_runtime(const std::string& origin)
    : keys(std::make_shared<keyring>(origin)), system(with_types(config)),
      mcp(system, options(origin)) {
    // nop
  }

  static caf::actor_system_config& with_types(caf::actor_system_config& x) {
    register_types(x);
    return x;
  }

  runtime_options options(const std::string& origin) const {
    runtime_options result;
    result.warden = TROUPE_TEST_WARDEN;
    result.credentials =
      [=, keys = keys](const server_spec& x) -> credential_source_ptr {
      return origin_of(x.url) == origin ? keys : nullptr;
    };
    return result;
  }

  template <class T, class Message>
  answer<T> ask(Message x) {
    return ask_and_wait<answer<T>>(system, mcp.registry(), patience,
                                   std::move(x));
  }

  std::shared_ptr<keyring> keys;
  caf::actor_system_config config;
  caf::actor_system system;
  runtime mcp;
};

} // namespace

SCENARIO("S33: a token stays with its origin when the URL is edited",
         "[system][http]") {
  live_world files;
  auto seen = files.file("requests");
  http_server mine{{"--token", "secret"}};
  http_server other{{"--requests", seen}};
  guarded_runtime w{origin_of(mine.url())};
  auto spec = mine.spec(files, "a");
  REQUIRE(w.ask<client_ref>(open_client{spec}).ok());
  CHECK(w.ask<client_status>(ensure_ready_of{"a", {}}).ok());
  CHECK(w.keys->asked().front() == origin_of(mine.url()));
  spec.url = other.url();
  CHECK(w.ask<client_status>(reload_of{"a", {{}, {spec}}}).ok());
  CHECK(text_of(seen).find("server/discover") != std::string::npos);
  CHECK(text_of(seen).find("secret") == std::string::npos);
  for (auto& origin : w.keys->asked())
    CHECK(origin == origin_of(mine.url()));
}

SCENARIO("the source of credentials hears of a challenge", "[system][http]") {
  live_world files;
  http_server server{{"--token", "another", "--challenge",
                      R"(Bearer realm="a%41b", scope="x")"}};
  guarded_runtime w{origin_of(server.url())};
  REQUIRE(w.ask<client_ref>(open_client{server.spec(files, "a")}).ok());
  auto refused = w.ask<client_status>(ensure_ready_of{"a", {}});
  CHECK(refused.error.code == errc::auth_required);
  CHECK(w.keys->challenges()
        == std::vector<std::string>{R"(401 Bearer realm="a%41b", scope="x")"});
}
