#include "troupe/tools/demo-server/http_loop.hpp"

#include <cerrno>
#include <cstdio>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

namespace troupe::demo {

namespace {

/// How long new connections wait where descriptors have run out.
constexpr auto accept_pause = milliseconds{50};

void raise_descriptor_limit() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

void add(int epoll, int fd, uint32_t events, void* tag) {
  epoll_event what{};
  what.events = events;
  what.data.ptr = tag;
  ::epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &what);
}

} // namespace

http_loop::http_loop(common& shared)
  : common_(shared), epoll_(::epoll_create1(EPOLL_CLOEXEC)), site_(shared) {
  raise_descriptor_limit();
}

http_loop::~http_loop() {
  ::close(listener_);
  ::close(epoll_);
}

int http_loop::run() {
  if (!listen() || !announce()) {
    std::perror("demo-server: http");
    return 1;
  }
  watch_stdin();
  common_.misbehaviour.on_start(nullptr);
  common_.clock.after(common_.what.slow_start,
                      [this] { add(epoll_, listener_, EPOLLIN, &listener_); });
  for (;;) {
    common_.clock.run_due();
    bury();
    if (auto status = common_.misbehaviour.exit_status())
      return *status;
    if (deserted_)
      return 0;
    wait();
  }
}

// -- steps --------------------------------------------------------------------

bool http_loop::listen() {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  int on = 1;
  ::setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_port = htons(*common_.what.http.port);
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return ::bind(listener_, reinterpret_cast<sockaddr*>(&at), sizeof at) == 0
         && ::listen(listener_, backlog) == 0;
}

bool http_loop::announce() const {
  sockaddr_in at{};
  socklen_t size = sizeof at;
  if (::getsockname(listener_, reinterpret_cast<sockaddr*>(&at), &size) != 0)
    return false;
  std::printf("listening on http://127.0.0.1:%d/mcp\n", ntohs(at.sin_port));
  return std::fflush(stdout) == 0;
}

// Where stdin is a pipe, the server ends with the program that started it.
void http_loop::watch_stdin() {
  struct stat what {};
  if (::fstat(STDIN_FILENO, &what) == 0 && S_ISFIFO(what.st_mode)
      && !common_.what.ignore_eof)
    add(epoll_, STDIN_FILENO, EPOLLIN, nullptr);
}

void http_loop::wait() {
  epoll_event events[64];
  auto n = ::epoll_wait(epoll_, events, 64, common_.clock.poll_timeout());
  for (int i = 0; i < n; ++i) {
    auto tag = events[i].data.ptr;
    char ignored[256];
    if (tag == &listener_)
      accept_all();
    else if (tag == nullptr)
      deserted_ = ::read(STDIN_FILENO, ignored, sizeof ignored) == 0;
    else
      static_cast<http_connection*>(tag)->on_event(events[i].events);
  }
}

void http_loop::accept_all() {
  for (;;) {
    auto fd =
      ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0 && (errno == EINTR || errno == ECONNABORTED))
      continue;
    if (fd < 0)
      return errno == EAGAIN ? void() : pause_accepting();
    int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    http_host& host = *this;
    auto made =
      std::make_unique<http_connection>(fd, ++accepted_, host, common_.clock);
    add(epoll_, fd, made->wanted(), made.get());
    alive_.emplace(made.get(), std::move(made));
  }
}

void http_loop::pause_accepting() {
  ::epoll_ctl(epoll_, EPOLL_CTL_DEL, listener_, nullptr);
  common_.clock.after(accept_pause,
                      [this] { add(epoll_, listener_, EPOLLIN, &listener_); });
}

// Owners of a dead connection may still be on the stack when it dies.
void http_loop::bury() {
  dead_.clear();
  site_.tidy();
}

// -- http_host ----------------------------------------------------------------

void http_loop::on_request(http_connection& from, http_request& x) {
  site_.on_request(from, x);
}

void http_loop::watch(http_connection& x, uint32_t wanted) {
  epoll_event what{};
  what.events = wanted;
  what.data.ptr = &x;
  ::epoll_ctl(epoll_, EPOLL_CTL_MOD, x.fd(), &what);
}

void http_loop::on_dead(http_connection& x) {
  ::epoll_ctl(epoll_, EPOLL_CTL_DEL, x.fd(), nullptr);
  auto found = alive_.find(&x);
  if (found == alive_.end())
    return;
  dead_.push_back(std::move(found->second));
  alive_.erase(found);
}

} // namespace troupe::demo
