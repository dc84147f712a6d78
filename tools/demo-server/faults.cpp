#include "troupe/tools/demo-server/faults.hpp"

#include "troupe/build.hpp"

#include <algorithm>
#include <csignal>

#include <unistd.h>

namespace troupe::demo {

namespace {

/// Chunks of a flood, for a reader that may be slow.
constexpr size_t chunk_bytes = 64u << 10;

} // namespace

faults::faults(const options& what, timers& clock)
  : what_(what), clock_(clock) {
  // nop
}

// -- where they strike --------------------------------------------------------

void faults::on_start(output* out) {
  if (what_.banner && out != nullptr) {
    out->line("demo-server " TROUPE_VERSION);
    out->line("  listening on stdio ...");
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

bool faults::strikes(outlet& out) {
  ++calls_;
  if (what_.die_on_call == calls_) {
    out.flush();
    ::kill(::getpid(), SIGKILL);
  }
  stopped_reading_ = what_.stop_reading;
  endless_ = what_.endless_line;
  return stopped_reading_ || endless_ || what_.progress_for_ever;
}

json_rpc::id faults::disguised(const json_rpc::id& x, bool is_call) const {
  if (what_.wrong_ids && is_call)
    return "nobody used " + json_rpc::to_string(x);
  if (what_.string_ids && std::holds_alternative<int64_t>(x))
    return std::to_string(std::get<int64_t>(x));
  return x;
}

void faults::before_answer(outlet& out, const json_rpc::id& to, bool is_call) {
  if (what_.stderr_flood > 0 && !answered_)
    flood_stderr();
  answered_ = true;
  if (what_.garbage) {
    out.about(to, "[debug] an answer is coming");
    out.about(to, R"({"jsonrpc":"2.0","answer":"is no message"})");
    out.about(to, R"([1,2,{"truncated":)");
  }
  if (what_.invalid_utf8)
    out.about(to, "{\"jsonrpc\":\"2.0\",\"method\":\"\xc3\x28\xff\"}");
  if (what_.long_line > 0 && is_call && calls_ == 1)
    out.about(to, std::string(what_.long_line, 'x'));
}

void faults::after_answer(outlet& out, bool is_call) {
  if (what_.close_stdout && is_call)
    out.close();
}

void faults::on_idle(output& out) {
  while (endless_ && out.pending() == 0 && !out.broken()) {
    out.raw(std::string(chunk_bytes, 'x'));
    out.flush();
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

// Blocks where stderr is not read: that is the fault.
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

} // namespace troupe::demo
