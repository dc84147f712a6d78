// Covers messages/config/config.hpp, messages/config/fields.hpp,
// messages/config/rules.cpp, messages/json/jsonc.hpp.
// Configurations: whatever stands in a file, what is used of it is valid, and
// what is not used is explained.

#include "troupe/messages/config/config.hpp"
#include "troupe/messages/config/variables.hpp"
#include "troupe/tests/fuzz/target.hpp"

#include <set>

using namespace troupe;
using fuzz::require;

namespace {

void check(const config_problem& x) {
  require(x.file == "f" && !x.text.empty(), "a problem says where and what");
  require(to_string(x).find('\n') == std::string::npos
            || x.server.find('\n') != std::string::npos
            || x.field.find('\n') != std::string::npos,
          "only names can break its line");
}

} // namespace

int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  fuzz::source in{bytes, size};
  auto x = parse_config(std::string{in.rest()}, "f");
  std::set<std::string> names;
  for (auto& spec : x.servers) {
    require(!validate(spec), "a server that is used is valid");
    require(names.insert(spec.name).second, "a name stands once");
    auto resolved = resolve(spec, [](std::string_view name) {
      return name.size() < 4 ? std::optional<std::string>{name} : std::nullopt;
    });
    require(resolved.ok() || resolved.error.code == errc::invalid_spec,
            "what cannot be resolved is told");
  }
  for (auto& problem : x.errors)
    check(problem);
  for (auto& problem : x.warnings)
    check(problem);
  return 0;
}
