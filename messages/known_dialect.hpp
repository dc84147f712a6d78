#pragma once

#include "troupe/messages/caf_inspect.hpp"

#include <cstdint>

namespace troupe {

/// What is remembered of a server's dialect from one connection to the next
/// (MCP, "Era detection": the verdict SHOULD be cached for the life of the
/// server).
enum class known_dialect : uint8_t {
  unknown = 0,
  legacy,      ///< it answered `initialize`, or refused the probe
  legacy_mute, ///< it ended on the probe, or did not answer it
  modern,
  /// It is legacy, and over HTTP knows nothing newer than HTTP+SSE.
  legacy_sse,
};

TROUPE_INSPECT_ENUM(known_dialect)

} // namespace troupe
