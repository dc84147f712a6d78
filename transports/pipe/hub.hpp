#pragma once

#include "troupe/transports/guarded.hpp"
#include "troupe/transports/io/callback_pool.hpp"
#include "troupe/transports/ordered_mutex.hpp"
#include "troupe/transports/pipe/transport.hpp"

#include <deque>
#include <optional>

namespace troupe {

/// One connection between a `pipe_transport` and its `pipe_server`. All members
/// are guarded by the hub's mutex.
struct pipe_link {
  enum class stage { held, up, ending, down };

  struct outgoing {
    std::string frame;
    uint64_t ticket;
  };

  /// Something that the listener is to hear.
  struct event {
    std::function<void(transport_listener&)> tell;
    size_t cost = 0; // in the window; 0: it waits for no room
    size_t memory = 0;
  };

  stage now = stage::held;
  server_limits limits;
  std::unique_ptr<transport_listener> to;
  std::deque<event> events;
  size_t event_bytes = 0; // the memory of all
  std::shared_ptr<inbound_window> window;
  bool full = false; // the window is, or the client holds us back
  std::deque<outgoing> frames;
  size_t frame_bytes = 0;
  std::vector<uint64_t> unsent; // tickets of frames that were dropped
  bool outbox_closed = false;
  /// A thread is telling the listener what stands in `events`.
  bool telling = false;
  stop_report report;

  // -- towards the server

  uint64_t number = 0; ///< of its server's connections, from 1
  /// Callbacks run in a pool, else on the thread that causes them.
  bool has_pool = false;
  /// The transport's: no pool ends under the lock, with a connection.
  std::weak_ptr<callback_pool> pool;
  uint64_t owner = 0; ///< in the pool
  bool begin_due = false;
  bool begun = false; ///< the server knows of it
  bool end_due = false;
  bool listed = false; ///< in one of the hub's lists of what is due
};

using pipe_link_ptr = std::shared_ptr<pipe_link>;

/// What a `pipe_server` and its connections share. What the client is to hear
/// is told on the thread that causes it. The server's callbacks run one after
/// the other, for all connections: on that thread as well, or, where a
/// connection has a pool, on one thread of it at a time.
class pipe_hub : public std::enable_shared_from_this<pipe_hub> {
public:
  explicit pipe_hub(pipe_callbacks callbacks);

  // -- asked by the server

  /// Of the youngest connection.
  bool send(std::vector<std::string> frames);
  void hang_up(errc why, std::string text, int32_t exit_status);
  /// Of one connection.
  bool send(const pipe_link_ptr& link, std::vector<std::string> frames);
  void hang_up(const pipe_link_ptr& link, errc why, std::string text,
               int32_t exit_status);
  /// The server is gone.
  void close_all();
  std::string take();
  size_t waiting() const;
  bool connected() const;
  size_t connections() const;
  void hold_connections();
  void release();
  void fail_next(errc why, std::string text);
  void set_paused(bool on);
  void set_hold_on(bool on);

  // -- asked by a transport and by its outbox

  void connect(const pipe_link_ptr& link,
               std::unique_ptr<transport_listener> to,
               std::weak_ptr<pipe_server> server);
  void stop(const pipe_link_ptr& link, errc why, std::string text);
  errc push(const pipe_link_ptr& link, std::string frame, uint64_t ticket);
  bool revoke(const pipe_link_ptr& link, uint64_t ticket);
  std::vector<uint64_t> close(const pipe_link_ptr& link);
  size_t depth(const pipe_link_ptr& link) const;

  /// Asked by the client's window.
  void make_room(const pipe_link_ptr& link);

private:
  using mutex = ordered_mutex<lock_rank::leaf>;
  using lock = std::unique_lock<mutex>;
  friend class pipe_turn;

  /// One callback that is due.
  struct callback {
    enum class kind : uint8_t { begin, frame, end };

    pipe_link_ptr link;
    kind what;
    std::string frame;
  };

  bool send(lock& held, const pipe_link_ptr& link,
            std::vector<std::string> frames);
  void hang_up(lock& held, const pipe_link_ptr& link, errc why,
               std::string text, int32_t exit_status);
  void come_up(const pipe_link_ptr& link);
  static void add_frames(pipe_link& link, std::vector<std::string> frames);
  void fault(const pipe_link_ptr& link, errc why, std::string text);
  void finish(const pipe_link_ptr& link);
  void forget(const pipe_link_ptr& link);
  pipe_link_ptr current() const;
  static bool any_too_large(const pipe_link& link,
                            const std::vector<std::string>& frames);
  static std::vector<uint64_t> drop_frames(pipe_link& link);

  /// Delivers everything that is due, with `held` released meanwhile.
  void pump(lock& held, const pipe_link_ptr& link);
  static bool can_tell(const pipe_link& link);
  void tell_all(lock& held, const pipe_link_ptr& link);
  void tell(lock& held, pipe_link& link);

  // -- the server's callbacks (pipe_callbacks.cpp)

  bool can_serve(const pipe_link& link) const;
  void keep_frames(pipe_link& link);
  void list(const pipe_link_ptr& link);
  void call_back(lock& held);
  bool schedule(lock& held, callback_pool_ptr pool, uint64_t owner, bool owed);
  void on_refused(lock& held, bool owed);
  void on_turn_dropped();
  void take_turn(lock& held, const callback_pool_ptr& pool, uint64_t owner);
  void serve(lock& held, size_t most);
  std::optional<callback> next();
  std::optional<callback> next_of(const pipe_link_ptr& link);
  std::optional<thrown> call(callback& x) const;
  void on_thrown(const callback& x, const thrown& what);

  mutable mutex mutex_;
  const pipe_callbacks callbacks_;
  // Everything below is guarded by mutex_.
  std::weak_ptr<pipe_server> server_;
  /// The connections that are not down, the youngest last.
  std::vector<pipe_link_ptr> links_;
  /// Those for which a callback may be due, each once, in their turn. Empty
  /// where no turn is under way.
  std::deque<pipe_link_ptr> due_;
  /// Those that have ended, and whose pool gave no turn in which the server
  /// could hear of it: they come first in its next turn.
  std::deque<pipe_link_ptr> owed_;
  /// A turn is under way: callbacks run, or a thread of a pool is asked for.
  bool serving_ = false;
  std::deque<std::string> inbox_;
  size_t connections_ = 0;
  bool hold_connections_ = false;
  bool paused_ = false;
  bool hold_on_ = false;
  errc fail_next_ = errc::none;
  std::string fail_text_;
};

} // namespace troupe
