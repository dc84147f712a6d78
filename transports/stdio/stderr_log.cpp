#include "troupe/transports/stdio/stderr_log.hpp"

#include "troupe/messages/cut_text.hpp"

#include <algorithm>
#include <utility>

namespace troupe {

std::vector<std::string> stderr_log::feed(std::string_view bytes,
                                          clock::time_point now) {
  auto out = std::vector<std::string>{};
  keep(bytes);
  for (auto end = bytes.find('\n'); end != bytes.npos; end = bytes.find('\n')) {
    extend_line(bytes.substr(0, end));
    end_line(now, out);
    bytes.remove_prefix(end + 1);
  }
  extend_line(bytes);
  return out;
}

std::vector<std::string> stderr_log::finish() {
  auto out = std::vector<std::string>{};
  report(rate_.take_skipped(), out);
  if (!line_.empty())
    out.push_back(take_line());
  return out;
}

std::string stderr_log::tail(size_t bytes_max) const {
  auto text = ring_.substr(start_) + ring_.substr(0, start_);
  if (text.size() <= bytes_max)
    return text;
  text.erase(0, text.size() - bytes_max);
  auto end = text.find('\n');
  if (end != text.npos && end + 1 < text.size())
    return text.substr(end + 1);
  return std::string{cut_mark} + text;
}

size_t stderr_log::size() const {
  return ring_.size();
}

// -- steps --------------------------------------------------------------------

void stderr_log::keep(std::string_view bytes) {
  constexpr auto max = defaults::stderr_ring_bytes;
  if (bytes.size() > max)
    bytes.remove_prefix(bytes.size() - max);
  auto grown = std::min(bytes.size(), max - ring_.size());
  ring_.append(bytes.substr(0, grown));
  bytes.remove_prefix(grown);
  while (!bytes.empty()) {
    auto n = std::min(bytes.size(), max - start_);
    bytes.copy(ring_.data() + start_, n);
    start_ = (start_ + n) % max;
    bytes.remove_prefix(n);
  }
}

void stderr_log::extend_line(std::string_view bytes) {
  // One byte more than is shown, so that the cut is seen.
  auto room = defaults::stderr_line_bytes_max + 1 - line_.size();
  line_.append(bytes.substr(0, room));
}

std::string stderr_log::take_line() {
  return cut_text(std::exchange(line_, {}), defaults::stderr_line_bytes_max);
}

void stderr_log::end_line(clock::time_point now,
                          std::vector<std::string>& out) {
  if (!line_.empty() && line_.back() == '\r')
    line_.pop_back();
  if (line_.empty())
    return;
  auto verdict = rate_.ask(now);
  report(verdict.skipped_before, out);
  if (verdict.admitted)
    out.push_back(take_line());
  else
    line_.clear(); // its memory serves the next one
}

void stderr_log::report(size_t skipped, std::vector<std::string>& out) {
  if (skipped > 0)
    out.push_back("(" + std::to_string(skipped) + " lines were not shown)");
}

} // namespace troupe
