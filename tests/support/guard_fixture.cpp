#include "troupe/tests/support/guard_fixture.hpp"

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <stdexcept>
#include <unistd.h>

namespace troupe {

using namespace std::chrono_literals;

guard_fixture::guard_fixture(std::string warden_path)
  : io(std::make_unique<boost::asio::io_context>()) {
  guard.emplace(*io, std::move(warden_path));
}

guard_fixture::~guard_fixture() {
  guard.reset();
}

std::shared_ptr<guarded_child> guard_fixture::start(process_request what) {
  auto x = std::make_shared<guarded_child>();
  auto events = guarded_process::events{};
  // The fixture owns `x`; its events must not.
  auto weak = std::weak_ptr<guarded_child>{x};
  events.on_started = [weak](int32_t pid) {
    if (auto x = weak.lock())
      x->pid = pid;
  };
  events.on_exited = [weak] {
    if (auto x = weak.lock())
      x->exited = true;
  };
  events.on_gone = [weak](stop_report report) {
    if (auto x = weak.lock()) {
      x->events_after_gone += x->gone.has_value();
      x->gone = std::move(report);
    }
  };
  x->process = guard->spawn(std::move(what), std::move(events));
  x->in = x->process->take_stdin();
  x->out = x->process->take_stdout();
  return x;
}

std::shared_ptr<guarded_child>
guard_fixture::run(std::vector<std::string> argv) {
  auto what = process_request{};
  what.path = argv.at(0);
  what.argv = std::move(argv);
  what.env = {"PATH=/usr/local/bin:/usr/bin:/bin"};
  return start(std::move(what));
}

std::shared_ptr<guarded_child> guard_fixture::shell(std::string script) {
  return run({"/bin/sh", "-c", std::move(script)});
}

void guard_fixture::run_until(const std::function<bool()>& done) {
  auto end = std::chrono::steady_clock::now() + 20s;
  while (!done()) {
    if (std::chrono::steady_clock::now() > end)
      throw std::runtime_error("waited in vain");
    io->restart();
    io->run_one_for(10ms);
  }
}

void guard_fixture::wait_started(const guarded_child& x) {
  run_until([&] { return x.pid != 0 || x.gone; });
  if (x.gone)
    throw std::runtime_error("not started: " + x.gone->text);
}

stop_report guard_fixture::stop(guarded_child& x, milliseconds grace) {
  if (x.in >= 0)
    close(x.in);
  x.in = -1;
  x.process->stop(grace);
  return wait_gone(x);
}

stop_report guard_fixture::wait_gone(const guarded_child& x) {
  run_until([&] { return x.gone.has_value(); });
  return *x.gone;
}

std::string guard_fixture::read_line(guarded_child& x) {
  auto line = std::string{};
  run_until([&] {
    char byte;
    while (read(x.out, &byte, 1) == 1) {
      if (byte == '\n')
        return true;
      line.push_back(byte);
    }
    return false;
  });
  return line;
}

std::string guard_fixture::read_all(guarded_child& x) {
  auto text = std::string{};
  run_until([&] {
    char bytes[4096];
    auto n = ssize_t{0};
    while ((n = read(x.out, bytes, sizeof(bytes))) > 0)
      text.append(bytes, static_cast<size_t>(n));
    return n == 0;
  });
  return text;
}

} // namespace troupe
