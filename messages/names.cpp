#include "troupe/messages/client_status.hpp"
#include "troupe/messages/commands.hpp"

/// The names of small enumerations, as in the source.
namespace troupe {

std::string_view to_string(fate x) {
  switch (x) {
    case fate::not_sent: return "not_sent";
    case fate::outcome_unknown: return "outcome_unknown";
    case fate::refused: return "refused";
  }
  return "unknown";
}

std::string_view to_string(proof x) {
  switch (x) {
    case proof::never_started: return "never_started";
    case proof::empty: return "empty";
    case proof::swept: return "swept";
    case proof::best_effort: return "best_effort";
    case proof::unkillable: return "unkillable";
    case proof::no_process: return "no_process";
  }
  return "unknown";
}

std::string_view to_string(phase x) {
  switch (x) {
    case phase::idle: return "idle";
    case phase::connecting: return "connecting";
    case phase::handshaking: return "handshaking";
    case phase::ready: return "ready";
    case phase::draining: return "draining";
    case phase::backoff: return "backoff";
    case phase::degraded: return "degraded";
    case phase::failed: return "failed";
    case phase::auth_required: return "auth_required";
    case phase::stopping: return "stopping";
    case phase::stopped: return "stopped";
  }
  return "unknown";
}

std::string_view to_string(json_error::reason x) {
  using reason = json_error::reason;
  switch (x) {
    case reason::none: return "none";
    case reason::syntax: return "syntax";
    case reason::invalid_utf8: return "invalid_utf8";
    case reason::duplicate_key: return "duplicate_key";
    case reason::too_large: return "too_large";
    case reason::too_deep: return "too_deep";
    case reason::too_many_nodes: return "too_many_nodes";
    case reason::trailing_bytes: return "trailing_bytes";
  }
  return "unknown";
}

namespace {

std::string_view in_words(json_error::reason x) {
  using reason = json_error::reason;
  switch (x) {
    case reason::none: return "nothing is wrong";
    case reason::syntax: return "not JSON";
    case reason::invalid_utf8: return "not UTF-8";
    case reason::duplicate_key: return "a key that the object already has";
    case reason::too_large: return "larger than the limit";
    case reason::too_deep: return "nested deeper than the limit";
    case reason::too_many_nodes: return "more values than the limit";
    case reason::trailing_bytes: return "bytes after the value";
  }
  return "unknown fault";
}

} // namespace

std::string json_error::text() const {
  return std::string{in_words(why)} + " at byte " + std::to_string(offset);
}

} // namespace troupe
