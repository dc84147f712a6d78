#pragma once

#include "troupe/tests/support/transport_log.hpp"
#include "troupe/transports/io/callback_pool.hpp"
#include "troupe/transports/pipe/transport.hpp"

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <vector>

namespace troupe {

/// A client of an in-process server. Its transport is up once it is made.
struct pipe_client {
  pipe_client(const std::shared_ptr<pipe_server>& server,
              callback_pool_ptr pool)
    : log(std::make_shared<transport_log>()),
      transport(make_pipe_transport(server, {}, std::move(pool))) {
    transport->start(log->listener());
    out = log->wait_up();
  }

  std::shared_ptr<transport_log> log;
  transport_ptr transport;
  outbox_ptr out;
};

/// What callbacks have seen, a line each. Thread-safe.
class diary {
public:
  void note(std::string line) {
    auto held = std::unique_lock{mutex_};
    lines_.push_back(std::move(line));
    changed_.notify_all();
  }

  /// All lines, once there are `count`, or after 40 s.
  std::vector<std::string> wait(size_t count) {
    auto held = std::unique_lock{mutex_};
    changed_.wait_for(held, std::chrono::seconds{40},
                      [&] { return lines_.size() >= count; });
    return lines_;
  }

private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> lines_;
};

/// Callbacks that note what they are called for, and answer each frame. The
/// frame "throw" makes them throw.
inline pipe_callbacks noting(const std::shared_ptr<diary>& to) {
  auto number = [](auto& x) { return std::to_string(x.number()); };
  pipe_callbacks result;
  result.on_begin = [=](auto& x) { to->note("begin " + number(x)); };
  result.on_frame = [=](auto& x, std::string frame) {
    if (frame == "throw")
      throw std::runtime_error("sorry");
    to->note(number(x) + " " + frame);
    x.send("to " + number(x) + ": " + frame);
  };
  result.on_end = [=](auto& x) { to->note("end " + number(x)); };
  return result;
}

} // namespace troupe
