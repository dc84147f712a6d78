#pragma once

#include "troupe/tools/demo-server/http_connection.hpp"

namespace troupe::demo {

/// Answers with a status, and an error that has no id.
void respond_error(http_connection& at, int status, int64_t code,
                   std::string_view text, header_list headers = {});

} // namespace troupe::demo
