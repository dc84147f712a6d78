#pragma once

#include <caf/type_id.hpp>

#include <type_traits>
#include <utility>

/// How a value shows its members to CAF, in each CAF version. The only other
/// doors to CAF are `actors/caf.hpp` and `actors/handle.hpp`. CAF's version is
/// tested here, in `failure.hpp`, `requests.hpp`, and `actors/caf.hpp` with its
/// source.

#if defined(CAF_VERSION_MAJOR) && CAF_VERSION_MAJOR >= 1
#define TROUPE_CAF_0_17 0
#else
#define TROUPE_CAF_0_17 1
#include <caf/meta/type_name.hpp>
#endif

// -- for each argument, with C++20's __VA_OPT__ ------------------------------

#define TROUPE_PARENS ()
#define TROUPE_EXPAND(...)                                                     \
  TROUPE_EXPAND3(TROUPE_EXPAND3(TROUPE_EXPAND3(__VA_ARGS__)))
#define TROUPE_EXPAND3(...)                                                    \
  TROUPE_EXPAND2(TROUPE_EXPAND2(TROUPE_EXPAND2(__VA_ARGS__)))
#define TROUPE_EXPAND2(...)                                                    \
  TROUPE_EXPAND1(TROUPE_EXPAND1(TROUPE_EXPAND1(__VA_ARGS__)))
#define TROUPE_EXPAND1(...) __VA_ARGS__
#define TROUPE_EACH(what, ...)                                                 \
  __VA_OPT__(TROUPE_EXPAND(TROUPE_EACH_STEP(what, __VA_ARGS__)))
#define TROUPE_EACH_STEP(what, x, ...)                                         \
  what(x) __VA_OPT__(, TROUPE_EACH_NEXT TROUPE_PARENS(what, __VA_ARGS__))
#define TROUPE_EACH_NEXT() TROUPE_EACH_STEP

// -- inspect -----------------------------------------------------------------

/// TROUPE_INSPECT(type, member...) beside a struct, in its namespace, makes it
/// a message: it can be sent, compared in logs, and cross a network.
#if TROUPE_CAF_0_17
#define TROUPE_FIELD(member) x.member
#define TROUPE_INSPECT(type, ...)                                              \
  template <class Inspector>                                                   \
  auto inspect(Inspector& f, [[maybe_unused]] type& x) {                       \
    return f(caf::meta::type_name(#type) __VA_OPT__(, )                        \
               TROUPE_EACH(TROUPE_FIELD, __VA_ARGS__));                        \
  }
#else
#define TROUPE_FIELD(member) f.field(#member, x.member)
#define TROUPE_INSPECT(type, ...)                                              \
  template <class Inspector>                                                   \
  bool inspect(Inspector& f, [[maybe_unused]] type& x) {                       \
    return f.object(x).fields(TROUPE_EACH(TROUPE_FIELD, __VA_ARGS__));         \
  }
#endif

/// TROUPE_INSPECT_ENUM(type): 1.x asks for what 0.17 does by itself.
#if TROUPE_CAF_0_17
#define TROUPE_INSPECT_ENUM(type)
#else
#define TROUPE_INSPECT_ENUM(type)                                              \
  template <class Inspector>                                                   \
  bool inspect(Inspector& f, type& x) {                                        \
    using integer = std::underlying_type_t<type>;                              \
    return f.apply([&x] { return static_cast<integer>(x); },                   \
                   [&x](integer y) {                                           \
                     x = static_cast<type>(y);                                 \
                     return true;                                              \
                   });                                                         \
  }
#endif

namespace troupe {

/// Inspects `x` in the form of a `Wire`: `get(x)` makes one, `set(x, wire)`
/// reads one back.
template <class Wire, class Inspector, class T, class Get, class Set>
auto inspect_as(Inspector& f, T& x, Get get, Set set) {
#if TROUPE_CAF_0_17
  if constexpr (Inspector::reads_state) {
    Wire wire = get(x);
    return f(wire);
  } else {
    Wire wire{};
    auto result = f(wire);
    set(x, std::move(wire));
    return result;
  }
#else
  return f.apply([&] { return get(x); },
                 [&](Wire wire) {
                   set(x, std::move(wire));
                   return true;
                 });
#endif
}

} // namespace troupe
