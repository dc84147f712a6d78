#include "messages/type_ids.hpp"
#include "tests/messages/sample_messages.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/binary_deserializer.hpp>
#include <caf/binary_serializer.hpp>
#include <caf/deep_to_string.hpp>
#include <caf/message.hpp>

#include <catch2/catch.hpp>

using namespace troupe;

namespace {

struct config : caf::actor_system_config {
  config() {
    add_message_types<caf::id_block::troupe>();
  }
};

struct node {
  config cfg;
  caf::actor_system sys{cfg};
  using bytes = std::vector<char>;

  template <class T>
  bytes save(const T& x) {
    bytes result;
    caf::binary_serializer sink{sys, result};
    if (auto error = sink(const_cast<T&>(x)))
      throw std::runtime_error(sys.render(error));
    return result;
  }

  template <class T>
  T load(const bytes& from) {
    T result;
    caf::binary_deserializer source{sys, from};
    if (auto error = source(result))
      throw std::runtime_error(sys.render(error));
    if (source.remaining() != 0)
      throw std::runtime_error("bytes are left");
    return result;
  }
};

// -- one check a type, for all types of the block -----------------------------

template <class T>
void check_type(node& n) {
  INFO(caf::type_name<T>::value);
  auto x = sample<T>();
  auto there = n.save(x);
  CHECK((std::is_empty_v<T> || there != n.save(T{})));
  auto back = n.load<T>(there);
  CHECK(n.save(back) == there);
  CHECK(caf::deep_to_string(back) == caf::deep_to_string(x));
  // As a message, which carries the name of its type.
  caf::message whole = n.load<caf::message>(n.save(caf::make_message(x)));
  REQUIRE(whole.match_elements<T>());
  CHECK(n.save(whole.get_as<T>(0)) == there);
  CHECK(caf::to_string(whole).find(sample_secret) == std::string::npos);
}

template <uint16_t First, uint16_t... Offsets>
void check_all(node& n, std::integer_sequence<uint16_t, Offsets...>) {
  (check_type<typename caf::type_by_id<First + Offsets>::type>(n), ...);
}

// -- no member is forgotten ---------------------------------------------------

// Counts what an `inspect` names.
struct member_counter {
  using result_type = size_t;
  static constexpr bool reads_state = true;
  static constexpr bool writes_state = false;

  template <class... Ts>
  size_t operator()(const caf::meta::type_name_t&, Ts&...) {
    return sizeof...(Ts);
  }
};

struct anything {
  template <class T>
  operator T() const;
};

// How many members an aggregate has: as many as can be initialized.
template <class T, class... Args>
constexpr size_t count_members() {
  if constexpr (requires { T{Args{}..., anything{}}; })
    return count_members<T, Args..., anything>();
  else
    return sizeof...(Args);
}

template <class T>
void check_members() {
  T x;
  member_counter counter;
  INFO(caf::deep_to_string(x));
  CHECK(inspect(counter, x) == count_members<T>());
}

template <class... Ts>
void check_members_of() {
  (check_members<Ts>(), ...);
}

} // namespace

SCENARIO("every message survives a network", "[serialization]") {
  GIVEN("a node that knows the messages, and a message of each type") {
    using block = caf::id_block::troupe;
    node n;
    check_all<block::begin>(
      n, std::make_integer_sequence<uint16_t, block::end - block::begin>{});
  }
}

SCENARIO("every member of a message travels", "[serialization]") {
  check_members_of<
    actor_status, apply_result, apply_servers, call_progress, call_tool,
    call_tool_of, call_tool_result, cancel_call, client_event, client_status,
    close_client, close_of, content_block, diagnostic, ensure_ready,
    ensure_ready_of, failure, implementation, list_tools, list_tools_of,
    open_client, reload, reload_of, restart_policy, server_limits, server_spec,
    server_timeouts, stop_all_report, stop_report, tool, tool_annotations,
    tool_list, tree_status>();
}

SCENARIO("a server's specification arrives equal", "[serialization]") {
  node n;
  auto x = sample<server_spec>();
  CHECK(n.load<server_spec>(n.save(x)) == x);
  CHECK(n.load<server_spec>(n.save(x)).env.at("TOKEN").reveal()
        == sample_secret);
}

SCENARIO("bytes that are cut are refused, not believed", "[serialization]") {
  node n;
  auto there = n.save(sample<client_status>());
  for (size_t i = 0; i < there.size(); ++i) {
    node::bytes cut{there.begin(), there.begin() + static_cast<long>(i)};
    CHECK_THROWS(n.load<client_status>(cut));
  }
}

SCENARIO("JSON that arrives broken is null", "[serialization]") {
  node n;
  CHECK(n.load<json>(n.save(std::string{"{\"a\":"})).is_null());
  CHECK(n.load<json>(n.save(std::string{"{\"a\":1e2}"})).text()
        == "{\"a\":1e2}");
}
