#pragma once

#include "troupe/tools/demo-server/options.hpp"

#include "troupe/messages/json/rpc.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace troupe::demo {

/// Which family of versions a request belongs to.
enum class dialect { legacy, modern };

/// What a request says about versions in its `_meta` (2026-07-28).
struct request_meta {
  std::string version; ///< empty: a legacy request
  bool capabilities = false;
  json progress_token; ///< null where absent
};

request_meta read_meta(const json& params);

/// Which versions we speak, and what we answer to others.
class version_policy {
public:
  explicit version_policy(const options& what);

  bool speaks(dialect x) const;

  /// The modern versions we speak.
  const std::vector<std::string>& modern() const;

  /// The answer to `initialize`: the version asked for where we speak it, else
  /// the latest that we speak (2025-11-25, "Version Negotiation").
  std::string negotiate(std::string_view asked) const;

  /// The data of `unsupported_protocol_version`.
  json unsupported(std::string_view asked) const;

private:
  std::string only_;
  std::vector<std::string> modern_;
  bool legacy_;
};

/// Begins a result; a modern one starts with `resultType` and names the server
/// (2026-07-28). The caller ends the object.
json_writer begin_result(dialect x);

} // namespace troupe::demo
