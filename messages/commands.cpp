#include "troupe/messages/commands.hpp"

#include "troupe/messages/json/members.hpp"
#include "troupe/messages/json/utf8.hpp"

namespace troupe {

std::string fault_of(const call_tool& x) {
  if (!is_utf8(x.name))
    return "the tool's name is not UTF-8";
  if (x.name.empty())
    return "the tool has no name";
  if (!members::is_optional_object(x.arguments))
    return "arguments must be an object";
  return {};
}

} // namespace troupe
