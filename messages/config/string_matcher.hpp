#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace troupe {

/// Finds all of many strings in one pass over a text (Aho-Corasick): the cost
/// grows with the text alone, however many strings there are and however nearly
/// they match. Immutable, so that threads can share it. Takes some 20 bytes of
/// memory for each byte of its strings.
class string_matcher {
public:
  /// How far some string has been read; `start` before the first byte.
  using state = uint32_t;
  static constexpr state start = 0;
  static constexpr uint32_t none = UINT32_MAX;

  string_matcher() : string_matcher(std::vector<std::string>{}) {
    // nop
  }
  /// `strings`: none is empty. Equal ones count once.
  explicit string_matcher(std::vector<std::string> strings);

  /// Reads one byte of the text. `steps` counts the states that were looked at:
  /// at most two for each byte, taken over the whole text.
  state next(state from, char byte, size_t& steps) const;

  /// The longest string that ends at the last byte read, as an index into
  /// `strings`; `none` where no string ends there.
  uint32_t ended(state at) const {
    return nodes_[at].ended;
  }

  /// How many of the last bytes read are the beginning of a string.
  uint32_t begun(state at) const {
    return nodes_[at].depth;
  }

  /// A string that begins with these, as an index into `strings`. Not for
  /// `start`.
  uint32_t beginning(state at) const {
    return nodes_[at].first;
  }

  /// In the order of their bytes.
  const std::vector<std::string>& strings() const {
    return strings_;
  }

private:
  /// A beginning of strings. Those that are one byte longer are numbered in a
  /// row, in the order of that byte.
  struct node {
    uint32_t first = 0; // the strings that begin so: from here
    uint32_t last = 0;  // to before here
    uint32_t depth = 0;
    uint32_t children = 0; // from this one to the next node's first
    uint32_t fallback = 0; // the longest beginning that ends this one
    uint32_t ended = none;
  };

  void grow();
  void grow_children(uint32_t parent);
  void link();
  state child(state of, char byte) const;

  std::vector<std::string> strings_;
  std::vector<node> nodes_;
  std::vector<unsigned char> bytes_; // by node: the byte that leads to it
  std::array<state, 256> roots_{};   // children of `start`
};

} // namespace troupe
