#include "troupe/messages/json/stream.hpp"

#include "troupe/messages/json/utf8.hpp"

namespace troupe {

namespace {

bool is_hex(char c) {
  return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}

// Length of the escape sequence at `p`; 0: it is not valid. The text ends with
// a NUL, so looking at the next byte is always allowed.
size_t escape_length(const char* p) {
  switch (p[1]) {
    case 'u': {
      auto digits = p + 2;
      while (digits != p + 6 && is_hex(*digits))
        ++digits;
      return digits == p + 6 ? 6 : 0;
    }
    case '"':
    case '\\':
    case '/':
    case 'b':
    case 'f':
    case 'n':
    case 'r':
    case 't': return 2;
    default: return 0;
  }
}

// The most frequent kind of character beyond ASCII, told without a call.
bool is_pair(const char* p) {
  return static_cast<unsigned char>(*p) - 0xC2u < 0x1E && (p[1] & 0xC0) == 0x80;
}

} // namespace

void text_stream::skip_content() {
  escaped_ = false;
  for (;;) {
    at_ = plain_end(at_, end_);
    if (static_cast<signed char>(*at_) < 0) {
      if (!skip_wide())
        return;
    } else if (auto n = *at_ == '\\' ? escape_length(at_) : 0) {
      escaped_ = true;
      at_ += n;
    } else {
      return;
    }
  }
}

bool text_stream::skip_wide() {
  while (static_cast<signed char>(*at_) < 0) {
    auto n = is_pair(at_) ? 2 : utf8_length(at_, end_);
    if (n == 0) {
      fault_ = at_;
      at_ = end_; // makes the reader stop
      return false;
    }
    at_ += n;
  }
  return true;
}

} // namespace troupe
