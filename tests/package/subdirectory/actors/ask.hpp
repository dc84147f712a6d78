#pragma once

#include <string>

/// The embedder's own, by chance named as a header of Troupe's is.
namespace embedder {

struct ask {
  std::string whom;
};

template <class Inspector>
auto inspect(Inspector& f, ask& x) {
  return f(caf::meta::type_name("ask"), x.whom);
}

} // namespace embedder
