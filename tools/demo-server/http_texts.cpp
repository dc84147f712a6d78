#include "troupe/tools/demo-server/http_texts.hpp"

#include "troupe/tools/demo-server/call.hpp"

namespace troupe::demo {

void respond_error(http_connection& at, int status, int64_t code,
                   std::string_view text, header_list headers) {
  headers.emplace_back("Content-Type", "application/json");
  at.respond(status, headers, format_nameless_error(code, text));
}

} // namespace troupe::demo
