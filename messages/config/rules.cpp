#include "troupe/messages/config/fields.hpp"
#include "troupe/messages/header_text.hpp"
#include "troupe/messages/json/utf8.hpp"

#include <algorithm>

namespace troupe {

namespace {

using verdict = std::optional<spec_fault>;

// -- texts -------------------------------------------------------------------

constexpr std::string_view control_text =
  "control characters or bytes that are not UTF-8";

bool has_nul(std::string_view text) {
  return text.find('\0') != std::string_view::npos;
}

/// A command line is shown, and passed on, as one line.
bool breaks_line(std::string_view text) {
  return has_nul(text) || text.find_first_of("\r\n") != std::string_view::npos;
}

bool is_variable_name(std::string_view name) {
  return !name.empty() && name.find('=') == std::string_view::npos
         && !has_control(name);
}

verdict judge_name(std::string_view name) {
  if (name.empty())
    return spec_fault{"name", "is empty"};
  if (name.size() > defaults::server_name_bytes_max)
    return spec_fault{
      "name", "is longer than "
                + std::to_string(defaults::server_name_bytes_max) + " bytes"};
  if (has_control(name))
    return spec_fault{"name", "holds " + std::string{control_text}};
  return std::nullopt;
}

verdict judge_env(const server_spec& x) {
  for (const auto& [name, value] : x.env) {
    if (!is_variable_name(name))
      return spec_fault{"env", "'" + name + "' cannot name a variable"};
    if (has_nul(value.reveal()))
      return spec_fault{"env." + name, "holds a NUL"};
  }
  for (const auto& name : x.env_inherit)
    if (!is_variable_name(name))
      return spec_fault{"env_inherit", "'" + name + "' cannot name a variable"};
  return std::nullopt;
}

// -- remote ------------------------------------------------------------------

/// The URL may be one variable; the resolved URL is judged again.
verdict judge_url(std::string_view url) {
  if (url.empty())
    return spec_fault{"url", "is missing"};
  if (has_control(url) || url.find(' ') != std::string_view::npos)
    return spec_fault{"url", "holds spaces or " + std::string{control_text}};
  auto begins_with = [&](std::string_view scheme) {
    return same_letters(url.substr(0, scheme.size()), scheme);
  };
  if (!begins_with("http://") && !begins_with("https://")
      && !url.starts_with("${"))
    return spec_fault{"url", "must begin with http:// or https://"};
  return std::nullopt;
}

/// Headers whose names differ only in case are the same one: refused as
/// ambiguous.
verdict judge_repeated(const std::map<std::string, secret>& headers) {
  std::map<std::string, std::string_view> seen;
  for (const auto& [name, value] : headers)
    if (auto [first, fresh] = seen.emplace(lower_case(name), name); !fresh)
      return spec_fault{"headers." + name, "is the same header as '"
                                             + std::string{first->second}
                                             + "'"};
  return std::nullopt;
}

verdict judge_tls(const tls_options& x) {
  if (x.certificate_file.empty() != x.key_file.empty())
    return spec_fault{"tls",
                      "certificate_file and key_file must be set together"};
  for (const auto* path : {&x.ca_file, &x.certificate_file, &x.key_file})
    if (has_nul(*path))
      return spec_fault{"tls", "holds a NUL"};
  return std::nullopt;
}

verdict judge_remote(const server_spec& x) {
  if (auto bad = judge_url(x.url))
    return bad;
  if (auto bad = judge_repeated(x.headers))
    return bad;
  for (const auto& [name, value] : x.headers) {
    if (!is_token(name))
      return spec_fault{"headers", "'" + name + "' cannot name a header"};
    if (is_connection_field(name))
      return spec_fault{"headers", "'" + name
                                     + "' belongs to the connection and cannot "
                                       "be set"};
    if (!is_field_value(value.reveal()))
      return spec_fault{"headers." + name, "holds CR, LF or NUL"};
  }
  return judge_tls(x.tls);
}

verdict judge_program(const server_spec& x) {
  if (x.transport == "http" || x.transport == "sse")
    return judge_remote(x);
  // "pipe": a server in this process; `command` is its name.
  if (x.transport != "stdio" && x.transport != "pipe")
    return spec_fault{"transport", "'" + x.transport + "' is not known"};
  if (x.command.empty())
    return spec_fault{"command", "is missing"};
  if (has_control(x.command))
    return spec_fault{"command", "holds " + std::string{control_text}};
  for (size_t i = 0; i < x.args.size(); ++i)
    if (breaks_line(x.args[i]))
      return spec_fault{"args[" + std::to_string(i) + "]",
                        "holds CR, LF or NUL"};
  if (has_nul(x.cwd))
    return spec_fault{"cwd", "holds a NUL"};
  return judge_env(x);
}

// -- numbers -----------------------------------------------------------------

struct time_rule {
  const char* field;
  milliseconds value;
  milliseconds min;
  milliseconds max = defaults::configured_time_max;
};

verdict judge_times(std::initializer_list<time_rule> rules) {
  auto ms = [](milliseconds x) { return std::to_string(x.count()) + "ms"; };
  for (const auto& x : rules)
    if (x.value < x.min || x.value > x.max)
      return spec_fault{x.field,
                        "must be from " + ms(x.min) + " to " + ms(x.max)};
  return std::nullopt;
}

verdict judge_timeouts(const server_timeouts& x) {
  constexpr milliseconds none{0}, some{1};
  return judge_times(
    {{"timeouts.ready", x.ready, none, defaults::ready_timeout_max},
     {"timeouts.probe", x.probe, some},
     {"timeouts.call_idle", x.call_idle, some},
     {"timeouts.call_total", x.call_total, some},
     {"timeouts.write", x.write, some},
     {"timeouts.drain", x.drain, none},
     {"timeouts.stop_grace", x.stop_grace, none},
     {"timeouts.ping_after_idle", x.ping_after_idle, none},
     {"timeouts.ping", x.ping, some},
     {"timeouts.connect", x.connect, some}});
}

verdict judge_restart(const restart_policy& x) {
  constexpr milliseconds none{0}, some{1};
  // Written so that NaN is refused, too.
  if (!(x.backoff_factor >= 1 && x.backoff_factor <= 100))
    return spec_fault{"restart.backoff_factor", "must be from 1 to 100"};
  if (!(x.jitter >= 0 && x.jitter <= 1))
    return spec_fault{"restart.jitter", "must be from 0 to 1"};
  if (x.intensity < 1 || x.intensity > defaults::restart_intensity_max)
    return spec_fault{"restart.intensity",
                      "must be from 1 to "
                        + std::to_string(defaults::restart_intensity_max)};
  return judge_times({{"restart.prompt_after", x.prompt_after, none},
                      {"restart.backoff_first", x.backoff_first, some},
                      {"restart.backoff_max", x.backoff_max, x.backoff_first},
                      {"restart.stable_after", x.stable_after, none},
                      {"restart.period", x.period, some},
                      {"restart.probe_every", x.probe_every, some}});
}

verdict judge_limits(const server_limits& x) {
  struct rule {
    const char* field;
    uint64_t value;
    uint64_t min;
    uint64_t max;
  };
  constexpr auto bytes = defaults::configured_bytes_max;
  constexpr auto count = defaults::configured_count_max;
  for (const auto& r :
       {rule{"frame_bytes_max", x.frame_bytes_max, 1024, bytes},
        rule{"in_flight_max", x.in_flight_max, 1, count},
        rule{"waiting_calls_max", x.waiting_calls_max, 0, count},
        rule{"outbox_frames_max", x.outbox_frames_max, 1, count},
        rule{"outbox_bytes_max", x.outbox_bytes_max, 1024, bytes}})
    if (r.value < r.min || r.value > r.max)
      return spec_fault{"limits." + std::string{r.field},
                        "must be from " + std::to_string(r.min) + " to "
                          + std::to_string(r.max)};
  return std::nullopt;
}

} // namespace

std::optional<spec_fault> find_fault(const server_spec& x) {
  for (const auto& found :
       {judge_name(x.name), judge_program(x), judge_timeouts(x.timeouts),
        judge_restart(x.restart), judge_limits(x.limits)})
    if (found)
      return found;
  return std::nullopt;
}

std::optional<failure> validate(const server_spec& x) {
  auto found = find_fault(x);
  if (!found)
    return std::nullopt;
  return failure{errc::invalid_spec,
                 fate::not_sent,
                 "server '" + x.name + "': " + found->field + " " + found->text,
                 0,
                 {}};
}

} // namespace troupe
