#pragma once

#include <functional>
#include <memory>

namespace boost::asio {
class io_context;
}

namespace troupe {

/// Notices a guard (warden or shim) that owes an answer and is silent, because
/// it was stopped: it is asked, and killed if that does not help. No timer runs
/// while no answer is owed. Used on the I/O thread. It may be destroyed inside
/// what it calls.
class guard_pulse {
public:
  struct events {
    /// Reads what the guard has sent already.
    std::function<void()> look;
    /// Continues it, and asks for any answer, which it then owes at once.
    std::function<void()> ask;
    /// Kills it; its death is noticed otherwise.
    std::function<void()> kill;
  };

  guard_pulse(boost::asio::io_context& io, events events);
  guard_pulse(const guard_pulse&) = delete;
  ~guard_pulse();

  /// An answer is owed. Asks after `defaults::guard_silence` without any
  /// packet, and kills after the same time again.
  void expect();
  /// It has sent something, and may still owe an answer.
  void heard();
  /// No answer is owed any more.
  void calm();

private:
  struct state;
  std::shared_ptr<state> state_;
};

} // namespace troupe
