#pragma once

#include "troupe/transports/http/tls_context.hpp"

#include <string>
#include <string_view>
#include <sys/types.h>

struct ssl_st;

namespace troupe {

/// TLS over one non-blocking socket, as its client. Never raises SIGPIPE.
class tls_session {
public:
  /// What a step came to: bytes, `end`, or one of the others.
  enum step : ssize_t { end = 0, failed = -1, want_read = -2, want_write = -3 };

  /// `socket` must outlive it. `host`: a name or an address.
  tls_session(const tls_context& context, int socket, const std::string& host);
  ~tls_session();
  tls_session(const tls_session&) = delete;
  tls_session& operator=(const tls_session&) = delete;

  /// 1 once it is done.
  ssize_t handshake();
  ssize_t read(char* to, size_t size);
  ssize_t write(std::string_view bytes);

  /// Whether decrypted bytes wait.
  bool has_pending() const;

  /// Why it failed, for people.
  const std::string& fault() const {
    return fault_;
  }

private:
  ssize_t judge(int result);
  void name_peer(const std::string& host);

  ssl_st* ssl_ = nullptr;
  std::string fault_;
};

} // namespace troupe
