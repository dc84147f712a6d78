#pragma once

#include "troupe/actors/caf.hpp"

#include <cstddef>
#include <memory>

namespace troupe {

class worker_pool;

/// Lets a system of that configuration run its actors on the threads that serve
/// its servers' pipes. `threads` as in `configure`.
void configure_pool(caf::actor_system_config& config, size_t threads = 0);

/// The threads of a system that was configured so; null: it has a scheduler of
/// CAF's.
std::shared_ptr<worker_pool> pool_of(caf::actor_system& system);

} // namespace troupe
