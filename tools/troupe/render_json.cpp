#include "troupe/tools/troupe/render_json.hpp"

#include <algorithm>

namespace troupe::cli {

namespace {

std::string_view view(const std::string& x) {
  return x;
}

int64_t in_ms(std::chrono::milliseconds x) {
  return x.count();
}

void write_error_of(json_writer& out, const client_status& x) {
  if (x.last_error == errc::none) {
    out.key("last_error").null();
    return;
  }
  out.key("last_error").begin_object();
  out.member("code", to_string(x.last_error));
  out.member("text", view(x.last_error_text)).end_object();
}

void write_counts(json_writer& out, const client_status& x) {
  out.member("restarts", x.restarts).member("in_flight", x.in_flight);
  out.member("queue_depth", x.waiting + x.outbox_frames);
  out.member("waiting", x.waiting).member("outbox_frames", x.outbox_frames);
  out.member("calls_total", x.calls_total);
  out.member("calls_failed", x.calls_failed);
  out.member("late_answers", x.late_answers);
  out.member("noise_lines", x.noise_lines);
}

void write_about(json_writer& out, const supervised& about) {
  out.member("running", about.pid != 0).member("pid", about.pid);
  out.member("config", view(about.config));
  out.member("socket", view(about.socket));
}

/// Leaves out arguments and environment: they may hold secrets.
void write_spec(json_writer& out, const server_spec& x,
                const client_status* now) {
  out.begin_object().member("name", view(x.name));
  out.member("enabled", x.enabled).member("lazy", x.lazy);
  out.member("phase", now         ? to_string(now->state)
                      : x.enabled ? "not running"
                                  : "disabled");
  out.member("transport", view(x.transport));
  out.member("command", view(x.command));
  out.member("description", view(x.description));
  if (now != nullptr)
    write_error_of(out, *now);
  else
    out.key("last_error").null();
  out.end_object();
}

const client_status* find(const tree_status& tree, const std::string& name) {
  auto i = std::find_if(tree.clients.begin(), tree.clients.end(),
                        [&](auto& x) { return x.name == name; });
  return i == tree.clients.end() ? nullptr : &*i;
}

bool is_configured(const supervised& about, const std::string& name) {
  auto& all = about.loaded.servers;
  return std::any_of(all.begin(), all.end(),
                     [&](auto& x) { return x.name == name; });
}

} // namespace

void write_problems(json_writer& out, const char* name,
                    const std::vector<config_problem>& all) {
  out.key(name).begin_array();
  for (auto& x : all) {
    out.begin_object().member("file", view(x.file));
    out.member("server", view(x.server)).member("field", view(x.field));
    out.member("text", view(x.text));
    out.member("whole_file", x.whole_file).end_object();
  }
  out.end_array();
}

// -- parts --------------------------------------------------------------------

void write(json_writer& out, const failure& x) {
  out.begin_object().member("code", to_string(x.code));
  out.member("fate", to_string(x.what_became));
  out.member("text", x.text.empty() ? explain(x.code) : view(x.text));
  out.member("retry_after_ms", in_ms(x.retry_after));
  out.member("needs_person", x.needs_person);
  if (x.code == errc::server_error) {
    out.member("server_code", x.server_code);
    out.member("server_data", x.server_data);
  }
  out.end_object();
}

void write(json_writer& out, const stop_report& x) {
  out.begin_object().member("incarnation", x.incarnation);
  out.member("why", to_string(x.why)).member("text", view(x.text));
  out.member("exit_status", x.exit_status);
  out.member("term_signal", x.term_signal);
  out.key("signals").begin_array();
  for (auto& signal : x.signals)
    out.value(view(signal));
  out.end_array().member("killed", x.killed);
  out.member("proof", to_string(x.left)).member("clean", is_clean(x.left));
  out.end_object();
}

void write(json_writer& out, const client_status& x) {
  out.begin_object().member("name", view(x.name));
  out.member("phase", to_string(x.state)).member("incarnation", x.incarnation);
  out.member("transport", view(x.transport)).member("pid", x.pid);
  out.member("uptime_ms", in_ms(x.uptime));
  write_counts(out, x);
  write_error_of(out, x);
  out.key("next_retry_ms");
  if (x.next_retry.count() > 0)
    out.value(in_ms(x.next_retry));
  else
    out.null();
  out.member("protocol_version", view(x.protocol_version));
  out.key("server").begin_object().member("name", view(x.server.name));
  out.member("title", view(x.server.title));
  out.member("version", view(x.server.version)).end_object();
  out.member("weaker_guarantee", view(x.weaker_guarantee));
  out.member("throttled", view(x.throttled));
  out.key("last_stop");
  if (x.last_stop.incarnation > 0)
    write(out, x.last_stop);
  else
    out.null();
  out.end_object();
}

void write(json_writer& out, const tool_list& x) {
  out.member("stale", x.stale).key("tools").begin_array();
  for (auto& tool : x.tools)
    out.value(tool.raw);
  out.end_array().key("rejected").begin_array();
  for (auto& text : x.rejected)
    out.value(view(text));
  out.end_array().member("cut", view(x.cut));
}

// -- answers ------------------------------------------------------------------

json status_json(const supervised& about, const tree_status& tree) {
  json_writer out;
  out.begin_object();
  write_about(out, about);
  out.member("uptime_ms", in_ms(tree.uptime));
  out.key("warden").begin_object().member("pid", tree.warden_pid);
  out.member("restarts", tree.warden_restarts).end_object();
  out.key("servers").begin_array();
  for (auto& x : tree.clients)
    write(out, x);
  out.end_array().key("actors").begin_array();
  for (auto& x : tree.actors) {
    out.begin_object().member("kind", view(x.kind)).member("id", x.id);
    out.member("mailbox_depth", x.mailbox_depth);
    out.member("text", view(x.text)).end_object();
  }
  out.end_array();
  write_problems(out, "errors", about.loaded.errors);
  return out.end_object().finish();
}

json list_json(const supervised& about, const tree_status& tree) {
  json_writer out;
  out.begin_object();
  write_about(out, about);
  out.key("servers").begin_array();
  for (auto& x : about.loaded.servers)
    write_spec(out, x, find(tree, x.name));
  for (auto& x : tree.clients) {
    if (is_configured(about, x.name))
      continue;
    server_spec unknown;
    unknown.name = x.name;
    unknown.transport = x.transport;
    write_spec(out, unknown, &x);
  }
  out.end_array();
  write_problems(out, "errors", about.loaded.errors);
  return out.end_object().finish();
}

json tools_json(const named_tools& all) {
  json_writer out;
  out.begin_object().key("servers").begin_array();
  for (auto& [name, x] : all) {
    out.begin_object().member("name", view(name));
    if (x.ok())
      write(out, x.value);
    else
      write(out.key("error"), x.error);
    out.end_object();
  }
  return out.end_array().end_object().finish();
}

json call_json(const std::string& server, const std::string& tool,
               const call_tool_result& result) {
  json_writer out;
  out.begin_object().member("server", view(server));
  out.member("tool", view(tool)).member("is_error", result.is_error());
  return out.member("result", result.raw).end_object().finish();
}

json reload_json(const client_status& x) {
  json_writer out;
  out.begin_object().member("server", view(x.name)).key("status");
  write(out, x);
  return out.end_object().finish();
}

json close_json(const std::string& server, const stop_report& x) {
  json_writer out;
  out.begin_object().member("server", view(server)).key("stopped");
  write(out, x);
  return out.end_object().finish();
}

} // namespace troupe::cli
