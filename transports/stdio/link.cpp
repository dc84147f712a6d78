#include "troupe/transports/stdio/link.hpp"

#include <boost/asio/post.hpp>

#include <string.h>

namespace troupe {

namespace {

std::string words_for_exit(const stop_report& report) {
  if (report.term_signal != 0) {
    auto name = sigabbrev_np(report.term_signal);
    return "the server was ended by signal "
           + std::to_string(report.term_signal)
           + (name == nullptr ? "" : std::string{" (SIG"} + name + ")");
  }
  if (report.exit_status >= 0)
    return "the server exited with status "
           + std::to_string(report.exit_status);
  return "the server exited";
}

bool is_wanted(errc why) {
  return why == errc::closed || why == errc::reloaded
         || why == errc::runtime_stopped;
}

} // namespace

stdio_link::stdio_link(const std::shared_ptr<io_loop>& io, options options)
  : io_(*io), io_from_afar_(io), options_(std::move(options)),
    stdin_(*io, options_.spec->timeouts.write), stdout_(*io), stderr_(*io),
    framer_(options_.spec->limits.frame_bytes_max), deadline_(*io) {
  // nop
}

// -- called by the transport --------------------------------------------------

void stdio_link::start(std::unique_ptr<transport_listener> to) {
  to_ = std::move(to);
  auto report = stop_report{};
  if (stage_ == stage::down) // stopped before it was started
    return go_down(report);
  if (io_.ended()) {
    why_ = errc::runtime_stopped;
    text_ = "the I/O thread has ended";
    return go_down(report);
  }
  io_.settle(shared_from_this());
  stage_ = stage::starting;
  auto launch = std::exchange(options_.launch, nullptr);
  process_ = launch(process_events(), report);
  if (process_ == nullptr)
    return go_down(report);
  deadline_.start(defaults::exec_timeout, weak_from_this(), [this] {
    begin_end(errc::spawn_failed, "the program did not start in time");
  });
}

void stdio_link::stop(errc why, std::string text) {
  if (stage_ == stage::fresh) {
    why_ = why;
    text_ = std::move(text);
    stage_ = stage::down;
  } else
    begin_end(why, std::move(text));
}

void stdio_link::abandon() {
  auto report = stop_report{};
  report.left = proof::best_effort;
  if (stage_ != stage::ending) {
    why_ = errc::runtime_stopped;
    text_ = "the I/O thread ended before the server";
  }
  go_down(report);
}

// -- events of the process and its guard --------------------------------------

guarded_process::events stdio_link::process_events() {
  // The guard lives in this object: no reference in a circle.
  auto weak = weak_from_this();
  auto guarded = [weak](auto step) {
    return [weak, step](auto... args) {
      if (auto self = weak.lock(); self && self->stage_ != stage::down)
        ((*self).*step)(std::move(args)...);
    };
  };
  auto events = guarded_process::events{};
  events.on_warning = guarded(&stdio_link::on_warning);
  events.on_started = guarded(&stdio_link::on_started);
  events.on_exited = guarded(&stdio_link::on_exited);
  events.on_unkillable = guarded(&stdio_link::on_unkillable);
  events.on_gone = guarded(&stdio_link::on_gone);
  return events;
}

void stdio_link::on_warning(std::string text) {
  to_->on_diagnostic(diagnostic::kind::start_warning, std::move(text));
}

void stdio_link::on_started(int32_t pid) {
  if (stage_ != stage::starting)
    return;
  deadline_.cancel();
  stage_ = stage::up;
  open_pipes(pid);
}

void stdio_link::on_exited() {
  // Read its last answers before its end is reported.
  drain_pipes();
  fault(errc::child_exited, "the server exited");
}

void stdio_link::on_unkillable(const std::string& text) {
  // The shim keeps killing, without us: nothing else must wait for that.
  to_->on_diagnostic(diagnostic::kind::unkillable, text);
  begin_end(errc::connection_lost, text);
  auto report = stop_report{};
  report.left = proof::unkillable;
  report.signals = {"KILL"};
  go_down(report);
}

void stdio_link::on_gone(stop_report report) {
  drain_pipes();
  fault(errc::child_exited, "the server exited");
  if (stage_ == stage::starting && report.why == errc::none)
    report.why = errc::spawn_failed;
  go_down(std::move(report));
}

// -- events of the pipes ------------------------------------------------------

void stdio_link::open_pipes(int32_t pid) {
  out_ = make_outbox();
  window_ = std::make_shared<inbound_window>(
    from_afar([](stdio_link& self) { self.stdout_.resume(); }));
  stdin_.start(out_, weak_from_this(),
               {[this] {
                  suspect(errc::connection_lost,
                          "the server no longer reads its input");
                },
                [this] {
                  fault(errc::connection_lost,
                        "the server did not take a message in time");
                }});
  to_->on_up({out_, pid, options_.weaker_guarantee, window_});
  stderr_.start(process_->take_stderr(), weak_from_this(),
                {[this](std::string_view bytes) { on_stderr(bytes); }, [] {}});
  stdout_.start(process_->take_stdout(), weak_from_this(),
                {[this](std::string_view bytes) { on_stdout(bytes); },
                 [this] {
                   suspect(errc::connection_lost,
                           "the server closed its output");
                 }});
}

std::function<void()> stdio_link::from_afar(void (*step)(stdio_link&)) {
  return [io = io_from_afar_, weak = weak_from_this(), step] {
    auto loop = io.lock();
    if (loop == nullptr)
      return;
    loop->post([weak, step] {
      if (auto self = weak.lock())
        step(*self);
    });
  };
}

std::shared_ptr<stdio_outbox> stdio_link::make_outbox() {
  auto broken = [](stdio_link& self) {
    self.suspect(errc::connection_lost, "the server no longer reads its input");
  };
  return std::make_shared<stdio_outbox>(
    process_->take_stdin(), options_.spec->limits,
    stdio_outbox::events{
      from_afar([](stdio_link& self) { self.stdin_.wake(); }),
      from_afar(broken)});
}

void stdio_link::on_stdout(std::string_view bytes) {
  auto lines = std::vector<std::string>{};
  auto fits = framer_.feed(bytes, lines);
  auto empty = take_empty_lines();
  if (!lines.empty() || empty > 0)
    if (!window_->add(inbound_window::cost(lines) + empty))
      stdout_.pause();
  if (!lines.empty())
    to_->on_frames(std::move(lines));
  if (empty > 0)
    to_->on_empty_lines(empty);
  if (fits)
    return;
  stdout_.close();
  fault(errc::too_large,
        "the server sent a line of more than "
          + std::to_string(options_.spec->limits.frame_bytes_max) + " bytes");
}

/// They cost time to read, but are reported only in batches.
size_t stdio_link::take_empty_lines() {
  empty_lines_ += framer_.take_empty_lines();
  if (empty_lines_ < defaults::empty_lines_lot)
    return 0;
  return std::exchange(empty_lines_, 0);
}

void stdio_link::on_stderr(std::string_view bytes) {
  show(stderr_log_.feed(bytes, stderr_log::clock::now()));
}

// -- the way down -------------------------------------------------------------

void stdio_link::begin_end(errc why, std::string text) {
  if (stage_ != stage::starting && stage_ != stage::up)
    return;
  stage_ = stage::ending;
  why_ = why;
  text_ = std::move(text);
  refuse_frames();
  stdin_.shut();
  auto grace = options_.spec->timeouts.stop_grace;
  process_->stop(grace);
  auto bound =
    2 * grace + defaults::unkillable_after + defaults::guard_answer_margin;
  deadline_.start(bound, weak_from_this(), [this] {
    auto report = stop_report{};
    report.left = proof::best_effort;
    text_ += "; the guard of its process did not answer";
    go_down(report);
  });
}

void stdio_link::fault(errc why, std::string text) {
  if (stage_ != stage::up)
    return;
  begin_end(why, text);
  to_->on_fault(why, std::move(text));
}

void stdio_link::suspect(errc why, std::string text) {
  if (stage_ != stage::up)
    return;
  refuse_frames();
  deadline_.start(defaults::exit_notice_wait, weak_from_this(),
                  [this, why, text = std::move(text)] { fault(why, text); });
}

void stdio_link::refuse_frames() {
  if (out_ != nullptr)
    unsent_ = out_->close();
}

void stdio_link::drain_pipes() {
  stdout_.drain();
  stderr_.drain();
}

void stdio_link::go_down(stop_report report) {
  auto self = shared_from_this(); // leaving the loop drops its reference
  stage_ = stage::down;
  close_all();
  if (why_ != errc::none) {
    report.why = why_;
    report.text = why_ == errc::child_exited ? words_for_exit(report) : text_;
  }
  add_last_words(report);
  if (auto to = std::exchange(to_, nullptr))
    to->on_down(std::move(report), std::move(unsent_));
  io_.leave(this);
}

void stdio_link::close_all() {
  stdin_.shut();
  stdout_.close();
  stderr_.close();
  deadline_.cancel();
  show(stderr_log_.finish());
  // We may be inside a callback of the process: drop it later.
  if (process_)
    io_.post([gone = std::shared_ptr{std::move(process_)}] {});
  process_ = nullptr;
}

void stdio_link::add_last_words(stop_report& report) const {
  auto tail = stderr_log_.tail(defaults::report_stderr_bytes);
  if (!is_wanted(report.why) && !tail.empty())
    report.text += "; the last of its stderr:\n" + tail;
}

void stdio_link::show(std::vector<std::string> stderr_lines) {
  for (auto& x : stderr_lines)
    to_->on_diagnostic(diagnostic::kind::stderr_line, std::move(x));
}

} // namespace troupe
