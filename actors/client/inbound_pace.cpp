#include "troupe/actors/client/inbound_pace.hpp"

#include <algorithm>

namespace troupe {

using namespace std::chrono;

inbound_pace::duration inbound_pace::worth(size_t frames, size_t bytes) {
  constexpr nanoseconds second = 1s;
  constexpr auto a_frame =
    second / static_cast<int64_t>(defaults::unsolicited_frames_per_second);
  // In doubles: a byte is worth less than whole nanoseconds can say.
  constexpr auto a_byte =
    1e9 / static_cast<double>(defaults::unsolicited_bytes_per_second);
  return a_frame * static_cast<int64_t>(frames)
         + nanoseconds{
           static_cast<int64_t>(a_byte * static_cast<double>(bytes))};
}

void inbound_pace::charge(size_t frames, size_t bytes, time_point now) {
  if (frames == 0 && bytes == 0)
    return;
  paid_at_ =
    std::max<time_point>(paid_at_, now - defaults::unsolicited_credit_max)
    + worth(frames, bytes);
  paid_at_ =
    std::min<time_point>(paid_at_, now + defaults::unsolicited_debt_max);
  if (paid_at_ > now)
    state_ = state::held;
}

void inbound_pace::on_time(time_point now) {
  if (state_ == state::held && paid_at_ <= now)
    state_ = state::watched;
  if (state_ == state::watched
      && paid_at_ + defaults::unsolicited_credit_regained <= now)
    state_ = state::free;
}

std::optional<inbound_pace::time_point> inbound_pace::deadline() const {
  switch (state_) {
    case state::free: break;
    case state::held: return paid_at_;
    case state::watched:
      return paid_at_ + defaults::unsolicited_credit_regained;
  }
  return std::nullopt;
}

std::string throttled_text() {
  return "the server sends more than "
         + std::to_string(defaults::unsolicited_frames_per_second)
         + " unsolicited messages or "
         + std::to_string(defaults::unsolicited_bytes_per_second >> 20)
         + " MiB a second: its output is read more slowly";
}

} // namespace troupe
