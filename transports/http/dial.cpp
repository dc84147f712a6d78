#include "troupe/transports/http/dial.hpp"

#include "troupe/transports/http/head.hpp"
#include "troupe/transports/io/os_error.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

namespace troupe {

namespace {

using clock = http_channel::clock;
using channel_ptr = std::unique_ptr<http_channel>;

void set_option(int fd, int level, int name, int value) {
  setsockopt(fd, level, name, &value, sizeof(value));
}

void set_options(int fd, const tcp_patience& x) {
  set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
  set_option(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
  set_option(fd, IPPROTO_TCP, TCP_KEEPIDLE,
             static_cast<int>(x.keepalive_after.count()));
  set_option(fd, IPPROTO_TCP, TCP_KEEPINTVL,
             static_cast<int>(x.keepalive_every.count()));
  set_option(fd, IPPROTO_TCP, TCP_KEEPCNT, x.keepalive_probes);
  set_option(fd, IPPROTO_TCP, TCP_USER_TIMEOUT,
             static_cast<int>(x.unacknowledged.count()));
}

net_fault not_dialled(const std::string& what, int error) {
  return {errc::connection_lost, what + ": " + errno_text(error)};
}

/// Waits for the outcome of a connect that is under way.
net_fault await_connect(int fd, clock::time_point until) {
  auto what = pollfd{fd, POLLOUT, 0};
  auto n = 0;
  do
    n = poll(&what, 1, poll_time(until));
  while ((n < 0 && errno == EINTR) || (n == 0 && clock::now() < until));
  if (n == 0)
    return {errc::timed_out, "cannot connect in time"};
  auto error = 0;
  auto size = socklen_t{sizeof(error)};
  getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size);
  return error == 0 ? net_fault{} : not_dialled("cannot connect", error);
}

/// Whether a socket is connected with itself: where no server listens at a port
/// that the kernel gives to outgoing connections, it may give it to ours. What
/// we send would come back to us, and the server could not bind its port.
bool is_echo(int fd) {
  auto here = sockaddr_storage{};
  auto there = sockaddr_storage{};
  auto here_size = socklen_t{sizeof(here)};
  auto there_size = socklen_t{sizeof(there)};
  getsockname(fd, reinterpret_cast<sockaddr*>(&here), &here_size);
  getpeername(fd, reinterpret_cast<sockaddr*>(&there), &there_size);
  return here_size == there_size && std::memcmp(&here, &there, here_size) == 0;
}

/// Resets the connection, so that its port is free at once.
net_fault refuse_echo(int fd) {
  auto at_once = linger{1, 0};
  setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
  return not_dialled("cannot connect", ECONNREFUSED);
}

/// Handles the result of a connect that returned with `error`.
net_fault finish_connect(int fd, int error, clock::time_point until) {
  auto fault = net_fault{};
  if (error == EINPROGRESS)
    fault = await_connect(fd, until);
  else if (error != 0)
    fault = not_dialled("cannot connect", error);
  return !fault && is_echo(fd) ? refuse_echo(fd) : fault;
}

/// One attempt. While it runs, `end` shuts the socket down.
unique_fd connect_one(const net_address& to, const tcp_patience& patience,
                      clock::time_point until, interrupter& end,
                      net_fault& fault) {
  auto family = to.bytes.ss_family;
  auto fd =
    unique_fd{socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
  if (!fd) {
    fault = not_dialled("no socket", errno);
    return {};
  }
  set_options(fd.get(), patience);
  auto address = reinterpret_cast<const sockaddr*>(&to.bytes);
  auto error = connect(fd.get(), address, to.size) == 0 ? 0 : errno;
  // Not before: a shutdown has no effect on a socket that is not connecting.
  if (!end.enter([n = fd.get()] { shutdown(n, SHUT_RDWR); })) {
    fault = {errc::cancelled, "cancelled"};
    return {};
  }
  fault = finish_connect(fd.get(), error, until);
  end.leave();
  if (end.interrupted())
    fault = {errc::cancelled, "cancelled"};
  return fault ? unique_fd{} : std::move(fd);
}

/// Each address has its share of the time, so that one that does not answer
/// does not hide the others.
unique_fd connect_any(const net_addresses& list, const tcp_patience& patience,
                      clock::time_point until, interrupter& end,
                      net_fault& fault) {
  for (size_t i = 0; i < list.size(); ++i) {
    auto left = until - clock::now();
    auto share = clock::now() + left / static_cast<int>(list.size() - i);
    auto fd = connect_one(list[i], patience, share, end, fault);
    if (fd || fault.why == errc::cancelled)
      return fd;
  }
  return {};
}

// -- through a proxy ----------------------------------------------------------

/// Byte by byte: what follows the proxy's answer is the server's.
bool read_answer(http_channel& proxy, clock::time_point until,
                 http_head& answer) {
  auto text = std::string{};
  while (text.size() < defaults::http_head_bytes_max) {
    auto byte = char{};
    if (proxy.read(&byte, 1, until) != 1)
      return false;
    text += byte;
    if (byte == '\n' && http_head_end(text, text.size() - 1) != text.npos)
      return parse_http_head(text, answer);
  }
  return false;
}

bool open_tunnel(http_channel& channel, const http_route& route,
                 clock::time_point until, net_fault& fault) {
  auto& to = route.to;
  auto name = to.host.find(':') == to.host.npos ? to.host : '[' + to.host + ']';
  name += ':' + std::to_string(to.port);
  auto text = "CONNECT " + name + " HTTP/1.1\r\nHost: " + name + "\r\n";
  if (!route.proxy->credentials.empty())
    text += "Proxy-Authorization: " + route.proxy->credentials + "\r\n";
  auto answer = http_head{};
  if (!channel.write(text + "\r\n", until)
      || !read_answer(channel, until, answer)) {
    fault = channel.fault();
    if (!fault)
      fault = {errc::connection_lost, "the proxy gave no answer"};
    return false;
  }
  if (answer.status / 100 == 2)
    return true;
  fault = {errc::connection_lost,
           "the proxy refused with HTTP " + std::to_string(answer.status)};
  return false;
}

/// The proxy and TLS: all between a connection and its first request.
bool prepare(http_channel& channel, const http_route& route,
             clock::time_point until, net_fault& fault) {
  if (!route.to.secure)
    return true;
  if (route.proxy && !open_tunnel(channel, route, until, fault))
    return false;
  if (channel.secure(*route.tls, route.to.host, until))
    return true;
  fault = channel.fault();
  return false;
}

} // namespace

channel_ptr dial(const http_route& route, http_resolver& names,
                 const tcp_patience& patience, clock::time_point until,
                 interrupter& end, net_fault& fault) {
  auto list = net_addresses{};
  auto host = route.proxy ? route.proxy->host : route.to.host;
  auto port = route.proxy ? route.proxy->port : route.to.port;
  fault = names.resolve(host, port, until, end, list);
  if (fault)
    return nullptr;
  auto fd = connect_any(list, patience, until, end, fault);
  if (!fd) {
    names.forget(host); // it may have moved
    return nullptr;
  }
  auto number = fd.get();
  auto result = std::make_unique<http_channel>(std::move(fd));
  auto ready = false;
  if (end.enter([number] { shutdown(number, SHUT_RDWR); })) {
    ready = prepare(*result, route, until, fault);
    end.leave();
  }
  if (end.interrupted())
    fault = {errc::cancelled, "cancelled"};
  return ready && !fault ? std::move(result) : nullptr;
}

} // namespace troupe
