#pragma once

#include "troupe/transports/io/thread.hpp"
#include "troupe/transports/stdio/transport.hpp"

#include <condition_variable>
#include <mutex>

namespace troupe {

/// Stands for the warden and a server: the test says what they do. Its
/// "process" is three pipes, of which the test holds the server's ends.
/// Thread-safe.
class scripted_guard : public std::enable_shared_from_this<scripted_guard> {
public:
  explicit scripted_guard(std::weak_ptr<io_thread> io);
  ~scripted_guard();

  process_spawner spawner();

  // -- the guard's side: returns when the transport has handled it

  void started(int32_t pid);
  /// `last_words`: on stdout, so late that the transport has not read them.
  void exited(std::string last_words = {});
  void unkillable(std::string text);
  void gone(stop_report report, std::string last_words = {});

  // -- the server's side

  /// Reads from stdin what is there.
  std::string read_stdin();
  void write_stdout(std::string_view text);
  void write_stderr(std::string_view text);
  void close_stdin();
  void close_stdout();

  // -- what the transport did

  void wait_spawned();
  void wait_stopped();
  void wait_dropped();
  bool stopped() const;
  bool dropped() const;

private:
  friend class scripted_process;
  void tell(std::function<void(guarded_process::events&)> what);
  void set(bool scripted_guard::*flag);
  void wait(bool scripted_guard::*flag);

  std::weak_ptr<io_thread> io_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  // Everything below is guarded by mutex_.
  guarded_process::events events_;
  int ours_[3] = {-1, -1, -1};
  int server_[3] = {-1, -1, -1};
  bool spawned_ = false;
  bool stopped_ = false;
  bool dropped_ = false;
};

} // namespace troupe
