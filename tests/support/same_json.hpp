#pragma once

#include "troupe/messages/json/json.hpp"

namespace troupe::test {

/// Whether both mean the same: members in any order, numbers by value.
bool same_json(const json& x, const json& y);

} // namespace troupe::test
