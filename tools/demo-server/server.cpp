#include "troupe/tools/demo-server/server.hpp"

#include "troupe/build.hpp"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <utility>

#include <unistd.h>

namespace troupe::demo {

namespace {

constexpr auto progress_every = milliseconds{10};
/// Unread bytes above which progress is held back.
constexpr size_t progress_ahead_max = 64u << 10;

constexpr auto flood_every = milliseconds{10};
/// Unread bytes above which a flood waits.
constexpr size_t flood_ahead_max = 1u << 20;

constexpr const char* capabilities =
  R"({"tools":{"listChanged":true},"resources":{},"prompts":{}})";

} // namespace

server::server(common& shared, outlet& out)
  : common_(shared), what_(shared.what), out_(out), tools_(shared, *this),
    subscriptions_(shared, out), offers_(out, *this), alarms_(shared.clock) {
  // nop
}

void server::on_line(std::string line) {
  auto frame = json_rpc::parse(std::move(line));
  // Batches exist in 2025-03-26 alone, and no client of ours sends them.
  if (frame.batch) {
    on_fault({{}, "batches are not taken"});
    return;
  }
  for (auto& fault : frame.faults)
    on_fault(fault);
  for (auto& message : frame.messages)
    on_frame(message);
}

void server::on_frame(json_rpc::message& x) {
  std::visit([this](auto& y) { on_message(y); }, x);
}

void server::on_overlong_line() {
  on_fault({{}, "the line is too long"});
  overlong_ = true;
}

void server::cancel(const json_rpc::id& which) {
  tools_.cancel(which);
  subscriptions_.close(which);
  offers_.cancel(which);
}

void server::assume_opened() {
  opened_ = common_.versions.negotiate("2025-11-25");
}

const std::string& server::opened_version() const {
  return opened_;
}

std::optional<int> server::exit_status() const {
  return overlong_ ? 1 : common_.misbehaviour.exit_status();
}

// -- what comes in ------------------------------------------------------------

void server::on_message(json_rpc::request& x) {
  if (common_.misbehaviour.swallows(x.method, !opened_.empty()))
    return;
  auto meta = read_meta(x.params);
  // A server of before 2026 does not know versions in `_meta`.
  if (!common_.versions.speaks(dialect::modern) || meta.version.empty())
    on_legacy(x, meta);
  else
    on_modern(x, meta);
}

void server::on_message(json_rpc::notification& x) {
  if (x.method == "notifications/initialized")
    on_initialized();
  else if (x.method == "notifications/cancelled")
    on_cancelled(x.params);
}

void server::on_message(json_rpc::result& x) {
  if (offers_.on_answer(x.id, x.value))
    return;
  if (what_.unknown_requests)
    std::fprintf(stderr, "%s: result\n", json_rpc::to_string(x.id).c_str());
}

void server::on_message(json_rpc::error& x) {
  if (x.id && offers_.on_answer(*x.id, {}))
    return;
  if (what_.unknown_requests && x.id)
    std::fprintf(stderr, "%s: error %lld\n", json_rpc::to_string(*x.id).c_str(),
                 static_cast<long long>(x.code));
}

void server::on_fault(const json_rpc::malformed& x) {
  if (what_.mute)
    return;
  auto is_json = x.where.why == json_error::reason::none;
  out_.say(format_nameless_error(
    is_json ? json_rpc::invalid_request : json_rpc::parse_error, x.text));
}

// -- by dialect ---------------------------------------------------------------

void server::on_modern(json_rpc::request& x, const request_meta& meta) {
  auto& known = common_.versions.modern();
  if (std::find(known.begin(), known.end(), meta.version) == known.end())
    return refuse(x.id, json_rpc::unsupported_protocol_version,
                  "Unsupported protocol version",
                  common_.versions.unsupported(meta.version));
  if (!meta.capabilities)
    return refuse(x.id, json_rpc::invalid_params,
                  "_meta lacks io.modelcontextprotocol/clientCapabilities");
  common_.probed = true;
  if (x.method == "tools/call")
    on_call(x, dialect::modern, meta.progress_token);
  else if (x.method == "tools/list")
    on_list(x, dialect::modern);
  else if (x.method == "server/discover")
    on_discover(x.id);
  else if (x.method == "subscriptions/listen")
    on_listen(x);
  else if (!offers_.on_request(x, dialect::modern))
    unknown_method(x);
}

void server::on_legacy(json_rpc::request& x, const request_meta& meta) {
  if (x.method == "initialize")
    return on_initialize(x);
  if (x.method == "ping")
    return send(x.id, json::trusted("{}"));
  if (opened_.empty() && x.method != "tools/call" && x.method != "tools/list")
    return unknown_method(x);
  if (opened_.empty())
    return refuse(x.id, json_rpc::invalid_request,
                  "Neither initialized nor a request of 2026-07-28");
  if (x.method == "tools/call")
    on_call(x, dialect::legacy, meta.progress_token);
  else if (x.method == "tools/list")
    on_list(x, dialect::legacy);
  else if (!offers_.on_request(x, dialect::legacy))
    unknown_method(x);
}

// -- by method ----------------------------------------------------------------

void server::on_discover(const json_rpc::id& to) {
  auto out = begin_result(dialect::modern);
  out.key("supportedVersions").begin_array();
  for (auto& version : common_.versions.modern())
    out.value(version);
  out.end_array();
  out.member("capabilities", json::trusted(capabilities));
  out.member("ttlMs", 60'000).member("cacheScope", "public");
  auto answer = [this, to, value = out.end_object().finish()] {
    send(to, value);
    common_.misbehaviour.on_handshake();
  };
  if (what_.late_probe.count() > 0)
    alarms_.after(what_.late_probe, answer);
  else
    answer();
}

void server::on_initialize(const json_rpc::request& x) {
  auto found = x.params.find("protocolVersion");
  auto asked = found ? found->as_string() : std::nullopt;
  if (!asked)
    return refuse(x.id, json_rpc::invalid_params,
                  "protocolVersion is missing, or no string");
  if (!common_.versions.speaks(dialect::legacy)
      || (what_.lock_era && common_.probed))
    return refuse(x.id, json_rpc::unsupported_protocol_version,
                  "Unsupported protocol version",
                  common_.versions.unsupported(*asked));
  json_writer out;
  out.begin_object();
  auto version = common_.versions.negotiate(*asked);
  out.member("protocolVersion", version);
  out.member("capabilities", json::trusted(capabilities));
  out.member("serverInfo",
             json::trusted(R"({"name":"demo-server","version":")" TROUPE_VERSION
                           R"("})"));
  opened_ = std::move(version);
  offers_.on_initialize(x.params);
  send(x.id, out.end_object().finish());
  common_.misbehaviour.on_handshake();
}

void server::on_initialized() {
  if (opened_.empty())
    return;
  subscriptions_.open_legacy();
  if (what_.flood > 0 && !std::exchange(flooding_, true))
    flood(0);
  if (what_.unknown_requests) {
    out_.say(json_rpc::format_request("ping", "ping", {}));
    out_.say(json_rpc::format_request("unknown", "demo/unknown", {}));
  }
}

void server::on_cancelled(const json& params) {
  auto found = params.find("requestId");
  if (!found)
    return;
  if (auto number = found->as_integer())
    cancel(*number);
  else if (auto text = found->as_string())
    cancel(*text);
}

void server::on_listen(const json_rpc::request& x) {
  if (!subscriptions_.open(x.id, x.params))
    refuse(x.id, json_rpc::invalid_request, "Too many subscriptions");
}

void server::on_list(const json_rpc::request& x, dialect speaks) {
  auto found = x.params.find("cursor");
  auto cursor = found ? found->as_string() : std::nullopt;
  auto out = begin_result(speaks);
  if (!common_.tools.write_page(out, cursor))
    return refuse(x.id, json_rpc::invalid_params, "Unknown cursor");
  if (speaks == dialect::modern)
    out.member("ttlMs", 60'000).member("cacheScope", "public");
  send(x.id, out.end_object().finish());
}

void server::on_call(const json_rpc::request& x, dialect speaks,
                     const json& progress_token) {
  static const auto none = json::trusted("{}");
  auto name = x.params.find("name");
  auto arguments = x.params.find("arguments");
  auto asked = call{x.id, speaks, {}, arguments.value_or(none), progress_token};
  asked.tool = name ? name->as_string().value_or("") : "";
  if (!common_.tools.contains(asked.tool))
    return refuse(x.id, json_rpc::invalid_params,
                  "Unknown tool: " + asked.tool);
  if (!asked.arguments.is_object())
    return refuse(x.id, json_rpc::invalid_params, "arguments is not an object");
  if (tools_.pending(x.id))
    return refuse(x.id, json_rpc::invalid_request, "The id is in use");
  tools_.record(asked);
  common_.tools.called(asked.tool);
  if (!common_.misbehaviour.strikes(out_))
    tools_.run(asked);
  else if (what_.progress_for_ever)
    progress_for_ever(asked, 1);
}

// -- answers ------------------------------------------------------------------

void server::result(const call& to, json_writer& out) {
  send(to.id, out.finish(), true);
}

void server::progress(const call& to, double progress, double total) {
  if (!to.progress_token.is_null())
    out_.about(to.id, format_progress(to, progress, total));
}

void server::tools_changed(uint64_t times) {
  for (auto x : common_.audience)
    x->tools_changed(times);
}

void server::give(const json_rpc::id& to, json_writer& result) {
  send(to, result.finish());
}

void server::reject(const json_rpc::id& to, int64_t code,
                    std::string_view text) {
  refuse(to, code, text);
}

void server::die(int signal, int status) {
  out_.flush();
  if (signal != 0)
    ::kill(::getpid(), signal);
  // Reached where the signal does not kill.
  ::_exit(status);
}

void server::send(const json_rpc::id& to, const json& value, bool is_call) {
  common_.misbehaviour.before_answer(out_, to, is_call);
  deliver(to, 0, is_call,
          json_rpc::format_result(common_.misbehaviour.disguised(to, is_call),
                                  value));
}

void server::refuse(const json_rpc::id& to, int64_t code, std::string_view text,
                    const json& data) {
  common_.misbehaviour.before_answer(out_, to, false);
  deliver(to, code, false,
          json_rpc::format_error(common_.misbehaviour.disguised(to, false),
                                 code, text, data));
}

void server::deliver(const json_rpc::id& to, int64_t code, bool is_call,
                     const std::string& text) {
  out_.answer(to, code, text);
  if (what_.duplicate_answers)
    out_.answer(to, code, text);
  common_.misbehaviour.after_answer(out_, is_call);
}

void server::unknown_method(const json_rpc::request& x) {
  refuse(x.id, json_rpc::method_not_found, "Method not found: " + x.method);
}

void server::progress_for_ever(const call& x, double done) {
  alarms_.after(progress_every, [this, x, done] {
    if (out_.pending() < progress_ahead_max)
      progress(x, done, 0);
    progress_for_ever(x, done + 1);
  });
}

/// `left`: bytes of earlier that made no message.
void server::flood(uint64_t left) {
  static const auto one = json_rpc::format_notification(
    "notifications/message", json::trusted(R"({"level":"info","data":")"
                                           + std::string(1000, 'x') + "\"}"));
  left += what_.flood / (milliseconds{1000} / flood_every);
  while (left >= one.size() && out_.pending() < flood_ahead_max) {
    out_.say(one);
    left -= one.size();
  }
  left = std::min<uint64_t>(left, flood_ahead_max);
  alarms_.after(flood_every, [this, left] { flood(left); });
}

} // namespace troupe::demo
