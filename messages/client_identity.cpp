#include "troupe/messages/client_identity.hpp"

#include "troupe/build.hpp"
#include "troupe/messages/json/utf8.hpp"

namespace troupe {

std::string_view library_version() {
  return TROUPE_VERSION;
}

implementation default_client() {
  return {"troupe", "", std::string{library_version()}};
}

static std::string fault_of_text(std::string_view what,
                                 const std::string& text) {
  if (text.size() > defaults::client_text_bytes_max)
    return std::string{what} + " has more than "
           + std::to_string(defaults::client_text_bytes_max) + " bytes";
  if (!is_utf8(text))
    return std::string{what} + " is not UTF-8";
  return has_control(text) ? std::string{what} + " has a control character"
                           : std::string{};
}

std::string fault_of(const implementation& x) {
  auto fault = fault_of_text("name", x.name);
  if (fault.empty())
    fault = fault_of_text("title", x.title);
  return fault.empty() ? fault_of_text("version", x.version) : fault;
}

implementation client_or_default(implementation x) {
  return x.name.empty() || !fault_of(x).empty() ? default_client() : x;
}

} // namespace troupe
