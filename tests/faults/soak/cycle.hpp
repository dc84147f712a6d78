#pragma once

#include "troupe/actors/interfaces.hpp"
#include "troupe/actors/runtime.hpp"
#include "troupe/tests/faults/soak/ledger.hpp"
#include "troupe/tests/faults/soak/plan.hpp"

#include <atomic>
#include <mutex>
#include <string>
#include <vector>

namespace troupe::soak {

/// What all cycles together have seen. Thread-safe.
struct tally {
  std::atomic<uint64_t> cycles{0};
  std::atomic<uint64_t> ready{0};
  std::atomic<uint64_t> sound{0};  ///< cycles that were to become ready
  std::atomic<uint64_t> struck{0}; ///< faults that met what they aim at
  std::atomic<uint64_t> asked{0};
  std::atomic<uint64_t> answered{0};
  std::atomic<uint64_t> calls{0};
  std::atomic<uint64_t> calls_ok{0};
  std::atomic<uint64_t> proofs[6] = {}; ///< by `proof`
  call_book book;

  void complain(const plan& about, const std::string& text);
  std::vector<std::string> take_complaints();

private:
  std::mutex mutex_;
  std::vector<std::string> complaints_; // guarded by mutex_
};

/// What cycles run in. `ledger`: where servers write down what they execute.
struct stage {
  caf::actor_system& system;
  runtime& all;
  std::string server;
  std::string ledger;
  uint64_t seed = 0;
};

/// Starts a server, does to it what the plan says, and closes it. Blocks its
/// thread; several may run at once, under different worker numbers.
void run_cycle(const stage& on, tally& into, uint64_t number, size_t worker);

/// Whether the accounting sees a request that is never answered.
bool sees_silence(caf::actor_system& system);

} // namespace troupe::soak
