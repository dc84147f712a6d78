#pragma once

#include <bit>
#include <cstddef>
#include <string>
#include <string_view>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

/// UTF-8 at the level of bytes.
namespace troupe {

/// U+FFFD, which replaces invalid bytes.
inline constexpr std::string_view replacement_character = "\xEF\xBF\xBD";

/// Bytes of the well-formed character at `p`, 1 to 4; 0 where there is none.
/// Overlong forms, surrogates and what lies past U+10FFFF are not well-formed.
size_t utf8_length(const char* p, const char* end);

/// The code point of the well-formed character at `p`.
char32_t decode_utf8(const char* p, size_t length);

void append_utf8(std::string& out, char32_t code_point);

bool is_utf8(std::string_view text);

/// Whether it is one of C0, C1 (Unicode's general category Cc), or DEL.
constexpr bool is_control(char32_t x) {
  return x < 0x20 || (x >= 0x7F && x < 0xA0);
}

/// Whether there are control characters, or bytes that are not UTF-8.
bool has_control(std::string_view text);

/// The first byte at or after `p` that is a quote, a backslash, a control
/// character (below 0x20) or no ASCII; `end` where there is none.
inline const char* plain_end(const char* p, const char* end) {
#if defined(__SSE2__)
  const auto quote = _mm_set1_epi8('"');
  const auto backslash = _mm_set1_epi8('\\');
  const auto space = _mm_set1_epi8(0x20);
  for (; end - p >= 16; p += 16) {
    auto x = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
    // Bytes above 0x7F are negative, hence below a space, too.
    auto hits = _mm_or_si128(
      _mm_cmplt_epi8(x, space),
      _mm_or_si128(_mm_cmpeq_epi8(x, quote), _mm_cmpeq_epi8(x, backslash)));
    if (auto mask = static_cast<unsigned>(_mm_movemask_epi8(hits)))
      return p + std::countr_zero(mask);
  }
#endif
  while (p != end && static_cast<signed char>(*p) >= 0x20 && *p != '"'
         && *p != '\\')
    ++p;
  return p;
}

} // namespace troupe
