// Covers transports/http/head.hpp, transports/http/body.hpp,
// messages/header_text.hpp.

#include "troupe/transports/http/body.hpp"
#include "troupe/transports/http/head.hpp"

#include "troupe/messages/defaults.hpp"
#include "troupe/messages/header_text.hpp"

#include <catch2/catch.hpp>

using namespace troupe;

namespace {

http_head head_of(const std::string& text) {
  auto result = http_head{};
  if (!parse_http_head(text, result))
    FAIL("refused: " << text);
  return result;
}

bool is_refused(const std::string& text) {
  auto result = http_head{};
  return !parse_http_head(text, result);
}

/// What a body comes to, fed in pieces of `step` bytes.
struct parsed {
  std::string body;
  std::string rest;
  bool complete = false;
  bool broken = false;

  bool operator==(const parsed&) const = default;
};

parsed read(const std::string& fields, std::string_view bytes, size_t step) {
  auto body =
    http_body::of(head_of("HTTP/1.1 200 OK\r\n" + fields + "\r\n"), false);
  if (!body)
    return {"", "", false, true};
  auto result = parsed{};
  auto waiting = std::string{};
  while (!body->complete() && !body->broken()
         && (!bytes.empty() || !waiting.empty())) {
    if (waiting.empty()) {
      waiting = bytes.substr(0, step);
      bytes.remove_prefix(waiting.size());
    }
    auto used = size_t{0};
    result.body += body->take(waiting, used);
    waiting.erase(0, used);
  }
  result.rest = waiting + std::string{bytes};
  result.complete = body->complete();
  result.broken = body->broken();
  return result;
}

const auto chunked = std::string{"Transfer-Encoding: Chunked\r\n"};

} // namespace

SCENARIO("a response's head is read as it came", "[http_head]") {
  GIVEN("values that a decoder would change") {
    auto x = head_of("HTTP/1.1 200 OK\r\nMcp-Session-Id:  a%41+b \t\r\n"
                     "Empty:\r\nX: 1\r\nx: 2\r\n\r\n");
    CHECK(x.status == 200);
    CHECK(x.value("mcp-session-id") == "a%41+b");
    REQUIRE(x.find("empty") != nullptr);
    CHECK(x.find("empty")->empty());
    CHECK(x.find("none") == nullptr);
    CHECK(x.joined("X") == "1, 2");
    CHECK(x.all("X") == std::vector<std::string>{"1", "2"});
    CHECK(x.all("none").empty());
  }
  GIVEN("lists and types") {
    auto x = head_of("HTTP/1.0 404\nConnection: a, Keep-Alive\n"
                     "Content-Type: Text/Event-Stream;charset=utf-8\n\n");
    CHECK(x.status == 404);
    CHECK(x.minor_version == 0);
    CHECK(x.has_token("connection", "keep-alive"));
    CHECK_FALSE(x.has_token("connection", "keep"));
    CHECK(x.media_type() == "text/event-stream");
  }
  GIVEN("a line that goes on") {
    CHECK(head_of("HTTP/1.1 401 x\r\nA: b\r\n  c\r\n\r\n").value("A") == "b c");
  }
  GIVEN("what is no head") {
    for (auto text :
         {"", "GET / HTTP/1.1\r\n\r\n", "HTTP/2 200\r\n\r\n",
          "HTTP/1.1 2x0 OK\r\n\r\n", "HTTP/1.1 20\r\n\r\n",
          "HTTP/1.1 2000\r\n\r\n", "HTTP/1.1 099 x\r\n\r\n",
          "HTTP/1.1 200 OK\r\n: x\r\n\r\n", "HTTP/1.1 200 OK\r\nA B: x\r\n\r\n",
          "HTTP/1.1 200 OK\r\nA\r\n\r\n", "HTTP/1.1 200 OK\r\nA: b\rc\r\n\r\n",
          "HTTP/1.1 200 OK\r\n A: b\r\n\r\n"})
      if (!is_refused(text))
        FAIL("taken: " << text);
  }
}

SCENARIO("the end of a head is found, wherever reads end", "[http_head]") {
  for (auto text : {"HTTP/1.1 200 OK\r\nA: b\r\n\r\n", "x\n\n", "x\r\n\n"}) {
    auto whole = std::string_view{text};
    for (size_t seen = 0; seen < whole.size(); ++seen) {
      CHECK(http_head_end(whole.substr(0, seen), 0) == whole.npos);
      CHECK(http_head_end(whole, seen) == whole.size());
    }
    CHECK(http_head_end(std::string{text} + "body\n\n", 0) == whole.size());
  }
}

SCENARIO("a response's body ends where its head says", "[http_head]") {
  for (auto step : {1u, 2u, 3u, 1000u}) {
    GIVEN("reads of " << step << " bytes") {
      auto is = [&](const std::string& fields, const std::string& bytes,
                    const parsed& wanted) {
        auto x = read(fields, bytes, step);
        CHECK(x.body == wanted.body);
        CHECK(x.rest == wanted.rest);
        CHECK(x.complete == wanted.complete);
        CHECK(x.broken == wanted.broken);
      };
      is("Content-Length: 3\r\n", "abcd", {"abc", "d", true, false});
      is("Content-Length: 3\r\n", "ab", {"ab", "", false, false});
      is("Content-Length: 0\r\n", "x", {"", "x", true, false});
      is("Content-Length: 3\r\nContent-Length: 3\r\n", "abc",
         {"abc", "", true, false});
      is("", "abc", {"abc", "", false, false});
      is(chunked, "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\nz",
         {"abcde", "z", true, false});
      is(chunked, "A\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\n",
         {"0123456789", "", true, false});
      is(chunked, "3\nabc\n0\n\n", {"abc", "", true, false});
      // Cut within the end of a chunk: not complete.
      is(chunked, "3\r\nabc\r", {"abc", "", false, false});
      is(chunked, "3\r\nabc\r\n0\r\n", {"abc", "", false, false});
    }
  }
  GIVEN("chunks and a length, or chunks of HTTP/1.0") {
    auto both = "HTTP/1.1 200 x\r\nContent-Length: 3\r\n" + chunked + "\r\n";
    auto old = "HTTP/1.0 200 x\r\n" + chunked + "\r\n";
    auto plain = "HTTP/1.1 200 x\r\n" + chunked + "\r\n";
    CHECK(http_body::of(head_of(both), false)->doubtful());
    CHECK(http_body::of(head_of(old), false)->doubtful());
    CHECK_FALSE(http_body::of(head_of(plain), false)->doubtful());
  }
  GIVEN("lengths that contradict each other, or are none") {
    for (auto fields :
         {"Content-Length: 3\r\nContent-Length: 4\r\n",
          "Content-Length: -1\r\n", "Content-Length: 3, 3\r\n",
          "Content-Length:\r\n", "Content-Length: 99999999999999999999999\r\n",
          "Transfer-Encoding: gzip, chunked\r\n", "Transfer-Encoding: x\r\n"})
      CHECK(read(fields, "", 1).broken);
  }
  GIVEN("a size of a chunk that is no number") {
    auto body =
      http_body::of(head_of("HTTP/1.1 200 OK\r\n" + chunked + "\r\n"), false);
    REQUIRE(body);
    for (std::string_view piece : {"3\r\nabc\r\n", "x\r\nmore"})
      while (!piece.empty() && !body->broken()) {
        auto used = size_t{0};
        body->take(piece, used);
        piece.remove_prefix(used);
      }
    THEN("the body says at which byte it is broken") {
      CHECK(body->broken());
      CHECK(body->taken() == 11);
    }
  }
  GIVEN("chunks that are none") {
    for (auto bytes : {"x\r\n", "-1\r\n", "\r\n", "3\r\nabcX\r\n", "0x3\r\n",
                       "fffffffffffffffff\r\n", "3 x\r\nabcd"})
      if (!read(chunked, bytes, 1000).broken
          && std::string_view{bytes} != "3 x\r\nabcd")
        FAIL("taken: " << bytes);
    CHECK(read(chunked, "1;" + std::string(5000, 'x'), 100).broken);
    CHECK(read(chunked,
               "0\r\n" + std::string(defaults::http_head_bytes_max + 1, 'x'),
               4096)
            .broken);
  }
  GIVEN("responses without a body") {
    for (auto status : {"204", "304"}) {
      auto head = head_of("HTTP/1.1 " + std::string{status}
                          + " x\r\nContent-Length: 5\r\n\r\n");
      CHECK(http_body::of(head, false)->complete());
    }
    auto head = head_of("HTTP/1.1 200 x\r\nContent-Length: 5\r\n\r\n");
    CHECK(http_body::of(head, true)->complete());
  }
}

SCENARIO("names and values that may be sent are known", "[http_head]") {
  for (auto name : {"X", "Mcp-Param-a_b.c", "!#$%&'*+-.^_`|~09"})
    CHECK(is_token(name));
  for (auto name : {"", "a b", "a:", "a\n", "\xC3\xA4", "a(b"})
    CHECK_FALSE(is_token(name));
  CHECK(is_field_value("a b \t \xC3\xA4"));
  CHECK(is_field_value(""));
  for (auto value :
       {std::string{"a\rb"}, std::string{"a\nb"}, std::string{"a\0b", 3}})
    CHECK_FALSE(is_field_value(value));
}
