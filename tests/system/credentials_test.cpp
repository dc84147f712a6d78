// Covers transports/credentials.hpp, transports/http/credential_bindings.hpp,
// transports/http/credential_call.hpp,
// actors/supervision/supervisor_credentials.cpp.

#include "troupe/actors/runtime.hpp"
#include "troupe/tests/support/http_server.hpp"
#include "troupe/transports/blocking_credentials.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <mutex>
#include <sstream>
#include <thread>

using namespace troupe;
using namespace troupe::test;

namespace {

/// Gives one token to every server that asks, and remembers which did.
class keyring : public blocking_credential_source {
public:
  explicit keyring(std::string token) : token_(std::move(token)) {
    // nop
  }

  std::string authorization(std::string_view origin) override {
    std::lock_guard guard{mutex_};
    asked_.emplace_back(origin);
    return token_;
  }

  void challenged(std::string_view, int status,
                  std::string_view challenge) override {
    std::lock_guard guard{mutex_};
    challenges_.push_back(std::to_string(status) + " "
                          + std::string{challenge});
    if (!next_.empty())
      token_ = next_;
  }

  void give(std::string token) {
    std::lock_guard guard{mutex_};
    token_ = std::move(token);
  }
  /// Gives this token from the next refusal on.
  void give_when_refused(std::string token) {
    std::lock_guard guard{mutex_};
    next_ = std::move(token);
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
  mutable std::mutex mutex_;
  std::string token_;
  std::string next_;
  std::vector<std::string> asked_;
  std::vector<std::string> challenges_;
};

/// Needs a person, and answers on threads of its own.
class login : public credential_source {
public:
  void authorization(credential_request, credential_reply then) override {
    std::lock_guard guard{mutex_};
    threads_.emplace_back([then, token = token_] {
      if (token.empty())
        then.fail({errc::auth_required, fate::not_sent, "log in first"});
      else
        then.give(token);
    });
  }

  void challenged(credential_challenge challenge,
                  credential_reply then) override {
    authorization(std::move(challenge.request), std::move(then));
  }

  void give(std::string token) {
    std::unique_lock guard{mutex_};
    token_ = std::move(token);
    guard.unlock();
    tell_changed();
  }

private:
  std::mutex mutex_;
  std::string token_;
  std::vector<std::jthread> threads_;
};

std::string origin_of(const std::string& url) {
  return url.substr(0, url.rfind('/'));
}

std::string text_of(const std::string& file) {
  std::ostringstream out;
  out << std::ifstream{file}.rdbuf();
  return out.str();
}

/// Gives the same source to every server.
live_world::edit_options with(credential_source_ptr keys) {
  return [keys](runtime_options& x) {
    x.credentials = [keys](const server_spec&) { return keys; };
  };
}

} // namespace

SCENARIO("S33: a token stays with its origin when the URL is edited",
         "[system][http]") {
  auto keys = std::make_shared<keyring>("Bearer secret");
  live_world w{gate::raised, with(keys)};
  auto seen = w.file("requests");
  http_server mine{{"--token", "secret"}};
  http_server other{{"--requests", seen}};
  auto spec = mine.spec(w, "a");
  w.open_ready(spec);
  spec.url = other.url();
  auto reloaded = w.reload("a", {spec});
  CHECK(reloaded.error.code == errc::internal_error);
  CHECK(reloaded.error.text.find("its credentials belong to "
                                 + origin_of(mine.url()))
        != std::string::npos);
  CHECK(text_of(seen).empty());
  for (auto& origin : keys->asked())
    CHECK(origin == origin_of(mine.url()));
  THEN("back at its origin it works") {
    CHECK(w.reload("a", {mine.spec(w, "a")}).ok());
    CHECK(w.echoes("a"));
  }
}

SCENARIO("the source of credentials hears of a challenge", "[system][http]") {
  auto keys = std::make_shared<keyring>("Bearer secret");
  live_world w{gate::raised, with(keys)};
  http_server server{{"--token", "another", "--challenge",
                      R"(Bearer realm="a%41b", scope="x")"}};
  w.open(server.spec(w, "a"));
  CHECK(w.await("a", phase::auth_required).why == errc::auth_required);
  CHECK(keys->challenges()
        == std::vector<std::string>{R"(401 Bearer realm="a%41b", scope="x")"});
}

SCENARIO("a stale token at a handshake does not park a server whose source has "
         "another",
         "[system][http]") {
  auto keys = std::make_shared<keyring>("Bearer stale");
  keys->give_when_refused("Bearer secret");
  live_world w{gate::raised, with(keys)};
  auto era = std::string{GENERATE("modern", "legacy")};
  http_server server{{"--token", "secret", "--era", era}};
  w.open_ready(server.spec(w, "a"));
  CHECK(w.echoes("a"));
  CHECK(w.status("a").incarnation == 1);
  CHECK(keys->challenges().size() == 1);
}

SCENARIO("S30: a server that waits for credentials goes on by itself after the "
         "authorization",
         "[system][http]") {
  auto keys = std::make_shared<keyring>("Bearer stale");
  live_world w{gate::raised, with(keys)};
  http_server closed{{"--token", "secret"}};
  w.open(closed.spec(w, "closed"));
  w.await("closed", phase::auth_required);
  auto refused = w.call("closed", tool_call("echo", R"({"text":"x"})"));
  CHECK(refused.error.code == errc::auth_required);
  CHECK(refused.error.needs_person);
  keys->give("Bearer secret");
  keys->tell_changed();
  w.await("closed", phase::ready);
  CHECK(w.echoes("closed"));
}

SCENARIO(
  "S30: a server whose source needs a person waits for that, and goes on "
  "by itself",
  "[system][http]") {
  auto person = std::make_shared<login>();
  live_world w{gate::raised, with(person)};
  auto seen = w.file("requests");
  http_server server{{"--token", "secret", "--requests", seen}};
  w.open(server.spec(w, "a"));
  auto parked = w.await("a", phase::auth_required);
  CHECK(parked.text.find("log in first") != std::string::npos);
  CHECK(text_of(seen).empty());
  person->give("Bearer secret");
  w.await("a", phase::ready);
  CHECK(w.echoes("a"));
}
