#include "troupe/tools/troupe/control_protocol.hpp"

#include "troupe/tools/troupe/exit_status.hpp"
#include "troupe/tools/troupe/limits.hpp"
#include "troupe/tools/troupe/render_json.hpp"

#include <algorithm>
#include <exception>

namespace troupe::cli {

namespace {

constexpr int64_t protocol_number = 1;

json_limits answer_limits() {
  json_limits result;
  result.bytes_max = limits::answer_bytes_max;
  result.depth_max = limits::answer_depth_max;
  result.nodes_max = limits::answer_nodes_max;
  return result;
}

std::string text_of(const json& x, std::string_view key) {
  auto found = x.find(key);
  return found ? found->as_string().value_or("") : "";
}

milliseconds time_of(const json& x, std::string_view key) {
  auto found = x.find(key);
  auto value = found ? found->as_integer().value_or(0) : 0;
  auto most = milliseconds{defaults::configured_time_max}.count();
  return milliseconds{std::clamp<int64_t>(value, 0, most)};
}

bool speaks_our_protocol(const json& x) {
  auto number = x.find("troupe");
  return number && number->as_integer() == protocol_number;
}

} // namespace

// -- requests -----------------------------------------------------------------

std::string format_request(const control_request& x) {
  json_writer out;
  out.begin_object().member("troupe", protocol_number);
  out.member("do", to_string(x.what));
  out.member("server", std::string_view{x.server});
  out.member("tool", std::string_view{x.tool});
  out.member("arguments", x.arguments);
  out.member("timeout_ms", int64_t{x.timeout.count()});
  out.member("drain_ms", int64_t{x.drain.count()});
  out.member("progress", x.wants_progress);
  return out.end_object().take();
}

parsed_request parse_request(std::string line) {
  parsed_request result;
  json_limits most;
  most.bytes_max = limits::request_bytes_max;
  most.depth_max = defaults::json_depth_max + 1;
  auto [x, error] = json::parse(std::move(line), most);
  if (error.why != json_error::reason::none)
    return {{}, "the request is not JSON: " + error.text()};
  if (!speaks_our_protocol(x))
    return {{}, "the request is of another version of this program"};
  auto what = command_named(text_of(x, "do"));
  if (!what || *what == command::run || *what == command::doctor)
    return {{}, "the request asks for nothing that is known"};
  result.value.what = *what;
  result.value.server = text_of(x, "server");
  result.value.tool = text_of(x, "tool");
  result.value.arguments = x.find("arguments").value_or(json{}).detached();
  result.value.timeout = time_of(x, "timeout_ms");
  result.value.drain = time_of(x, "drain_ms");
  result.value.wants_progress =
    x.find("progress").value_or(json{}).as_bool().value_or(false);
  return result;
}

// -- answers ------------------------------------------------------------------

reply reply::later(std::function<outcome()> how, size_t bytes) {
  reply result{outcome{}};
  result.make = std::move(how);
  result.bytes = bytes;
  return result;
}

std::string reply::line() const {
  try {
    return answer_line(get());
  } catch (const std::exception& e) {
    return answer_line(failed(errc::internal_error, e.what()));
  }
}

outcome failed(const failure& why) {
  json_writer out;
  write(out.begin_object().key("error"), why);
  out.end_object();
  return {exit_status::failed, out.finish()};
}

outcome failed(errc why, std::string text) {
  return failed(failure{why, fate::not_sent, std::move(text), 0, {}});
}

outcome refused(int exit, std::string_view code, std::string_view text) {
  json_writer out;
  out.begin_object().key("error").begin_object();
  out.member("code", code).member("text", text).end_object();
  return {exit, out.end_object().finish()};
}

std::string format_outcome(const outcome& x) {
  json_writer out;
  out.begin_object().member("troupe", protocol_number);
  out.member("exit", x.exit).member("value", x.value);
  return out.end_object().take();
}

std::string answer_line(const outcome& x) {
  auto line = format_outcome(x) + '\n';
  if (line.size() > limits::answer_bytes_max)
    line =
      format_outcome(failed(errc::too_large, "the answer is too large")) + '\n';
  line.shrink_to_fit(); // it may wait for its reader
  return line;
}

std::string format_progress(const call_progress& x) {
  json_writer out;
  out.begin_object().member("troupe", protocol_number);
  out.key("progress").begin_object().member("progress", x.progress);
  out.member("total", x.total);
  out.member("message",
             std::string_view{x.message}.substr(0, limits::shown_bytes_max));
  return out.end_object().end_object().take();
}

static call_progress progress_in(const json& x) {
  call_progress result;
  auto number = [&x](std::string_view key) {
    return x.find(key).value_or(json{}).as_double().value_or(0);
  };
  result.progress = number("progress");
  result.total = number("total");
  result.message = text_of(x, "message");
  return result;
}

parsed_answer parse_answer(std::string line) {
  auto [x, error] = json::parse(std::move(line), answer_limits());
  if (error.why != json_error::reason::none)
    return {{}, {}, "the answer is not JSON: " + error.text()};
  if (!speaks_our_protocol(x))
    return {{}, {}, "the answer is of another version of this program"};
  if (auto news = x.find("progress"))
    return {{}, progress_in(*news), {}};
  auto exit = x.find("exit").value_or(json{}).as_integer().value_or(-1);
  if (exit < 0 || exit > 255)
    return {{}, {}, "the answer has no exit status"};
  return {{static_cast<int>(exit), x.find("value").value_or(json{})}, {}, {}};
}

milliseconds patience_for(const control_request& x) {
  if (x.what == command::list || x.what == command::status)
    return limits::known_timeout;
  if (x.what == command::call)
    return defaults::configured_time_max;
  // A reload may drain, stop, and start what has to be downloaded first.
  return defaults::ready_timeout_max + defaults::list_timeout + x.drain
         + defaults::stop_all_timeout;
}

} // namespace troupe::cli
