#pragma once

#include "troupe/transports/ordered_mutex.hpp"

#include <cxxabi.h>

#include <cstdlib>
#include <exception>
#include <optional>
#include <string>
#include <typeinfo>
#include <utility>

namespace troupe {

/// What code of the embedder's threw.
struct thrown {
  /// Its C++ type, as "std::runtime_error".
  std::string type;
  /// Its `what()`. May hold a secret: whether it does depends on where it came
  /// from.
  std::string text;
};

inline std::string name_of_type(const std::type_info& x) {
  auto status = 0;
  auto text = abi::__cxa_demangle(x.name(), nullptr, nullptr, &status);
  auto result = std::string{status == 0 && text != nullptr ? text : x.name()};
  std::free(text);
  return result;
}

/// Calls code of the embedder's. Any exception ends here: no thread and no
/// actor of ours dies of it. Returns nothing where there was none. Not to
/// be called under a lock.
template <class F>
std::optional<thrown> guarded(F&& f) {
  expect_no_lock();
  try {
    std::forward<F>(f)();
    return std::nullopt;
  } catch (const std::exception& x) {
    return thrown{name_of_type(typeid(x)), x.what()};
  } catch (...) {
    auto type = abi::__cxa_current_exception_type();
    return thrown{type ? name_of_type(*type) : "something", {}};
  }
}

} // namespace troupe
