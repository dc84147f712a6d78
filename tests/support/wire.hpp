#pragma once

#include "troupe/tests/support/caf_version.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/binary_deserializer.hpp>
#include <caf/binary_serializer.hpp>
#include <caf/deep_to_string.hpp>
#include <caf/message.hpp>
#if !TROUPE_CAF_0_17
#include <caf/init_global_meta_objects.hpp>
#if !TROUPE_CAF_1_1
#include <caf/detail/default_actor_handle_codec.hpp>
#endif
#endif

#include <catch2/catch.hpp>

#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

/// What every message must stand: the way into bytes and back.
namespace troupe::test {

/// Registers the messages of a block of ids, before the first system is made.
template <class Block>
void register_block([[maybe_unused]] caf::actor_system_config& config) {
#if TROUPE_CAF_0_17
  config.add_message_types<Block>();
#else
  // Of the process, not of a system.
  [[maybe_unused]] static const bool once = [] {
    caf::core::init_global_meta_objects();
    caf::init_global_meta_objects<Block>();
    return true;
  }();
#endif
}

/// A system that knows some blocks of types, for what it can write and read.
class wire_node {
public:
#if TROUPE_CAF_0_17
  using bytes = std::vector<char>;
#else
  using bytes = caf::byte_buffer;
#endif

  template <class Register>
  explicit wire_node(Register enter_types) : system_(entered(enter_types)) {
    // nop
  }

  caf::actor_system& system() {
    return system_;
  }

  template <class T>
  bytes save(const T& x) {
    bytes result;
#if TROUPE_CAF_0_17 || TROUPE_CAF_1_1
    caf::binary_serializer sink{system_, result};
#else
    caf::detail::default_actor_handle_codec codec{system_};
    caf::binary_serializer sink{result, &codec};
#endif
    apply(sink, const_cast<T&>(x));
    return result;
  }

  template <class T>
  T load(const bytes& from) {
    T result;
#if TROUPE_CAF_0_17 || TROUPE_CAF_1_1
    caf::binary_deserializer source{system_, from};
    apply(source, result);
    if (source.remaining() != 0)
      throw std::runtime_error("bytes are left");
#else
    caf::detail::default_actor_handle_codec codec{system_};
    caf::binary_deserializer source{from, &codec};
    apply(source, result);
#endif
    return result;
  }

private:
  template <class Inspector, class T>
  void apply(Inspector& f, T& x) {
#if TROUPE_CAF_0_17
    if (auto error = f(x))
      throw std::runtime_error(system_.render(error));
#else
    if (!f.apply(x))
      throw std::runtime_error(to_string(f.get_error()));
#endif
  }

  template <class Register>
  caf::actor_system_config& entered(Register enter_types) {
    enter_types(config_);
    return config_;
  }

  caf::actor_system_config config_;
  caf::actor_system system_;
};

// -- the way there and back ---------------------------------------------------

/// `x` has no member at its default, so that a forgotten one shows.
template <class T>
void check_wire(wire_node& n, const T& x, const std::string& never_shown) {
  INFO(caf::type_name<T>::value);
  auto there = n.save(x);
  CHECK((std::is_empty_v<T> || there != n.save(T{})));
  auto back = n.load<T>(there);
  CHECK(n.save(back) == there);
  CHECK(caf::deep_to_string(back) == caf::deep_to_string(x));
  // As a message, which carries the name of its type.
  auto whole = n.load<caf::message>(n.save(caf::make_message(x)));
  REQUIRE(whole.template match_elements<T>());
  CHECK(n.save(whole.template get_as<T>(0)) == there);
  CHECK(caf::to_string(whole).find(never_shown) == std::string::npos);
}

/// Calls `f` with a null pointer to each type of a block of ids.
template <class Block, class F>
void for_each_type(F f) {
  auto all = [&]<uint16_t... I>(std::integer_sequence<uint16_t, I...>) {
    (f(static_cast<typename caf::type_by_id<Block::begin + I>::type*>(nullptr)),
     ...);
  };
  constexpr auto first = static_cast<uint16_t>(Block::begin);
  constexpr auto last = static_cast<uint16_t>(Block::end);
  all(std::make_integer_sequence<uint16_t, last - first>{});
}

/// Whether a message is one still at another node. 0.17 makes an empty one of
/// what has no form for a network, 1.x does not send it.
template <class T>
bool arrives(wire_node& n, const T& x) {
  try {
    return !n.load<caf::message>(n.save(caf::make_message(x))).empty();
  } catch (const std::runtime_error&) {
    return false;
  }
}

// -- no member is forgotten ---------------------------------------------------

/// Counts what an `inspect` names.
struct member_counter {
  using result_type = size_t;
  static constexpr bool reads_state = true;
  static constexpr bool writes_state = false;

#if TROUPE_CAF_0_17
  template <class... Ts>
  size_t operator()(const caf::meta::type_name_t&, Ts&...) {
    return sizeof...(Ts);
  }
#else
  template <class T>
  member_counter& object(T&) {
    return *this;
  }
  template <class T>
  int field(std::string_view, T&) {
    return 0;
  }
  template <class... Ts>
  bool fields(Ts...) {
    count = sizeof...(Ts);
    return true;
  }
#endif
  size_t count = 0;
};

struct anything {
  template <class T>
  operator T() const;
};

/// How many members an aggregate has: as many as can be initialized.
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
  auto result = inspect(counter, x);
  CHECK((TROUPE_CAF_0_17 ? result : counter.count) == count_members<T>());
}

} // namespace troupe::test
