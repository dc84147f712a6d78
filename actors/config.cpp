#include "troupe/actors/config.hpp"

namespace troupe {

void configure(caf::actor_system_config& config, scheduler_choice scheduler,
               size_t threads) {
  register_types(config);
  if (scheduler == scheduler_choice::troupe)
    configure_scheduler(config, threads);
}

config::config(scheduler_choice scheduler, size_t threads) {
  configure(*this, scheduler, threads);
}

} // namespace troupe
