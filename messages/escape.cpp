#include "troupe/messages/escape.hpp"

#include "troupe/messages/json/utf8.hpp"

#include <algorithm>
#include <cstdint>
#include <iterator>

namespace troupe {

namespace {

struct range {
  char32_t first;
  char32_t last;
};

// What reorders, hides or shows nothing; sorted. A reader must see that it is
// there. Not among them: joiners within emoji are rare enough to be escaped,
// variation selectors (U+FE00 to U+FE0F) only choose a glyph and stay.
constexpr range unseen[] = {
  {0x00AD, 0x00AD},   // soft hyphen
  {0x034F, 0x034F},   // combining grapheme joiner
  {0x061C, 0x061C},   // Arabic letter mark
  {0x115F, 0x1160},   // Hangul fillers
  {0x17B4, 0x17B5},   // Khmer inherent vowels
  {0x180B, 0x180F},   // Mongolian selectors and vowel separator
  {0x200B, 0x200F},   // zero width, and marks of direction
  {0x2028, 0x202E},   // separators of lines; embeddings and overrides
  {0x2060, 0x206F},   // word joiner, isolates, invisible operators
  {0x3164, 0x3164},   // Hangul filler
  {0xFEFF, 0xFEFF},   // zero width no-break space
  {0xFFA0, 0xFFA0},   // Hangul filler
  {0xFFF9, 0xFFFB},   // interlinear annotation
  {0x1D173, 0x1D17A}, // musical formatting
  {0xE0000, 0xE0FFF}, // tags: a second, invisible alphabet
};

bool is_unseen(char32_t x) {
  auto found = std::find_if(std::begin(unseen), std::end(unseen),
                            [x](const range& y) { return x <= y.last; });
  return found != std::end(unseen) && x >= found->first;
}

std::string hex(uint32_t x, size_t digits_min) {
  std::string result;
  for (; x != 0 || result.size() < digits_min; x >>= 4)
    result += "0123456789abcdef"[x & 15];
  std::reverse(result.begin(), result.end());
  return result;
}

std::string control_name(char32_t x) {
  switch (x) {
    case '\n': return "\\n";
    case '\r': return "\\r";
    case '\t': return "\\t";
    default: return "\\x" + hex(x, 2);
  }
}

// One character of the text, or one byte that is not UTF-8.
struct piece {
  size_t length = 1;
  std::string shown; // empty: as it is
};

piece next_piece(const char* p, const char* end, bool one_line) {
  auto length = utf8_length(p, end);
  if (length == 0)
    return {1, "\\x" + hex(static_cast<uint8_t>(*p), 2)};
  auto x = decode_utf8(p, length);
  if (!one_line && (x == '\n' || x == '\t'))
    return {length, {}};
  if (is_control(x))
    return {length, control_name(x)};
  if (is_unseen(x))
    return {length, "\\u{" + hex(x, 4) + "}"};
  return {length, {}};
}

constexpr std::string_view ellipsis = "...";

} // namespace

std::string escape_text(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  auto end = text.data() + text.size();
  for (auto p = text.data(); p != end;) {
    auto x = next_piece(p, end, false);
    result.append(x.shown.empty() ? std::string_view{p, x.length} : x.shown);
    p += x.length;
  }
  return result;
}

std::string escape_line(std::string_view text, size_t bytes_max) {
  std::string result;
  size_t whole = 0; // where an ellipsis still has room
  auto end = text.data() + text.size();
  for (auto p = text.data(); p != end;) {
    auto x = next_piece(p, end, true);
    result.append(x.shown.empty() ? std::string_view{p, x.length} : x.shown);
    p += x.length;
    if (result.size() > bytes_max) {
      result.resize(whole);
      return result.append(ellipsis.substr(0, bytes_max));
    }
    if (result.size() + ellipsis.size() <= bytes_max)
      whole = result.size();
  }
  return result;
}

} // namespace troupe
