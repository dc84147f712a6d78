#include "troupe/tests/faults/soak/ledger.hpp"

#include <fstream>

namespace troupe::soak {

void call_book::write(const std::string& key, errc code, fate became) {
  std::lock_guard guard{mutex_};
  calls_[key] = {code, became};
}

std::vector<std::string> call_book::compare(const std::string& file) {
  std::map<std::string, int> executed;
  std::ifstream in{file};
  for (std::string tool, key; in >> tool >> key;)
    ++executed[key];
  std::lock_guard guard{mutex_};
  std::vector<std::string> result;
  for (auto& [key, call] : calls_) {
    auto times = executed[key];
    if (times > 1)
      result.push_back(key + " was executed " + std::to_string(times)
                       + " times");
    if (times > 0 && call.code != errc::none && call.became == fate::not_sent)
      result.push_back(key + " was executed, and answered as not sent: "
                       + std::string{to_string(call.code)});
    if (times == 0 && call.code == errc::none)
      result.push_back(key + " has a result, and was never executed");
  }
  calls_.clear();
  return result;
}

} // namespace troupe::soak
