#pragma once

#include "troupe/tools/demo-server/http_connection.hpp"

#include <deque>

namespace troupe::demo {

struct stream_settings {
  /// Begins the ids of its events; empty: they have none, and the stream is
  /// over when its reader has gone.
  std::string name;
  std::optional<uint32_t> retry;
  /// Cut after this time without an event; 0: never.
  std::chrono::milliseconds idle_cut{0};
  /// The reader has gone before the end.
  std::function<void()> gone;
};

/// Messages as server-sent events. One whose events have ids outlives its
/// reader, and continues after the reader's last event when it is opened again
/// (MCP 2025-11-25, "Resumability and Redelivery").
class event_stream : private http_connection::owner {
public:
  event_stream(timers& clock, stream_settings how);
  ~event_stream() override;
  event_stream(const event_stream&) = delete;
  event_stream& operator=(const event_stream&) = delete;

  /// Answers with the events after number `seen`, and with all that follow. A
  /// reader that is there already is disconnected.
  void open(http_connection& at, const header_list& headers, uint64_t seen = 0);

  /// An event without data, so that there is an id to go on from.
  void prime();

  void send(std::string_view message, std::string_view type = "message");

  /// Nothing more comes.
  void end();

  /// Disconnects the reader; the stream goes on.
  void drop();

  bool open() const;
  bool ended() const;
  size_t pending() const;

  /// Events kept for readers that come back; older ones are dropped.
  static constexpr size_t kept_max = 1'000;
  static constexpr size_t kept_bytes_max = 4u << 20;

private:
  void on_gone() override;
  void keep(std::string text);
  void put(const std::string& head, std::string_view message);
  void watch_idle();

  timers& clock_;
  stream_settings how_;
  http_connection* at_ = nullptr;
  std::deque<std::string> kept_;
  size_t kept_bytes_ = 0;
  uint64_t last_ = 0; // number of the last event
  std::optional<timers::handle> idle_;
  bool ended_ = false;
};

} // namespace troupe::demo
