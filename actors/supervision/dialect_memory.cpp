#include "troupe/actors/supervision/dialect_memory.hpp"

#include "troupe/actors/supervision/server_url.hpp"

#include <algorithm>
#include <array>

namespace troupe {

namespace {

std::string url_of(const http_url& x) {
  return x.origin() + x.target;
}

} // namespace

void dialect_memory::learn(const http_url& where, known_dialect what,
                           time_point now) {
  verdicts_.erase(url_of(where));
  if (what == known_dialect::unknown) {
    verdicts_.erase(where.origin());
    return;
  }
  auto of_url = what == known_dialect::legacy_sse;
  make_room(now);
  verdicts_[of_url ? url_of(where) : where.origin()] = {
    what, now + defaults::dialect_verdict_time};
}

known_dialect dialect_memory::recall(const http_url& where,
                                     time_point now) const {
  for (auto& key : std::array{url_of(where), where.origin()})
    if (auto i = verdicts_.find(key);
        i != verdicts_.end() && now < i->second.until)
      return i->second.what;
  return known_dialect::unknown;
}

/// The verdict that would expire first goes first.
void dialect_memory::make_room(time_point now) {
  std::erase_if(verdicts_, [now](auto& x) { return x.second.until <= now; });
  if (verdicts_.size() < defaults::dialect_verdicts_max)
    return;
  auto is_older = [](auto& x, auto& y) {
    return x.second.until < y.second.until;
  };
  verdicts_.erase(
    std::min_element(verdicts_.begin(), verdicts_.end(), is_older));
}

std::optional<http_url> dialect_place(const server_spec& spec) {
  if (spec.transport != "http" || spec.dialect != dialect_choice::automatic)
    return std::nullopt;
  return resolved_url(spec);
}

} // namespace troupe
