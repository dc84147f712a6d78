// Covers messages/header_text.hpp.

#include "troupe/messages/header_text.hpp"

#include <catch2/catch.hpp>

using namespace troupe;

SCENARIO("texts of headers are judged by their ASCII letters alone",
         "[headers]") {
  CHECK(is_token("Mcp-Param-A!#$%&'*+-.^_`|~9z"));
  for (auto text : {"", "a b", "a:b", "a\n", "\xC3\xA4", "a\"", "(a)"})
    CHECK_FALSE(is_token(text));
  CHECK(is_token(std::string_view{"a\0", 1}));
  CHECK_FALSE(is_token(std::string_view{"a\0", 2}));
  CHECK(same_letters("Content-Type", "cONTENT-tYPE"));
  CHECK_FALSE(same_letters("a", "ab"));
  CHECK_FALSE(same_letters("[", "{"));
  CHECK(lower_case("AZ[\xC3\x84") == "az[\xC3\x84");
  CHECK(trimmed(" \t a b\t ") == "a b");
  CHECK(trimmed(" \t").empty());
}

SCENARIO("base64 is that of RFC 4648", "[headers]") {
  using row = std::pair<const char*, const char*>;
  for (auto [bytes, text] :
       {row{"", ""}, row{"f", "Zg=="}, row{"fo", "Zm8="}, row{"foo", "Zm9v"},
        row{"foob", "Zm9vYg=="}, row{"fooba", "Zm9vYmE="},
        row{"foobar", "Zm9vYmFy"}, row{"\xFF\xFE\xFD", "//79"}})
    CHECK(base64(bytes) == text);
}
