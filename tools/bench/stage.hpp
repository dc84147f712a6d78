#pragma once

#include "troupe/actors/blocking.hpp"
#include "troupe/actors/runtime.hpp"
#include "troupe/actors/type_ids.hpp"
#include "troupe/tools/bench/figures.hpp"
#include "troupe/tools/bench/load.hpp"

namespace troupe::bench {

/// The `i`th client of that server. It starts when the measure says so.
server_spec spec_of(const target& server, size_t i);

/// A system and a runtime, of its own for each measure. Exits where something
/// fails that no measure is about.
class stage {
public:
  /// `clients`: how many may start, and live, at the same time.
  stage(const target& server, size_t clients);

  client_handle open(const server_spec& spec);
  void connect(const client_handle& x);

  caf::actor_system& system() {
    return system_;
  }
  runtime& all() {
    return all_;
  }

private:
  caf::actor_system system_;
  runtime all_;
};

/// The smallest call.
call_tool hello();

/// Calls that one client answers; exits where some failed: the measure did not
/// do what it measures.
load_result checked_load(stage& on, const char* measure, load_plan plan);

/// One client's calls, one after another, while others are busy.
figures beside_busy_agents(const target& server, const amounts& how_much,
                           const char* name);
figures beside_a_flood(const target& server, const amounts& how_much,
                       const char* name);

} // namespace troupe::bench
