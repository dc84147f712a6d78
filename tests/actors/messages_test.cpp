// Covers actors/type_ids.hpp, actors/interfaces.hpp, messages/caf_inspect.hpp.

#include "troupe/actors/actor_base.hpp"
#include "troupe/actors/caf.hpp"
#include "troupe/actors/type_ids.hpp"
#include "troupe/tests/actors/sample_messages.hpp"
#include "troupe/tests/support/wire.hpp"

#include <set>

using namespace troupe;
using namespace troupe::test;

namespace {

class stand_in : public actor_base {
public:
  using actor_base::actor_base;

protected:
  caf::message_handler handlers() override {
    return table([this](const get_status&) { return status("here"); });
  }
  void on_stop() override {
    // nop
  }
};

/// Knows what `register_types` enters, and has an actor for the samples.
struct node : wire_node {
  node() : wire_node(register_types) {
    sample_actor = system().spawn<stand_in>();
  }
  ~node() {
    exit_now(std::exchange(sample_actor, nullptr),
             caf::exit_reason::user_shutdown);
  }
};

template <class T>
constexpr bool stays_here = caf::is_allowed_unsafe_message_type<T>::value;

} // namespace

SCENARIO("every message between actors survives a network", "[messages]") {
  GIVEN("a node that knows all messages, and a message of each type") {
    node n;
    // A type without a sample of its own is at its defaults, and fails.
    for_each_type<caf::id_block::troupe_actors>(
      [&n]<class T>(T*) { check_wire(n, sample<T>(), sample_secret); });
  }
}

SCENARIO("every member of a message between actors travels", "[messages]") {
  node n;
  for_each_type<caf::id_block::troupe_actors>([]<class T>(T*) {
    if constexpr (std::is_aggregate_v<T>)
      check_members<T>();
  });
}

SCENARIO("a handle that went over the network is the same actor",
         "[messages]") {
  node n;
  auto there = n.save(sample<client_ref>());
  CHECK(n.load<client_ref>(there).handle == sample_actor);
}

SCENARIO("no two messages share an id or a name, over both blocks",
         "[messages]") {
  std::set<std::string> names;
  size_t types = 0;
  auto count = [&]<class T>(T*) {
    names.insert(std::string{caf::type_name<T>::value});
    ++types;
  };
  for_each_type<caf::id_block::troupe>(count);
  for_each_type<caf::id_block::troupe_actors>(count);
  CHECK(names.size() == types);
  CHECK(caf::id_block::troupe_actors::begin == caf::id_block::troupe::end);
}

// It holds a pointer: sent to another node it would arrive as no message.
SCENARIO("a message that holds a pointer has no form for a network",
         "[messages]") {
  STATIC_REQUIRE(stays_here<transport_up>);
  STATIC_REQUIRE_FALSE(stays_here<inbound_frames>);
  node n;
  transport_up x;
  x.incarnation = 7;
  CHECK_FALSE(arrives(n, x));
  CHECK(arrives(n, inbound_frames{}));
}
