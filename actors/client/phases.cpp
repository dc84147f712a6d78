#include "troupe/actors/client/phases.hpp"

namespace troupe {

namespace {

struct row {
  phase from;
  phase_event on;
  phase to;
};

/// In a class, as its short names are for the table alone.
struct transitions {
  using enum phase_event;
  // `phase` has members of the same names as some events: it is written out.
  static constexpr row all[] = {
    {phase::idle, start, phase::connecting},
    {phase::idle, reload, phase::connecting},
    {phase::idle, give_up, phase::failed},

    {phase::connecting, phase_event::transport_up, phase::handshaking},
    {phase::connecting, unauthorized, phase::auth_required},
    {phase::connecting, transport_down, phase::backoff},
    {phase::connecting, postponed, phase::backoff},
    {phase::connecting, park, phase::degraded},
    {phase::connecting, give_up, phase::failed},

    {phase::handshaking, answered, phase::ready},
    {phase::handshaking, unauthorized, phase::auth_required},
    {phase::handshaking, transport_down, phase::backoff},

    {phase::ready, unauthorized, phase::auth_required},
    {phase::ready, reload, phase::draining},
    {phase::ready, transport_down, phase::backoff},

    {phase::draining, transport_down, phase::connecting},
    {phase::draining, unauthorized, phase::connecting},

    {phase::backoff, retry, phase::connecting},
    {phase::backoff, reload, phase::connecting},
    {phase::backoff, park, phase::degraded},
    {phase::backoff, give_up, phase::failed},

    {phase::degraded, retry, phase::connecting},
    {phase::degraded, reload, phase::connecting},
    {phase::degraded, give_up, phase::failed},

    {phase::failed, reload, phase::connecting},
    {phase::auth_required, reload, phase::connecting},
    {phase::auth_required, start, phase::connecting},

    {phase::stopping, gone, phase::stopped},
  };
};

} // namespace

std::optional<phase> phases::after(phase from, phase_event x) {
  if (x == phase_event::close)
    return from == phase::stopped ? std::nullopt
                                  : std::optional{phase::stopping};
  for (auto& r : transitions::all)
    if (r.from == from && r.on == x)
      return r.to;
  return std::nullopt;
}

} // namespace troupe
