#pragma once

#include "troupe/messages/server_spec.hpp"
#include "troupe/transports/io/wide_pipe.hpp"
#include "troupe/transports/ordered_mutex.hpp"
#include "troupe/transports/outbox.hpp"

#include <functional>
#include <list>
#include <optional>

namespace troupe {

/// The outbox over a server's stdin. A frame is written at once, on the
/// caller's thread, if the queue is empty and the pipe takes it; the rest is
/// queued for the I/O thread. Frames that are held are written by their caller
/// as well: with the next one that is not, by `flush`, or when they fill one
/// write.
class stdio_outbox : public outbox {
public:
  using clock = std::chrono::steady_clock;

  /// Both are called on a pusher's thread, without a lock.
  struct events {
    /// Frames are queued now: call `drain` when the pipe takes more.
    std::function<void()> on_blocked;
    /// The pipe has no reader any more.
    std::function<void()> on_broken;
  };

  /// Takes `fd`, a non-blocking pipe.
  stdio_outbox(int fd, const server_limits& limits, events events);
  ~stdio_outbox() override;

  errc push(std::string frame, uint64_t ticket) override;
  errc push_held(std::string frame, uint64_t ticket) override;
  void flush() override;
  bool revoke(uint64_t ticket) override;
  std::vector<uint64_t> close() override;
  size_t depth() const override;

  // -- called by the I/O thread

  enum class drained { all, some, broken };

  /// Writes queued frames, as far as the pipe takes them.
  drained drain();

  /// Since when the first frame in the queue has been first; nothing: it is
  /// empty.
  std::optional<clock::time_point> head_since() const;

  /// For watching it; -1 once it is shut.
  int fd() const;

  /// Closes the pipe: the server reads its end.
  void shut();

private:
  struct waiting {
    std::string frame;
    uint64_t ticket;
  };

  /// What the I/O thread has to hear.
  enum class news { none, blocked, broken };

  errc take(std::string frame, uint64_t ticket, bool more_follow);
  void tell(news x) const;

  // -- steps, under the lock; those that write return bytes, or -1: broken
  errc put(std::string frame, uint64_t ticket, bool more_follow, news& out);
  errc write_through(std::string frame, uint64_t ticket, news& out);
  news write_held();
  ssize_t write_one(const std::string& frame);
  ssize_t write_many();
  void consume(size_t bytes);
  bool has_room(size_t bytes) const;
  void enqueue(std::string frame, uint64_t ticket);

  const server_limits limits_;
  const events events_;
  mutable ordered_mutex<lock_rank::leaf> mutex_;
  // Everything below is guarded by mutex_.
  int fd_;
  bool closed_ = false;
  wide_pipe width_;
  std::vector<uint64_t> unsent_; // tickets that `close` found
  std::list<waiting> queue_;     // mostly empty: holds no memory
  bool held_ = false;            // the queue waits for `flush`, not the pipe
  size_t queue_bytes_ = 0;
  size_t head_written_ = 0; // of the first frame and its newline
  clock::time_point head_since_;
};

} // namespace troupe
