// Covers transports/http/tls_context.hpp.

#include "troupe/tests/support/http_fixture.hpp"
#include "troupe/tests/support/tls_files.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>

using namespace troupe;

namespace {

/// A variable of this process, as OpenSSL reads it; for one scope, in which no
/// other thread runs yet as it is set.
class variable {
public:
  variable(const char* name, const std::string& value) : name_(name) {
    setenv(name, value.c_str(), 1);
  }
  ~variable() {
    unsetenv(name_);
  }

private:
  const char* name_;
};

exchange_news call(const server_spec& spec) {
  auto client = http_client{std::make_shared<http_pool>(), spec};
  return client.log->wait_ended(client.call("{}"));
}

} // namespace

SCENARIO("S34: without authorities of its own, a spec trusts the system's",
         "[http]") {
  auto files = tls_files{};
  GIVEN("a system that trusts the server's authority") {
    auto system = variable{"SSL_CERT_FILE", files.ca};
    auto peer = http_peer{echo_all, files.server};
    auto spec = spec_of(peer.url());
    WHEN("the spec names none") {
      auto end = call(spec);
      INFO(end.text);
      CHECK(end.why == errc::none);
    }
    WHEN("the spec names another") {
      spec.tls.ca_file = files.other_ca;
      THEN("that is trusted instead, and not besides") {
        CHECK(call(spec).what_became == fate::not_sent);
        CHECK(peer.requests().empty());
      }
    }
    WHEN("the certificate is for another name") {
      auto stranger = http_peer{echo_all, files.stranger};
      CHECK(call(spec_of(stranger.url())).what_became == fate::not_sent);
      CHECK(stranger.requests().empty());
    }
  }
  GIVEN("a system that trusts another authority") {
    auto system = variable{"SSL_CERT_FILE", files.other_ca};
    auto peer = http_peer{echo_all, files.server};
    auto end = call(spec_of(peer.url()));
    CHECK(end.why == errc::connection_lost);
    CHECK(end.what_became == fate::not_sent);
    CHECK(peer.requests().empty());
  }
}
