#pragma once

#include <atomic>
#include <cstdint>

/// What all agents of the crowd have seen together. Thread-safe.
struct tally {
  std::atomic<bool> finishing{false}; ///< No agent asks any more.

  std::atomic<uint64_t> asked{0};
  std::atomic<uint64_t> answered{0}; ///< the first answer to each ask
  std::atomic<uint64_t> again{0};    ///< further answers to an ask
  std::atomic<uint64_t> wrong{0};    ///< answers to what somebody else asked
  std::atomic<uint64_t> succeeded{0};

  std::atomic<uint64_t> steps{0};     ///< of progress
  std::atomic<uint64_t> cancelled{0}; ///< calls that an agent gave up
  std::atomic<uint64_t> questions{0}; ///< of servers, to the input handler
  std::atomic<uint64_t> tokens{0};    ///< that were asked for
  std::atomic<uint64_t> events{0};
  std::atomic<uint64_t> hurt{0}; ///< kills, hang-ups, reloads and closes
};
