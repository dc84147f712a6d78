#include "troupe/messages/roots.hpp"

#include "troupe/messages/json/members.hpp"
#include "troupe/messages/json/utf8.hpp"

namespace troupe {

using members::is_optional_object;

static std::string fault_of_root(const root& x) {
  if (!x.uri.starts_with("file://"))
    return "uri is no file:// URI";
  if (!is_utf8(x.uri))
    return "uri is not UTF-8";
  return is_optional_object(x.meta) ? "" : "meta is no object";
}

std::string fault_of(const list_roots_result& x) {
  for (size_t i = 0; i < x.roots.size(); ++i)
    if (auto fault = fault_of_root(x.roots[i]); !fault.empty())
      return "has a root (" + std::to_string(i) + ") whose " + fault;
  return is_optional_object(x.meta) ? "" : "has a meta that is no object";
}

json to_json(const list_roots_result& x) {
  json_writer out;
  out.begin_object().key("roots").begin_array();
  for (const auto& y : x.roots) {
    out.begin_object().member("uri", std::string_view{y.uri});
    if (!y.name.empty())
      out.member("name", std::string_view{y.name});
    if (y.meta.is_object())
      out.member("_meta", y.meta);
    out.end_object();
  }
  out.end_array();
  if (x.meta.is_object())
    out.member("_meta", x.meta);
  return out.end_object().finish();
}

} // namespace troupe
