#pragma once

#include <string>

/// The embedder's own, by chance named as a header of Troupe's is.
namespace embedder {

struct ask {
  std::string whom;
};

} // namespace embedder
