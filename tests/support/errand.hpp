#pragma once

#include "troupe/actors/caf.hpp"
#include "troupe/actors/type_ids.hpp"

#include <functional>

namespace troupe::test {

/// A function that an agent of a test runs as itself.
struct errand {
  std::function<void(caf::event_based_actor*)> run;
};

} // namespace troupe::test

CAF_BEGIN_TYPE_ID_BLOCK(troupe_tests, caf::id_block::troupe_local::end)

CAF_ADD_TYPE_ID(troupe_tests, (troupe::test::errand))

CAF_END_TYPE_ID_BLOCK(troupe_tests)

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::test::errand)

namespace troupe::test {

/// Registers Troupe's messages, and errands. Before the first system is made.
inline void register_errands(caf::actor_system_config& config) {
  register_types(config);
#if !TROUPE_CAF_0_17
  // Of the process, not of a system.
  [[maybe_unused]] static const bool once = [] {
    caf::init_global_meta_objects<caf::id_block::troupe_tests>();
    return true;
  }();
#endif
}

} // namespace troupe::test
