#pragma once

#include "troupe/messages/commands.hpp"

/// One value of each message with no member at its default.
namespace troupe {

inline const std::string sample_secret = "s3cr3t-sentinel";

template <class T>
T sample() {
  return T{}; // for messages without members
}

inline json sample_json() {
  return json::trusted(R"({"big":9007199254740993,"n":1.10,"u":"\u00e9"})");
}

// -- states -------------------------------------------------------------------

template <>
inline failure sample() {
  return {errc::server_error, fate::outcome_unknown,           "text", -32602,
          sample_json(),      std::chrono::milliseconds{1500}, true};
}

template <>
inline stop_report sample() {
  return {7,
          errc::child_exited,
          "stderr:\nend",
          3,
          9,
          {"TERM", "KILL"},
          12,
          proof::empty,
          2};
}

template <>
inline tool sample() {
  return {"name",
          "title",
          "description",
          sample_json(),
          json::trusted("true"),
          {"t", true, false, true, false},
          json::trusted("{}"),
          sample_json()};
}

template <>
inline tool_list sample() {
  return {{sample<tool>(), sample<tool>()}, {"rejected"}, true, "cut"};
}

template <>
inline call_tool_result sample() {
  return {sample_json()};
}

template <>
inline client_status sample() {
  client_status x;
  x.name = "name";
  x.state = phase::backoff;
  x.incarnation = 1ull << 40;
  x.transport = "stdio";
  x.pid = 77;
  x.uptime = milliseconds{123456789};
  x.restarts = 2;
  x.in_flight = 3;
  x.waiting = 4;
  x.outbox_frames = 5;
  x.calls_total = 6;
  x.calls_failed = 7;
  x.late_answers = 8;
  x.noise_lines = 9;
  x.last_error = errc::timed_out;
  x.last_error_text = "late";
  x.next_retry = milliseconds{10};
  x.protocol_version = "2025-11-25";
  x.server = {"n", "t", "1.0"};
  x.instructions = "do";
  x.weaker_guarantee = "setuid";
  x.throttled = "floods";
  x.last_stop = sample<stop_report>();
  return x;
}

template <>
inline actor_status sample() {
  return {"client", 4, 5, "text"};
}

template <>
inline tree_status sample() {
  return {
    {sample<client_status>()}, {sample<actor_status>()}, milliseconds{5}, 6, 7};
}

template <>
inline client_event sample() {
  return {"server",
          3,
          phase::ready,
          phase::degraded,
          errc::liveness_lost,
          "text\x1B[0m",
          milliseconds{9},
          10,
          sample<stop_report>()};
}

template <>
inline diagnostic sample() {
  return {"server", 5, diagnostic::kind::unkillable, "line"};
}

// -- specifications -----------------------------------------------------------

template <>
inline server_spec sample() {
  server_spec x;
  x.name = "name";
  x.description = "what";
  x.transport = "pipe";
  x.enabled = false;
  x.command = "/bin/echo";
  x.args = {"a", ""};
  x.env = {{"TOKEN", secret{sample_secret}}, {"EMPTY", secret{""}}};
  x.env_inherit = {"DISPLAY"};
  x.cwd = "/tmp";
  x.allow_setuid = true;
  x.url = "http://localhost";
  x.headers = {{"Authorization", secret{sample_secret}}};
  x.tls = {"ca", "certificate", "key", true};
  x.lazy = true;
  x.dialect = dialect_choice::modern;
  x.not_ready = when_not_ready::refuse;
  auto ms = [n = 1]() mutable { return milliseconds{n++}; };
  x.restart = {
    restart_type::temporary, ms(), ms(), ms(), 1.5, 0.5, ms(), 4, ms(), ms()};
  x.timeouts = {ms(), ms(), ms(), ms(), ms(), ms(), ms(), ms(), ms(), ms()};
  x.limits = {1, 2, 3, 4, 5};
  return x;
}

// -- commands -----------------------------------------------------------------

template <>
inline call_tool sample() {
  return {"tool",          sample_json(),   3,
          milliseconds{4}, milliseconds{5}, json::trusted("{}")};
}

template <>
inline cancel_call sample() {
  return {3};
}

template <>
inline call_progress sample() {
  return {3, 0.25, 1.5, "half"};
}

template <>
inline list_tools sample() {
  return {true};
}

template <>
inline ensure_ready sample() {
  return {milliseconds{5}};
}

template <>
inline reload sample() {
  return {milliseconds{5}, {sample<server_spec>()}};
}

template <>
inline close_client sample() {
  return {milliseconds{6}};
}

template <>
inline apply_servers sample() {
  return {{sample<server_spec>(), sample<server_spec>()}};
}

template <>
inline apply_result sample() {
  return {{"a"}, {"b"}, {"c", "d"}, {"e"}, {"f: why"}};
}

template <>
inline open_client sample() {
  return {sample<server_spec>()};
}

template <>
inline by_name<call_tool> sample() {
  return {"s", sample<call_tool>()};
}

template <>
inline by_name<list_tools> sample() {
  return {"s", sample<list_tools>()};
}

template <>
inline by_name<ensure_ready> sample() {
  return {"s", sample<ensure_ready>()};
}

template <>
inline by_name<reload> sample() {
  return {"s", sample<reload>()};
}

template <>
inline by_name<close_client> sample() {
  return {"s", sample<close_client>()};
}

template <>
inline by_name<cancel_call> sample() {
  return {"s", sample<cancel_call>()};
}

template <>
inline by_name<get_status> sample() {
  return {"s", {}};
}

template <>
inline stop_all_report sample() {
  return {{"a"}, {sample<stop_report>()}, 1, true};
}

// -- answers: both halves filled, although only one ever is -------------------

template <class T>
answer<T> sample_answer() {
  answer<T> x{sample<T>()};
  x.error = sample<failure>();
  return x;
}

template <>
inline answer<actor_status> sample() {
  return sample_answer<actor_status>();
}

template <>
inline answer<apply_result> sample() {
  return sample_answer<apply_result>();
}

template <>
inline answer<call_tool_result> sample() {
  return sample_answer<call_tool_result>();
}

template <>
inline answer<client_status> sample() {
  return sample_answer<client_status>();
}

template <>
inline answer<stop_all_report> sample() {
  return sample_answer<stop_all_report>();
}

template <>
inline answer<stop_report> sample() {
  return sample_answer<stop_report>();
}

template <>
inline answer<tool_list> sample() {
  return sample_answer<tool_list>();
}

template <>
inline answer<tree_status> sample() {
  return sample_answer<tree_status>();
}

} // namespace troupe
