#include "troupe/transports/stdio/line_framer.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace troupe {

/// Lines longer than one read come in pieces: avoid copies of them.
static constexpr auto long_line = defaults::read_chunk_bytes;

line_framer::line_framer(size_t line_bytes_max)
  : line_bytes_max_(line_bytes_max) {
  // nop
}

bool line_framer::feed(std::string_view bytes,
                       std::vector<std::string>& lines) {
  while (!overflowed_ && !bytes.empty()) {
    auto end =
      static_cast<const char*>(std::memchr(bytes.data(), '\n', bytes.size()));
    if (end == nullptr) {
      keep(bytes);
      break;
    }
    auto size = static_cast<size_t>(end - bytes.data());
    finish(bytes.substr(0, size), lines);
    bytes.remove_prefix(size + 1);
  }
  return !overflowed_;
}

size_t line_framer::take_empty_lines() {
  return std::exchange(empty_lines_, 0);
}

std::string_view line_framer::rest() const {
  return partial_;
}

bool line_framer::overflowed() const {
  return overflowed_;
}

// -- steps --------------------------------------------------------------------

void line_framer::keep(std::string_view bytes) {
  // One byte more than a line may have: it may turn out to be the CR.
  if (partial_.size() + bytes.size() > line_bytes_max_ + 1) {
    overflow();
    return;
  }
  make_room(bytes.size());
  partial_.append(bytes);
  if (partial_.size() == line_bytes_max_ + 1 && partial_.back() != '\r')
    overflow();
}

void line_framer::make_room(size_t bytes) {
  // Growing by doubling copies all of a long line once more. A server that has
  // sent one is likely to send such lines again.
  auto size = partial_.size() + bytes;
  if (size >= long_line && size > partial_.capacity() && size < expected_)
    partial_.reserve(expected_);
}

void line_framer::finish(std::string_view tail,
                         std::vector<std::string>& lines) {
  auto line = std::string{};
  if (partial_.empty())
    line = without_cr(tail);
  else {
    // Handed over with its memory: a long line is neither copied nor kept.
    line = std::exchange(partial_, {});
    line.append(tail);
    if (line.back() == '\r')
      line.pop_back();
    learn_from(line);
  }
  if (line.size() > line_bytes_max_)
    overflow();
  else if (line.empty())
    ++empty_lines_;
  else
    lines.push_back(std::move(line));
}

void line_framer::learn_from(std::string& line) {
  if (line.size() >= long_line)
    expected_ = std::min(line.size() + line.size() / 8, line_bytes_max_ + 1);
  if (line.capacity() / 2 > line.size() && line.capacity() > long_line)
    line.shrink_to_fit();
}

void line_framer::overflow() {
  overflowed_ = true;
  std::string{}.swap(partial_); // assigning would keep the memory
}

std::string_view line_framer::without_cr(std::string_view line) {
  if (!line.empty() && line.back() == '\r')
    line.remove_suffix(1);
  return line;
}

} // namespace troupe
