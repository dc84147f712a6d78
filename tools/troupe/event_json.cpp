#include "troupe/messages/escape.hpp"
#include "troupe/messages/json/utf8.hpp"
#include "troupe/tools/troupe/event_lines.hpp"
#include "troupe/tools/troupe/render_json.hpp"

namespace troupe::cli {

namespace {

json_writer begin_event(std::string_view name, const std::string& time) {
  json_writer out;
  out.begin_object().member("event", name);
  out.member("time", std::string_view{time});
  return out;
}

} // namespace

json running_json(const supervised& about, const std::string& time) {
  auto out = begin_event("running", time);
  out.member("pid", about.pid);
  out.member("config", std::string_view{about.config});
  out.member("socket", std::string_view{about.socket});
  out.member("errors", uint64_t{about.loaded.errors.size()});
  return out.end_object().finish();
}

json event_json(const client_event& x, const std::string& time) {
  auto out = begin_event("state", time);
  out.member("server", std::string_view{x.server});
  out.member("incarnation", x.incarnation);
  out.member("from", to_string(x.from)).member("to", to_string(x.to));
  out.member("why", to_string(x.why));
  out.member("text", std::string_view{x.text}).member("pid", x.pid);
  out.member("next_retry_ms", int64_t{x.next_retry.count()});
  if (ends_a_life(x))
    write(out.key("stopped"), x.stopped);
  return out.end_object().finish();
}

json event_json(const diagnostic& x, const std::string& time) {
  auto out = begin_event("remark", time);
  out.member("server", std::string_view{x.server});
  out.member("incarnation", x.incarnation);
  out.member("kind", kind_of(x));
  out.member("text", std::string_view{x.text});
  return out.end_object().finish();
}

json dropped_json(uint64_t count, const std::string& time) {
  return begin_event("dropped", time)
    .member("count", count)
    .end_object()
    .finish();
}

json stopped_json(const stop_all_report& x, const std::string& time) {
  auto out = begin_event("stopped", time);
  out.member("clean", x.clean).key("servers").begin_array();
  for (size_t i = 0; i < x.names.size(); ++i) {
    out.begin_object().member("name", std::string_view{x.names[i]});
    out.member("earlier", i + x.earlier >= x.names.size());
    write(out.key("stopped"), x.reports[i]);
    out.end_object();
  }
  return out.end_array().end_object().finish();
}

// -- for terminals ------------------------------------------------------------

namespace {

void append_escaped(std::string& out, char32_t x) {
  auto unit = [&out](uint32_t y) {
    out += "\\u";
    for (int shift = 12; shift >= 0; shift -= 4)
      out += "0123456789abcdef"[(y >> shift) & 15];
  };
  if (x < 0x10000)
    return unit(x);
  unit(0xD800 + ((x - 0x10000) >> 10));
  unit(0xDC00 + ((x - 0x10000) & 0x3FF));
}

} // namespace

// Outside of strings, JSON is plain ASCII: what is found is within one.
std::string terminal_safe(const json& x) {
  std::string line;
  append_json(line, x);
  std::string result;
  result.reserve(line.size());
  auto end = line.data() + line.size();
  for (auto p = line.data(); p != end;) {
    auto length = utf8_length(p, end);
    auto piece = std::string_view{p, std::max<size_t>(length, 1)};
    auto is_plain = *p >= 0x20 && *p < 0x7F;
    if (is_plain || length == 0 || escape_line(piece, 64) == piece)
      result.append(piece);
    else
      append_escaped(result, decode_utf8(p, length));
    p += piece.size();
  }
  return result;
}

} // namespace troupe::cli
