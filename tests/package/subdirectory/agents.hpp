#pragma once

#include <string>

/// What an agent says that asked a server; begins with "failed" where it could
/// not.
[[gnu::visibility("default")]] std::string ask_server(std::string program);
