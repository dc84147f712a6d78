#include "troupe/tests/servers/http_case.hpp"

#include <catch2/catch.hpp>

#include <filesystem>

namespace troupe::test {

namespace {

std::string here(const std::string& file) {
  return TROUPE_TEST_SERVERS "/" + file;
}

child::options node(std::vector<std::string> arguments) {
  // Node 22 of npm's own: the modern server's package asks for 20 or newer.
  child::options result;
  result.argv = {here("node_modules/node/bin/node")};
  for (auto& x : arguments)
    result.argv.push_back(std::move(x));
  return result;
}

http_case everything(const std::string& mode) {
  http_case x;
  x.name = "everything, " + mode;
  x.how = node({"--require", here("loopback.cjs"),
                here("node_modules/@modelcontextprotocol/server-everything/"
                     "dist/index.js"),
                mode});
  x.how.env = {"LOOPBACK_ANNOUNCE=1"};
  x.version = latest_legacy_version;
  x.echo = "echo";
  x.argument = "message";
  x.slow = tool_call("trigger-long-running-operation",
                     R"({"duration":600,"steps":6000})");
  return x;
}

http_case dual_era() {
  http_case x;
  x.how = node({here("dual-era-http.mjs")});
  x.transport = "http";
  x.echo = "echo";
  x.argument = "text";
  x.slow = tool_call("count", R"({"to":6000,"ms":100})");
  return x;
}

} // namespace

// -- what is there ------------------------------------------------------------

http_case everything_over_http() {
  auto x = everything("streamableHttp");
  x.transport = "http";
  x.path = "/mcp";
  return x;
}

http_case everything_over_sse() {
  auto x = everything("sse");
  x.transport = "sse";
  x.path = "/sse";
  return x;
}

http_case dual_era_modern() {
  auto x = dual_era();
  x.name = "dual-era, modern";
  x.version = modern_version;
  return x;
}

http_case dual_era_legacy() {
  auto x = dual_era();
  x.name = "dual-era, legacy";
  x.dialect = dialect_choice::legacy;
  x.version = latest_legacy_version;
  return x;
}

std::vector<http_case> all_http_cases() {
  return {everything_over_http(), everything_over_sse(), dual_era_modern(),
          dual_era_legacy()};
}

void demand_http_servers() {
  for (auto file :
       {"node_modules/node/bin/node", "node_modules/@modelcontextprotocol/node",
        "node_modules/@modelcontextprotocol/server-everything"})
    if (!std::filesystem::exists(here(file)))
      FAIL("the servers of the tests are not installed: run tools/test, or "
           "`npm ci` in tests/servers ("
           << file << " is missing)");
}

// -- how to use it ------------------------------------------------------------

call_tool http_case::quick(const std::string& text) const {
  return tool_call(echo, "{\"" + argument + "\":\"" + text + "\"}");
}

server_spec http_case::spec(const live_world& w, const http_server& at,
                            const std::string& client) const {
  auto result = at.spec(w, client);
  result.transport = transport;
  result.url += path;
  result.dialect = dialect;
  return result;
}

} // namespace troupe::test
