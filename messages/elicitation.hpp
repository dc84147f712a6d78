#pragma once

#include "troupe/messages/json/json.hpp"

#include <string>

/// Forms that servers want filled in (MCP, "Elicitation"): flat objects of
/// strings, numbers, booleans and choices.
namespace troupe {

/// Fails with a sentence that says what does not fit.
struct filled_form {
  json value;
  std::string fault;
};

/// The content that is sent for a form: the fields of `content` that `schema`
/// declares, each checked against it, and defaults for those left out, or null.
/// `schema` is the request's `requestedSchema`; `content` an object, or null
/// for none.
filled_form fill_form(const json& schema, const json& content);

/// Like `fill_form`, for a whole ElicitResult: `params` are those of the
/// request, `result` is what the handler answered. Only `accept` carries
/// content, and only in mode `form`.
filled_form complete_elicitation(const json& params, const json& result);

/// Whether the request is one in mode `url`; without a mode it is a form.
bool is_url_elicitation(const json& params);

} // namespace troupe
