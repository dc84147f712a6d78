#include "troupe/transports/guard/warden.hpp"
#include "troupe/transports/guard/warden_link.hpp"

namespace troupe {

namespace {

/// The handle that a server's user holds; the server itself lives until it is
/// gone.
class guard final : public guarded_process {
public:
  guard(std::shared_ptr<warden_link> link,
        std::shared_ptr<guarded_server> server)
    : link_(std::move(link)), server_(std::move(server)) {
    // nop
  }

  ~guard() override {
    server_->drop();
  }

  int take_stdin() override {
    return server_->pipe(guard_protocol::fd_stdin).release();
  }

  int take_stdout() override {
    return server_->pipe(guard_protocol::fd_stdout).release();
  }

  int take_stderr() override {
    return server_->pipe(guard_protocol::fd_stderr).release();
  }

  void stop(milliseconds grace) override {
    server_->stop(grace);
  }

private:
  std::shared_ptr<warden_link> link_;
  std::shared_ptr<guarded_server> server_;
};

} // namespace

warden::warden(boost::asio::io_context& io, std::string executable)
  : link_(std::make_shared<warden_link>(io, std::move(executable))) {
  // nop
}

warden::~warden() {
  // nop
}

std::unique_ptr<guarded_process> warden::spawn(process_request what,
                                               guarded_process::events events) {
  return std::make_unique<guard>(
    link_, link_->spawn(std::move(what), std::move(events)));
}

int32_t warden::pid() const {
  return link_->pid();
}

uint64_t warden::restarts() const {
  return link_->restarts();
}

} // namespace troupe
