#pragma once

#include "troupe/transports/transport.hpp"

#include <condition_variable>
#include <map>
#include <mutex>

namespace troupe {

/// What a transport told its listener, kept for a test's thread to look at.
/// Thread-safe. The waits are bounded: they throw instead of hanging.
class transport_log : public std::enable_shared_from_this<transport_log> {
public:
  /// For one transport.
  std::unique_ptr<transport_listener> listener();

  /// Runs `f` for each frame, on the transport's thread, instead of keeping it.
  void on_frame(std::function<void(const std::string&)> f);

  /// From now on frames count as not dealt with, until `catch_up`.
  void fall_behind();
  void catch_up();
  /// Waits until so much is not dealt with that no more should be read.
  void wait_full();

  // -- what was heard so far

  outbox_ptr out() const;
  int32_t pid() const;
  std::string weaker_guarantee() const;
  std::vector<std::string> frames() const;
  size_t frame_count() const;
  std::shared_ptr<inbound_window> window() const;
  /// Calls of `on_frames` and `on_empty_lines`.
  size_t reads() const;
  std::vector<std::string> diagnostics(diagnostic::kind what) const;
  errc fault() const;
  size_t downs() const;
  stop_report report() const;
  std::vector<uint64_t> unsent() const;
  /// Whether the transport has let go of its listener.
  bool listener_gone() const;
  /// up, fault and down with their reasons, a line each, in order. "late" where
  /// something came after the end.
  std::string text() const;

  // -- waiting for it

  outbox_ptr wait_up();
  stop_report wait_down();
  errc wait_fault();
  /// Waits until there are `count` frames; gives and forgets them.
  std::vector<std::string> wait_frames(size_t count);
  std::vector<std::string> wait_diagnostics(diagnostic::kind what,
                                            size_t count);
  void wait_reads(size_t count);
  void wait_gone();
  /// Waits for the end of an exchange: its last news, with the frames of all.
  exchange_news wait_ended(uint64_t exchange);
  /// Waits until an exchange has brought `count` frames, or has ended.
  std::vector<std::string> wait_frames_of(uint64_t exchange, size_t count);
  /// Waits until an exchange knows its endpoint, or has ended.
  bool wait_endpoint(uint64_t exchange);
  /// All news of an exchange put together; its id is 0 where there are none.
  exchange_news news(uint64_t exchange) const;
  /// How often `on_exchange` was called for it.
  size_t tellings(uint64_t exchange) const;

private:
  friend class logging_listener;
  template <class Condition>
  void wait(std::unique_lock<std::mutex>& held, const char* what,
            Condition done);
  void note(std::string line);

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  // Everything below is guarded by mutex_.
  std::function<void(const std::string&)> on_frame_;
  transport_listener::up up_;
  bool is_up_ = false;
  std::vector<std::string> frames_;
  size_t reads_ = 0;
  bool behind_ = false;
  size_t untaken_ = 0;
  std::vector<std::pair<diagnostic::kind, std::string>> diagnostics_;
  errc fault_ = errc::none;
  size_t downs_ = 0;
  stop_report report_;
  std::vector<uint64_t> unsent_;
  std::map<uint64_t, exchange_news> exchanges_;
  std::map<uint64_t, size_t> tellings_;
  bool gone_ = false;
  std::string text_;
};

} // namespace troupe
