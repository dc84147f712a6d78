// Covers actors/client/phases.hpp.

#include "troupe/actors/client/phases.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <set>

using namespace troupe;

namespace {

using enum phase_event;

constexpr phase_event all_events[] = {start,
                                      phase_event::transport_up,
                                      answered,
                                      unauthorized,
                                      transport_down,
                                      postponed,
                                      park,
                                      give_up,
                                      retry,
                                      reload,
                                      phase_event::close,
                                      gone};

phase phase_at(int i) {
  return static_cast<phase>(i);
}

constexpr int phase_count = static_cast<int>(phase::stopped) + 1;

/// The table of ARCHITECTURE.md, written a second time.
const std::map<phase, std::map<phase_event, phase>> expected{
  {phase::idle,
   {{start, phase::connecting},
    {reload, phase::connecting},
    {give_up, phase::failed}}},
  {phase::connecting,
   {{phase_event::transport_up, phase::handshaking},
    {unauthorized, phase::auth_required},
    {transport_down, phase::backoff},
    {postponed, phase::backoff},
    {park, phase::degraded},
    {give_up, phase::failed}}},
  {phase::handshaking,
   {{answered, phase::ready},
    {unauthorized, phase::auth_required},
    {transport_down, phase::backoff}}},
  {phase::ready,
   {{unauthorized, phase::auth_required},
    {reload, phase::draining},
    {transport_down, phase::backoff}}},
  {phase::draining,
   {{transport_down, phase::connecting}, {unauthorized, phase::connecting}}},
  {phase::backoff,
   {{retry, phase::connecting},
    {reload, phase::connecting},
    {park, phase::degraded},
    {give_up, phase::failed}}},
  {phase::degraded,
   {{retry, phase::connecting},
    {reload, phase::connecting},
    {give_up, phase::failed}}},
  {phase::failed, {{reload, phase::connecting}}},
  {phase::auth_required,
   {{reload, phase::connecting}, {start, phase::connecting}}},
  {phase::stopping, {{gone, phase::stopped}}},
};

} // namespace

SCENARIO("a client's phases follow the table and nothing else", "[phases]") {
  for (int i = 0; i < phase_count; ++i)
    for (auto event : all_events) {
      if (event == phase_event::close)
        continue;
      auto from = phase_at(i);
      auto row = expected.find(from);
      auto known = row != expected.end() && row->second.count(event) > 0;
      INFO(to_string(from) << " on event " << static_cast<int>(event));
      auto next = phases::after(from, event);
      CHECK(next.has_value() == known);
      if (known && next)
        CHECK(*next == row->second.at(event));
    }
}

SCENARIO("close is accepted in every phase but stopped", "[phases]") {
  for (int i = 0; i < phase_count; ++i) {
    auto next = phases::after(phase_at(i), phase_event::close);
    if (phase_at(i) == phase::stopped)
      CHECK_FALSE(next);
    else
      CHECK(next == phase::stopping);
  }
}

SCENARIO("an event without a row changes nothing", "[phases]") {
  phases testee;
  CHECK_FALSE(testee.on(answered));
  CHECK(testee.state() == phase::idle);
}
