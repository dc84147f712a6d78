#pragma once

#include "troupe/messages/server_spec.hpp"
#include "troupe/transports/http/url.hpp"

#include <optional>

namespace troupe {

/// The `url` of a specification with its variables as they are now. Nothing
/// where one of them is not set, or where it is no URL of ours.
std::optional<http_url> resolved_url(const server_spec& spec);

} // namespace troupe
