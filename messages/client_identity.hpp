#pragma once

#include "troupe/messages/mcp.hpp"

/// What servers see of their client (`clientInfo`).
namespace troupe {

/// The version of this library, which is the project's.
std::string_view library_version();

/// This library itself: for embedders that do not name themselves.
implementation default_client();

/// Why servers cannot be told this, as "name is not UTF-8"; empty: they can.
/// Each text may have `defaults::client_text_bytes_max`, and must fit into a
/// line of a list.
std::string fault_of(const implementation& x);

/// `x`, or the default where it has no name or a fault.
implementation client_or_default(implementation x);

} // namespace troupe
