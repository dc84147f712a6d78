#pragma once

#include "troupe/messages/json/json.hpp"

#include <optional>
#include <string>
#include <variant>
#include <vector>

/// JSON-RPC 2.0 as MCP uses it: one message a frame.
namespace troupe::json_rpc {

/// A request's id: an integer or a string (MCP: never null).
using id = std::variant<int64_t, std::string>;

struct request {
  json_rpc::id id;
  std::string method;
  json params; ///< Null where absent.
};

struct notification {
  std::string method;
  json params; ///< Null where absent.
};

struct result {
  json_rpc::id id;
  json value;
};

struct error {
  /// Absent where the server could not tell (`"id": null`, or none).
  std::optional<json_rpc::id> id;
  int64_t code = 0;
  std::string message;
  json data;
};

using message = std::variant<request, notification, result, error>;

/// Why a text is no JSON-RPC message.
struct malformed {
  /// `none` where the text is JSON, but no message.
  json_error where;
  std::string text;
  /// The id of its request, where it is an answer all the same (it has no
  /// method) and the id can be read: that request can be ended at once.
  std::optional<json_rpc::id> answers{};
};

/// What is in one frame: a message, or several in a batch; a batch may hold
/// malformed entries among good ones.
struct frame {
  std::vector<message> messages;
  std::vector<malformed> faults;
  bool batch = false;
  std::string refused{}; ///< the frame's text, where it is no JSON
};

/// Never fails otherwise than by `faults`. An empty batch is a fault. Whether a
/// batch is allowed (MCP: only at 2025-03-26) is the session's to judge. Null
/// counts as absent for `params`, for `error`, and for `result` beside an
/// error: some servers write every member they know.
frame parse(std::string text, const json_limits& limits = {});

// -- writing: one line, without the line's end --------------------------------

/// `params` is left out where it is null.
std::string format_request(const id& id, std::string_view method,
                           const json& params);
std::string format_notification(std::string_view method, const json& params);
std::string format_result(const id& id, const json& value);
std::string format_error(const id& id, int64_t code, std::string_view message,
                         const json& data = {});

std::string to_string(const id& x);

// -- JSON-RPC's own codes -----------------------------------------------------

inline constexpr int64_t parse_error = -32700;
inline constexpr int64_t invalid_request = -32600;
inline constexpr int64_t method_not_found = -32601;
inline constexpr int64_t invalid_params = -32602;
inline constexpr int64_t internal_error = -32603;

// -- MCP's (2026-07-28, "Error codes") ----------------------------------------

inline constexpr int64_t header_mismatch = -32020;
inline constexpr int64_t missing_client_capability = -32021;
inline constexpr int64_t unsupported_protocol_version = -32022;

/// Whether only a server of 2026-07-28 or later knows the code.
constexpr bool is_modern(int64_t code) {
  return code == header_mismatch || code == missing_client_capability
         || code == unsupported_protocol_version;
}

} // namespace troupe::json_rpc
