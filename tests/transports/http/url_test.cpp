// Covers transports/http/url.hpp, transports/http/proxy.hpp.

#include "troupe/transports/http/proxy.hpp"
#include "troupe/transports/http/url.hpp"

#include <catch2/catch.hpp>

#include <map>

using namespace troupe;

namespace {

std::string fault;

http_url url(const std::string& text) {
  auto result = parse_http_url(text, fault);
  if (!result)
    FAIL(text << ": " << fault);
  return *result;
}

bool is_refused(const std::string& text) {
  fault.clear();
  return !parse_http_url(text, fault) && !fault.empty();
}

std::string resolved(const std::string& reference) {
  auto base = url("http://a/b/c/d?q");
  auto result = resolve_http_url(base, reference, fault);
  return result ? result->origin() + result->target : "none";
}

} // namespace

SCENARIO("a URL says where a request goes", "[http_url]") {
  GIVEN("URLs of all kinds") {
    CHECK(url("http://h") == http_url{false, "h", 80, "/"});
    CHECK(url("HTTPS://Ex.COM/A/b?c=D")
          == http_url{true, "ex.com", 443, "/A/b?c=D"});
    CHECK(url("http://h:8080?x") == http_url{false, "h", 8080, "/?x"});
    CHECK(url("http://[::1]:9/x#y") == http_url{false, "::1", 9, "/x"});
    CHECK(url("http://h:/a/../b/./c") == http_url{false, "h", 80, "/b/c"});
    CHECK(url("http://h/a%2Fb") == http_url{false, "h", 80, "/a%2Fb"});
  }
  GIVEN("what is no such URL") {
    for (auto text : {"",
                      "http:",
                      "http://",
                      "http:///x",
                      "ftp://h/",
                      "unix:///run/x",
                      "h/x",
                      "//h/x",
                      "http:/h",
                      "http://u@h/",
                      "http://u:p@h/",
                      "http://h:0/",
                      "http://h:65536/",
                      "http://h:x/",
                      "http://h:-1/",
                      "http://[::1/",
                      "http://[::g]/",
                      "http://[::1]x/",
                      "http://h /",
                      "http://h/\r\nX: y",
                      "http://h/\x01",
                      "http://h\xC3\xA4/",
                      "http://h%41/",
                      "file:///etc/passwd",
                      "javascript:x"})
      if (!is_refused(text))
        FAIL("taken: " << text);
  }
  GIVEN("its texts") {
    CHECK(url("https://h/").origin() == "https://h");
    CHECK(url("https://h:80/").origin() == "https://h:80");
    CHECK(url("http://[::1]:9/x").origin() == "http://[::1]:9");
    CHECK(url("http://h:80/").authority() == "h");
    CHECK(url("http://h/p?key=secret").text() == "http://h/p");
  }
  GIVEN("two of them") {
    CHECK(same_origin(url("http://h/a"), url("HTTP://H:80/b")));
    CHECK_FALSE(same_origin(url("http://h/"), url("https://h/")));
    CHECK_FALSE(same_origin(url("http://h/"), url("http://h:81/")));
    CHECK_FALSE(same_origin(url("http://h/"), url("http://h.x/")));
  }
}

SCENARIO("a reference is resolved as RFC 3986 says", "[http_url]") {
  CHECK(resolved("g") == "http://a/b/c/g");
  CHECK(resolved("./g/") == "http://a/b/c/g/");
  CHECK(resolved("/g") == "http://a/g");
  CHECK(resolved("//g") == "http://g/");
  CHECK(resolved("?y") == "http://a/b/c/d?y");
  CHECK(resolved("g?y#s") == "http://a/b/c/g?y");
  CHECK(resolved("#s") == "http://a/b/c/d?q");
  CHECK(resolved("") == "http://a/b/c/d?q");
  CHECK(resolved("..") == "http://a/b/");
  CHECK(resolved("../g") == "http://a/b/g");
  CHECK(resolved("../../../g") == "http://a/g");
  CHECK(resolved("https://o/x") == "https://o/x");
  CHECK(resolved("g;x=1/../y") == "http://a/b/c/y");
  CHECK(resolved("ftp://o/x") == "none");
  CHECK(resolved("a\r\nb") == "none");
}

SCENARIO("names of this machine are known", "[http_url]") {
  for (auto host :
       {"localhost", "x.localhost", "127.0.0.1", "127.9.9.9", "::1"})
    CHECK(is_loopback(host));
  for (auto host : {"localhost.example", "128.0.0.1", "::2", "0.0.0.0"})
    CHECK_FALSE(is_loopback(host));
}

SCENARIO("the environment names a proxy", "[http_url]") {
  auto set = std::map<std::string, std::string>{};
  auto proxy = [&](const std::string& to) -> std::string {
    fault.clear();
    auto x = find_http_proxy(
      url(to), [&](std::string_view name) { return set[std::string{name}]; },
      fault);
    return x ? x->host + ':' + std::to_string(x->port) + ' ' + x->credentials
             : fault;
  };
  GIVEN("none") {
    CHECK(proxy("http://h/").empty());
  }
  GIVEN("one for each scheme") {
    set = {{"http_proxy", "http://p:81"}, {"HTTPS_PROXY", "http://q:82/"}};
    CHECK(proxy("http://h/") == "p:81 ");
    CHECK(proxy("https://h/") == "q:82 ");
    THEN("servers of this machine are reached without it") {
      CHECK(proxy("http://localhost:9/").empty());
      CHECK(proxy("https://127.0.0.1/").empty());
      CHECK(proxy("http://[::1]/").empty());
    }
  }
  GIVEN("forms of all kinds") {
    set["all_proxy"] = "p";
    CHECK(proxy("http://h/") == "p:1080 ");
    set["all_proxy"] = "HTTP://u%40x:p%3A@p:80";
    CHECK(proxy("http://h/") == "p:80 Basic dUB4OnA6");
    set["all_proxy"] = "u@[::2]:3";
    CHECK(proxy("http://h/") == "::2:3 Basic dTo=");
    set["all_proxy"] = "socks5://p:1";
    CHECK(proxy("http://h/").find("not supported") != std::string::npos);
    set["all_proxy"] = "http://p:x";
    CHECK_FALSE(proxy("http://h/").empty());
    CHECK(proxy("http://h/").find("p:x") == std::string::npos);
  }
  GIVEN("exceptions") {
    set = {{"http_proxy", "p"}, {"no_proxy", "a.example, .b.example,10.0.0.1"}};
    for (auto to :
         {"http://a.example/", "http://x.A.example/", "http://b.example/",
          "http://x.b.example:8/", "http://10.0.0.1/"})
      CHECK(proxy(to).empty());
    for (auto to : {"http://xa.example/", "http://example/",
                    "http://10.0.0.11/", "http://a.example.com/"})
      CHECK(proxy(to) == "p:1080 ");
    set["no_proxy"] = "a.example:81,*.c.example,[fd00::2]:82,fd00::3";
    for (auto to : {"http://a.example:81/", "http://x.a.example:81/",
                    "http://c.example/", "http://x.c.example:9/",
                    "http://[fd00::2]:82/", "http://[fd00::3]:9/"})
      CHECK(proxy(to).empty());
    for (auto to : {"http://a.example/", "http://a.example:8/",
                    "http://xc.example/", "http://[fd00::2]/"})
      CHECK(proxy(to) == "p:1080 ");
    set["no_proxy"] = "10.0.0.0/8, 192.168.4.0/22,fd00::/16,1.2.3.4/x,/8,/";
    for (auto to : {"http://10.1.2.3/", "http://10.255.0.1:8/",
                    "http://192.168.7.255/", "http://[fd00:1::5]/"})
      CHECK(proxy(to).empty());
    for (auto to :
         {"http://11.0.0.1/", "http://192.168.8.0/", "http://[fd01::1]/",
          "http://1.2.3.4/", "http://10.x/", "http://8/"})
      CHECK(proxy(to) == "p:1080 ");
    set["no_proxy"] = " * ";
    CHECK(proxy("http://h/").empty());
  }
}
