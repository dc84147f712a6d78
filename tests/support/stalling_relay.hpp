#pragma once

#include <atomic>
#include <cstdint>
#include <thread>
#include <vector>

namespace troupe {

/// A relay on 127.0.0.1 that can stop forwarding, as where a network between
/// two computers fails silently: each end still has its connection, what it
/// sends is taken, and nothing comes back.
class stalling_relay {
public:
  /// Forwards to the server that listens at that port.
  explicit stalling_relay(uint16_t to);
  ~stalling_relay();
  stalling_relay(const stalling_relay&) = delete;
  stalling_relay& operator=(const stalling_relay&) = delete;

  uint16_t port() const {
    return port_;
  }

  /// From now on nothing is forwarded, in new connections neither.
  void stall();
  /// New connections are forwarded again; the old ones stay silent.
  void go_on();

private:
  struct pair {
    int near;
    int far;
    bool silent;
  };

  void run();
  void wake() const;
  void accept_one();
  static bool forward(int from, int to);

  uint16_t to_;
  uint16_t port_ = 0;
  int listener_ = -1;
  int wake_ = -1;
  std::atomic<bool> stalled_{false};
  std::atomic<bool> ending_{false};
  std::vector<pair> pairs_; // of the thread
  std::thread thread_;
};

} // namespace troupe
