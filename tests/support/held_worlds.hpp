#pragma once

#include "troupe/tests/support/site_world.hpp"

#include <catch2/catch.hpp>

/// Worlds that begin with one ready client, whose server then answers no call.
namespace troupe::test {

/// Behind a pipe; `ready` makes the client.
struct held_calls_world : actor_world {
  client_handle testee;

  void ready(server_spec x) {
    testee = open(x);
    REQUIRE(status_of(testee).state == phase::ready);
    server().answers_calls = false;
  }

  void ready() {
    ready(spec());
  }
};

/// Over legacy HTTP; its tools are known, of which `find` only reads.
struct held_site_world : site_world {
  client_handle testee;

  held_site_world() {
    testee = open(legacy());
    REQUIRE(ask(testee, list_tools{})->ok());
    site().answers_calls = false;
  }

  server_spec legacy() {
    auto x = site_spec();
    x.dialect = dialect_choice::legacy;
    return x;
  }
};

} // namespace troupe::test
