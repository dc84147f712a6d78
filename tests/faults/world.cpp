#include "troupe/tests/faults/world.hpp"

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <pwd.h>
#include <stdexcept>
#include <sys/stat.h>
#include <unistd.h>

namespace troupe {

namespace fs = std::filesystem;

static uid_t uid_of(as_whom who) {
  if (who == as_whom::this_user)
    return 0;
  // One for each world: what process 1 has not reaped yet counts, too.
  static auto lone = static_cast<uid_t>(1'000'000 + getpid() * 64);
  if (who == as_whom::lone_user)
    return ++lone;
  auto user = getpwnam("nobody");
  return user != nullptr ? user->pw_uid : 65534;
}

bool can_run(as_whom who) {
  if (who == as_whom::this_user || geteuid() == 0)
    return true;
  std::cout << "SKIPPED: to run as another user needs root\n";
  return false;
}

static void demand(bool what, const std::string& text) {
  if (!what)
    throw std::runtime_error(text);
}

// -- the stage ---------------------------------------------------------------

world::world(as_whom who) {
  auto uid = uid_of(who);
  fill_folder(uid);
  mark_ = "TROUPE_TEST_MARK=" + folder_.path();
  host_ = std::make_unique<child>(child::options{
    {TROUPE_TEST_HOST, TROUPE_TEST_WARDEN}, {"MARK=" + mark_}, uid});
}

world::~world() {
  // Whatever a failed check left: it is ours, and marked.
  for (auto pid : survivors())
    kill(pid, SIGKILL);
  host_.reset();
}

/// With the adversary as a setuid program in it, where we are root.
void world::fill_folder(uid_t uid) {
  report_ = folder_.file("report");
  std::ofstream{report_};
  demand(uid == 0 || chown(report_.c_str(), uid, uid) == 0, "chown");
  chmod(folder_.path().c_str(), 0755);
  auto program = folder_.file("setuid");
  fs::copy_file(TROUPE_TEST_ADVERSARY, program);
  chmod(program.c_str(), 04755);
}

std::string world::ask(const std::string& order, const std::string& answer) {
  host_->tell(order);
  return host_->expect(answer);
}

pid_t world::warden() {
  return std::stoi(ask("warden", "warden "));
}

// -- the adversary -----------------------------------------------------------

void world::start(const std::string& kind, bool allow_setuid) {
  auto order = "spawn a " + std::to_string(allow_setuid) + " "
               + TROUPE_TEST_ADVERSARY + " " + kind + " " + report_ + " "
               + folder_.file("setuid");
  leader_ = std::stoi(ask(order, "started a "));
  shim_ = leaks::parent_of(leader_);
  demand(leaks::name_of(shim_) == "mcp-shim", "the parent is no shim");
  std::ofstream{report_, std::ios::app} << "started\n";
  leaks::eventually([this] {
    read_report();
    return ready_;
  });
  check_hostile(kind);
}

void world::read_report() {
  auto in = std::ifstream{report_};
  told_.clear();
  for (std::string line; std::getline(in, line);)
    if (line == "ready")
      ready_ = true;
    else if (auto cut = line.rfind(' '); cut != line.npos)
      told_[line.substr(0, cut)] = std::stoi(line.substr(cut + 1));
}

bool world::hears_of(const std::string& role) {
  return leaks::eventually([&] {
    read_report();
    return told_.contains(role);
  });
}

static bool ignores_term(pid_t pid) {
  auto mask =
    std::stoull("0" + leaks::status_field(pid, "SigIgn"), nullptr, 16);
  return (mask & (1ull << (SIGTERM - 1))) != 0;
}

/// An adversary that is not what it should be would make every check pass.
void world::check_hostile(const std::string& kind) const {
  demand(ready_, kind + " never became ready");
  demand(told_.at("leader") == leader_, kind + ": another leader");
  if (kind == "stopped")
    demand(leaks::eventually([&] { return leaks::state_of(leader_) == 'T'; }),
           "it is not stopped");
  if (kind == "normal" || kind == "stopped")
    return;
  demand(ignores_term(leader_), kind + " does not ignore TERM");
  if (kind == "spinner")
    return;
  if (kind.find("tracer") != kind.npos)
    return check_tracing(kind);
  for (auto& [role, pid] : told_) {
    if (role == "chain") // only its first link is known
      continue;
    demand(ignores_term(pid), kind + ": " + role + " does not ignore TERM");
    auto in_group = getpgid(pid) == leader_;
    auto expected = role == "leader" || role == "member";
    demand(in_group == expected, kind + ": " + role + " is in a wrong group");
  }
  // Two or more, or nothing has escaped. One look may miss a chain's links.
  demand(leaks::eventually([this] { return survivors().size() >= 2; }),
         kind + " has no second process");
}

/// No sweep may find it by its environment, or that would be what ends it.
void world::check_tracing(const std::string& kind) const {
  demand(survivors().empty(), kind + " has an environment");
  demand(told_.contains("held") != told_.contains("refused"),
         kind + " neither holds its shim nor was refused");
  demand(leaks::state_of(shim_) == (told_.contains("held") ? 't' : 'S'),
         kind + ": the shim is in another state");
}

std::vector<pid_t> world::shims_of(pid_t warden) {
  auto out = leaks::children_of(warden);
  // It may still be looking for strays of other hosts.
  std::erase_if(out, [](pid_t x) { return leaks::name_of(x) == "mcp-sweep"; });
  return out;
}

// -- faults ------------------------------------------------------------------

void world::kill_together(std::initializer_list<pid_t> pids) {
  for (auto pid : pids)
    kill(pid, SIGSTOP);
  for (auto pid : pids) // or held by a tracer already
    leaks::eventually([&] {
      return leaks::state_of(pid) == 'T' || leaks::state_of(pid) == 't';
    });
  for (auto pid : pids)
    kill(pid, SIGKILL);
}

// -- what is left ------------------------------------------------------------

std::vector<pid_t> world::survivors() const {
  return leaks::carrying(mark_);
}

bool world::is_empty() const {
  for (auto& [role, pid] : told_)
    if (!leaks::is_gone(pid))
      return false;
  return survivors().empty();
}

} // namespace troupe
