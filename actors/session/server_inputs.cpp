#include "troupe/actors/session/server_inputs.hpp"

#include <algorithm>

namespace troupe {

uint64_t server_inputs::add(open_input x) {
  asked_ += x.asked_by ? 1 : 0;
  open_.emplace(++last_key_, std::move(x));
  return last_key_;
}

std::optional<server_inputs::open_input> server_inputs::take(uint64_t key) {
  auto i = open_.find(key);
  if (i == open_.end())
    return std::nullopt;
  auto result = std::move(i->second);
  asked_ -= result.asked_by ? 1 : 0;
  open_.erase(i);
  return result;
}

std::optional<uint64_t>
server_inputs::find(const json_rpc::id& asked_by) const {
  auto is_it = [&](auto& x) { return x.second.asked_by == asked_by; };
  auto i = std::find_if(open_.begin(), open_.end(), is_it);
  if (i == open_.end())
    return std::nullopt;
  return i->first;
}

std::vector<uint64_t> server_inputs::take_all_of(uint64_t request) {
  std::vector<uint64_t> result;
  for (const auto& [key, x] : open_)
    if (!x.asked_by && x.request == request)
      result.push_back(key);
  for (auto key : result)
    open_.erase(key);
  return result;
}

std::vector<uint64_t> server_inputs::due(time_point now) const {
  std::vector<uint64_t> result;
  for (const auto& [key, x] : open_)
    if (x.asked_by && x.deadline <= now)
      result.push_back(key);
  return result;
}

std::optional<server_inputs::time_point> server_inputs::next_deadline() const {
  std::optional<time_point> result;
  for (const auto& [key, x] : open_)
    if (x.asked_by && (!result || x.deadline < *result))
      result = x.deadline;
  return result;
}

void server_inputs::clear() {
  open_.clear();
  asked_ = 0;
}

} // namespace troupe
