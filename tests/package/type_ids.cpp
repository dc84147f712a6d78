// A program whose own ids begin where CAF says that a program's begin, and one
// more block behind ours.
#include <troupe/troupe.hpp>

struct mine {
  int x = 0;
};
struct more {
  int x = 0;
};
TROUPE_INSPECT(mine, x)
TROUPE_INSPECT(more, x)

CAF_BEGIN_TYPE_ID_BLOCK(program, caf::first_custom_type_id)
CAF_ADD_TYPE_ID(program, (mine))
CAF_END_TYPE_ID_BLOCK(program)

CAF_BEGIN_TYPE_ID_BLOCK(program_more, caf::id_block::troupe_local::end)
CAF_ADD_TYPE_ID(program_more, (more))
CAF_END_TYPE_ID_BLOCK(program_more)

constexpr auto first_of_ours =
  static_cast<caf::type_id_t>(TROUPE_FIRST_TYPE_ID);
static_assert(caf::id_block::program::end < first_of_ours);
static_assert(caf::id_block::troupe::begin == first_of_ours);
static_assert(caf::id_block::program_more::begin
              >= caf::id_block::troupe_local::end);

int main() {
  troupe::config config;
#if TROUPE_CAF_0_17
  config.add_message_types<caf::id_block::program>();
  config.add_message_types<caf::id_block::program_more>();
#endif
  caf::actor_system system{config};
  return troupe::is_configured(system) ? 0 : 1;
}
