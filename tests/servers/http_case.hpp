#pragma once

#include "troupe/tests/support/http_server.hpp"

namespace troupe::test {

/// A server over HTTP that others have written (README.md), how a client is to
/// reach it, and what is to be found there.
struct http_case {
  std::string name;
  child::options how;
  std::string transport;
  std::string path; ///< behind what it says where it listens
  dialect_choice dialect = dialect_choice::automatic;
  std::string version;
  std::string echo;     ///< a tool that gives a text back
  std::string argument; ///< under which it takes it
  call_tool slow;       ///< tells its progress for minutes

  /// Gives this text back, or a part of what it gives back is this text.
  call_tool quick(const std::string& text) const;
  /// How to reach it, with short waits.
  server_spec spec(const live_world& w, const http_server& at,
                   const std::string& client) const;
};

/// `everything`: Streamable HTTP, of the legacy dialect.
http_case everything_over_http();
/// `everything`: HTTP+SSE.
http_case everything_over_sse();
/// The dual-era server, found to be modern.
http_case dual_era_modern();
/// The dual-era server, by a client of the legacy dialect.
http_case dual_era_legacy();

std::vector<http_case> all_http_cases();

/// Ends the test, and says what to do, if they are not installed.
void demand_http_servers();

} // namespace troupe::test
