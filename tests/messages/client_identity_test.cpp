// Covers messages/client_identity.hpp, messages/defaults.hpp.

#include "troupe/messages/client_identity.hpp"

#include <catch2/catch.hpp>

using namespace troupe;

SCENARIO("a client is known by its embedder's name, or the library's",
         "[client_info]") {
  auto name = [](implementation x) {
    auto told = client_or_default(std::move(x));
    return told.name + " " + told.title + " " + told.version;
  };
  auto own = "troupe  " + std::string{library_version()};
  CHECK(name({"editor", "The Editor", "2.1"}) == "editor The Editor 2.1");
  CHECK(name({"editor", "", ""}) == "editor  ");
  CHECK(name({}) == own);
  CHECK(name({"", "The Editor", "2.1"}) == own);
  CHECK(name({"ed\xFFitor", "", ""}) == own);
  CHECK_FALSE(library_version().empty());
}

SCENARIO("a client's name is text that servers can be told", "[client_info]") {
  std::string longest(defaults::client_text_bytes_max, 'x');
  CHECK(fault_of(implementation{longest, longest, longest}) == "");
  CHECK(fault_of(implementation{longest + "x", "", ""})
        == "name has more than 256 bytes");
  CHECK(fault_of(implementation{"a", longest + "x", ""})
        == "title has more than 256 bytes");
  CHECK(fault_of(implementation{"a", "", "\xFF"}) == "version is not UTF-8");
  CHECK(fault_of(implementation{"a\nb", "", ""})
        == "name has a control character");
  CHECK(fault_of(implementation{"a", "\x1b[2J", ""})
        == "title has a control character");
  CHECK(fault_of(implementation{"a", "", "\u0085"})
        == "version has a control character");
  CHECK(fault_of(default_client()) == "");
}
