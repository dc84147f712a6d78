#include "tools/demo-server/faults.hpp"

#include <algorithm>
#include <csignal>

#include <unistd.h>

namespace troupe::demo {

namespace {

constexpr auto progress_every = milliseconds{10};
/// What is written ahead of a reader that may be slow.
constexpr size_t chunk_bytes = 64u << 10;

} // namespace

faults::faults(const options& what, output& out, timers& clock)
  : what_(what), out_(out), clock_(clock) {
  // nop
}

// -- where they strike --------------------------------------------------------

void faults::on_start() {
  if (what_.banner) {
    out_.line("demo-server 0.1.0");
    out_.line("  listening on stdio ...");
  }
  if (what_.die_after)
    clock_.after(*what_.die_after, [this] { end(1); });
  if (what_.exit_status && !what_.die_after && !what_.flap)
    end(0);
}

bool faults::swallows(std::string_view method, bool opened) {
  if (what_.exit_on_probe && !opened && method != "initialize") {
    end(1);
    return true;
  }
  return what_.mute || (what_.mute_initialize && method == "initialize")
         || (what_.silent_on_probe && method == "server/discover");
}

void faults::on_handshake() {
  if (what_.flap)
    clock_.after(*what_.flap, [this] { end(0); });
}

bool faults::strikes(const call& x) {
  ++calls_;
  if (what_.die_on_call == calls_) {
    out_.flush();
    ::kill(::getpid(), SIGKILL);
  }
  stopped_reading_ = what_.stop_reading;
  endless_ = what_.endless_line;
  if (what_.progress_for_ever)
    progress_for_ever(x, 1);
  return stopped_reading_ || endless_ || what_.progress_for_ever;
}

json_rpc::id faults::disguised(const json_rpc::id& x, bool is_call) const {
  if (what_.wrong_ids && is_call)
    return "nobody used " + json_rpc::to_string(x);
  if (what_.string_ids && std::holds_alternative<int64_t>(x))
    return std::to_string(std::get<int64_t>(x));
  return x;
}

void faults::before_answer(bool is_call) {
  if (what_.stderr_flood > 0 && !answered_)
    flood_stderr();
  answered_ = true;
  if (what_.garbage) {
    out_.line("[debug] an answer is coming");
    out_.line(R"({"jsonrpc":"2.0","answer":"is no message"})");
    out_.line(R"([1,2,{"truncated":)");
  }
  if (what_.invalid_utf8)
    out_.line("{\"jsonrpc\":\"2.0\",\"method\":\"\xc3\x28\xff\"}");
  if (what_.long_line > 0 && is_call && calls_ == 1)
    out_.line(std::string(what_.long_line, 'x'));
}

void faults::after_answer(bool is_call, const std::string& line) {
  if (what_.duplicate_answers)
    out_.line(line);
  if (what_.close_stdout && is_call)
    out_.close();
}

void faults::on_idle() {
  while (endless_ && out_.pending() == 0 && !out_.broken()) {
    out_.raw(std::string(chunk_bytes, 'x'));
    out_.flush();
  }
}

// -- what follows for the server ----------------------------------------------

bool faults::stopped_reading() const {
  return stopped_reading_;
}

std::optional<int> faults::exit_status() const {
  return exit_status_;
}

// -- steps --------------------------------------------------------------------

void faults::end(int otherwise) {
  exit_status_ = what_.exit_status.value_or(otherwise);
}

// Blocks where nobody reads: that is the fault.
void faults::flood_stderr() {
  auto left = what_.stderr_flood;
  auto line = std::string(99, 'e') + '\n';
  while (left > 0) {
    auto n = ::write(STDERR_FILENO, line.data(),
                     std::min<uint64_t>(left, line.size()));
    if (n <= 0)
      return;
    left -= static_cast<uint64_t>(n);
  }
}

void faults::progress_for_ever(const call& x, double done) {
  clock_.after(progress_every, [this, x, done] {
    if (!x.progress_token.is_null() && out_.pending() < chunk_bytes)
      out_.line(format_progress(x, done, 0));
    progress_for_ever(x, done + 1);
  });
}

} // namespace troupe::demo
