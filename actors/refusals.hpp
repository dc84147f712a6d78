#pragma once

#include "troupe/messages/failure.hpp"

#include <string>
#include <utility>

namespace troupe {

/// The failure of a request of which nothing was sent.
inline failure not_sent(errc why, std::string text) {
  return {why, fate::not_sent, std::move(text)};
}

} // namespace troupe
