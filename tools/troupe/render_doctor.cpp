#include "troupe/tools/troupe/render_doctor.hpp"

#include "troupe/messages/escape.hpp"
#include "troupe/tools/troupe/advice.hpp"
#include "troupe/tools/troupe/event_lines.hpp"

#include <algorithm>

namespace troupe::cli {

namespace {

size_t count_healthy(const diagnosis& x) {
  return static_cast<size_t>(
    std::count_if(x.servers.begin(), x.servers.end(),
                  [](auto& y) { return y.why.code == errc::none; }));
}

/// Indents each line of a text, such as a server's last words.
std::string indented(const std::string& text) {
  std::string result = "    ";
  for (char c : escape_text(text)) {
    result += c;
    if (c == '\n')
      result += "    ";
  }
  return result;
}

void write_server(json_writer& out, const checked_server& x) {
  auto good = x.why.code == errc::none;
  out.begin_object().member("name", std::string_view{x.spec.name});
  out.member("ok", good).member("took_ms", int64_t{x.took.count()});
  out.member("protocol_version", std::string_view{x.status.protocol_version});
  out.member("tools", uint64_t{x.tools.tools.size()});
  out.key("rejected").begin_array();
  for (auto& text : x.tools.rejected)
    out.value(std::string_view{text});
  out.end_array().member("cut", std::string_view{x.tools.cut});
  out.member("stdout_noise", std::string_view{x.noise});
  out.key("error");
  if (good) {
    out.null().key("advice").null();
  } else {
    write(out, x.why);
    out.member("advice", std::string_view{advice_for(x.why, x.spec, x.seen)});
  }
  out.end_object();
}

} // namespace

bool is_healthy(const diagnosis& x) {
  return x.loaded.errors.empty() && x.left_nothing
         && count_healthy(x) == x.servers.size();
}

json doctor_json(const diagnosis& x) {
  json_writer out;
  out.begin_object().member("config", std::string_view{x.file});
  out.member("ok", is_healthy(x)).member("left_nothing", x.left_nothing);
  out.key("servers").begin_array();
  for (auto& server : x.servers)
    write_server(out, server);
  out.end_array().key("disabled").begin_array();
  for (auto& spec : x.loaded.servers)
    if (!spec.enabled)
      out.value(std::string_view{spec.name});
  out.end_array();
  write_problems(out, "errors", x.loaded.errors);
  write_problems(out, "warnings", x.loaded.warnings);
  return out.end_object().finish();
}

std::string checkup_text(const checked_server& x, const style& look) {
  auto name = look.strong(shown_line(x.spec.name)) + ": ";
  if (x.why.code != errc::none)
    return name + look.bad("failed") + ": " + std::string{to_string(x.why.code)}
           + " after " + in_words(x.took) + '\n' + indented(x.why.text) + '\n'
           + (x.noise.empty() ? "" : indented("stdout: " + x.noise) + '\n')
           + indented(advice_for(x.why, x.spec, x.seen));
  auto result = name + look.paint("ok", phase::ready) + ": "
                + std::to_string(x.tools.tools.size()) + " tools, protocol "
                + shown_line(x.status.protocol_version) + ", "
                + shown_line(x.status.server.name) + ' '
                + shown_line(x.status.server.version) + ", ready after "
                + in_words(x.took);
  for (auto& text : x.tools.rejected)
    result += '\n' + indented("left out: " + text);
  if (!x.tools.cut.empty())
    result += '\n' + indented("incomplete: " + x.tools.cut);
  return result;
}

std::string verdict_text(const diagnosis& x, const style& look) {
  std::string result;
  for (auto& spec : x.loaded.servers)
    if (!spec.enabled)
      result += look.strong(shown_line(spec.name)) + ": disabled, skipped\n";
  if (!x.left_nothing)
    result += look.bad("some servers may have left something behind") + '\n';
  auto all = std::to_string(x.servers.size());
  auto healthy = std::to_string(count_healthy(x));
  result += healthy + " of " + all + " servers work";
  if (auto n = x.loaded.errors.size(); n > 0)
    result += ", " + counted(n, "error") + " in the configuration";
  return result + '\n';
}

} // namespace troupe::cli
