#pragma once

#include "troupe/messages/arguments.hpp"

#include <string>

/// Elicitation: a server asks its user, by a form (a flat object of strings,
/// numbers, booleans and choices) or by a web page.
namespace troupe {

// -- what the server asks -----------------------------------------------------

/// The params of `elicitation/create` (schema: ElicitRequestParams).
struct elicit_request {
  enum class kind : uint8_t { form = 0, url };
  kind mode = kind::form;
  std::string message; ///< for the user
  /// Mode `form`: JSON Schema of the form; null otherwise.
  json requested_schema;
  /// Mode `url`: the page to which the user is sent. To be opened only by a
  /// user who has seen its whole host.
  std::string url;
  /// Mode `url`: the server's name for it. Empty from 2026-07-28 on.
  std::string elicitation_id;
  json raw; ///< The params as the server sent them.
};

/// Fails with a sentence that says what is missing.
struct parsed_elicit_request {
  elicit_request value;
  std::string error;
};

/// Reads `server_request::params`.
parsed_elicit_request parse_elicit_request(const json& params);

// -- what the user answers ----------------------------------------------------

enum class elicit_action : uint8_t {
  cancel = 0, ///< The user chose nothing.
  accept,     ///< The user sent the form, or agreed to open the page.
  decline,    ///< The user refused.
};

/// (schema: ElicitResult)
struct elicit_result {
  elicit_action action = elicit_action::cancel;
  /// The form's fields, sent where it is accepted. Those that are left out get
  /// the defaults of the server's schema; others than it names are dropped.
  arguments content;
  json meta; ///< `_meta`; null or an object.
};

/// Why it cannot be sent, to be read behind what it is: "has a meta that is no
/// object". Empty: it can. The form's schema is not looked at.
std::string fault_of(const elicit_result& x);

/// The result as MCP's schema has it, of one without a fault.
json to_json(const elicit_result& x);

// -- forms --------------------------------------------------------------------

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
