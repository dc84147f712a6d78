// Covers actors/handle.hpp, actors/interfaces.hpp.

#include "troupe/actors/blocking.hpp"
#include "troupe/actors/internal_messages.hpp"

#include <catch2/catch.hpp>

using namespace troupe;

namespace {

template <class Handle, class Message>
concept can_be_told = requires(caf::event_based_actor* self, Handle to,
                               Message x) {
  tell(self, to, x);
};

template <class Handle, class Message>
concept can_be_asked = requires(caf::event_based_actor* self, Handle to,
                                Message x) {
  ask(self, to, x, milliseconds{1});
};

template <class Handle, class Message>
concept needs_no_timeout = requires(caf::event_based_actor* self, Handle to,
                                    Message x) {
  ask(self, to, x);
};

template <class Handle, class Message>
concept can_be_waited_for = requires(caf::actor_system& system, Handle to,
                                     Message x) {
  ask(system, to, x, milliseconds{1});
};

template <class Handle, class Message>
constexpr bool is_sendable() {
  return can_be_told<Handle, Message> && can_be_asked<Handle, Message>;
}

template <class Handle, class Message>
constexpr bool is_refused() {
  constexpr bool told = can_be_told<Handle, Message>;
  constexpr bool asked = can_be_asked<Handle, Message>;
  constexpr bool waited_for = can_be_waited_for<Handle, Message>;
  return !told && !asked && !waited_for;
}

template <class Handle, class Message, class Result>
inline constexpr bool answers_with =
  std::is_same_v<reply_from<Handle, Message>, answer<Result>>;

} // namespace

SCENARIO("a handle takes at compile time what its actor takes", "[handle]") {
  STATIC_REQUIRE(is_sendable<client_handle, call_tool>());
  STATIC_REQUIRE(is_sendable<client_handle, get_prompt>());
  STATIC_REQUIRE(is_sendable<registry_handle, by_name<call_tool>>());
  STATIC_REQUIRE(is_sendable<registry_handle, open_client>());
  STATIC_REQUIRE(is_sendable<monitor_handle, get_tree>());
  STATIC_REQUIRE(is_sendable<supervisor_handle, add_child>());
  STATIC_REQUIRE(can_be_told<transport_handle, open_transport>);
  STATIC_REQUIRE(can_be_waited_for<client_handle, call_tool>);
}

SCENARIO("a handle refuses at compile time what its actor does not take",
         "[handle]") {
  STATIC_REQUIRE(is_refused<client_handle, by_name<call_tool>>());
  STATIC_REQUIRE(is_refused<client_handle, get_tree>());
  STATIC_REQUIRE(is_refused<registry_handle, call_tool>());
  STATIC_REQUIRE(is_refused<registry_handle, observe>());
  STATIC_REQUIRE(is_refused<monitor_handle, stop_all>());
  STATIC_REQUIRE(is_refused<supervisor_handle, open_client>());
  STATIC_REQUIRE(is_refused<transport_handle, inbound_frames>());
}

SCENARIO("a bare handle, such as an embedder's, takes anything", "[handle]") {
  STATIC_REQUIRE(is_sendable<caf::actor, call_tool>());
  STATIC_REQUIRE(is_sendable<caf::actor, server_request>());
}

SCENARIO("only actors that answer always are asked without a timeout",
         "[handle]") {
  STATIC_REQUIRE(needs_no_timeout<client_handle, call_tool>);
  STATIC_REQUIRE(!needs_no_timeout<caf::actor, call_tool>);
}

SCENARIO("what is only told cannot be asked", "[handle]") {
  STATIC_REQUIRE(can_be_told<client_handle, cancel_call>);
  STATIC_REQUIRE(!can_be_asked<client_handle, cancel_call>);
}

SCENARIO("what a request is answered with follows from its type", "[handle]") {
  STATIC_REQUIRE(answers_with<client_handle, call_tool, call_tool_result>);
  STATIC_REQUIRE(answers_with<client_handle, get_status, client_status>);
  STATIC_REQUIRE(answers_with<registry_handle, get_status, actor_status>);
  STATIC_REQUIRE(answers_with<registry_handle, by_name<list_tools>, tool_list>);
  STATIC_REQUIRE(answers_with<registry_handle, find_client, client_ref>);
  STATIC_REQUIRE(answers_with<monitor_handle, get_tree, tree_status>);
}
