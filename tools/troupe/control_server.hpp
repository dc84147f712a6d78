#pragma once

#include "troupe/tools/troupe/control_listener.hpp"
#include "troupe/tools/troupe/control_protocol.hpp"
#include "troupe/tools/troupe/control_slots.hpp"
#include "troupe/tools/troupe/main_loop.hpp"
#include "troupe/tools/troupe/side_thread.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string_view>

namespace troupe::cli {

/// Takes requests from a listening socket and answers them, on the main loop;
/// large ones are parsed and written on a thread beside it. `control_slots`
/// decides which clients are served, held back or dropped. One that has not
/// sent its request while it was read, or takes nothing, is dropped after
/// `limits::line_timeout`. Where no slot or descriptor is free, further clients
/// are queued by the kernel.
class control_server {
public:
  using answer_fn = std::function<void(reply)>;
  /// Cancels a request; no effect once it is answered.
  using give_up_fn = std::function<void()>;
  using progress_fn = std::function<void(const call_progress&)>;
  /// Works on a request; must answer once, now or later, on the main loop.
  /// Progress that it reports before goes to a client that asked for it; a slow
  /// reader gets only the newest.
  using handler =
    std::function<give_up_fn(const control_request&, answer_fn, progress_fn)>;

  /// The listening descriptor stays the caller's.
  control_server(main_loop& loop, int listening, handler work,
                 slot_limits most = {});
  ~control_server();
  control_server(const control_server&) = delete;
  control_server& operator=(const control_server&) = delete;

  /// Takes no more requests, gives clients a moment to get their answers, drops
  /// all others, and calls `then`.
  void finish(std::function<void()> then);

private:
  struct client;

  void listen();
  void listen_no_more();
  void accept_all();
  void pause();
  void resume();
  void admit(unique_fd fd);
  void make_room_soon();
  void make_room();
  void on_input(client& x, short events);
  bool read_request(client& x);
  void on_piece(client& x, std::string_view bytes);
  void refuse(client& x, const std::string& why);
  bool has_sent(client& x);
  void watch_request(client& x);
  void read_on();
  void on_line(client& x, std::string line);
  void on_request(uint64_t number, const parsed_request& y);
  void start(client& x, const control_request& y);
  void on_progress(uint64_t number, const call_progress& y);
  void on_reply(uint64_t number, reply y);
  void on_answer(uint64_t number, std::string line);
  void put(client& x, std::string line);
  void on_written(client& x);
  void on_output(client& x);
  void expect_progress(client& x);
  void drop(uint64_t number);
  void leave(uint64_t number);
  client* find(uint64_t number);
  /// Posts to the main loop; dropped if this object is gone by then.
  void later(std::function<void(control_server&)> what);

  main_loop& loop_;
  int listening_;
  handler work_;
  uint64_t last_ = 0;
  uint64_t pause_ = 0;      // a timer's number, while none is accepted
  uint64_t look_again_ = 0; // a timer's number, while there is no room
  std::map<uint64_t, std::unique_ptr<client>> clients_;
  control_slots slots_;
  std::function<void()> finished_;
  std::shared_ptr<control_server*> alive_; // null after our end
  side_thread side_;                       // last: it ends before the others go
};

} // namespace troupe::cli
