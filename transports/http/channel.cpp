#include "troupe/transports/http/channel.hpp"

#include "troupe/transports/http/tls_session.hpp"
#include "troupe/transports/io/os_error.hpp"

#include <cerrno>
#include <limits>
#include <poll.h>
#include <sys/socket.h>
#include <utility>

namespace troupe {

http_channel::http_channel(unique_fd socket) : socket_(std::move(socket)) {
  // nop
}

http_channel::~http_channel() = default;

// -- blocking -----------------------------------------------------------------

bool http_channel::secure(const tls_context& context, const std::string& host,
                          clock::time_point until) {
  tls_ = std::make_unique<tls_session>(context, fd(), host);
  for (;;) {
    auto n = tls_->handshake();
    if (n > 0)
      return true;
    if (n == tls_session::end || n == tls_session::failed)
      return fail(errc::connection_lost, "TLS: " + tls_->fault());
    if (!wait(n == tls_session::want_write ? POLLOUT : POLLIN, until))
      return fail(errc::timed_out, "TLS was not agreed on in time");
  }
}

ssize_t http_channel::read(char* to, size_t size, clock::time_point until) {
  // The answer takes a while: wait first and save a read that would fail.
  if (std::exchange(asked_, false) && !(tls_ && tls_->has_pending()))
    wait(POLLIN, until);
  for (;;) {
    auto n = try_read(to, size);
    if (n >= 0)
      return n;
    if (n == tls_session::failed)
      return -1;
    if (!wait(n == tls_session::want_write ? POLLOUT : POLLIN, until)) {
      fail(errc::timed_out, "the server was silent for too long");
      return -1;
    }
  }
}

bool http_channel::write(std::string_view bytes, clock::time_point until) {
  asked_ = true;
  while (!bytes.empty()) {
    auto n = try_write(bytes);
    if (n > 0) {
      bytes.remove_prefix(static_cast<size_t>(n));
      sent_ += static_cast<size_t>(n);
    } else if (n == tls_session::end || n == tls_session::failed) {
      return false;
    } else if (!wait(n == tls_session::want_read ? POLLIN : POLLOUT, until)) {
      return fail(errc::timed_out, "the server does not take the request");
    }
  }
  return true;
}

bool http_channel::idle() const {
  auto byte = char{};
  if (tls_ && tls_->has_pending())
    return false;
  return recv(fd(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0
         && (errno == EAGAIN || errno == EINTR);
}

// -- not blocking -------------------------------------------------------------

ssize_t http_channel::try_read(char* to, size_t size) {
  if (tls_) {
    auto n = tls_->read(to, size);
    if (n == tls_session::failed)
      fail(errc::connection_lost, "TLS: " + tls_->fault());
    return n;
  }
  for (;;) {
    auto n = recv(fd(), to, size, 0);
    if (n >= 0)
      return n;
    if (errno == EAGAIN)
      return tls_session::want_read;
    if (errno != EINTR) {
      fail(errc::connection_lost, errno_text(errno));
      return tls_session::failed;
    }
  }
}

ssize_t http_channel::try_write(std::string_view bytes) {
  if (tls_) {
    auto n = tls_->write(bytes);
    if (n == tls_session::failed)
      fail(errc::connection_lost, "TLS: " + tls_->fault());
    return n;
  }
  for (;;) {
    auto n = send(fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n >= 0)
      return n;
    if (errno == EAGAIN)
      return tls_session::want_write;
    if (errno != EINTR) {
      fail(errc::connection_lost, errno_text(errno));
      return tls_session::failed;
    }
  }
}

int poll_time(http_channel::clock::time_point until) {
  using http_clock = http_channel::clock;
  if (until == http_clock::time_point::max())
    return -1;
  auto left =
    std::chrono::ceil<std::chrono::milliseconds>(until - http_clock::now());
  if (left.count() <= 0)
    return 0;
  constexpr auto most = std::numeric_limits<int>::max();
  return left.count() > most ? most : static_cast<int>(left.count());
}

bool http_channel::wait(int events, clock::time_point until) {
  auto what = pollfd{fd(), static_cast<short>(events), 0};
  for (;;) {
    auto n = poll(&what, 1, poll_time(until));
    if (n > 0)
      return true;
    if (n == 0 && clock::now() >= until)
      return false;
    if (n < 0 && errno != EINTR)
      return true; // the next read or write names the error
  }
}

bool http_channel::fail(errc why, std::string text) {
  fault_ = {why, std::move(text)};
  return false;
}

} // namespace troupe
