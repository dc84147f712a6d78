// Covers messages/config/redactor.hpp, messages/config/redactor_json.cpp,
// messages/config/string_matcher.hpp, messages/cut_text.hpp.
// Redaction: no hidden value is left, nothing else changes, and the work grows
// with the text alone, however nearly values match.

#include "troupe/messages/config/redactor.hpp"
#include "troupe/messages/cut_text.hpp"
#include "troupe/messages/defaults.hpp"
#include "troupe/tests/fuzz/target.hpp"

#include <vector>

using namespace troupe;
using fuzz::require;

namespace {

/// Few letters, so that values nearly match everywhere.
std::string thin(std::string_view text) {
  std::string result;
  for (auto x : text)
    result += x % 7 == 6 ? std::string{cut_mark}
                         : std::string(1, x % 7 < 4 ? 'a' : 'b');
  return result;
}

void check_text(const redactor& hidden, const std::vector<std::string>& values,
                const std::string& text) {
  size_t steps = 0;
  auto shown = hidden.apply(text, &steps);
  require(steps <= 4 * text.size(), "the work grows with the text alone");
  auto held = false;
  for (auto& x : values) {
    require(shown.find(x) == shown.npos, "no hidden value is left");
    held = held || text.find(x) != text.npos;
  }
  require(!held || shown != text, "what is hidden is replaced");
  if (!held && text.find(cut_mark) == text.npos)
    require(shown == text, "nothing else changes");
}

void check_json(const redactor& hidden, const std::vector<std::string>& values,
                const std::string& text) {
  size_t steps = 0;
  auto whole = json::from_string(text);
  auto shown = hidden.apply(whole, &steps);
  require(shown.is_string(), "a string stays one");
  require(steps <= 4 * (whole.text().size() + shown.text().size()),
          "so does the work in JSON");
  auto content = *shown.as_string();
  require(content == hidden.apply(text), "strings of JSON are like texts");
  redactor::search search{hidden, whole};
  while (!search.read(text.size() % 13 + 1))
    ;
  auto held = false;
  for (auto& x : values)
    held = held || text.find(x) != text.npos;
  require(search.found() == held, "pieces are searched as the whole is");
}

} // namespace

int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  fuzz::source in{bytes, size};
  hidden_values what;
  std::vector<std::string> values;
  for (auto count = in.number() % 8; count > 0; --count) {
    auto value = thin(in.line());
    what.hide(value, "#");
    if (value.size() >= defaults::redacted_bytes_min)
      values.push_back(std::move(value));
  }
  redactor hidden{what};
  auto text = thin(in.rest());
  for (auto& x : values)
    text += x.substr(0, x.find(cut_mark)) + std::string(text.size() % 2, 'b');
  check_text(hidden, values, text);
  check_json(hidden, values, text);
  return 0;
}
