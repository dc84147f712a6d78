#pragma once

#include "troupe/tests/support/child.hpp"
#include "troupe/tests/support/leak_counter.hpp"
#include "troupe/tests/support/scratch_folder.hpp"

#include <map>
#include <memory>

namespace troupe {

/// As whom the host and all that is below it run.
/// `lone_user`: one who has no process but ours.
enum class as_whom { this_user, another_user, lone_user };

/// A host of ours with one adversary under it, both looked at from outside.
/// What goes wrong on the way to the hostile state throws.
class world {
public:
  explicit world(as_whom who);
  ~world();

  /// Starts the adversary and waits until it says that it is as bad as it can
  /// be; checks that from outside.
  void start(const std::string& kind, bool allow_setuid = false);

  /// Tells the host; waits for its answer. As `child::expect`.
  std::string ask(const std::string& order, const std::string& answer);

  // -- who is who

  pid_t host() const {
    return host_->pid();
  }
  pid_t warden();
  /// The children of a warden, zombies and adopted ones included.
  static std::vector<pid_t> shims_of(pid_t warden);
  pid_t shim() const {
    return shim_;
  }
  pid_t leader() const {
    return leader_;
  }
  /// Waits until the adversary tells of this role.
  bool hears_of(const std::string& role);
  /// Role -> pid, as the adversary told.
  const std::map<std::string, pid_t>& told() const {
    return told_;
  }

  // -- faults

  /// Stops all, then kills all: none can act on another's death.
  static void kill_together(std::initializer_list<pid_t> pids);

  // -- what is left

  std::vector<pid_t> survivors() const;
  /// No process with our mark, and none of the pids that were told, zombies
  /// included unless process 1 has to reap them.
  bool is_empty() const;

private:
  void fill_folder(uid_t uid);
  void read_report();
  void check_hostile(const std::string& kind) const;
  void check_tracing(const std::string& kind) const;

  scratch_folder folder_;
  std::string report_;
  std::string mark_;
  std::unique_ptr<child> host_;
  pid_t leader_ = 0;
  pid_t shim_ = 0;
  bool ready_ = false;
  std::map<std::string, pid_t> told_;
};

/// False, and says so, where `who` needs root and this process is not root.
bool can_run(as_whom who);

/// Waits until the process is in that state, as /proc says it: one that sleeps
/// may be awake for a moment.
inline bool comes_to(pid_t pid, char state) {
  return leaks::eventually([=] { return leaks::state_of(pid) == state; });
}

} // namespace troupe
