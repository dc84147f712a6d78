#include "troupe/actors/standalone_runtime.hpp"

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
  // nop
}

own_system::~own_system() = default;

caf::actor_system& own_system::get() {
  return parts_->system;
}

standalone_runtime::standalone_runtime(runtime_options options, size_t threads)
  : own_system(threads), runtime(own_system::get(), std::move(options)) {
  // nop
}

} // namespace troupe
