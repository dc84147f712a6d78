#pragma once

#include "troupe/tools/warden/children.hpp"

#include <csignal>

namespace troupe::guard {

/// A shim's descendants: the leader it started, and all children that the
/// kernel gives it to adopt.
///
/// The dead leader is left unreaped until it is the last child: while it is
/// there, its pid and the number of its group cannot pass to another process,
/// and so the group may be signalled.
class descendants {
public:
  explicit descendants(children::source from = children::source::listed)
    : children_(from) {
    // nop
  }

  void adopt_leader(int32_t pid);

  /// Reaps what has ended. True: the kernel says that no child is left, and so
  /// no descendant.
  bool reap();

  /// Signals the leader's group and each child.
  void signal_all(int signal);

  bool leader_ended() const {
    return leader_ended_;
  }
  int32_t exit_status() const {
    return exit_status_;
  }
  int32_t term_signal() const {
    return term_signal_;
  }
  /// How many KILL has ended since it was first sent.
  uint32_t killed() const {
    return killed_;
  }
  /// The pid of a child that is left, else 0.
  int32_t any();

private:
  void note_leader(const siginfo_t& x);
  void note_death(const siginfo_t& x);
  /// Returns how many other children there are.
  size_t reap_others();
  bool reap_one(int32_t pid);

  children children_;
  int32_t leader_ = 0; // 0 once it is reaped
  bool leader_ended_ = false;
  bool kill_sent_ = false;
  int32_t exit_status_ = -1;
  int32_t term_signal_ = 0;
  uint32_t killed_ = 0;
};

} // namespace troupe::guard
