#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <list>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

struct ssl_st;
struct ssl_ctx_st;

namespace troupe {

/// A request as an `http_peer` read it.
struct peer_request {
  std::string line; ///< "POST /mcp HTTP/1.1"
  std::string head; ///< with the line, and the empty line at its end
  std::string body;

  /// The value as it came; "(none)" where there is no such field.
  std::string field(const std::string& name) const;
  /// How often a field is there.
  size_t count(const std::string& name) const;
};

/// Files for TLS; empty: plain.
struct peer_tls {
  std::string certificate_file;
  std::string key_file;
  /// Clients must show a certificate of this authority.
  std::string client_ca_file;
};

/// An HTTP server of a test, on raw sockets at 127.0.0.1: each connection has a
/// thread that runs a script, which may break every rule. Its waits end when
/// the peer is destroyed.
class http_peer {
public:
  /// One connection, for its script.
  class talk {
  public:
    talk(http_peer& owner, int fd, ssl_st* ssl, size_t number);
    ~talk();

    /// Reads a whole request; false where the client has hung up.
    bool read(peer_request& to);
    /// Reads a head alone.
    bool read_head(peer_request& to);
    /// Sends everything; false where the client has hung up.
    bool send(const std::string& bytes);
    /// Each byte in a segment of its own.
    bool send_bytewise(const std::string& bytes);
    /// A whole response.
    bool answer(int status, const std::string& type, const std::string& body,
                const std::string& more_fields = "");
    /// The head of a stream of events, in chunks.
    bool begin_events(const std::string& more_fields = "");
    /// One chunk of it.
    bool send_chunk(const std::string& bytes);
    bool end_chunks();
    /// Blocks until the client has hung up; what it sends is dropped.
    void wait_end();
    /// Ends our half.
    void end();
    /// Ends it with a reset.
    void reset();
    /// Lets it end without a word to the client, as where a cable is cut.
    /// False: one must be root for that.
    bool vanish();
    /// Blocks until the test opens the gate, or ends.
    void gate() {
      owner_.gate();
    }

    int fd() const {
      return fd_;
    }
    /// From 1, in the order of connecting.
    size_t number() const {
      return number_;
    }

  private:
    bool fill();

    http_peer& owner_;
    int fd_;
    ssl_st* ssl_;
    size_t number_;
    std::string unread_;
  };

  using script = std::function<void(talk&)>;

  explicit http_peer(script f, const peer_tls& tls = {});
  ~http_peer();

  uint16_t port() const {
    return port_;
  }
  std::string url(const std::string& path = "/mcp") const;

  /// All that were read whole.
  std::vector<peer_request> requests() const;
  /// Waits until there are so many.
  std::vector<peer_request> wait_requests(size_t count) const;
  /// Waits until so many heads were read.
  void wait_heads(size_t count) const;
  /// Connections that came.
  size_t connections() const;
  /// Connections whose script runs.
  size_t open() const;
  void wait_open(size_t count) const;

  /// Lets scripts go on that wait in `gate`.
  void open_gate();

private:
  void gate();
  void accept_all();
  void serve(int fd, size_t number);
  void note(peer_request x);
  void note_head();
  ssl_st* secure(int fd);
  template <class F>
  void wait(F done) const;

  script script_;
  ssl_ctx_st* tls_ = nullptr;
  bool secure_ = false;
  int listener_ = -1;
  uint16_t port_ = 0;
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  // Everything below is guarded by mutex_.
  std::list<int> fds_;
  std::vector<std::thread> threads_;
  std::vector<peer_request> requests_;
  size_t heads_ = 0;
  size_t connections_ = 0;
  bool gate_open_ = false;
  bool ending_ = false;
  std::thread acceptor_;
};

/// Answers each request with one of JSON: `{"echo":N}`, N being its body's
/// size, until the client hangs up.
void echo_all(http_peer::talk& t);

} // namespace troupe
