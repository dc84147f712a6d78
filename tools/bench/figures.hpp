#pragma once

#include "troupe/actors/config.hpp"

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace troupe::bench {

using std::chrono::nanoseconds;

/// What one measure found. Zero, or without a name: not measured.
struct figures {
  std::string name;
  nanoseconds p50{0};
  nanoseconds p99{0};
  double per_second = 0;       ///< calls
  double megabytes_second = 0; ///< of results
  nanoseconds connect_all{0};
  nanoseconds close_all{0};
  bool close_proved = false; ///< every close said "empty"
  double bytes_per_client = 0;
};

/// The amount of work in each measure. `quick` is for trying the program out.
struct amounts {
  size_t sequential = 20'000;
  size_t in_flight = 300'000;
  size_t large = 400;
  size_t many = 200'000;
  size_t slow = 400; ///< calls that take some 50 ms each
  size_t clients = 100;
  size_t window = 64;
  size_t large_bytes = 1 << 20;

  amounts quick() const {
    return {sequential / 20, in_flight / 20, large / 20, many / 20,
            slow / 4,        clients,        window,     large_bytes};
  }
};

class http_server;

/// How our client reaches the server: it starts the program, or connects to the
/// URL where that is not empty.
struct target {
  std::string program;
  std::string url;
  size_t workers = 0; ///< threads that run actors; 0: as `configure` does
  scheduler_choice scheduler = scheduler_choice::troupe;
  std::string only; ///< measures whose name has this text
};

/// Sorts `x`.
nanoseconds percentile(std::vector<nanoseconds>& x, double share);

/// Measures the raw pipe, without Troupe: the same server, written to and read
/// from by a loop over two descriptors.
std::vector<figures> measure_floor(const std::string& server,
                                   const amounts& how_much);

/// Measures raw HTTP, without Troupe, over reused connections to one server: 64
/// connections for the calls in flight, one for each of 100 clients.
std::vector<figures> measure_http_floor(const http_server& server,
                                        const amounts& how_much);

/// Measures Troupe through its public messages, with containment on.
std::vector<figures> measure_troupe(const target& server,
                                    const amounts& how_much);

/// Prints both side by side, with the ratios; only the floor where `troupe` is
/// empty.
void print_table(const std::string& title, const std::vector<figures>& floor,
                 const std::vector<figures>& troupe);

} // namespace troupe::bench
