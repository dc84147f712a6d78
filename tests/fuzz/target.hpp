#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

/// What a fuzzer calls, again and again, with arbitrary bytes.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size);

namespace troupe::fuzz {

/// A property that holds for all bytes; else the process aborts.
inline void require(bool holds, const char* what) {
  if (holds)
    return;
  std::fprintf(stderr, "not true: %s\n", what);
  std::abort();
}

/// Bytes that are used up from the front; 0 and empty once there are none.
class source {
public:
  source(const uint8_t* bytes, size_t size)
    : rest_(reinterpret_cast<const char*>(bytes), size) {
    // nop
  }

  bool empty() const {
    return rest_.empty();
  }

  uint8_t number() {
    if (rest_.empty())
      return 0;
    auto result = static_cast<uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    return result;
  }

  /// Up to the next newline, which is dropped.
  std::string_view line() {
    auto result = rest_.substr(0, rest_.find('\n'));
    rest_.remove_prefix(std::min(result.size() + 1, rest_.size()));
    return result;
  }

  std::string_view rest() {
    auto result = rest_;
    rest_ = {};
    return result;
  }

private:
  std::string_view rest_;
};

} // namespace troupe::fuzz
