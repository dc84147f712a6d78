#pragma once

#include "troupe/tools/demo-server/http_request.hpp"
#include "troupe/tools/demo-server/timers.hpp"

#include <cstdint>
#include <initializer_list>

namespace troupe::demo {

class http_connection;

/// Accepts connections and polls them.
class http_host {
public:
  virtual ~http_host() = default;

  virtual void on_request(http_connection& from, http_request& x) = 0;

  /// `wanted`: of epoll.
  virtual void watch(http_connection& x, uint32_t wanted) = 0;

  /// The connection has ended; it is to be dropped, but not at once.
  virtual void on_dead(http_connection& x) = 0;
};

/// How the delivery of a response misbehaves.
struct bad_delivery {
  std::optional<uint64_t> cut_at;         // bytes of it, head included
  std::chrono::milliseconds slow_head{0}; // delay of each byte
  std::chrono::milliseconds slow_body{0};

  bool slow() const {
    return slow_head.count() > 0 || slow_body.count() > 0;
  }
};

/// One TCP connection: a request, its response, the next request.
/// Single-threaded and non-blocking.
class http_connection {
public:
  /// The source of a response that takes time.
  class owner {
  public:
    virtual ~owner() = default;

    /// The reader has gone; the connection must not be used any more.
    virtual void on_gone() = 0;

    /// Whether there is always more to send: `on_drained` asks for it.
    virtual bool endless() const {
      return false;
    }
    virtual void on_drained() {
      // nop
    }
  };

  /// Takes over `fd`, which does not block.
  http_connection(int fd, uint64_t number, http_host& host, timers& clock);
  ~http_connection();
  http_connection(const http_connection&) = delete;
  http_connection& operator=(const http_connection&) = delete;

  int fd() const;

  /// Counts the connections of this process, from 1.
  uint64_t number() const;

  bool dead() const;

  // -- the response under way

  /// Answers with a whole body.
  void respond(int status, const header_list& headers, std::string_view body);

  /// Answers with a body that comes in parts. `behind` is told if the reader
  /// goes before `end_body`.
  void begin_body(int status, const header_list& headers, owner& behind);
  void part(std::initializer_list<std::string_view> pieces);
  void end_body();

  /// The response has no owner any more, though it has not ended.
  void disown();

  /// `behind` is told if the reader goes before there is a response.
  void own(owner& behind);

  /// How the response is to be delivered.
  void deliver(const bad_delivery& how);

  /// Ends the connection in the middle of whatever it does.
  void cut();

  /// Bytes that the reader has not taken.
  size_t pending() const;

  // -- what the host calls

  void on_event(uint32_t events);

  /// What to wait for, as epoll says it.
  uint32_t wanted() const;

private:
  void read_some();
  void pump();
  void write_head(int status, const header_list& headers);
  void finish();
  void flush();
  void send_pending(size_t limit);
  void dribble();
  void want();

  int fd_;
  uint64_t number_;
  http_host& host_;
  timer_group alarms_;
  http_reader reader_;
  owner* owner_ = nullptr;
  std::string out_;
  size_t sent_ = 0;         // of out_
  uint64_t sent_total_ = 0; // of this response
  uint64_t head_bytes_ = 0; // of this response
  bad_delivery delivery_;
  uint32_t watched_ = 0;
  bool busy_ = false; // a request is being answered
  bool keep_alive_ = true;
  bool pumping_ = false; // what is written meanwhile goes out together
  bool dribbling_ = false;
  bool closing_ = false; // once everything is sent
  bool dead_ = false;
};

} // namespace troupe::demo
