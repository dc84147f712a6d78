#include "troupe/tests/actors/session/dialogue.hpp"

#include "troupe/tests/support/same_json.hpp"

#include <sstream>

/// What a dialogue says about what its server wants to know.
namespace troupe::test {

namespace {

std::string rest_of(std::istream& in) {
  std::string result;
  std::getline(in >> std::ws, result);
  return result;
}

std::string name_of(server_request::kind x) {
  static const std::string names[]{"elicitation", "sampling", "roots"};
  return names[static_cast<size_t>(x)];
}

} // namespace

// `set can elicitation sampling`
void dialogue_player::set_capabilities(const std::string& names) {
  auto has = [&](const char* name) {
    return (names + " ").find(" " + std::string{name} + " ") != names.npos;
  };
  options_.capabilities = {has("elicitation"), has("url"), has("sampling"),
                           has("roots")};
}

// `give 1 {...}`, `refuse 1 a reason`
void dialogue_player::give_input(bool good, const std::string& text) {
  std::istringstream in{text};
  uint64_t key = 0;
  in >> key;
  answer<json> x;
  if (good) {
    auto parsed = json::parse(rest_of(in));
    if (!parsed.ok())
      fail("this is no JSON: " + parsed.error.text());
    x.value = parsed.value;
  } else {
    x.error = {errc::cancelled, fate::not_sent, rest_of(in), 0, {}};
  }
  testee_->give_input(key, std::move(x), now_, events_);
  account(accounted_);
}

// `= wanted 1 elicitation 600000ms {...}`
void dialogue_player::expect_wanted(const input_wanted& x, std::istream& args) {
  std::ostringstream said;
  said << x.key << ' ' << name_of(x.what) << ' ' << x.timeout.count() << "ms";
  uint64_t key = 0;
  std::string kind, timeout;
  args >> key >> kind >> timeout;
  if (said.str() != std::to_string(key) + ' ' + kind + ' ' + timeout)
    fail("wanted is " + said.str());
  auto expected = rest_of(args);
  if (!same_json(x.params,
                 json::parse(expected.empty() ? "null" : expected).value))
    fail("its params are " + std::string{x.params.text()});
}

} // namespace troupe::test
