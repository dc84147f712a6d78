#pragma once

#include "troupe/messages/defaults.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

namespace troupe {

/// Lets a text pass the first time only: a fault of the host would be reported
/// for each of its servers, at each start. Used on one thread.
class said_once {
public:
  /// Removes texts that have passed before.
  void filter(std::vector<std::string>& texts) {
    if (said_.size() >= defaults::warnings_remembered_max)
      said_.clear(); // repeating a text is better than losing it
    std::erase_if(texts, [&](auto& x) { return !said_.insert(x).second; });
  }

private:
  std::set<std::string> said_;
};

} // namespace troupe
