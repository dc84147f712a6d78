#pragma once

#include "troupe/messages/json/json.hpp"
#include "troupe/tools/demo-server/line_file.hpp"

#include <map>
#include <string>
#include <string_view>

namespace troupe::demo {

/// How often each call was executed, by the key that its caller gave it; also
/// in a file, so that a test can count after this process has died.
class ledger {
public:
  /// Empty: no file.
  explicit ledger(const std::string& file);

  /// To be called before the tool does anything. A call without a key is
  /// written as `-` and not counted.
  void record(std::string_view tool, std::string_view key);

  /// Whether a call without a key need not be recorded.
  bool only_keys() const;

  /// An object: key to number. Keys beyond `keys_max` are in the file alone.
  json counts() const;

  /// Enough for any test; keeps a flood from filling our memory.
  static constexpr size_t keys_max = 100'000;

private:
  line_file file_;
  std::map<std::string, uint64_t, std::less<>> counts_;
};

} // namespace troupe::demo
