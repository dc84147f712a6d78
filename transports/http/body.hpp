#pragma once

#include "troupe/transports/http/head.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace troupe {

/// Finds the body of a response among the bytes that follow its head (RFC 9112,
/// section 6.3): by length, in chunks, or up to the connection's end. Pure.
class http_body {
public:
  /// `bodiless`: the request was one whose response has no body. Nothing where
  /// the head contradicts itself, so that the body's end is unknown.
  static std::optional<http_body> of(const http_head& head, bool bodiless);

  /// Takes some bytes, and returns those of them that are body, which may be
  /// none. `used`: how many were taken; the rest is for the next call.
  std::string_view take(std::string_view bytes, size_t& used);

  /// It is complete: no byte after it belongs to it.
  bool complete() const {
    return state_ == state::complete;
  }
  /// Its chunked encoding is broken, at the last byte that was taken.
  bool broken() const {
    return state_ == state::broken;
  }
  /// Bytes taken so far, with those of the chunks' sizes and ends.
  uint64_t taken() const {
    return taken_;
  }
  /// Only the connection's end tells where it ends.
  bool needs_end() const {
    return state_ == state::until_end;
  }
  /// Such framing may be read differently by others: the connection must not
  /// carry another response (RFC 9112, sections 6.1 and 6.3).
  bool doubtful() const {
    return doubtful_;
  }
  /// Its length; nothing where that is not known before its end.
  std::optional<uint64_t> length() const {
    return length_;
  }

private:
  enum class state : uint8_t {
    complete,
    until_end,
    length,     // `left_` bytes of body
    chunk_size, // a line with the size
    chunk,      // `left_` bytes of a chunk
    chunk_end,  // its CRLF
    trailer,    // lines, up to an empty one
    broken,
  };

  std::string_view take_some(std::string_view bytes, size_t& used);
  void take_line_byte(char x);
  void end_line();
  void begin_chunk();

  state state_ = state::complete;
  bool doubtful_ = false;
  uint64_t left_ = 0;
  uint64_t taken_ = 0;
  std::optional<uint64_t> length_;
  std::string line_;
  size_t trailer_bytes_ = 0;
};

} // namespace troupe
