#pragma once

#include "troupe/actors/caf.hpp"

#include <cstddef>

namespace troupe {

/// Who chooses CAF's scheduler.
enum class scheduler_choice : uint8_t {
  /// Troupe: one pool of threads for actors and for the pipes of servers. An
  /// actor runs where what wakes it arrives, so that a call switches no thread.
  /// Actors may block, however many do. A turn of an actor is one message,
  /// whatever CAF's `max-throughput` says. With CAF 1 it is `sharing`.
  troupe = 0,
  /// The program, by its own settings. CAF's default, `stealing`, wakes up some
  /// 200 times a second when idle, and lets a message wait up to 10 ms behind a
  /// worker that is blocked.
  program,
  /// Troupe: CAF's scheduler `sharing`, which costs nothing when idle, and a
  /// thread beside it for the pipes of servers.
  sharing,
};

/// Makes the configuration of an actor system ready for a `runtime`: registers
/// our message types, and sets the scheduler. To be called once, before the
/// system is made. `threads` 0: one for each CPU that this process may use.
void configure(caf::actor_system_config& config,
               scheduler_choice scheduler = scheduler_choice::troupe,
               size_t threads = 0);

/// A configuration that is ready, for programs that need no class of their own:
///
///     troupe::config config;
///     caf::actor_system system{config};
///     troupe::runtime mcp{system};
class config : public caf::actor_system_config {
public:
  explicit config(scheduler_choice scheduler = scheduler_choice::troupe,
                  size_t threads = 0);
};

/// Whether a system's configuration was given to `configure` or, at least, to
/// `register_types`.
bool is_configured(const caf::actor_system& system);

} // namespace troupe
