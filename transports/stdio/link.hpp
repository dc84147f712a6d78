#pragma once

#include "troupe/messages/shared_spec.hpp"
#include "troupe/transports/guard/warden.hpp"
#include "troupe/transports/io/one_timer.hpp"
#include "troupe/transports/io/pipe_reader.hpp"
#include "troupe/transports/stdio/line_framer.hpp"
#include "troupe/transports/stdio/outbox_drain.hpp"
#include "troupe/transports/stdio/stderr_log.hpp"
#include "troupe/transports/transport.hpp"

namespace troupe {

/// One life of a stdio server, on the I/O thread: its process, its three pipes,
/// and the order in which the listener gets their events. Used on that thread
/// only. Included by sources of this folder alone.
///
///     fresh --(start)--> starting --(exec succeeded)--> up
///     starting, up --(stop, a fault, the child's end)--> ending
///     every one --(nothing is left, or its guard is silent)--> down
class stdio_link : public io_loop::resident,
                   public std::enable_shared_from_this<stdio_link> {
public:
  /// Starts the process. Null where it cannot even be tried: see `failed`.
  using launch_fn = std::function<std::unique_ptr<guarded_process>(
    guarded_process::events, stop_report& failed)>;

  struct options {
    launch_fn launch;
    shared_spec spec;
    std::string weaker_guarantee;
  };

  stdio_link(const std::shared_ptr<io_loop>& io, options options);

  void start(std::unique_ptr<transport_listener> to);
  void stop(errc why, std::string text);
  void abandon() override;

private:
  enum class stage { fresh, starting, up, ending, down };

  // -- events of the process and its guard
  guarded_process::events process_events();
  void on_warning(std::string text);
  void on_started(int32_t pid);
  void on_exited();
  void on_unkillable(const std::string& text);
  void on_gone(stop_report report);

  // -- events of the pipes
  void open_pipes(int32_t pid);
  std::shared_ptr<stdio_outbox> make_outbox();
  /// Makes a step callable from other threads: it is posted, and dropped with
  /// us.
  std::function<void()> from_afar(void (*step)(stdio_link&));
  void on_stdout(std::string_view bytes);
  size_t take_empty_lines();
  void on_stderr(std::string_view bytes);

  // -- the way down
  void begin_end(errc why, std::string text);
  void fault(errc why, std::string text);
  /// A pipe broke: a fault, whose cause the shim may be about to report.
  void suspect(errc why, std::string text);
  void refuse_frames();
  void drain_pipes();
  void go_down(stop_report report);
  void close_all();
  void add_last_words(stop_report& report) const;
  void show(std::vector<std::string> stderr_lines);

  io_loop& io_; // lives as long as its thread, on which we are
  std::weak_ptr<io_loop> io_from_afar_;
  options options_; // without `launch` once it was started
  stage stage_ = stage::fresh;
  std::unique_ptr<transport_listener> to_;
  std::unique_ptr<guarded_process> process_;
  std::shared_ptr<stdio_outbox> out_;
  std::shared_ptr<inbound_window> window_;
  outbox_drain stdin_;
  pipe_reader stdout_;
  pipe_reader stderr_;
  line_framer framer_;
  size_t empty_lines_ = 0; // not reported to the client yet
  stderr_log stderr_log_;
  one_timer deadline_; // of the start, of a suspicion, or of the end
  errc why_ = errc::none;
  std::string text_;
  std::vector<uint64_t> unsent_;
};

} // namespace troupe
