// Covers messages/config/redactor.hpp, messages/config/hidden_literals.hpp,
// transports/redacted_transport.hpp, actors/client/server_words.hpp,
// tools/troupe.
// A secret in each place where one can stand, told by servers in each place
// where they can speak, and looked for in all that the program says.

#include "troupe/tests/support/http_peer.hpp"
#include "troupe/tests/tools/troupe/program.hpp"
#include "troupe/tests/tools/troupe/telltale.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <map>
#include <random>

using namespace troupe;
using namespace troupe::test;

namespace {

/// 32 random letters and digits. Lower case makes another text of it, so that
/// it is looked for in any case.
std::string sentinel() {
  static std::random_device random;
  constexpr std::string_view letters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  std::string result = "Z";
  while (result.size() < 32)
    result += letters[random() % letters.size()];
  return result;
}

std::string lower(std::string text) {
  for (auto& c : text)
    c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return text;
}

/// A sentinel for each place where a secret can stand, and the variables of the
/// environment that hold some of them.
class sentinels {
public:
  sentinels() {
    for (auto name : {"arg", "env", "literal_env", "literal_header", "header",
                      "literal_query", "query", "host", "user"})
      values_[name] = sentinel();
    for (auto [variable, name] : variables_)
      ::setenv(variable, values_[name].c_str(), 1);
  }
  ~sentinels() {
    for (auto [variable, name] : variables_)
      ::unsetenv(variable);
  }
  sentinels(const sentinels&) = delete;
  sentinels& operator=(const sentinels&) = delete;

  const std::string& operator[](const std::string& name) const {
    return values_.at(name);
  }

  /// Where sentinels stand in what was said, in any case; empty: nowhere.
  std::string found_in(const std::string& text) const {
    auto small = lower(text);
    std::string result;
    for (auto& [name, value] : values_)
      for (auto at = small.find(lower(value)); at != small.npos;
           at = small.find(lower(value), at + 1)) {
        auto begin = std::max<size_t>(at, 100) - 100;
        result += name + ": " + text.substr(begin, 200) + "\n";
      }
    return result;
  }

private:
  std::map<std::string, std::string> values_;
  const std::vector<std::pair<const char*, const char*>> variables_{
    {"X2_ARG", "arg"},
    {"X2_ENV", "env"},
    {"X2_HEADER", "header"},
    {"X2_QUERY", "query"},
    {"X2_HOST", "host"}};
};

std::string entry(const std::string& name, const std::string& fields) {
  return '"' + name + "\":{" + fields + "}";
}

/// All that commands say of these servers, but results of tools.
std::string all_words(const troupe_world& world, const std::string& config,
                      const std::vector<std::string>& servers) {
  std::string result;
  auto add = [&](std::vector<std::string> arguments) {
    auto said = world.troupe(std::move(arguments));
    result += said.out + said.error;
  };
  add({"doctor", config, "-v"});
  add({"doctor", config, "--json"});
  add({"tools", "-c", config, "-v"});
  add({"call", servers.front(), "fail", "-c", config, "-v"});
  for (auto format : {"-v", "--json"}) {
    running_troupe run{{config, format}};
    run.await("ready"); // it listens, and one server has spoken
    for (auto& x : servers)
      add({"call", x, "fail", "-t", "1", format});
    for (auto what : {"status", "list", "tools"})
      add({what, format});
    add({"reload", servers.front(), format});
    add({"close", servers.front(), format});
    run.signal(SIGINT);
    for (auto& line : run.rest())
      result += line + '\n';
  }
  return result;
}

/// The result of a tool: the only text that may hold a secret.
std::string result_of_a_tool(const troupe_world& world,
                             const std::string& config,
                             const std::string& server) {
  return world.troupe({"call", server, "ok", "-c", config}).out;
}

/// Answers with the head of each request: at "/mcp" as a server that tells it,
/// at other paths as their names say.
void tell_requests(http_peer::talk& t) {
  for (peer_request x; t.read(x);) {
    auto words = x.head;
    for (auto& c : words)
      c =
        c == '"' || c == '\\' || static_cast<unsigned char>(c) < ' ' ? ' ' : c;
    if (has(x.line, "/refuse ") || has(x.line, "/refuse?"))
      t.answer(403, "text/plain", "refused " + words);
    else if (has(x.line, "/explain"))
      t.answer(400, "application/json",
               R"({"jsonrpc":"2.0","id":null,"error":{"code":-9,"message":")"
                 + words + R"(","data":")" + words + "\"}}");
    else if (has(x.line, "/login"))
      t.answer(401, "text/plain", "log in " + words,
               "WWW-Authenticate: Bearer realm=\"" + words + "\"\r\n");
    else if (!x.line.starts_with("POST"))
      t.answer(405, "text/plain", "not " + words);
    else if (auto frames = telltale_answers(x.body, words); frames.empty())
      t.answer(202, "", "");
    else if (frames.size() == 1)
      t.answer(200, "application/json", frames.front());
    else {
      t.begin_events();
      for (auto& frame : frames)
        t.send_chunk("data: " + frame + "\n\n");
      t.end_chunks();
    }
  }
}

} // namespace

SCENARIO("X2: no secret of a process shows, wherever its server tells it",
         "[troupe]") {
  troupe_world world;
  sentinels secrets;
  auto start = R"("command":")" + std::string{TELLTALE_SERVER}
               + R"(","env":{"TELL_A":"${X2_ENV}","API_TOKEN":")"
               + secrets["literal_env"] + R"("},"args":[)";
  auto config =
    world.config(entry("tells", start + R"("--x=${X2_ARG}"])") + ","
                 + entry("dies", start + R"("--die","${X2_ARG}"])"));
  auto words = all_words(world, config, {"tells", "dies"});
  INFO(words);
  CHECK(secrets.found_in(words) == "");
  for (auto place :
       {"name --x=", "title --x=", "version --x=", "description --x=",
        "hint --x=", "named --x=", "bad --x=", "refused --x=", "log --x=",
        "stdout --x=", "stderr --x=", "stderr --die ", "stdout --die "}) {
    CAPTURE(place);
    CHECK(has(words, place + std::string{"${X2_ARG}"}));
  }
  CHECK(has(words, "${X2_ENV}"));
  CHECK(has(words, "(env API_TOKEN)"));
  auto result = result_of_a_tool(world, config, "tells");
  for (auto name : {"arg", "env", "literal_env"})
    CHECK(has(result, secrets[name]));
}

SCENARIO("X2: no secret of a request shows, wherever its server tells it",
         "[troupe]") {
  troupe_world world;
  sentinels secrets;
  http_peer peer{tell_requests};
  auto by = [&](const std::string& url) {
    return R"("url":")" + url + "?key=" + secrets["literal_query"]
           + R"(&more=${X2_QUERY}","headers":{"Authorization":"Bearer )"
           + secrets["literal_header"] + R"(","X-Api-Key":"${X2_HEADER}"})";
  };
  auto config = world.config(
    entry("web", by(peer.url())) + ","
    + entry("refuse", by(peer.url("/refuse"))) + ","
    + entry("explain", by(peer.url("/explain"))) + ","
    + entry("login", by(peer.url("/login")))
    + ","
    // Too long for the name of a host: it fails before any lookup.
    + entry("host", by("HTTP://${X2_HOST}${X2_HOST}:9/mcp")) + ","
    + entry("user", by("http://u:" + secrets["user"] + "@127.0.0.1:9/mcp")));
  auto words = all_words(world, config,
                         {"web", "refuse", "explain", "login", "host", "user"});
  INFO(words);
  CHECK(secrets.found_in(words) == "");
  for (auto shown : {"key=(url key)", "more=${X2_QUERY}",
                     "Authorization: (header Authorization)",
                     "X-Api-Key: ${X2_HEADER}", "(url host)"}) {
    CAPTURE(shown);
    CHECK(has(words, shown));
  }
  auto result = result_of_a_tool(world, config, "web");
  for (auto name : {"literal_header", "header", "literal_query", "query"})
    CHECK(has(result, secrets[name]));
}
