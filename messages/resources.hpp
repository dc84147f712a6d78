#pragma once

#include "troupe/messages/json/json.hpp"

#include <optional>
#include <string>
#include <vector>

/// Resources, which a server offers for reading. Like the types in `mcp.hpp`,
/// each keeps the JSON it came from, so that members unknown to us survive.
namespace troupe {

/// (schema: Resource)
struct resource {
  std::string uri;
  std::string name;
  std::string title;
  std::string description;
  std::string mime_type;
  uint64_t size = 0; ///< In bytes; 0 where the server does not say.
  json annotations;  ///< Null where absent.
  json meta;         ///< `_meta`; null where absent.
  json raw;          ///< The resource as the server sent it.
};

TROUPE_INSPECT(resource, uri, name, title, description, mime_type, size,
               annotations, meta, raw)

/// Whole families of resources (schema: ResourceTemplate).
struct resource_template {
  std::string uri_template; ///< RFC 6570
  std::string name;
  std::string title;
  std::string description;
  std::string mime_type;
  json annotations; ///< Null where absent.
  json meta;        ///< `_meta`; null where absent.
  json raw;         ///< The template as the server sent it.
};

TROUPE_INSPECT(resource_template, uri_template, name, title, description,
               mime_type, annotations, meta, raw)

/// Fails with a sentence that says what is missing.
struct parsed_resource {
  resource value;
  std::string error;
};
parsed_resource parse_resource(const json& x);

struct parsed_resource_template {
  resource_template value;
  std::string error;
};
parsed_resource_template parse_resource_template(const json& x);

/// All pages of `resources/list`; see `tool_list`.
struct resource_list {
  std::vector<resource> resources;
  std::vector<std::string> rejected;
  bool stale = false;
  /// Why entries are missing at its end ("cut after 10000 tools"); empty where
  /// the list is whole.
  std::string cut;
};

TROUPE_INSPECT(resource_list, resources, rejected, stale, cut)

/// All pages of `resources/templates/list`; see `tool_list`.
struct resource_template_list {
  std::vector<resource_template> templates;
  std::vector<std::string> rejected;
  bool stale = false;
  /// Why entries are missing at its end ("cut after 10000 tools"); empty where
  /// the list is whole.
  std::string cut;
};

TROUPE_INSPECT(resource_template_list, templates, rejected, stale, cut)

/// One part of what a resource holds (schema: ResourceContents): text, or
/// bytes in Base64 as sent.
struct resource_contents {
  std::string uri;
  std::string mime_type;
  std::string text;
  std::string blob;
  json meta;
  json raw;
};

TROUPE_INSPECT(resource_contents, uri, mime_type, text, blob, meta, raw)

/// (schema: ReadResourceResult). The parts are read from `raw` on request.
struct read_resource_result {
  json raw;

  std::vector<resource_contents> contents() const;
  /// `_meta`; null where absent.
  json meta() const;
  /// All texts, joined by line ends.
  std::string text() const;
};

TROUPE_INSPECT(read_resource_result, raw)

} // namespace troupe
