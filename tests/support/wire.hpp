#pragma once

#include "troupe/messages/caf_inspect.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/binary_deserializer.hpp>
#include <caf/binary_serializer.hpp>
#include <caf/deep_to_string.hpp>
#include <caf/message.hpp>
#include <caf/type_nr.hpp>

#include <catch2/catch.hpp>

#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

/// What every message must stand: the way into bytes and back.
namespace troupe::test {

/// A system that knows some blocks of types, for what it can write and read.
class wire_node {
public:
  using bytes = std::vector<char>;

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
    caf::binary_serializer sink{system_, result};
    if (auto error = sink(const_cast<T&>(x)))
      throw std::runtime_error(system_.render(error));
    return result;
  }

  template <class T>
  T load(const bytes& from) {
    T result;
    caf::binary_deserializer source{system_, from};
    if (auto error = source(result))
      throw std::runtime_error(system_.render(error));
    if (source.remaining() != 0)
      throw std::runtime_error("bytes are left");
    return result;
  }

private:
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
  all(std::make_integer_sequence<uint16_t, Block::end - Block::begin>{});
}

// -- no member is forgotten ---------------------------------------------------

/// Counts what an `inspect` names.
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
  CHECK(inspect(counter, x) == count_members<T>());
}

} // namespace troupe::test
