// Covers messages/config/variables.hpp, messages/config/redactor.hpp.
// Variables: what came out of them can be hidden, and nothing else changes.

#include "troupe/messages/config/variables.hpp"
#include "troupe/messages/escape.hpp"
#include "troupe/messages/json/utf8.hpp"
#include "troupe/tests/fuzz/target.hpp"

using namespace troupe;
using fuzz::require;

namespace {

/// Stands in no input: it is no UTF-8, and longer than what is not hidden.
constexpr auto value = "\xf8\xf8-value-\xf8\xf8";

std::optional<std::string> look_up(std::string_view name) {
  if (name.size() % 5 == 4)
    return std::nullopt;
  return name.size() % 5 == 3 ? "" : value;
}

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != text.npos;
}

} // namespace

int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  fuzz::source in{bytes, size};
  server_spec spec;
  spec.name = "s";
  spec.command = "c";
  spec.args = {std::string{in.line()}, std::string{in.line()}};
  spec.env["E"] = secret{std::string{in.line()}};
  spec.cwd = in.rest();
  auto all = spec.args[0] + spec.args[1] + spec.env["E"].reveal() + spec.cwd;
  if (has(all, "\xf8"))
    return 0;
  hidden_values values;
  auto x = resolve(spec, look_up, values);
  redactor hidden{values};
  if (!x.ok()) {
    require(!has(x.error.text, value), "an error shows no value");
    return 0;
  }
  for (auto& text : {x.value.args[0], x.value.args[1], x.value.cwd}) {
    require(!has(hidden.apply(text), value), "what came out can be hidden");
    require(is_utf8(escape_text(text)), "any text can be shown");
    require(escape_line(text, 40).size() <= 40, "a line is as long as wanted");
  }
  if (!has(all, "${"))
    require(x.value == spec, "without variables nothing changes");
  return 0;
}
