#include "troupe/messages/resources.hpp"

#include "troupe/messages/json/members.hpp"

#include <algorithm>

namespace troupe {

using namespace members;

namespace {

template <class T>
void read_common(T& to, const json& x) {
  to.name = text_at(x, "name");
  to.title = text_at(x, "title");
  to.description = text_at(x, "description");
  to.mime_type = text_at(x, "mimeType");
  to.annotations = object_at(x, "annotations");
  to.meta = object_at(x, "_meta");
  to.raw = x;
}

resource_contents parse_part(const json& x) {
  return {text_at(x, "uri"),  text_at(x, "mimeType"), text_at(x, "text"),
          text_at(x, "blob"), object_at(x, "_meta"),  x};
}

} // namespace

// -- what is listed ----------------------------------------------------------

parsed_resource parse_resource(const json& x) {
  if (!x.is_object())
    return {{}, "The resource is not an object."};
  resource result;
  result.uri = text_at(x, "uri");
  if (result.uri.empty())
    return {{}, "The resource has no uri."};
  read_common(result, x);
  auto size = x.find("size");
  auto bytes = size ? size->as_integer().value_or(0) : 0;
  result.size = static_cast<uint64_t>(std::max<int64_t>(bytes, 0));
  return {std::move(result), {}};
}

parsed_resource_template parse_resource_template(const json& x) {
  if (!x.is_object())
    return {{}, "The template is not an object."};
  resource_template result;
  result.uri_template = text_at(x, "uriTemplate");
  if (result.uri_template.empty())
    return {{}, "The template has no uriTemplate."};
  read_common(result, x);
  return {std::move(result), {}};
}

// -- what is read ------------------------------------------------------------

std::vector<resource_contents> read_resource_result::contents() const {
  std::vector<resource_contents> result;
  for (const auto& x : items_at(raw, "contents"))
    result.push_back(parse_part(x));
  return result;
}

json read_resource_result::meta() const {
  return object_at(raw, "_meta");
}

std::string read_resource_result::text() const {
  std::string result;
  auto first = true;
  for (const auto& x : items_at(raw, "contents")) {
    auto text = x.find("text");
    if (!text || !text->is_string())
      continue;
    if (!std::exchange(first, false))
      result += '\n';
    result += *text->as_string();
  }
  return result;
}

} // namespace troupe
