#pragma once

#include "actors/interfaces.hpp"
#include "actors/supervisor.hpp"

#include <map>
#include <memory>
#include <string>

namespace troupe {

class pipe_server;

struct runtime_options {
  /// Where the warden's program is. Empty: $TROUPE_WARDEN, else beside this
  /// program, else the installed place.
  std::string warden;
  /// The gate for starts.
  spawn_limits starts;
  /// In-process servers, for specs whose `transport` is "pipe": by the spec's
  /// `command`.
  std::map<std::string, std::shared_ptr<pipe_server>> pipes;
};

/// Everything of Troupe in one actor system: the one thread for pipes, the
/// warden, and the actors. Lives shorter than the system, whose configuration
/// must have been given to `register_types` (and should have been given to
/// `configure_scheduler`).
///
/// Belongs to one thread, which is no actor: agents talk to `registry()`, a
/// handle that any thread may use.
class runtime {
public:
  explicit runtime(caf::actor_system& system, runtime_options options = {});

  /// Stops what `stop` has not. Bounded.
  ~runtime();

  runtime(const runtime&) = delete;
  runtime& operator=(const runtime&) = delete;

  /// Where servers are added and called by name (actors/interfaces.hpp).
  const caf::actor& registry() const;

  /// Where events come from.
  const caf::actor& monitor() const;

  /// Stops every server in parallel and waits for the proofs, at most
  /// `defaults::stop_all_timeout`. Idempotent: later calls return the same.
  stop_all_report stop();

private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

} // namespace troupe
