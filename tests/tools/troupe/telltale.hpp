#pragma once

#include <string>
#include <vector>

namespace troupe::test {

/// What a legacy MCP server answers to a frame that puts `words` into each
/// place where a server can speak. Its tools are `ok`, whose result holds the
/// words as well, `fail`, which makes progress, logs, and is refused with data,
/// and one whose name holds the words. The frames stand in order.
std::vector<std::string> telltale_answers(const std::string& frame,
                                          const std::string& words);

} // namespace troupe::test
