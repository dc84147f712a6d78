#include "troupe/actors/session/pending_requests.hpp"

#include <algorithm>

namespace troupe {

namespace {

pending_request::time_point deadline_of(const pending_request& x,
                                        pending_request::time_point now) {
  return std::min(x.total_deadline, now + x.idle);
}

} // namespace

void pending_requests::add(uint64_t id, pending_request what) {
  auto deadline = deadline_of(what, what.sent);
  deadlines_.emplace(deadline, id);
  held_ += what.held ? 1 : 0;
  if (what.ticket != id)
    later_ids_[what.ticket] = id;
  requests_.emplace(id, entry{std::move(what), deadline});
}

std::optional<pending_request> pending_requests::take(uint64_t id) {
  auto i = requests_.find(id);
  if (i == requests_.end())
    return std::nullopt;
  auto result = std::move(i->second.what);
  deadlines_.erase({i->second.deadline, id});
  requests_.erase(i);
  held_ -= result.held ? 1 : 0;
  if (result.ticket != id)
    later_ids_.erase(result.ticket);
  return result;
}

std::optional<pending_request> pending_requests::take_answered(uint64_t id) {
  auto what = find(id);
  return what && !what->held ? take(id) : std::nullopt;
}

pending_request* pending_requests::find(uint64_t id) {
  auto i = requests_.find(id);
  return i == requests_.end() ? nullptr : &i->second.what;
}

const pending_request* pending_requests::find(uint64_t id) const {
  auto i = requests_.find(id);
  return i == requests_.end() ? nullptr : &i->second.what;
}

std::optional<uint64_t> pending_requests::id_of(uint64_t ticket) const {
  if (auto i = later_ids_.find(ticket); i != later_ids_.end())
    return i->second;
  auto what = find(ticket);
  if (!what || what->ticket != ticket)
    return std::nullopt;
  return ticket;
}

void pending_requests::restart_idle(uint64_t id, time_point now) {
  auto i = requests_.find(id);
  // One that was named as due stays due: its owner is giving it up.
  if (i == requests_.end() || !deadlines_.erase({i->second.deadline, id}))
    return;
  i->second.deadline = deadline_of(i->second.what, now);
  deadlines_.emplace(i->second.deadline, id);
}

void pending_requests::restart_all(time_point now) {
  std::vector<uint64_t> all;
  all.reserve(deadlines_.size());
  for (const auto& [deadline, id] : deadlines_)
    all.push_back(id);
  for (auto id : all)
    restart_idle(id, now);
}

std::vector<pending_request> pending_requests::due(time_point now) {
  std::vector<pending_request> result;
  while (!deadlines_.empty() && deadlines_.begin()->first <= now) {
    result.push_back(requests_.at(deadlines_.begin()->second).what);
    deadlines_.erase(deadlines_.begin());
  }
  return result;
}

std::optional<pending_requests::time_point>
pending_requests::next_deadline() const {
  if (deadlines_.empty())
    return std::nullopt;
  return deadlines_.begin()->first;
}

std::vector<uint64_t> pending_requests::clear() {
  std::vector<uint64_t> result;
  result.reserve(requests_.size());
  for (const auto& [id, x] : requests_)
    result.push_back(x.what.ticket);
  std::sort(result.begin(), result.end());
  requests_.clear();
  later_ids_.clear();
  held_ = 0;
  deadlines_.clear();
  return result;
}

} // namespace troupe
