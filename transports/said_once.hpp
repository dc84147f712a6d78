#pragma once

#include "troupe/messages/defaults.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

namespace troupe {

/// Lets a text pass the first time only: what is wrong with the host is wrong
/// for each of its servers, at each start. Used on one thread.
class said_once {
public:
  /// Leaves out what has passed before.
  void filter(std::vector<std::string>& texts) {
    if (said_.size() >= defaults::warnings_remembered_max)
      said_.clear(); // said again rather than never
    std::erase_if(texts, [&](auto& x) { return !said_.insert(x).second; });
  }

private:
  std::set<std::string> said_;
};

} // namespace troupe
