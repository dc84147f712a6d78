#include "troupe/tests/support/stdio_host.hpp"

#include <atomic>
#include <optional>

namespace troupe {

/// Where the warden's host end sits: it must be made, used and destroyed on the
/// I/O thread.
class stdio_host::seat : public io_loop::resident {
public:
  explicit seat(std::string path) : path_(std::move(path)) {
    // nop
  }

  void open(boost::asio::io_context& context) {
    warden_.emplace(context, path_);
  }

  std::unique_ptr<guarded_process> spawn(process_request what,
                                         guarded_process::events events) {
    auto process = warden_->spawn(std::move(what), std::move(events));
    pid_ = warden_->pid();
    restarts_ = warden_->restarts();
    return process;
  }

  void abandon() override {
    pid_ = 0;
    warden_.reset();
  }

  int32_t pid() const {
    return pid_;
  }

  uint64_t restarts() const {
    return restarts_;
  }

private:
  const std::string path_;
  std::optional<warden> warden_; // on the I/O thread
  std::atomic<int32_t> pid_ = 0;
  std::atomic<uint64_t> restarts_ = 0;
};

stdio_host::stdio_host(std::string warden_path, process_preparer prepare)
  : io_(std::make_shared<io_thread>()),
    seat_(std::make_shared<seat>(std::move(warden_path))),
    prepare_(std::move(prepare)) {
  // Before anything that a transport posts; among the residents it is the
  // first, so that it is the last to go.
  io_->post([seat = seat_, &io = *io_->loop()] {
    seat->open(io.context());
    io.settle(seat);
  });
}

transport_ptr stdio_host::make_transport(const server_spec& spec) const {
  auto spawn = [seat = seat_](process_request what,
                              guarded_process::events events) {
    return seat->spawn(std::move(what), std::move(events));
  };
  return make_stdio_transport(io_, prepare_, spawn, spec);
}

int32_t stdio_host::warden_pid() const {
  return seat_->pid();
}

uint64_t stdio_host::warden_restarts() const {
  return seat_->restarts();
}

} // namespace troupe
