#pragma once

#include "troupe/messages/known_dialect.hpp"
#include "troupe/messages/server_spec.hpp"
#include "troupe/transports/http/url.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <string>

namespace troupe {

/// Caches which dialect is spoken behind each origin (MCP, "Era detection":
/// over HTTP the verdict is cached for the origin). Another server may stand
/// behind a URL one day, and a client that takes it for a legacy one would
/// never notice: entries expire after `defaults::dialect_verdict_time`. That a
/// server knows HTTP+SSE alone is kept for its URL: paths of one origin may
/// differ in that. Bounded; pure.
class dialect_memory {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// The server was probed, with this result. `unknown`: the cached dialect has
  /// turned out wrong.
  void learn(const http_url& where, known_dialect what, time_point now);

  known_dialect recall(const http_url& where, time_point now) const;

private:
  struct verdict {
    known_dialect what = known_dialect::unknown;
    time_point until;
  };

  void make_room(time_point now);

  std::map<std::string, verdict> verdicts_; // by origin, or by URL
};

/// Where the server of that spec is, if its dialect is found by probing it over
/// HTTP; else nothing: its dialect is not shared.
std::optional<http_url> dialect_place(const server_spec& spec);

} // namespace troupe
