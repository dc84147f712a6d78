#pragma once

#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// Finds keys that an object has twice, escapes decoded. The keys of all open
/// objects are on one stack. Internal to `json`.
class json_keys {
public:
  json_keys(std::string_view text, std::pmr::memory_resource* memory);

  void begin_object();

  /// `begin` and `size` say where the raw key is in the text.
  void add(uint32_t begin, uint32_t size, bool escaped);

  /// Where the first repeated key begins; 0: no key is repeated.
  size_t end_object();

private:
  static constexpr uint32_t plain = UINT32_MAX;

  struct key {
    size_t hash = 0;
    uint32_t begin = 0;
    uint32_t size = 0;
    uint32_t decoded = plain; // place in `decoded_`
  };
  using iterator = std::pmr::vector<key>::iterator;

  std::string_view content(const key& x) const;
  bool same(const key& x, const key& y) const;
  size_t in_few(iterator first) const;
  size_t in_many(iterator first);

  std::string_view text_;
  std::pmr::vector<key> keys_;
  std::pmr::vector<uint32_t> marks_; // the first key of each open object
  std::string decoded_;
};

} // namespace troupe
