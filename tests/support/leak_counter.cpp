#include "troupe/tests/support/leak_counter.hpp"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

namespace troupe::leaks {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

static std::string read_all(const std::string& path) {
  auto in = std::ifstream{path, std::ios::binary};
  auto out = std::ostringstream{};
  out << in.rdbuf();
  return out.str();
}

static std::string proc(pid_t pid, const std::string& file) {
  return "/proc/" + std::to_string(pid) + "/" + file;
}

/// The names in a folder of /proc; what vanishes meanwhile is left out.
static std::vector<std::string> names_in(const std::string& folder) {
  auto out = std::vector<std::string>{};
  auto ec = std::error_code{};
  auto at = fs::directory_iterator{folder, ec};
  for (; !ec && at != fs::directory_iterator{}; at.increment(ec))
    out.push_back(at->path().filename());
  return out;
}

static std::vector<pid_t> all_pids() {
  auto out = std::vector<pid_t>{};
  for (auto& name : names_in("/proc"))
    if (auto pid = std::atoi(name.c_str()); pid > 0)
      out.push_back(pid);
  return out;
}

/// What follows the name in /proc/PID/stat: state, parent, ...
static std::istringstream stat_of(pid_t pid) {
  auto text = read_all(proc(pid, "stat"));
  auto bracket = text.rfind(')');
  return std::istringstream{bracket == text.npos ? ""
                                                 : text.substr(bracket + 1)};
}

char state_of(pid_t pid) {
  auto state = char{0};
  stat_of(pid) >> state;
  return state;
}

pid_t parent_of(pid_t pid) {
  auto state = char{0};
  auto parent = pid_t{0};
  stat_of(pid) >> state >> parent;
  return parent;
}

bool is_gone(pid_t pid) {
  auto state = state_of(pid);
  return state == 0 || (state == 'Z' && parent_of(pid) == 1);
}

std::string name_of(pid_t pid) {
  auto name = read_all(proc(pid, "comm"));
  return name.substr(0, name.find('\n'));
}

std::vector<pid_t> carrying(const std::string& entry) {
  return carrying_start(entry + '\0');
}

std::vector<pid_t> carrying_start(const std::string& start) {
  auto out = std::vector<pid_t>{};
  auto wanted = '\0' + start;
  for (auto pid : all_pids()) {
    auto env = '\0' + read_all(proc(pid, "environ"));
    if (env.find(wanted) != env.npos)
      out.push_back(pid);
  }
  return out;
}

static bool holds_pidfd_of(pid_t holder, pid_t of) {
  auto wanted = "\nPid:\t" + std::to_string(of) + "\n";
  for (auto& fd : names_in(proc(holder, "fdinfo")))
    if (read_all(proc(holder, "fdinfo/" + fd)).find(wanted)
        != std::string::npos)
      return true;
  return false;
}

/// As a guard's command line tells: what it holds is closed to ordinary users.
static bool is_named_by(pid_t guard, pid_t host) {
  auto entry = '\0' + ("TROUPE_GUARD=" + std::to_string(host)) + '.';
  return read_all(proc(guard, "cmdline")).find(entry) != std::string::npos;
}

std::vector<pid_t> guards_of(pid_t pid) {
  auto out = std::vector<pid_t>{};
  for (auto other : all_pids()) {
    auto name = name_of(other);
    auto is_guard = name == "troupe-warden" || name.starts_with("mcp-");
    if (is_guard && (holds_pidfd_of(other, pid) || is_named_by(other, pid)))
      out.push_back(other);
  }
  return out;
}

std::vector<pid_t> children_of(pid_t pid) {
  auto out = std::vector<pid_t>{};
  for (auto& task : names_in(proc(pid, "task"))) {
    auto list =
      std::istringstream{read_all(proc(pid, "task/" + task + "/children"))};
    for (pid_t child; list >> child;)
      out.push_back(child);
  }
  return out;
}

std::vector<pid_t> descendants_of(pid_t pid) {
  auto out = children_of(pid);
  for (size_t i = 0; i < out.size(); ++i)
    for (auto child : children_of(out[i]))
      out.push_back(child);
  return out;
}

size_t zombies_of(pid_t pid) {
  auto count = size_t{0};
  for (auto child : children_of(pid))
    count += state_of(child) == 'Z';
  return count;
}

size_t fds_of(pid_t pid) {
  return names_in(proc(pid, "fd")).size();
}

size_t threads_of(pid_t pid) {
  return names_in(proc(pid, "task")).size();
}

std::vector<std::string> open_files_of(pid_t pid) {
  auto out = std::vector<std::string>{};
  for (auto& name : names_in(proc(pid, "fd"))) {
    auto ec = std::error_code{};
    out.push_back(fs::read_symlink(proc(pid, "fd/" + name), ec).string());
  }
  return out;
}

std::string status_field(pid_t pid, const std::string& name) {
  auto in = std::istringstream{read_all(proc(pid, "status"))};
  for (std::string line; std::getline(in, line);)
    if (line.starts_with(name + ":")) {
      auto value = line.substr(name.size() + 1);
      return value.substr(
        std::min(value.find_first_not_of(" \t"), value.size()));
    }
  return {};
}

bool eventually(const std::function<bool()>& done) {
  auto end = std::chrono::steady_clock::now() + 20s;
  while (!done()) {
    if (std::chrono::steady_clock::now() > end)
      return false;
    std::this_thread::sleep_for(5ms);
  }
  return true;
}

} // namespace troupe::leaks
