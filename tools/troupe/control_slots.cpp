#include "troupe/tools/troupe/control_slots.hpp"

#include <algorithm>
#include <utility>

namespace troupe::cli {

static constexpr auto again =
  " are under way; try again when one of them has ended";

control_slots::control_slots(slot_limits most) : most_(most) {
  // nop
}

// -- the stages of a connection -----------------------------------------------

void control_slots::enter(uint64_t number) {
  slots_[number] = {};
}

std::string control_slots::received(uint64_t number, size_t bytes,
                                    clock::time_point now) {
  auto i = slots_.find(number);
  if (i == slots_.end())
    return {};
  auto& x = i->second;
  x.bytes += bytes;
  if (x.bytes <= most_.small_bytes)
    return {}; // small ones go by their age alone
  if (x.what != kind::large
      && count(kind::large) + count(kind::whole) >= most_.large)
    return std::to_string(most_.large) + " large requests" + again;
  x.what = kind::large;
  x.moved = now;
  return {};
}

void control_slots::is_awake(uint64_t number, clock::time_point now) {
  if (auto i = slots_.find(number); i != slots_.end())
    i->second.moved = now;
}

bool control_slots::must_wait(uint64_t number) const {
  auto i = slots_.find(number);
  return i != slots_.end() && i->second.what == kind::large && !requests_fit()
         && furthest() != number;
}

void control_slots::complete(uint64_t number, size_t bytes) {
  slots_[number] = {kind::whole, {}, bytes, {}};
}

std::string control_slots::ask(uint64_t number, command what,
                               const std::string& server) {
  auto now = kind_of(what);
  auto held = bytes(kind::making) + bytes(kind::unread);
  if (now != kind::look && held > 2 * most_.unread_bytes)
    return std::to_string(held >> 20)
           + " MiB of answers are not written or read yet; try again when they "
             "are";
  auto [all, per_server, words] = rule_for(now);
  // No server has a longer name, and a request may hold any.
  auto whom = server.substr(0, defaults::server_name_bytes_max);
  if (count(now, whom) >= per_server)
    return std::to_string(per_server) + words
           + (whom.empty() ? "" : " for server '" + whom + "'") + again;
  if (count(now) >= all)
    return std::to_string(all) + words + again;
  slots_[number] = {now, whom, 0, {}};
  return {};
}

void control_slots::making(uint64_t number, size_t bytes) {
  slots_[number] = {kind::making, {}, bytes, {}};
}

void control_slots::answered(uint64_t number, size_t bytes,
                             clock::time_point now) {
  slots_[number] = {kind::unread, {}, bytes, now};
}

void control_slots::taken(uint64_t number, size_t bytes,
                          clock::time_point now) {
  auto i = slots_.find(number);
  if (i == slots_.end() || i->second.what != kind::unread)
    return;
  i->second.bytes -= std::min(bytes, i->second.bytes);
  i->second.moved = now;
}

void control_slots::leave(uint64_t number) {
  slots_.erase(number);
}

control_slots::kind control_slots::kind_of(command what) {
  switch (what) {
    case command::list:
    case command::status: return kind::look;
    case command::call: return kind::call;
    default: return kind::errand;
  }
}

control_slots::rule control_slots::rule_for(kind what) const {
  switch (what) {
    case kind::look: return {most_.looks, SIZE_MAX, " looks at the servers"};
    case kind::call: return {most_.calls, most_.calls_per_server, " calls"};
    default:
      return {most_.errands, most_.errands_per_server,
              " commands (tools, reload, close)"};
  }
}

// -- which have to wait, and which have to go ---------------------------------

bool control_slots::full() const {
  return slots_.size() >= most_.connections;
}

bool control_slots::crowded() const {
  return count(kind::unfinished) > most_.unfinished || !requests_fit()
         || count(kind::unread) > most_.unread
         || bytes(kind::unread) > most_.unread_bytes;
}

bool control_slots::requests_fit() const {
  return bytes(kind::large) + bytes(kind::whole) <= most_.unfinished_bytes;
}

/// The large request that is read on without room. None while a complete one
/// will make room: else each that is finished would let in one more.
std::optional<uint64_t> control_slots::furthest() const {
  std::optional<uint64_t> result;
  size_t most = 0;
  for (auto& [number, x] : slots_) {
    if (x.what == kind::whole)
      return {};
    if (x.what == kind::large && x.bytes > most) {
      most = x.bytes;
      result = number;
    }
  }
  return result;
}

std::vector<uint64_t> control_slots::excess(clock::time_point now) const {
  std::vector<uint64_t> result;
  auto shed = [&](kind what, size_t most, size_t bytes_most,
                  clock::time_point since) {
    auto left = count(what);
    auto held = bytes(what);
    for (auto number : idle(what, since)) {
      if (left <= 1 || (left <= most && held <= bytes_most))
        return;
      held -= slots_.at(number).bytes;
      --left;
      result.push_back(number);
    }
  };
  auto since = now - most_.idle_timeout;
  shed(kind::unfinished, most_.unfinished, SIZE_MAX, now);
  if (count(kind::whole) == 0)
    shed(kind::large, SIZE_MAX, most_.unfinished_bytes, since);
  shed(kind::unread, most_.unread, most_.unread_bytes, since);
  return result;
}

std::vector<uint64_t> control_slots::idle(kind what,
                                          clock::time_point since) const {
  std::vector<uint64_t> result;
  for (auto& [number, x] : slots_)
    if (x.what == what && x.moved <= since)
      result.push_back(number);
  std::stable_sort(result.begin(), result.end(), [this](auto x, auto y) {
    return slots_.at(x).moved < slots_.at(y).moved;
  });
  return result;
}

size_t control_slots::count(kind what) const {
  return static_cast<size_t>(
    std::count_if(slots_.begin(), slots_.end(),
                  [what](auto& x) { return x.second.what == what; }));
}

size_t control_slots::count(kind what, const std::string& server) const {
  return static_cast<size_t>(
    std::count_if(slots_.begin(), slots_.end(), [&](auto& x) {
      return x.second.what == what && x.second.server == server;
    }));
}

size_t control_slots::bytes(kind what) const {
  size_t result = 0;
  for (auto& [number, x] : slots_)
    if (x.what == what)
      result += x.bytes;
  return result;
}

} // namespace troupe::cli
