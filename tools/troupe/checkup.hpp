#pragma once

#include "troupe/tools/troupe/advice.hpp"
#include "troupe/tools/troupe/host.hpp"

#include <functional>
#include <vector>

namespace troupe::cli {

/// The result of starting a server, listing its tools and ending it.
struct checked_server {
  server_spec spec;
  failure why; ///< code `none`: all went well
  tool_list tools;
  client_status status;
  milliseconds took{0}; ///< until it was ready; or else until it had failed
  std::string noise;    ///< the first line on stdout that was not a message
  signs seen;           ///< before it failed
};

/// Checks them all, at once as far as starts are allowed; each is ended when it
/// has been checked. Calls `on_each` in the order of their ends, `on_all` once.
void check_all(host& servers, const std::vector<server_spec>& specs,
               std::function<void(const checked_server&)> on_each,
               std::function<void()> on_all);

/// Opens one server and waits until it is ready, or has failed.
void bring_up(host& servers, server_spec spec,
              std::function<void(const answer<client_status>&)> then);

} // namespace troupe::cli
