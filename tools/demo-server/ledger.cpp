#include "troupe/tools/demo-server/ledger.hpp"

namespace troupe::demo {

ledger::ledger(const std::string& file) : file_(file) {
  // nop
}

void ledger::record(std::string_view tool, std::string_view key) {
  if (file_.is_open()) {
    auto line = std::string{tool} + ' ';
    line += key.empty() ? std::string_view{"-"} : key;
    file_.append(std::move(line));
  }
  if (key.empty())
    return;
  if (auto found = counts_.find(key); found != counts_.end())
    ++found->second;
  else if (counts_.size() < keys_max)
    counts_.emplace(key, 1);
}

bool ledger::only_keys() const {
  return !file_.is_open();
}

json ledger::counts() const {
  json_writer out;
  out.begin_object();
  for (auto& [key, count] : counts_)
    out.member(key, count);
  return out.end_object().finish();
}

} // namespace troupe::demo
