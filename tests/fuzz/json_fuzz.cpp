// Covers messages/json/json.hpp, messages/json/jsonc.hpp.
// JSON: what is taken stays itself, however it is read; comments in it, too.

#include "troupe/messages/json/json.hpp"
#include "troupe/messages/json/jsonc.hpp"
#include "troupe/tests/fuzz/target.hpp"

#include <cmath>

using namespace troupe;
using fuzz::require;

namespace {

/// Reads every part of a value, without recursion.
void read_all(const json& root) {
  std::vector<json> open{root};
  while (!open.empty()) {
    auto x = open.back();
    open.pop_back();
    auto integer = x.as_integer();
    auto real = x.as_double();
    require(!integer || real, "an integer is a number");
    require(!real || std::isfinite(*real), "numbers are finite");
    require(x.as_string().has_value() == x.is_string(), "strings decode");
    for (auto& item : x.items())
      open.push_back(item);
    for (auto& [key, value] : x.members()) {
      auto found = x.find(key);
      require(found && *found == value, "a member is found by its key");
      open.push_back(value);
    }
  }
}

void write_and_read_back(const json& x) {
  std::string line;
  append_json(line, x);
  require(line.find('\n') == std::string::npos, "it is written on one line");
  auto again = json::parse(line);
  require(again.ok(), "what was written is read");
  std::string twice;
  append_json(twice, again.value);
  require(line == twice, "it is written the same again");
  require(x.detached() == x, "a copy is the same");
}

void write_string(const std::string& content) {
  auto x = json::parse(std::string{json::from_string(content).text()});
  require(x.ok() && x.value.is_string(), "any content can be written");
}

} // namespace

int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  fuzz::source in{bytes, size};
  json_limits limits;
  if (auto choice = in.number(); choice < 64)
    limits = {choice * 8u, choice % 8u, choice};
  std::string text{in.rest()};
  auto plain = without_comments(text);
  require(plain.size() == text.size(), "comments leave their place");
  require(without_comments(plain) == plain, "comments go at once");
  auto x = json::parse(text, limits);
  require(x.error.offset <= text.size(), "a mistake is within the text");
  if (x.ok()) {
    require(plain == text, "JSON has no comments");
    read_all(x.value);
    write_and_read_back(x.value);
  } else {
    require(!x.error.text().empty(), "a mistake has a text");
    require(x.value.is_null(), "a mistake has no value");
  }
  write_string(text);
  return 0;
}
