#include "troupe/actors/session/dialect.hpp"

#include "troupe/messages/cut_text.hpp"

namespace troupe {

namespace {

std::string text_member(const json& x, std::string_view key) {
  auto value = x.find(key);
  auto text = value ? value->as_string() : std::nullopt;
  return text ? cut_text(*text, defaults::remark_bytes_max) : "";
}

} // namespace

dialect::~dialect() {
  // nop
}

std::string format_implementation(const implementation& x) {
  json_writer out;
  out.begin_object().member("name", x.name);
  if (!x.title.empty())
    out.member("title", x.title);
  out.member("version", x.version).end_object();
  return out.take();
}

std::string format_capabilities(const client_capabilities& x) {
  json_writer out;
  out.begin_object();
  if (x.elicitation || x.elicitation_url) {
    out.key("elicitation").begin_object();
    if (x.elicitation)
      out.key("form").begin_object().end_object();
    if (x.elicitation_url)
      out.key("url").begin_object().end_object();
    out.end_object();
  }
  if (x.sampling)
    out.key("sampling").begin_object().end_object();
  if (x.roots)
    out.key("roots").begin_object().end_object();
  return out.end_object().take();
}

implementation parse_implementation(const json& x) {
  return {text_member(x, "name"), text_member(x, "title"),
          text_member(x, "version")};
}

failure handshake_error(std::string_view method, const json_rpc::error& x) {
  auto text = std::string{method} + " was answered with error "
              + std::to_string(x.code) + ": ";
  text += cut_text(x.message, defaults::remark_bytes_max);
  return {errc::handshake_failed, fate::refused, std::move(text)};
}

} // namespace troupe
