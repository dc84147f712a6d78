// Covers messages/errc.hpp, messages/names.cpp, messages/client_status.hpp.

#include "troupe/messages/client_status.hpp"
#include "troupe/messages/errc.hpp"

#include <catch2/catch.hpp>

#include <set>

using namespace troupe;

namespace {

// All names from 0 to the last one; the one after it must be unknown.
template <class Enum>
std::set<std::string_view> names_to(Enum last) {
  std::set<std::string_view> result;
  for (int i = 0; i <= static_cast<int>(last); ++i)
    result.insert(to_string(static_cast<Enum>(i)));
  CHECK(result.size() == static_cast<size_t>(last) + 1);
  CHECK(result.count("unknown") == 0);
  CHECK(to_string(static_cast<Enum>(static_cast<int>(last) + 1)) == "unknown");
  return result;
}

} // namespace

SCENARIO("every code has a name and a sentence of its own", "[errc]") {
  auto names = names_to(errc::failed);
  CHECK(names.count("child_exited") == 1);
  std::set<std::string_view> sentences;
  for (size_t i = 0; i < names.size(); ++i) {
    auto sentence = explain(static_cast<errc>(i));
    CAPTURE(sentence);
    CHECK(sentence.size() > 10);
    CHECK(sentence.back() == '.');
    sentences.insert(sentence);
  }
  CHECK(sentences.size() == names.size());
  CHECK(explain(static_cast<errc>(200)).back() == '.');
}

SCENARIO("every state has a name of its own", "[errc]") {
  CHECK(names_to(fate::refused).count("not_sent") == 1);
  CHECK(names_to(proof::no_process).count("empty") == 1);
  CHECK(names_to(phase::stopped).count("auth_required") == 1);
  CHECK(names_to(json_error::reason::trailing_bytes).count("syntax") == 1);
}

SCENARIO("a JSON fault says what and where in a sentence", "[errc]") {
  json_error x{json_error::reason::duplicate_key, 12};
  CHECK(x.text() == "a key that the object already has at byte 12");
}
