#include "troupe/tests/support/scripted_guard.hpp"

#include <cerrno>
#include <fcntl.h>
#include <future>
#include <stdexcept>
#include <unistd.h>

namespace troupe {

using namespace std::chrono_literals;

class scripted_process : public guarded_process {
public:
  explicit scripted_process(std::shared_ptr<scripted_guard> guard)
    : guard_(std::move(guard)) {
    // nop
  }

  ~scripted_process() override {
    guard_->set(&scripted_guard::dropped_);
  }

  int take_stdin() override {
    return take(0);
  }

  int take_stdout() override {
    return take(1);
  }

  int take_stderr() override {
    return take(2);
  }

  void stop(std::chrono::milliseconds) override {
    guard_->set(&scripted_guard::stopped_);
  }

private:
  int take(int i) {
    auto held = std::unique_lock{guard_->mutex_};
    return std::exchange(guard_->ours_[i], -1);
  }

  std::shared_ptr<scripted_guard> guard_;
};

scripted_guard::scripted_guard(std::weak_ptr<io_thread> io)
  : io_(std::move(io)) {
  for (auto i = 0; i < 3; ++i) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0)
      throw std::runtime_error("no pipe");
    ours_[i] = ends[i == 0 ? 1 : 0];
    server_[i] = ends[i == 0 ? 0 : 1];
  }
}

scripted_guard::~scripted_guard() {
  for (auto i = 0; i < 3; ++i)
    for (auto fd : {ours_[i], server_[i]})
      if (fd >= 0)
        close(fd);
}

process_spawner scripted_guard::spawner() {
  return [self = shared_from_this()](process_request,
                                     guarded_process::events events) {
    auto held = std::unique_lock{self->mutex_};
    self->events_ = std::move(events);
    held.unlock();
    self->set(&scripted_guard::spawned_);
    return std::make_unique<scripted_process>(self);
  };
}

// -- the guard's side ---------------------------------------------------------

void scripted_guard::started(int32_t pid) {
  tell([pid](auto& events) { events.on_started(pid); });
}

void scripted_guard::exited(std::string last_words) {
  tell([=, this](auto& events) {
    write_stdout(last_words);
    events.on_exited();
  });
}

void scripted_guard::unkillable(std::string text) {
  tell([text](auto& events) { events.on_unkillable(text); });
}

void scripted_guard::gone(stop_report report, std::string last_words) {
  tell([=, this](auto& events) {
    write_stdout(last_words);
    events.on_gone(report);
  });
}

void scripted_guard::tell(std::function<void(guarded_process::events&)> what) {
  auto held = std::unique_lock{mutex_};
  auto events = events_;
  held.unlock();
  auto done = std::make_shared<std::promise<void>>();
  io_.lock()->post([=]() mutable {
    what(events);
    done->set_value();
  });
  if (done->get_future().wait_for(60s) != std::future_status::ready)
    throw std::runtime_error("the I/O thread is stuck");
}

// -- the server's side --------------------------------------------------------

std::string scripted_guard::read_stdin() {
  auto text = std::string{};
  char chunk[4096];
  for (;;) {
    auto n = read(server_[0], chunk, sizeof chunk);
    if (n <= 0)
      return text;
    text.append(chunk, static_cast<size_t>(n));
  }
}

void scripted_guard::write_stdout(std::string_view text) {
  if (text.empty())
    return;
  if (write(server_[1], text.data(), text.size())
      != static_cast<ssize_t>(text.size()))
    throw std::runtime_error("stdout is full");
}

void scripted_guard::write_stderr(std::string_view text) {
  if (write(server_[2], text.data(), text.size())
      != static_cast<ssize_t>(text.size()))
    throw std::runtime_error("stderr is full");
}

void scripted_guard::close_stdin() {
  close(std::exchange(server_[0], -1));
}

void scripted_guard::close_stdout() {
  close(std::exchange(server_[1], -1));
}

// -- what the transport did ---------------------------------------------------

void scripted_guard::wait_spawned() {
  wait(&scripted_guard::spawned_);
}

void scripted_guard::wait_stopped() {
  wait(&scripted_guard::stopped_);
}

void scripted_guard::wait_dropped() {
  wait(&scripted_guard::dropped_);
}

bool scripted_guard::stopped() const {
  auto held = std::unique_lock{mutex_};
  return stopped_;
}

bool scripted_guard::dropped() const {
  auto held = std::unique_lock{mutex_};
  return dropped_;
}

void scripted_guard::set(bool scripted_guard::*flag) {
  auto held = std::unique_lock{mutex_};
  this->*flag = true;
  changed_.notify_all();
}

void scripted_guard::wait(bool scripted_guard::*flag) {
  auto held = std::unique_lock{mutex_};
  if (!changed_.wait_for(held, 60s, [&] { return this->*flag; }))
    throw std::runtime_error("waited in vain for the transport");
}

} // namespace troupe
