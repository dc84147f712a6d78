#include "troupe/tests/support/stalling_relay.hpp"

#include "troupe/tests/support/loopback.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

namespace troupe {

stalling_relay::stalling_relay(uint16_t to) : to_(to) {
  wake_ = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  auto address = loopback(0);
  auto size = socklen_t{sizeof(address)};
  auto at = reinterpret_cast<sockaddr*>(&address);
  bind(listener_, at, size);
  listen(listener_, 64);
  getsockname(listener_, at, &size);
  port_ = ntohs(address.sin_port);
  thread_ = std::thread{[this] { run(); }};
}

stalling_relay::~stalling_relay() {
  ending_ = true;
  wake();
  thread_.join();
  for (auto& x : pairs_) {
    close(x.near);
    close(x.far);
  }
  close(listener_);
  close(wake_);
}

void stalling_relay::stall() {
  stalled_ = true;
  wake();
}

void stalling_relay::go_on() {
  stalled_ = false;
  wake();
}

void stalling_relay::wake() const {
  auto one = uint64_t{1};
  [[maybe_unused]] auto written = write(wake_, &one, sizeof(one));
}

void stalling_relay::run() {
  while (!ending_) {
    if (stalled_)
      for (auto& x : pairs_)
        x.silent = true;
    auto fds = std::vector<pollfd>{{wake_, POLLIN, 0}, {listener_, POLLIN, 0}};
    for (auto& x : pairs_) { // a negative descriptor is not looked at
      fds.push_back({x.silent ? -1 : x.near, POLLIN, 0});
      fds.push_back({x.silent ? -1 : x.far, POLLIN, 0});
    }
    poll(fds.data(), fds.size(), -1);
    auto word = uint64_t{0};
    [[maybe_unused]] auto taken = read(wake_, &word, sizeof(word));
    if (stalled_ && word > 0)
      continue; // what came meanwhile is not forwarded
    for (size_t i = pairs_.size(); i-- > 0;) {
      auto& x = pairs_[i];
      auto ended = (fds[2 + 2 * i].revents != 0 && !forward(x.near, x.far))
                   || (fds[3 + 2 * i].revents != 0 && !forward(x.far, x.near));
      if (!ended)
        continue;
      close(x.near);
      close(x.far);
      pairs_.erase(pairs_.begin() + static_cast<std::ptrdiff_t>(i));
    }
    if (fds[1].revents != 0)
      accept_one();
  }
}

void stalling_relay::accept_one() {
  auto near = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
  if (near >= 0)
    pairs_.push_back({near, connect_to(to_), stalled_});
}

bool stalling_relay::forward(int from, int to) {
  char buffer[16 << 10];
  auto n = recv(from, buffer, sizeof(buffer), 0);
  return n > 0 && send(to, buffer, static_cast<size_t>(n), MSG_NOSIGNAL) == n;
}

} // namespace troupe
