#include "troupe/actors/standalone_runtime.hpp"

#include "troupe/transports/io/run_aside.hpp"

namespace troupe {

struct own_system::parts {
  explicit parts(size_t threads)
    : config(scheduler_choice::troupe, threads), system(config) {
    // nop
  }

  troupe::config config;
  caf::actor_system system;
};

own_system::own_system(size_t threads)
  : parts_(std::make_unique<parts>(threads)) {
  thread_visit::forget(parts_->system);
}

/// The calling thread may have spawned actors, and the end waits until no
/// thread has a reference. On a thread of its own: where the program's exit
/// destroys a static object, what CAF keeps for the main thread is gone, and a
/// system's end writes to it.
own_system::~own_system() {
  thread_visit::forget(parts_->system);
  run_aside([this] { parts_.reset(); });
}

caf::actor_system& own_system::get() {
  return parts_->system;
}

standalone_runtime::standalone_runtime(runtime_options options, size_t threads)
  : own_system(threads), runtime(own_system::get(), std::move(options)) {
  // nop
}

} // namespace troupe
