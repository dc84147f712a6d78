#include "troupe/transports/io/fd_watch.hpp"

#include "troupe/transports/io/asio_types.hpp"

#include <unistd.h>

namespace troupe {

namespace asio = boost::asio;
using boost::system::error_code;

struct fd_watch::state : std::enable_shared_from_this<state> {
  state(asio::io_context& io, int fd) : descriptor(io) {
    auto ec = error_code{};
    descriptor.assign(fd, ec);
    if (ec && fd >= 0)
      ::close(fd);
  }

  void arm() {
    auto weak = weak_from_this();
    descriptor.async_wait(io_descriptor::wait_read, [weak](error_code ec) {
      auto self = weak.lock();
      if (!self || ec || !self->descriptor.is_open())
        return;
      self->readable();
      if (self->descriptor.is_open())
        self->arm();
    });
  }

  io_descriptor descriptor;
  std::function<void()> readable;
};

fd_watch::fd_watch(asio::io_context& io, int fd)
  : state_(std::make_shared<state>(io, fd)) {
  // nop
}

fd_watch::~fd_watch() {
  close();
}

int fd_watch::fd() const {
  return state_->descriptor.native_handle();
}

void fd_watch::close() {
  auto ignored = error_code{};
  state_->descriptor.close(ignored);
}

void fd_watch::on_readable(std::function<void()> f) {
  state_->readable = std::move(f);
  state_->arm();
}

void fd_watch::on_writable(std::function<void()> f) {
  auto weak = state_->weak_from_this();
  state_->descriptor.async_wait(io_descriptor::wait_write,
                                [weak, f = std::move(f)](error_code ec) {
                                  auto self = weak.lock();
                                  if (self && !ec && self->descriptor.is_open())
                                    f();
                                });
}

} // namespace troupe
