#include "troupe/messages/json/utf8.hpp"

#include <cstdint>
#include <cstring>

namespace troupe {

namespace {

bool in_range(const char* p, uint8_t first, uint8_t last) {
  auto byte = static_cast<uint8_t>(*p);
  return byte >= first && byte <= last;
}

bool continues(const char* p) {
  return in_range(p, 0x80, 0xBF);
}

// The second byte carries the exceptions (Unicode, table 3-7).
bool three_bytes(const char* p) {
  auto lead = static_cast<uint8_t>(*p);
  return in_range(p + 1, lead == 0xE0 ? 0xA0 : 0x80, lead == 0xED ? 0x9F : 0xBF)
         && continues(p + 2);
}

bool four_bytes(const char* p) {
  auto lead = static_cast<uint8_t>(*p);
  return in_range(p + 1, lead == 0xF0 ? 0x90 : 0x80, lead == 0xF4 ? 0x8F : 0xBF)
         && continues(p + 2) && continues(p + 3);
}

} // namespace

size_t utf8_length(const char* p, const char* end) {
  auto left = end - p;
  if (left < 1)
    return 0;
  auto lead = static_cast<uint8_t>(*p);
  if (lead < 0x80)
    return 1;
  if (lead < 0xC2 || lead > 0xF4)
    return 0;
  if (lead < 0xE0)
    return left >= 2 && continues(p + 1) ? 2 : 0;
  if (lead < 0xF0)
    return left >= 3 && three_bytes(p) ? 3 : 0;
  return left >= 4 && four_bytes(p) ? 4 : 0;
}

char32_t decode_utf8(const char* p, size_t length) {
  auto bits = [p](size_t i) { return static_cast<uint8_t>(p[i]) & 0x3Fu; };
  auto lead = static_cast<uint8_t>(*p);
  switch (length) {
    case 2: return (lead & 0x1Fu) << 6 | bits(1);
    case 3: return (lead & 0x0Fu) << 12 | bits(1) << 6 | bits(2);
    case 4:
      return (lead & 0x07u) << 18 | bits(1) << 12 | bits(2) << 6 | bits(3);
    default: return lead;
  }
}

void append_utf8(std::string& out, char32_t x) {
  auto tail = [&](int shift) {
    out += static_cast<char>(0x80 | (x >> shift & 0x3F));
  };
  if (x < 0x80) {
    out += static_cast<char>(x);
  } else if (x < 0x800) {
    out += static_cast<char>(0xC0 | x >> 6);
    tail(0);
  } else if (x < 0x10000) {
    out += static_cast<char>(0xE0 | x >> 12);
    tail(6), tail(0);
  } else {
    out += static_cast<char>(0xF0 | x >> 18);
    tail(12), tail(6), tail(0);
  }
}

bool is_utf8(std::string_view text) {
  auto p = text.data();
  auto end = p + text.size();
  while (p != end) {
    uint64_t eight;
    if (end - p >= 8 && (std::memcpy(&eight, p, 8), true)
        && (eight & 0x8080808080808080u) == 0) {
      p += 8;
    } else if (auto length = utf8_length(p, end)) {
      p += length;
    } else {
      return false;
    }
  }
  return true;
}

bool has_control(std::string_view text) {
  auto end = text.data() + text.size();
  for (auto p = text.data(); p != end;) {
    auto length = utf8_length(p, end);
    if (length == 0 || is_control(decode_utf8(p, length)))
      return true;
    p += length;
  }
  return false;
}

} // namespace troupe
