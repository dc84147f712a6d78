#include "troupe/messages/config/fields.hpp"
#include "troupe/messages/header_text.hpp"

namespace troupe {

namespace {

// Reads a field that other programs write under several names: the first of
// `names` that is set counts, the others are warned about.
template <class T>
void read_any(config_fields& in, std::initializer_list<const char*> names,
              T& to) {
  const char* first = nullptr;
  for (auto name : names) {
    if (!in.has(name)) {
      in.take(name); // null counts as absent
    } else if (first == nullptr) {
      first = name;
      in.read(name, to);
    } else {
      in.take(name);
      in.warn(name, "is overridden by " + std::string{first});
    }
  }
}

// `disabled` says the opposite of `enabled`.
void read_enabled(config_fields& in, bool& to) {
  bool disabled = false;
  in.read("disabled", disabled);
  to = !disabled;
  if (in.has("disabled") && (in.has("enabled") || in.has("isActive")))
    in.warn("disabled", "is overridden by enabled");
  read_any(in, {"enabled", "isActive"}, to);
}

void read_transport(config_fields& in, server_spec& to) {
  read_any(in, {"url", "baseUrl", "httpUrl"}, to.url);
  auto remote = !to.url.empty() && to.command.empty();
  std::string word = remote ? "http" : "stdio";
  if (!in.has("transport") && !in.has("type") && !to.url.empty()
      && !to.command.empty())
    in.refuse("url", "is set as well as command: transport must say which one "
                     "to use");
  read_any(in, {"transport", "type"}, word);
  if (word == "streamable-http" || word == "streamable_http"
      || word == "streamableHttp")
    word = "http";
  to.transport = word;
}

// A header's name is the same in any case (RFC 9110, section 5.1). As with
// repeated arguments of most programs, the last one counts.
void read_headers(config_fields& in, std::map<std::string, secret>& to) {
  in.read("headers", to);
  auto written = in.take("headers").value_or(json{}).members();
  std::map<std::string, std::string> last;
  for (const auto& [name, value] : written) {
    auto [i, fresh] = last.try_emplace(lower_case(name), name);
    if (fresh)
      continue;
    in.warn("headers." + i->second, "is overridden by " + name);
    to.erase(i->second);
    i->second = name;
  }
}

void read_restart(config_fields& in, config_log& log, restart_policy& to) {
  using choice = config_fields::choice<restart_type>;
  auto types = {choice{"permanent", restart_type::permanent},
                choice{"transient", restart_type::transient},
                choice{"temporary", restart_type::temporary}};
  auto given = in.take("restart");
  if (!given)
    return;
  if (given->is_string()) // the type alone
    return in.read("restart", to.type, types);
  if (!given->is_object())
    return in.refuse("restart", "must be an object or one of permanent, "
                                "transient, temporary");
  config_fields fields{*given, "restart", log};
  fields.read("type", to.type, types);
  fields.read("prompt_after", to.prompt_after);
  fields.read("backoff_first", to.backoff_first);
  fields.read("backoff_max", to.backoff_max);
  fields.read("backoff_factor", to.backoff_factor);
  fields.read("jitter", to.jitter);
  fields.read("stable_after", to.stable_after);
  fields.read("intensity", to.intensity);
  fields.read("period", to.period);
  fields.read("probe_every", to.probe_every);
  fields.report_unknown();
}

std::optional<config_fields> open(config_fields& in, config_log& log,
                                  std::string field) {
  auto given = in.take(field);
  if (!given)
    return std::nullopt;
  if (given->is_object())
    return config_fields{*given, field, log};
  in.refuse(field, "must be an object");
  return std::nullopt;
}

void read_timeouts(config_fields& in, config_log& log, server_timeouts& to) {
  auto fields = open(in, log, "timeouts");
  if (!fields)
    return;
  fields->read("ready", to.ready);
  fields->read("probe", to.probe);
  fields->read("call_idle", to.call_idle);
  fields->read("call_total", to.call_total);
  fields->read("write", to.write);
  fields->read("drain", to.drain);
  fields->read("stop_grace", to.stop_grace);
  fields->read("ping_after_idle", to.ping_after_idle);
  fields->read("ping", to.ping);
  fields->read("connect", to.connect);
  fields->report_unknown();
}

void read_limits(config_fields& in, config_log& log, server_limits& to) {
  auto fields = open(in, log, "limits");
  if (!fields)
    return;
  fields->read("frame_bytes_max", to.frame_bytes_max);
  fields->read("in_flight_max", to.in_flight_max);
  fields->read("waiting_calls_max", to.waiting_calls_max);
  fields->read("outbox_frames_max", to.outbox_frames_max);
  fields->read("outbox_bytes_max", to.outbox_bytes_max);
  fields->report_unknown();
}

void read_tls(config_fields& in, config_log& log, tls_options& to) {
  auto fields = open(in, log, "tls");
  if (!fields)
    return;
  fields->read("ca_file", to.ca_file);
  fields->read("certificate_file", to.certificate_file);
  fields->read("key_file", to.key_file);
  fields->read("insecure", to.insecure);
  fields->report_unknown();
}

void read_treatment(config_fields& in, config_log& log, server_spec& to) {
  in.read("lazy", to.lazy);
  in.read<dialect_choice>("dialect", to.dialect,
                          {{"automatic", dialect_choice::automatic},
                           {"legacy", dialect_choice::legacy},
                           {"modern", dialect_choice::modern}});
  in.read<when_not_ready>(
    "not_ready", to.not_ready,
    {{"queue", when_not_ready::queue}, {"refuse", when_not_ready::refuse}});
  read_restart(in, log, to.restart);
  read_timeouts(in, log, to.timeouts);
  read_limits(in, log, to.limits);
  read_tls(in, log, to.tls);
  for (auto field : {"oauth", "tools", "exclusive"})
    if (in.take(field))
      in.warn(field, "is not supported yet and has no effect");
}

} // namespace

server_spec read_server(const json& object, std::string name, config_log& log) {
  server_spec result;
  if (!object.is_object()) {
    log.error("", "must be an object");
    return result;
  }
  config_fields in{object, "", log};
  auto title = name;
  in.read("name", title);
  if (title != name)
    in.warn("name", "has no effect: the server is known by its key");
  result.name = std::move(name);
  in.read("description", result.description);
  read_enabled(in, result.enabled);
  in.read("command", result.command);
  in.read("args", result.args);
  in.read("env", result.env);
  in.read("env_inherit", result.env_inherit);
  in.read("cwd", result.cwd);
  in.read("allow_setuid", result.allow_setuid);
  read_transport(in, result);
  read_headers(in, result.headers);
  read_treatment(in, log, result);
  in.report_unknown();
  return result;
}

} // namespace troupe
