#pragma once

#include "troupe/actors/troupe.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace troupe::driver {

/// What is to be measured, as the command line's JSON has it.
struct plan {
  std::string mode; ///< seq, pipe, big, many, connect
  bool http = false;
  std::string url;                ///< http
  std::vector<std::string> cmd;   ///< stdio: the program and its arguments
  size_t n = 1000;                ///< calls (of each client), or connections
  size_t warm = 200;              ///< calls before those that count
  size_t bytes = size_t{1} << 20; ///< big: of one result
  size_t inflight = 64;           ///< pipe
  size_t clients = 100;           ///< many
};

struct read_plan {
  plan value;
  std::string fault; ///< empty: it is good
};

read_plan parse_plan(std::string text);

/// A server of the plan, under a name of its own.
server_spec spec_of(const plan& x);

} // namespace troupe::driver
