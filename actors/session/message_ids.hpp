#pragma once

#include "troupe/messages/json/rpc.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace troupe {

/// The number in an id of ours; 0: it is not one of ours. Some servers answer
/// with the number as text, which counts as well.
uint64_t number_of(const json_rpc::id& x);

/// The id that a member of a notification's params holds, such as `requestId`
/// or `progressToken`. What is neither text nor an integer counts as 0.
std::optional<json_rpc::id> id_at(const json& params, std::string_view member);

} // namespace troupe
