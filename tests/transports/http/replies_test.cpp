// Covers transports/http/reply.hpp, transports/http/exchange.hpp,
// transports/http/wire.hpp, transports/http/head.hpp, transports/http/body.hpp.

#include "troupe/tests/support/http_fixture.hpp"

#include <catch2/catch.hpp>

using namespace troupe;

using strings = std::vector<std::string>;

namespace {

const auto as_json = std::string{"application/json"};

/// A peer that says the same to every request.
struct one_answer {
  explicit one_answer(std::string text, bool then_end = false)
    : peer{[text, then_end](http_peer::talk& t) {
        auto x = peer_request{};
        while (t.read(x)) {
          t.send(text);
          if (then_end)
            t.end();
        }
      }},
      client{std::make_shared<http_pool>(), small(peer.url())} {
    // nop
  }

  static server_spec small(const std::string& url) {
    auto result = spec_of(url);
    result.limits.frame_bytes_max = 64u << 10;
    return result;
  }

  exchange_news call() {
    return client.log->wait_ended(client.call("{}"));
  }

  http_peer peer;
  http_client client;
};

std::string response(const std::string& status, const std::string& type,
                     const std::string& body, const std::string& more = "") {
  auto text = "HTTP/1.1 " + status + "\r\n" + more;
  if (!type.empty())
    text += "Content-Type: " + type + "\r\n";
  return text + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n"
         + body;
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != text.npos;
}

} // namespace

SCENARIO("S28: every status of 400 or more fails the request at once",
         "[http]") {
  for (auto status : {"400", "404", "413", "429", "501", "503", "408", "500",
                      "502", "504", "520", "599"}) {
    GIVEN("HTTP " << status << " with a body of JSON") {
      auto x =
        one_answer{response(std::string{status} + " x", as_json, "{\"a\":1}")};
      auto end = x.call();
      CHECK(end.why == errc::server_error);
      auto unknown = std::string{"408 500 502 504 520 599"}.find(status)
                     != std::string::npos;
      CHECK(end.what_became
            == (unknown ? fate::outcome_unknown : fate::refused));
      CHECK(end.status == std::stoi(status));
      CHECK(end.body == "{\"a\":1}");
      CHECK(end.frames.empty());
      CHECK(has(end.text, "HTTP " + std::string{status} + " (http://127"));
    }
  }
  GIVEN("a body that is no JSON, or too large, or never comes") {
    auto page = one_answer{response("502 x", "text/html", "<html>")};
    CHECK(page.call().body.empty());
    auto large = one_answer{response(
      "500 x", as_json, std::string(defaults::refusal_bytes_max + 1, 'x'))};
    auto end = large.call();
    CHECK(end.status == 500);
    CHECK(end.body.empty());
    auto cut = one_answer{"HTTP/1.1 500 x\r\nContent-Type: application/json\r\n"
                          "Content-Length: 9\r\n\r\n{",
                          true};
    end = cut.call();
    CHECK(end.why == errc::server_error);
    CHECK(end.body.empty());
  }
  GIVEN("a notification that is refused") {
    auto x = one_answer{response("400 x", as_json, "{}")};
    auto end = x.client.log->wait_ended(x.client.notify("{}"));
    CHECK(end.why == errc::server_error);
    CHECK(end.status == 400);
  }
}

SCENARIO("S36, X3: a redirect is refused, and nothing goes there", "[http]") {
  auto canary = http_peer{echo_all};
  for (auto status : {"301", "302", "303", "307", "308"}) {
    GIVEN("HTTP " << status << " to another origin") {
      auto x = one_answer{response(std::string{status} + " x", "", "",
                                   "Location: " + canary.url() + "\r\n")};
      auto end = x.call();
      THEN("the text names it, without what follows the origin") {
        CHECK(end.why == errc::protocol_error);
        CHECK(end.what_became == fate::refused);
        CHECK(end.status == std::stoi(status));
        CHECK(has(end.text, canary.url("")));
        CHECK_FALSE(has(end.text, canary.url()));
        CHECK(canary.connections() == 0);
      }
    }
  }
  GIVEN("places of all kinds") {
    for (auto place : {"/other", "unix:///run/x", "", "https://127.0.0.1/",
                       "http://u:p@127.0.0.1/", "\x01"}) {
      auto x = one_answer{
        response("307 x", "", "", "Location: " + std::string{place} + "\r\n")};
      CHECK(x.call().why == errc::protocol_error);
      CHECK(x.peer.requests().size() == 1);
    }
  }
}

SCENARIO("X3: a stream follows redirects within its origin alone", "[http]") {
  auto canary = http_peer{echo_all};
  auto peer = http_peer{[&](http_peer::talk& t) {
    auto x = peer_request{};
    while (t.read(x)) {
      auto hop = [&](const std::string& to) {
        t.answer(307, "", "", "Location: " + to + "\r\n");
      };
      if (x.line == "GET /mcp HTTP/1.1")
        hop("one");
      else if (x.line == "GET /one HTTP/1.1")
        hop("/two?x=y");
      else if (x.line == "GET /two?x=y HTTP/1.1")
        t.begin_events() && t.send_chunk("data: here\n\n") && t.end_chunks();
      else if (x.line == "GET /loop HTTP/1.1")
        hop("/loop");
      else
        hop(canary.url());
    }
  }};
  auto pool = std::make_shared<http_pool>();
  GIVEN("two hops") {
    auto client = http_client{pool, spec_of(peer.url())};
    auto end = client.log->wait_ended(client.listen());
    CHECK(end.why == errc::none);
    CHECK(end.frames == strings{"here"});
  }
  GIVEN("hops in a circle") {
    auto client = http_client{pool, spec_of(peer.url("/loop"))};
    auto end = client.log->wait_ended(client.listen());
    CHECK(end.why == errc::protocol_error);
    CHECK(peer.requests().size() == defaults::http_redirects_max + 1);
  }
  GIVEN("a hop to another origin, with secrets in the request") {
    auto spec = spec_of(peer.url("/away"));
    spec.headers["Authorization"] = secret{"Bearer sentinel"};
    spec.headers["X-Api-Key"] = secret{"sentinel"};
    auto client = http_client{pool, spec};
    auto end = client.log->wait_ended(client.listen());
    CHECK(end.why == errc::protocol_error);
    CHECK(has(end.text, canary.url("")));
    CHECK_FALSE(has(end.text, "sentinel"));
    CHECK(canary.connections() == 0);
    CHECK(peer.requests()[0].field("x-api-key") == "sentinel");
  }
}

SCENARIO("S38: a request that is accepted and not answered fails", "[http]") {
  GIVEN("202, 204, or nothing in a body") {
    for (auto text :
         {response("202 x", "", ""), response("204 x", "", ""),
          response("200 x", "", ""), response("200 x", as_json, " \n"),
          response("202 x", "text/plain", "Accepted")}) {
      auto x = one_answer{text};
      auto end = x.call();
      CHECK(end.why == errc::protocol_error);
      CHECK(end.what_became == fate::outcome_unknown);
      CHECK(has(end.text, "accepted the request, but sent no answer"));
    }
  }
  GIVEN("such a reply to a request that owes no answer") {
    for (auto text :
         {response("202 x", "", ""), response("204 x", "", ""),
          response("200 x", "", ""), response("200 x", as_json, ""),
          response("202 x", "text/plain", "Accepted"),
          response("200 x", "text/html", std::string(100000, 'x'))}) {
      auto x = one_answer{text};
      auto end = x.client.log->wait_ended(x.client.notify("{}"));
      CHECK(end.why == errc::none);
      CHECK(end.frames.empty());
    }
  }
}

SCENARIO("S38: an answer of another kind is a fault of the protocol",
         "[http]") {
  GIVEN("a page") {
    auto x = one_answer{response("200 x", "text/html", "<html>\x1b[2J")};
    auto end = x.call();
    CHECK(end.why == errc::protocol_error);
    CHECK(has(end.text, "<html>"));
  }
  GIVEN("a page without end") {
    auto x = one_answer{"HTTP/1.1 200 x\r\n\r\n" + std::string(100000, 'x')};
    auto end = x.call();
    CHECK(end.why == errc::protocol_error);
    CHECK(end.text.size() < 400);
  }
  GIVEN("what is no HTTP") {
    for (auto text : {"SSH-2.0-OpenSSH\r\n\r\n", "HTTP/2 200\r\n\r\n",
                      "HTTP/1.1 101 x\r\nUpgrade: y\r\n\r\n"}) {
      auto x = one_answer{text};
      CHECK(x.call().why == errc::protocol_error);
    }
  }
  GIVEN("something compressed, which could be anything (T4)") {
    for (auto type : {as_json, std::string{"text/event-stream"}}) {
      auto x = one_answer{
        response("200 x", type, "\x1f\x8b bomb", "Content-Encoding: gzip\r\n")};
      auto end = x.call();
      CHECK(end.why == errc::protocol_error);
      CHECK(end.frames.empty());
    }
    auto plain = one_answer{
      response("200 x", as_json, "{}", "Content-Encoding: identity\r\n")};
    CHECK(plain.call().why == errc::none);
  }
  GIVEN("lengths that contradict each other") {
    auto x =
      one_answer{response("200 x", as_json, "{}", "Content-Length: 3\r\n")};
    CHECK(x.call().why == errc::protocol_error);
  }
}

SCENARIO("T4: what has no end is cut at the limit", "[http]") {
  auto flood = [](const std::string& head, const std::string& piece) {
    return [=](http_peer::talk& t) {
      auto x = peer_request{};
      if (t.read(x) && t.send("HTTP/1.1 200 x\r\n" + head))
        while (t.send(piece))
          ;
    };
  };
  auto chunked = std::string{"Transfer-Encoding: chunked\r\n\r\n"};
  auto piece = std::string(1000, 'x');
  auto ends_too_large = [&](const http_peer::script& script) {
    auto peer = http_peer{script};
    auto pool = std::make_shared<http_pool>();
    auto client = http_client{pool, one_answer::small(peer.url())};
    auto end = client.log->wait_ended(client.call("{}"));
    CHECK(end.why == errc::too_large);
    CHECK(end.what_became == fate::outcome_unknown);
    CHECK(end.frames.empty());
    // The connection goes with it.
    peer.wait_open(0);
  };
  GIVEN("a body of JSON up to the connection's end") {
    ends_too_large(flood("Content-Type: application/json\r\n\r\n", piece));
  }
  GIVEN("one in chunks") {
    ends_too_large(flood("Content-Type: application/json\r\n" + chunked,
                         "3e8\r\n" + piece + "\r\n"));
  }
  GIVEN("one that names its length") {
    ends_too_large(flood("Content-Type: application/json\r\n"
                         "Content-Length: 99999999\r\n\r\n",
                         piece));
  }
  GIVEN("an event") {
    ends_too_large(
      flood("Content-Type: text/event-stream\r\n\r\ndata: ", piece));
  }
  GIVEN("an event of many lines") {
    ends_too_large(flood("Content-Type: text/event-stream\r\n\r\n",
                         "data: " + piece + "\n"));
  }
  GIVEN("a head") {
    ends_too_large(flood("", "X: " + piece + "\r\n"));
  }
  GIVEN("a line of a head") {
    ends_too_large(flood("X: ", piece));
  }
}

SCENARIO("a response may come in any way that HTTP allows", "[http]") {
  auto forms = strings{
    response("200 x", as_json, "{}"),
    response("200", "Application/JSON; charset=utf-8", "{}"),
    "HTTP/1.1 100 Continue\r\n\r\n" + response("200 x", as_json, "{}"),
    "HTTP/1.1 103 x\r\nLink: y\r\n\r\n" + response("201 x", as_json, "{}"),
    "HTTP/1.1 200 x\r\nContent-Type: application/json\r\n"
    "Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1;a=b\r\n}\r\n0\r\nT: "
    "x\r\n\r\n",
    "HTTP/1.1 200 x\ncontent-type:application/json\ncontent-length:2\n\n{}"};
  for (auto& text : forms) {
    GIVEN("this one: " << text) {
      auto x = one_answer{text};
      for (auto i = 0; i < 3; ++i) {
        auto end = x.call();
        CHECK(end.why == errc::none);
        CHECK(end.frames == strings{"{}"});
      }
      CHECK(x.peer.connections() == 1);
    }
    GIVEN("this one, byte after byte: " << text) {
      auto peer = http_peer{[text](http_peer::talk& t) {
        auto x = peer_request{};
        while (t.read(x) && t.send_bytewise(text))
          ;
      }};
      auto client =
        http_client{std::make_shared<http_pool>(), spec_of(peer.url())};
      for (auto i = 0; i < 2; ++i)
        CHECK(client.log->wait_ended(client.call("{}")).frames
              == strings{"{}"});
    }
  }
  GIVEN("servers that end the connection with the response") {
    for (auto text :
         {std::string{
            "HTTP/1.0 200 x\r\nContent-Type: application/json\r\n\r\n{}"},
          std::string{
            "HTTP/1.1 200 x\r\nContent-Type: application/json\r\n\r\n{}"},
          response("200 x", as_json, "{}", "Connection: close\r\n")}) {
      auto x = one_answer{text, true};
      for (auto i = 0; i < 3; ++i)
        CHECK(x.call().frames == strings{"{}"});
      CHECK(x.peer.connections() == 3);
    }
  }
}

SCENARIO("T7: a server that dies before it answers is noticed at once",
         "[http]") {
  for (auto reset : {false, true}) {
    GIVEN("one that " << (reset ? "resets" : "ends") << " the connection") {
      auto peer = http_peer{[reset](http_peer::talk& t) {
        auto x = peer_request{};
        if (t.read(x) && reset)
          t.reset();
      }};
      auto client =
        http_client{std::make_shared<http_pool>(), spec_of(peer.url())};
      auto end = client.log->wait_ended(client.call("{}"));
      THEN("the outcome is unknown, and nothing was sent twice") {
        CHECK(end.why == errc::connection_lost);
        CHECK(end.what_became == fate::outcome_unknown);
        CHECK(end.status == 0);
        CHECK(peer.requests().size() == 1);
      }
    }
  }
  GIVEN("a port without a listener") {
    auto url = http_peer{echo_all}.url();
    auto client = http_client{std::make_shared<http_pool>(), spec_of(url)};
    auto end = client.log->wait_ended(client.call("{}"));
    CHECK(end.why == errc::connection_lost);
    CHECK(end.what_became == fate::not_sent);
    CHECK(has(end.text, "refused"));
  }
}

SCENARIO("a response that is cut anywhere is never a whole one", "[http]") {
  auto texts = strings{
    response("200 OK", as_json, "{\"a\":1}"),
    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
    "Transfer-Encoding: chunked\r\n\r\n3\r\n{\"a\r\n4\r\n\":1}\r\n0\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
    "Transfer-Encoding: chunked\r\n\r\n"
    "15\r\nid: 7\ndata: {\"a\":1}\n\n\r\n0\r\n\r\n"};
  auto text = GENERATE_COPY(from_range(texts));
  auto size = std::atomic<size_t>{0};
  auto peer = http_peer{[&](http_peer::talk& t) {
    auto x = peer_request{};
    if (t.read(x) && t.send(text.substr(0, size)))
      t.end();
  }};
  auto pool = std::make_shared<http_pool>();
  auto client = http_client{pool, spec_of(peer.url())};
  for (size = 0; size < text.size(); ++size) {
    auto end = client.log->wait_ended(client.call("{}"));
    INFO("cut after " << size << " bytes of " << text);
    if (end.why != errc::connection_lost
        || end.what_became != fate::outcome_unknown)
      FAIL("it was taken for " << to_string(end.why) << ": " << end.text);
    auto has_event = has(text.substr(0, size), "1}\n\n");
    CHECK(end.frames.size() == (has_event ? 1 : 0));
    CHECK(end.last_event_id == (has_event ? "7" : ""));
  }
  CHECK(client.log->wait_ended(client.call("{}")).why == errc::none);
}
