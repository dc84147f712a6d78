// Covers tools/troupe/examine.cpp, tools/troupe/checkup.hpp,
// tools/troupe/render_doctor.hpp.
// The doctor's report on servers that answer in part only.

#include "troupe/tests/tools/troupe/program.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::test;

namespace {

/// A legacy server in shell: answers the handshake, and then does `and_then`.
std::string server_that(const std::string& and_then) {
  return R"(#!/bin/sh
about='"capabilities":{"tools":{}},"protocolVersion":"2025-11-25"'
info='"serverInfo":{"name":"x","version":"1"}'
while read -r line; do
  id=$(printf '%s' "$line" | sed -n 's/.*"id":\([0-9]*\).*/\1/p')
  case "$line" in
    *'"initialize"'*)
      printf '{"jsonrpc":"2.0","id":%s,"result":{%s,%s}}\n' \
        "$id" "$about" "$info" ;;
    *'"tools/list"'*) )"
         + and_then + R"( ;;
  esac
done
)";
}

/// The only server of that report.
json server_in(const finished& said) {
  return said.value().find("servers").value_or(json{}).items().at(0);
}

std::string text_in(const json& x, std::string_view key) {
  return x.find(key).value_or(json{}).as_string().value_or("");
}

} // namespace

SCENARIO("the doctor's times and causes are what was seen", "[troupe]") {
  troupe_world world;
  auto config_of = [&](const std::string& program, const std::string& more) {
    return world.config(R"("x":{"command":")" + program + R"(",)" + more + "}");
  };
  constexpr auto legacy = R"("dialect":"legacy")";
  GIVEN("a server that is ready at once, and ends 2 s later without a list") {
    auto program = world.file("late", server_that("sleep 2; exit 3"), 0755);
    auto config = config_of(program, legacy);
    auto server = server_in(world.troupe({"doctor", "--json", config}));
    INFO(server.text());
    CHECK(server.find("ok")->as_bool() == false);
    THEN("its time is that of the failure, and its cause is no silence") {
      CHECK(server.find("took_ms")->as_integer().value_or(0) >= 2000);
      CHECK(has(text_in(server, "advice"), "answered the handshake"));
      CHECK_FALSE(has(text_in(server, "advice"), "before it answered"));
    }
  }
  GIVEN("a server that writes, but does not answer") {
    auto program =
      world.file("talks", "#!/bin/sh\necho hello\nexec sleep 1000\n", 0755);
    auto config =
      config_of(program, std::string{legacy} + R"(,"timeouts":{"ready":"5s"})");
    auto server = server_in(world.troupe({"doctor", "--json", config}));
    INFO(server.text());
    CHECK(has(text_in(server, "stdout_noise"), "hello"));
    CHECK(has(text_in(server, "advice"), "writes to stdout"));
    CHECK_FALSE(has(text_in(server, "advice"), "sends no message"));
  }
  GIVEN("a server that sends messages, but no answer") {
    auto program =
      world.file("tells",
                 "#!/bin/sh\n"
                 R"(echo '{"jsonrpc":"2.0","method":"notifications/x"}')"
                 "\nexec sleep 1000\n",
                 0755);
    auto config =
      config_of(program, std::string{legacy} + R"(,"timeouts":{"ready":"5s"})");
    auto server = server_in(world.troupe({"doctor", "--json", config}));
    THEN("it is not said that it sends nothing") {
      CHECK(has(text_in(server, "advice"), "does not answer the handshake"));
    }
  }
}
