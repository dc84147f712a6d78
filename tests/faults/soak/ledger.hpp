#pragma once

#include "troupe/messages/failure.hpp"

#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace troupe::soak {

/// What became of each call, by the key in its arguments, to be held against
/// what servers say they have executed. Thread-safe.
class call_book {
public:
  /// A call was answered: `none` and anything for a result.
  void write(const std::string& key, errc code, fate became);

  /// Reads the servers' file, and forgets the calls. What does not fit, in
  /// words: executed twice, executed though not sent, answered though never
  /// executed.
  std::vector<std::string> compare(const std::string& file);

private:
  struct outcome {
    errc code = errc::none;
    fate became = fate::not_sent;
  };
  std::mutex mutex_;
  std::map<std::string, outcome> calls_; // guarded by mutex_
};

} // namespace troupe::soak
