#include "troupe/actors/supervision/restart_history.hpp"

#include <algorithm>
#include <cerrno>
#include <cmath>

namespace troupe {

namespace {

bool lasting(const stop_report& x) {
  switch (x.why) {
    case errc::program_not_found:
    case errc::invalid_spec:
    case errc::no_common_version: return true;
    default:
      return x.start_errno == ENOENT || x.start_errno == EACCES
             || x.start_errno == ENOEXEC;
  }
}

/// The exit status that the server chose; -1 where we ended it.
int exit_status(const stop_report& x) {
  return x.why == errc::child_exited ? x.exit_status : -1;
}

} // namespace

restart_history::restart_history(restart_policy policy) : policy_(policy) {
  // nop
}

restart_verdict restart_history::on_end(const server_life& life,
                                        const stop_report& how, time_point now,
                                        double random_unit) {
  using kind = restart_verdict::kind;
  before_ = now_;
  if (policy_.type == restart_type::temporary)
    return {kind::none, {}};
  if (policy_.type == restart_type::transient && exit_status(how) == 0)
    return {kind::none, {}};
  was_ready_ = was_ready_ || life.ready.has_value();
  if (permanent(life, how, now))
    return {kind::failed, {}};
  auto lived =
    life.ready ? now - *life.ready : server_life::time_point::duration{};
  if (life.proven && lived >= policy_.stable_after)
    now_ = {};
  count(now);
  if (now_.parked || now_.failures.size() >= policy_.intensity) {
    now_.parked = true;
    return {kind::degraded, vary(policy_.probe_every, random_unit)};
  }
  // The server runs, and has only forgotten the session.
  if (how.why == errc::session_expired && life.ready)
    return {kind::restart, {}};
  return {kind::restart, wait(life, now, random_unit)};
}

void restart_history::on_command() {
  now_ = {};
  before_ = {};
  quick_exits_ = 0;
}

void restart_history::forgive() {
  now_ = before_;
}

bool restart_history::permanent(const server_life& life, const stop_report& how,
                                time_point now) {
  if (lasting(how))
    return true;
  auto status = exit_status(how);
  auto quick =
    !was_ready_ && status >= 0 && now - life.started < defaults::quick_exit;
  if (!quick) {
    quick_exits_ = 0;
    return false;
  }
  if (quick_exits_ > 0 && quick_exit_status_ != status)
    quick_exits_ = 0;
  quick_exit_status_ = status;
  return ++quick_exits_ >= defaults::quick_exits_max;
}

void restart_history::count(time_point now) {
  std::erase_if(now_.failures,
                [&](auto x) { return x + policy_.period <= now; });
  now_.failures.push_back(now);
  if (now_.failures.size() > policy_.intensity)
    now_.failures.erase(now_.failures.begin());
}

milliseconds restart_history::wait(const server_life& life, time_point now,
                                   double random_unit) {
  if (life.ready && now - *life.ready >= policy_.prompt_after)
    return milliseconds{0};
  auto first = static_cast<double>(policy_.backoff_first.count());
  auto most = static_cast<double>(policy_.backoff_max.count());
  auto grown = first * std::pow(policy_.backoff_factor, now_.in_a_row);
  now_.in_a_row = std::min(now_.in_a_row + 1, 32u); // 2^32 is beyond any cap
  return vary(milliseconds{static_cast<int64_t>(std::min(grown, most))},
              random_unit);
}

milliseconds restart_history::vary(milliseconds x, double random_unit) const {
  auto factor = 1.0 + policy_.jitter * (2.0 * random_unit - 1.0);
  return milliseconds{
    static_cast<int64_t>(static_cast<double>(x.count()) * factor)};
}

} // namespace troupe
