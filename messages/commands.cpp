#include "troupe/messages/commands.hpp"

#include "troupe/messages/json/utf8.hpp"

namespace troupe {

std::string fault_of(const call_tool& x) {
  if (!is_utf8(x.name))
    return "the tool's name is not UTF-8";
  if (x.name.empty())
    return "the tool has no name";
  auto& fault = x.arguments.fault();
  return fault.empty() ? "" : "arguments " + fault;
}

} // namespace troupe
