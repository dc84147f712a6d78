#pragma once

#include "troupe/actors/client/asked_call.hpp"
#include "troupe/actors/client/inbound_pace.hpp"
#include "troupe/actors/session/session.hpp"
#include "troupe/transports/inbound_window.hpp"
#include "troupe/transports/outbox.hpp"

#include <memory>
#include <optional>

namespace troupe {

/// All that belongs to one connection of a client: session, outbox, inbound
/// window and pace. Made before its transport is up, since frames may come
/// before `transport_up`. Used by its client's handlers only.
class connection {
public:
  using time_point = session::time_point;

  /// How the client's specification has changed since this connection's start.
  enum class basis : uint8_t {
    current,
    changed,      ///< the same server, treated otherwise
    other_server, ///< it names another server
  };

  explicit connection(const session_options& options) : session_(options) {
    // nop
  }

  session& protocol() {
    return session_;
  }
  const session& protocol() const {
    return session_;
  }

  /// The session's events that are still to be carried out.
  session_events& said() {
    return said_;
  }

  basis stands_on() const {
    return basis_;
  }
  void rebase(basis x) {
    basis_ = x;
  }

  /// True the first time: the server has answered a request.
  bool prove() {
    return !std::exchange(proven_, true);
  }

  // -- sending

  void up(outbox_ptr out, std::shared_ptr<inbound_window> window);
  /// Sends a request that may take these times, whatever its caller named.
  /// Returns its ticket; 0: the session is not ready.
  uint64_t request(const asked_call& x, const request_times& times,
                   session::header_list headers, time_point now);
  /// Reads all pages of a list. Returns its ticket; 0: not ready.
  uint64_t list(offer_kind what, time_point now);
  void give_input(uint64_t key, answer<json> x, time_point now);
  /// Gives a request up; the server is told where it may know of it. Returns
  /// what became of it.
  fate withdraw(uint64_t ticket, std::string_view why);
  /// `errc::none`: it is on its way, or there is no outbox yet. Where messages
  /// wait for the client, it may be held until those have been handled.
  errc send(send_frame x, size_t messages_waiting);
  /// To be told of each.
  void message_handled(size_t messages_waiting);
  /// Over HTTP: the response to that exchange is not needed any more.
  void drop_exchange(uint64_t id);
  size_t outbox_depth() const;
  /// Nothing is sent or read any more. Returns the tickets of what was never
  /// written.
  std::vector<uint64_t> close();

  // -- receiving

  void on_frames(std::vector<std::string> frames, uint64_t empty_lines,
                 time_point now);
  void on_exchange(exchange_news news, time_point now);
  /// All frames received were handled: the server may be read further.
  void took_all();

  // -- throttling

  void on_time(time_point now);
  bool throttled() const {
    return pace_.throttled();
  }
  /// A text that says that throttling began or ended since the last call, if
  /// so.
  std::optional<std::string> news_of_pace();
  std::optional<time_point> next_deadline() const;

private:
  void flush();
  void charge(size_t skipped_bytes, time_point now);
  void keep_pace();

  session session_;
  session_events said_;
  basis basis_ = basis::current;
  bool proven_ = false;
  bool holds_ = false;     // frames, in the outbox
  size_t holds_until_ = 0; // so many messages have been handled
  outbox_ptr out_;
  std::shared_ptr<inbound_window> window_;
  size_t untaken_ = 0; // handled, and not reported to the window
  inbound_pace pace_;
  bool told_throttled_ = false;
};

} // namespace troupe
