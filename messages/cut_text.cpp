#include "troupe/messages/cut_text.hpp"

namespace troupe {

std::string cut_text(std::string_view text, size_t bytes_max) {
  if (text.size() <= bytes_max)
    return std::string{text};
  auto continues = [text](size_t at) {
    return (static_cast<unsigned char>(text[at]) & 0xc0) == 0x80;
  };
  auto end = bytes_max;
  while (end > 0 && continues(end))
    --end;
  auto result = std::string{text.substr(0, end)};
  result += cut_mark;
  return result;
}

} // namespace troupe
