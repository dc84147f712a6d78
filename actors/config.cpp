#include "troupe/actors/config.hpp"

#include "troupe/actors/pool_scheduler.hpp"

namespace troupe {

void configure(caf::actor_system_config& config, scheduler_choice scheduler,
               size_t threads) {
  register_types(config);
  if (scheduler == scheduler_choice::troupe)
    configure_pool(config, threads);
  else if (scheduler == scheduler_choice::sharing)
    configure_scheduler(config, threads);
}

config::config(scheduler_choice scheduler, size_t threads) {
  configure(*this, scheduler, threads);
}

} // namespace troupe
