#include "troupe/tools/demo-server/dialect.hpp"

#include "troupe/build.hpp"
#include "troupe/messages/mcp.hpp"

#include <algorithm>

namespace troupe::demo {

request_meta read_meta(const json& params) {
  request_meta result;
  auto meta = params.find("_meta");
  if (!meta)
    return result;
  if (auto x = meta->find("io.modelcontextprotocol/protocolVersion")) {
    // Any value here is a claim to be modern.
    result.version = x->as_string().value_or("(no string)");
    auto caps = meta->find("io.modelcontextprotocol/clientCapabilities");
    result.capabilities = caps && caps->is_object();
  }
  if (auto x = meta->find("progressToken"))
    result.progress_token = *x;
  return result;
}

// -- version_policy -----------------------------------------------------------

version_policy::version_policy(const options& what)
  : only_(what.version), legacy_(what.era != "modern") {
  if (what.era != "legacy")
    modern_.push_back(only_.empty() ? std::string{modern_version} : only_);
}

bool version_policy::speaks(dialect x) const {
  return x == dialect::modern ? !modern_.empty() : legacy_;
}

const std::vector<std::string>& version_policy::modern() const {
  return modern_;
}

std::string version_policy::negotiate(std::string_view asked) const {
  if (!only_.empty())
    return only_;
  auto& known = legacy_versions();
  if (std::find(known.begin(), known.end(), asked) != known.end())
    return std::string{asked};
  return std::string{latest_legacy_version};
}

json version_policy::unsupported(std::string_view asked) const {
  json_writer out;
  out.begin_object().key("supported").begin_array();
  for (auto& version : modern_)
    out.value(version);
  out.end_array().member("requested", asked);
  return out.end_object().finish();
}

// -- results ------------------------------------------------------------------

json_writer begin_result(dialect x) {
  static const auto server = json::trusted(
    R"({"io.modelcontextprotocol/serverInfo":)"
    R"({"name":"demo-server","version":")" TROUPE_VERSION R"("}})");
  json_writer out;
  out.begin_object();
  if (x == dialect::modern)
    out.member("resultType", "complete").member("_meta", server);
  return out;
}

} // namespace troupe::demo
