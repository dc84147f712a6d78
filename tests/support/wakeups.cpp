#include "troupe/tests/support/wakeups.hpp"

#include <filesystem>
#include <fstream>
#include <string>

namespace troupe::leaks {

namespace fs = std::filesystem;

static uint64_t switches_in(const fs::path& status) {
  auto in = std::ifstream{status};
  auto sum = uint64_t{0};
  for (std::string word; in >> word;)
    if (word.starts_with("voluntary_ctxt_switches")
        || word.starts_with("nonvoluntary_ctxt_switches")) {
      auto n = uint64_t{0};
      in >> n;
      sum += n;
    }
  return sum;
}

wakeups wakeups_of(pid_t pid) {
  auto result = wakeups{};
  auto ec = std::error_code{};
  auto folder = "/proc/" + std::to_string(pid) + "/task";
  auto at = fs::directory_iterator{folder, ec};
  for (; !ec && at != fs::directory_iterator{}; at.increment(ec))
    result[std::stoi(at->path().filename())] =
      switches_in(at->path() / "status");
  return result;
}

static uint64_t before_of(const wakeups& before, pid_t thread) {
  auto was = before.find(thread);
  return was == before.end() ? 0 : was->second;
}

std::string shares(const wakeups& before, const wakeups& after) {
  auto result = std::string{};
  for (auto& [thread, n] : after)
    if (auto more = n - before_of(before, thread); more > 0)
      result +=
        "thread " + std::to_string(thread) + ": " + std::to_string(more) + "; ";
  return result;
}

uint64_t added(const wakeups& before, const wakeups& after, pid_t but) {
  auto sum = uint64_t{0};
  for (auto& [thread, n] : after) {
    if (thread != but)
      sum += n - before_of(before, thread);
  }
  return sum;
}

} // namespace troupe::leaks
