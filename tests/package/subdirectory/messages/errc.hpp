#pragma once

#include <string>

/// The embedder's own, by chance named as a header of Troupe's is.
namespace embedder {

enum class errc { fine, wrong };

} // namespace embedder
