#pragma once

#include "troupe/actors/session/events.hpp"
#include "troupe/messages/json/rpc.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace troupe {

/// What a dialect makes of the server's answer to its opening request.
struct opening_verdict {
  enum class next : uint8_t {
    established,   ///< ready; `peer` says with whom
    once_more,     ///< the same request again
    other_dialect, ///< it may speak the other one; if there is none: `why`
    refused,       ///< `why`
  };
  next what = next::refused;
  session_established peer;
  failure why;
};

/// One of MCP's two families of protocol versions: what is written and how an
/// answer is judged. Ids, deadlines and the requests in flight are the
/// session's.
class dialect {
public:
  virtual ~dialect();

  /// The request that begins the handshake.
  virtual std::string opening(uint64_t id) const = 0;

  /// Judges the answer to it.
  virtual opening_verdict judge(const json& result) = 0;
  virtual opening_verdict judge(const json_rpc::error& x) const = 0;

  /// What is sent when the server's answer was good; empty: nothing.
  virtual std::string confirmation() const = 0;

  /// The members that `_meta` must have in each request, without braces.
  virtual std::string_view meta() const = 0;

  /// Says what is wrong with a result; empty: it is complete.
  virtual std::string fault_of(const json& result) const = 0;

  /// The answer to a request of the server; empty: none may be written.
  virtual std::string answer(const json_rpc::request& x) const = 0;

  /// Whether a frame may hold several messages.
  virtual bool takes_batches() const = 0;

  /// Whether a cursor of this text is the end of a list.
  virtual bool ends_list(std::string_view cursor) const = 0;

  /// Whether it has `ping`.
  virtual bool pings() const = 0;
};

/// MCP 2024-11-05 to 2025-11-25: `initialize` begins, and a version holds for
/// the whole connection.
std::unique_ptr<dialect> make_legacy_dialect(const implementation& client,
                                             const client_capabilities& can);

/// MCP 2026-07-28: each request carries version, client and capabilities;
/// `server/discover` asks which versions the server speaks.
std::unique_ptr<dialect> make_modern_dialect(const implementation& client,
                                             const client_capabilities& can);

// -- for both ----------------------------------------------------------------

/// An `Implementation` as JSON text. The schema demands name and version.
std::string format_implementation(const implementation& x);

/// A `ClientCapabilities` as JSON text; the values are objects.
std::string format_capabilities(const client_capabilities& x);

/// Reads one leniently: what is missing is empty.
implementation parse_implementation(const json& x);

/// A failure of the handshake whose text quotes the server's error.
failure handshake_error(std::string_view method, const json_rpc::error& x);

} // namespace troupe
