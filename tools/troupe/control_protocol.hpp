#pragma once

#include "troupe/messages/commands.hpp"
#include "troupe/tools/troupe/options.hpp"

#include <functional>
#include <optional>
#include <string>
#include <utility>

/// The protocol of the control socket: one request and its answer for each
/// connection, each one line of JSON; between them, if the request wants it,
/// lines of progress.
namespace troupe::cli {

/// A request to a running program.
struct control_request {
  command what = command::status;
  std::string server;
  std::string tool;
  json arguments;
  milliseconds timeout{0};
  milliseconds drain{0};
  bool wants_progress = false; ///< of a call
};

/// The result of a command: the exit status, and what `--json` prints. A
/// failure as a whole is an object with `error`.
struct outcome {
  int exit = 0;
  json value;
};

/// An answer to a request: an outcome, or a function that makes it, where that
/// takes long. The function is called once, on any thread.
struct reply {
  outcome value;
  std::function<outcome()> make; ///< empty: `value` is the answer
  size_t bytes = 0;              ///< about how many it holds

  reply(outcome x) : value(std::move(x)), bytes(value.value.text().size()) {
    // nop
  }
  static reply later(std::function<outcome()> how, size_t bytes);

  outcome get() const {
    return make ? make() : value;
  }
  /// The line to send; a failure where `make` throws.
  std::string line() const;
};

/// A failure as an outcome.
outcome failed(const failure& why);
outcome failed(errc why, std::string text);
/// A failure of this program alone, such as "not_running".
outcome refused(int exit, std::string_view code, std::string_view text);

std::string format_request(const control_request& x);

struct parsed_request {
  control_request value;
  std::string error; ///< a sentence; empty: none
};
parsed_request parse_request(std::string line);

std::string format_outcome(const outcome& x);

/// The outcome as a line, with its end; one larger than
/// `limits::answer_bytes_max` is replaced by a refusal.
std::string answer_line(const outcome& x);

/// A long message is cut, without a mark.
std::string format_progress(const call_progress& x);

struct parsed_answer {
  outcome value;
  std::optional<call_progress> progress; ///< then it is no outcome
  std::string error;
};
parsed_answer parse_answer(std::string line);

/// How long an answer may take at most, for the program that waits for it.
milliseconds patience_for(const control_request& x);

} // namespace troupe::cli
