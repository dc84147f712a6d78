// Covers messages/config/config.hpp, messages/config/fields.hpp,
// messages/config/server.cpp, messages/config/rules.cpp.

#include "troupe/messages/config/config.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace std::chrono_literals;

namespace {

loaded_config load(std::string text) {
  return parse_config(std::move(text), "f.json");
}

loaded_config load_server(const std::string& members) {
  return load(R"({"mcpServers":{"x":{)" + members + "}}}");
}

// A server with a command and these members.
loaded_config load_with(const std::string& members) {
  return load_server(R"("command":"c",)" + members);
}

server_spec only(const loaded_config& x) {
  if (!x.errors.empty())
    throw std::runtime_error(to_string(x.errors[0]));
  if (x.servers.size() != 1)
    throw std::runtime_error("not one server");
  return x.servers[0];
}

std::string lines(const std::vector<config_problem>& xs) {
  std::string result;
  for (const auto& x : xs)
    result += (result.empty() ? "" : "\n") + to_string(x);
  return result;
}

std::vector<std::string> names(const loaded_config& x) {
  std::vector<std::string> result;
  for (const auto& server : x.servers)
    result.push_back(server.name);
  return result;
}

using strings = std::vector<std::string>;

} // namespace

SCENARIO("a configuration has one of the known forms", "[config]") {
  const std::string a = R"("a":{"command":"one"})";
  const std::string b = R"("b":{"command":"two"})";
  for (const auto& text :
       {R"({"mcpServers":{)" + a + "," + b + "}}",
        R"({"servers":{)" + a + "," + b + R"(},"inputs":[]})",
        "{" + a + "," + b + "}", "\xEF\xBB\xBF{" + a + "," + b + "}",
        R"({"mcp":{"servers":{)" + a + "," + b + "}}}",
        R"({"$schema":"s","mcp":{"mcpServers":{)" + a + "," + b + "}}}"}) {
    CAPTURE(text);
    auto x = load(text);
    CHECK(lines(x.errors) == "");
    CHECK(names(x) == strings{"a", "b"});
    CHECK(x.servers.at(1).command == "two");
  }
}

SCENARIO("S65: no servers is no fault", "[config]") {
  for (auto text : {R"({"mcpServers":null})", R"({"servers":null})", "{}",
                    R"({"mcpServers":{}})", R"({"mcp":null})", "null",
                    R"({"mcp":{}})", R"({"$schema":"s"})"}) {
    CAPTURE(text);
    auto x = load(text);
    CHECK(x.servers.empty());
    CHECK(lines(x.errors) == "");
    CHECK(lines(x.warnings) == "");
  }
}

SCENARIO("every field is read", "[config]") {
  auto x = load_server(R"(
    "name":"x","description":"d","enabled":false,"type":"stdio",
    "command":"/bin/s","args":["-a","","${B}"],"cwd":"/tmp",
    "env":{"K":"v","EMPTY":""},"env_inherit":["DISPLAY"],"allow_setuid":true,
    "lazy":true,"dialect":"legacy","not_ready":"refuse",
    "restart":{"type":"transient","prompt_after":"1s","backoff_first":"2s",
      "backoff_max":"3s","backoff_factor":1.5,"jitter":0,"stable_after":"4s",
      "intensity":6,"period":"5m","probe_every":"6h"},
    "timeouts":{"ready":"1s","probe":"2ms","call_idle":"3s","call_total":"4s",
      "write":"5s","drain":"0s","stop_grace":"7s","ping_after_idle":"8s",
      "ping":"9s","connect":"10s"},
    "tls":{"ca_file":"a","certificate_file":"b","key_file":"c",
      "insecure":true},
    "limits":{"frame_bytes_max":2000,"in_flight_max":2,"waiting_calls_max":0,
      "outbox_frames_max":4,"outbox_bytes_max":5000})");
  CHECK(lines(x.warnings) == "");
  server_spec wanted;
  wanted.name = "x";
  wanted.description = "d";
  wanted.enabled = false;
  wanted.command = "/bin/s";
  wanted.args = {"-a", "", "${B}"};
  wanted.cwd = "/tmp";
  wanted.env = {{"K", secret{"v"}}, {"EMPTY", secret{""}}};
  wanted.env_inherit = {"DISPLAY"};
  wanted.allow_setuid = true;
  wanted.tls = {"a", "b", "c", true};
  wanted.lazy = true;
  wanted.dialect = dialect_choice::legacy;
  wanted.not_ready = when_not_ready::refuse;
  wanted.restart = {
    restart_type::transient, 1s, 2s, 3s, 1.5, 0, 4s, 6, 5min, 6h};
  wanted.timeouts = {1s, 2ms, 3s, 4s, 5s, 0s, 7s, 8s, 9s, 10s};
  wanted.limits = {2000, 2, 0, 4, 5000};
  CHECK(only(x) == wanted);
}

SCENARIO("what is absent or null has its default", "[config]") {
  server_spec wanted;
  wanted.name = "x";
  wanted.command = "c";
  CHECK(only(load_server(R"("command":"c")")) == wanted);
  CHECK(only(load_with(R"("args":null,"env":null,"cwd":null,"enabled":null,
    "disabled":null,"url":null,"timeouts":null,"restart":null,"limits":null,
    "headers":null,"transport":null,"lazy":null,"oauth":null)"))
        == wanted);
  CHECK(only(load_with(R"("args":[],"env":{},"timeouts":{},"restart":{})"))
        == wanted);
}

SCENARIO("fields are known by the names that others use", "[config]") {
  CHECK(only(load_with(R"("isActive":false)")).enabled == false);
  CHECK(only(load_with(R"("disabled":true)")).enabled == false);
  CHECK(only(load_with(R"("disabled":false)")).enabled == true);
  CHECK(only(load_with(R"("transport":"stdio","type":"stdio")")).transport
        == "stdio");
  CHECK(only(load_with(R"("restart":"temporary")")).restart.type
        == restart_type::temporary);
  GIVEN("two names of one field") {
    auto x = load_with(R"("enabled":true,"disabled":true)");
    CHECK(only(x).enabled == true);
    CHECK(lines(x.warnings)
          == "f.json: server 'x': disabled: is overridden by enabled");
  }
}

SCENARIO("remote servers are read in every form", "[config]") {
  for (auto members :
       {R"("url":"https://h/mcp")", R"("baseUrl":"https://h/mcp")",
        R"("type":"http","httpUrl":"https://h/mcp")",
        R"("type":"streamable-http","url":"https://h/mcp")",
        R"("type":"streamableHttp","url":"https://h/mcp","command":"c")"}) {
    CAPTURE(members);
    auto x = load(R"({"r":{)" + std::string{members} + "}}");
    CHECK(lines(x.errors) == "");
    CHECK(only(x).transport == "http");
    CHECK(only(x).url == "https://h/mcp");
  }
  auto sse = load(R"({"r":{"type":"sse","url":"http://h/sse"}})");
  CHECK(only(sse).transport == "sse");
}

SCENARIO("a remote server that cannot be reached so is named", "[config]") {
  using row = std::pair<const char*, const char*>;
  for (auto [members, fault] :
       {row{R"("type":"http")", "url: is missing"},
        row{R"("url":"h/mcp")", "url: must begin with http:// or https://"},
        row{R"("url":"unix:///tmp/x")",
            "url: must begin with http:// or https://"},
        row{R"("url":"http://h/a b")",
            "url: holds spaces or control characters or bytes that are not "
            "UTF-8"},
        row{R"("url":"http://h","headers":{"A b":"c"})",
            "headers: 'A b' cannot name a header"},
        row{R"("url":"http://h","headers":{"content-length":"0"})",
            "headers: 'content-length' belongs to the connection and cannot be "
            "set"},
        row{R"("url":"http://h","headers":{"A":"b\r\nC: d"})",
            "headers.A: holds CR, LF or NUL"},
        row{R"("url":"http://h","tls":{"key_file":"k"})",
            "tls: certificate_file and key_file must be set together"}}) {
    CAPTURE(members);
    auto x = load(R"({"mcpServers":{"r":{)" + std::string{members}
                  + R"(},"good":{"command":"c"}}})");
    CHECK(lines(x.errors) == "f.json: server 'r': " + std::string{fault});
    CHECK(names(x) == strings{"good"});
  }
}

SCENARIO("one bad server never drops the others", "[config]") {
  auto [members, error] = GENERATE(table<std::string, std::string>({
    {R"("args":[])", "command: is missing"},
    {R"("command":"")", "command: is missing"},
    {R"("command":null)", "command: is missing"},
    {R"("command":["npx","x"])", "command: must be a string, not an array"},
    {R"("command":5)", "command: must be a string, not a number"},
    {R"("command":"a\nb")",
     "command: holds control characters or bytes that are not UTF-8"},
    {R"("command":"c","args":"-x")",
     "args: must be an array of strings, not a string"},
    {R"("command":"c","args":["a",8080])",
     "args[1]: must be a string, not a number"},
    {R"("command":"c","args":["a\u0000b"])", "args[0]: holds CR, LF or NUL"},
    {R"("command":"c","args":["","a\nb"])", "args[1]: holds CR, LF or NUL"},
    {R"("command":"c","args":["a\r"])", "args[0]: holds CR, LF or NUL"},
    {R"("command":"c","cwd":"\u0000")", "cwd: holds a NUL"},
    {R"("command":"c","env":["A=b"])",
     "env: must be an object of strings, not an array"},
    {R"("command":"c","env":{"A":true})",
     "env.A: must be a string, not a boolean"},
    {R"("command":"c","env":{"A=B":"c"})", "env: 'A=B' cannot name a variable"},
    {R"("command":"c","env":{"":"c"})", "env: '' cannot name a variable"},
    {R"("command":"c","env":{"A":"\u0000"})", "env.A: holds a NUL"},
    {R"("command":"c","env_inherit":["A=B"])",
     "env_inherit: 'A=B' cannot name a variable"},
    {R"("command":"c","enabled":"yes")",
     "enabled: must be true or false, not a string"},
    {R"("command":"c","url":"u")",
     "url: is set as well as command: transport must say which one to use"},
    {R"("command":"c","type":"carrier-pigeon")",
     "transport: 'carrier-pigeon' is not known"},
    {R"("command":"c","dialect":"old")",
     "dialect: must be one of automatic, legacy, modern"},
    {R"("command":"c","not_ready":1)",
     "not_ready: must be a string, not a number"},
    {R"("command":"c","restart":"always")",
     "restart: must be one of permanent, transient, temporary"},
    {R"("command":"c","restart":[1])",
     "restart: must be an object or one of permanent, transient, temporary"},
    {R"("command":"c","restart":{"intensity":0})",
     "restart.intensity: must be from 1 to 1000"},
    {R"("command":"c","restart":{"intensity":4294967296})",
     "restart.intensity: must be a whole number from 0 to 4294967295"},
    {R"("command":"c","restart":{"jitter":1.5})",
     "restart.jitter: must be from 0 to 1"},
    {R"("command":"c","restart":{"backoff_factor":0.5})",
     "restart.backoff_factor: must be from 1 to 100"},
    {R"("command":"c","restart":{"backoff_first":"5s","backoff_max":"4s"})",
     "restart.backoff_max: must be from 5000ms to 86400000ms"},
    {R"("command":"c","timeouts":30)", "timeouts: must be an object"},
    {R"("command":"c","timeouts":{"ready":30})",
     "timeouts.ready: must be a time with its unit, as \"30s\" or \"500ms\""},
    {R"("command":"c","timeouts":{"ready":"30"})",
     "timeouts.ready: must be a time with its unit, as \"30s\" or \"500ms\""},
    {R"("command":"c","timeouts":{"ready":"301s"})",
     "timeouts.ready: must be from 0ms to 300000ms"},
    {R"("command":"c","timeouts":{"call_idle":"0s"})",
     "timeouts.call_idle: must be from 1ms to 86400000ms"},
    {R"("command":"c","timeouts":{"call_total":"25h"})",
     "timeouts.call_total: must be from 1ms to 86400000ms"},
    {R"("command":"c","limits":{"in_flight_max":0})",
     "limits.in_flight_max: must be from 1 to 1000000"},
    {R"("command":"c","limits":{"in_flight_max":-1})",
     "limits.in_flight_max: must be a whole number from 0 to "
     "9223372036854775807"},
    {R"("command":"c","limits":{"frame_bytes_max":1.5})",
     "limits.frame_bytes_max: must be a whole number from 0 to "
     "9223372036854775807"},
  }));
  CAPTURE(members);
  auto x = load(R"({"mcpServers":{"a":{"command":"1"},"bad":{)" + members
                + R"(},"z":{"command":"2"}}})");
  CHECK(names(x) == strings{"a", "z"});
  CHECK(lines(x.errors) == "f.json: server 'bad': " + error);
}

SCENARIO("servers that are no objects are named", "[config]") {
  for (auto bad : {"null", "1", "[]", "\"npx\"", "true"}) {
    auto x = load(R"({"mcpServers":{"a":{"command":"1"},"b":)"
                  + std::string{bad} + "}}");
    CHECK(names(x) == strings{"a"});
    CHECK(lines(x.errors) == "f.json: server 'b': must be an object");
  }
}

SCENARIO("S64: any printable name is taken, any other refused", "[config]") {
  auto load_name = [](const std::string& name) {
    json_writer out;
    out.begin_object().key("mcpServers").begin_object().key(name);
    out.begin_object().member("command", "c").end_object();
    return load(out.end_object().end_object().take());
  };
  for (std::string name :
       {"a/b", "\xC3\xA4\xE2\x82\xAC", "null", "mcpServers", "__proto__", " ",
        "a.b", "server__tool", "'", "$schema"}) {
    CAPTURE(name);
    CHECK(only(load_name(name)).name == name);
  }
  CHECK(only(load_name(std::string(128, 'n'))).name.size() == 128);
  auto error_of = [&](const std::string& name) {
    return load_name(name).errors.at(0);
  };
  CHECK(error_of("").text == "is empty");
  CHECK(error_of(std::string(129, 'n')).text == "is longer than 128 bytes");
  for (std::string name : {"a\nb", "\x1B[31m", "\x7F", "\xC2\x9B"}) {
    CAPTURE(name);
    CHECK(error_of(name).field == "name");
    CHECK(error_of(name).text.find("control characters") != std::string::npos);
  }
}

SCENARIO("what has no effect is named with its path", "[config]") {
  auto x = load(R"({"theme":"dark","mcpServers":{"x":{"command":"c",
    "timeout":30,"timeouts":{"reddy":"1s"},"restart":{"max":1},
    "limits":{"queue":1},"oauth":{},"tools":{"deny":[]},"name":"y"}}})");
  CHECK(only(x).name == "x");
  CHECK(lines(x.warnings)
        == "f.json: theme: is not known and has no effect\n"
           "f.json: server 'x': name: has no effect: the server is known by "
           "its key\n"
           "f.json: server 'x': restart.max: is not known and has no effect\n"
           "f.json: server 'x': timeouts.reddy: is not known and has no "
           "effect\n"
           "f.json: server 'x': limits.queue: is not known and has no "
           "effect\n"
           "f.json: server 'x': oauth: is not supported yet and has no "
           "effect\n"
           "f.json: server 'x': tools: is not supported yet and has no "
           "effect\n"
           "f.json: server 'x': timeout: is not known and has no effect");
  CHECK(lines(load(R"({"theme":"dark"})").warnings)
        == "f.json: theme: is not known and has no effect");
}

SCENARIO("text that is no configuration is placed by line", "[config]") {
  auto error = [](std::string text) {
    auto x = load(std::move(text));
    CHECK(x.servers.empty());
    return lines(x.errors);
  };
  for (auto nothing : {"", " \n", "\xEF\xBB\xBF", "// {}\n"})
    CHECK(error(nothing)
          == "f.json: is empty; a configuration is an object, as "
             "{\"mcpServers\": {}}");
  CHECK(error("{\n  \"a\": {\n    oops\n")
        == "f.json: line 3, column 5: not JSON");
  CHECK(error("{\n \"\xC3\xA4\": ?}") == "f.json: line 2, column 7: not JSON");
  CHECK(
    error("{\"mcpServers\":{\"a\":{},\n\"a\":{}}}")
    == "f.json: line 2, column 1: the key \"a\" appears twice in its object");
  CHECK(error("{\"mcpServers\":{\"x\":{\"env\":{\"A\":\"1\",\"A\":\"2\"}}}}")
          .find("the key \"A\" appears twice")
        != std::string::npos);
  CHECK(error("{\"\\\"\":1,\"\\\"\":2}").find("the key \"\\\"\" appears twice")
        != std::string::npos);
  CHECK(error("{\"" + std::string(200, 'k') + "\":1,\"" + std::string(200, 'k')
              + "\":2}")
          .find(": a key appears twice")
        != std::string::npos);
  CHECK(error("[]") == "f.json: a configuration must be an object");
  CHECK(error("\"x\"") == "f.json: a configuration must be an object");
  CHECK(error(R"({"mcpServers":[]})")
        == "f.json: the servers must be an object that maps names to servers");
  CHECK(error(R"({"mcp":1})") == "f.json: mcp: must be an object");
  CHECK(error("{}" + std::string(1u << 20, ' ')).find("larger than the limit")
        != std::string::npos);
}

SCENARIO("no problem shows a value that may be secret", "[config]") {
  auto x = load_with(R"("env":{"K":"s3cr3t\u0000"},"headers":{"H":"s3cr3t"},
    "args":["s3cr3t\u0000"],"timeouts":{"ready":"s3cr3t"},"extra":"s3cr3t")");
  auto all = lines(x.errors) + lines(x.warnings);
  CHECK(all != "");
  CHECK(all.find("s3cr3t") == std::string::npos);
}

SCENARIO("the scheme of a url may be written in any case", "[config]") {
  auto url = GENERATE(as<std::string>{}, "HTTP://host", "Https://host/mcp");
  CHECK(only(load_server("\"url\":\"" + url + "\"")).url == url);
}

SCENARIO("two spellings of one header are told", "[config]") {
  auto x = load_server(R"("url":"http://h","headers":{"Authorization":"a",
    "X":"b","authorization":"c","AUTHORIZATION":"d","x":"e"})");
  auto where = std::string{"f.json: server 'x': headers."};
  CHECK(lines(x.warnings)
        == where + "Authorization: is overridden by authorization\n" + where
             + "authorization: is overridden by AUTHORIZATION\n" + where
             + "X: is overridden by x");
  std::map<std::string, secret> wanted{{"AUTHORIZATION", secret{"d"}},
                                       {"x", secret{"e"}}};
  CHECK(only(x).headers == wanted);
  GIVEN("a specification that no file has had") {
    auto spec = only(x);
    spec.headers["authorization"] = secret{"c"};
    auto wrong = validate(spec);
    REQUIRE(wrong);
    CHECK(wrong->text
          == "server 'x': headers.authorization is the same header as "
             "'AUTHORIZATION'");
  }
}
