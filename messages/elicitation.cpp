#include "troupe/messages/elicitation.hpp"

#include "troupe/messages/form_field.hpp"
#include "troupe/messages/json/members.hpp"

#include <algorithm>

namespace troupe {

using namespace members;

namespace {

bool is_required(const std::vector<json>& required, const std::string& name) {
  return std::any_of(required.begin(), required.end(),
                     [&](const json& x) { return x.as_string() == name; });
}

/// The field's default, unless its own schema rejects it.
std::optional<json> default_of(const json& field) {
  auto value = field.find("default");
  if (value && !field_fault(field, *value).empty())
    value.reset();
  return value;
}

} // namespace

// -- what the server asks -----------------------------------------------------

parsed_elicit_request parse_elicit_request(const json& params) {
  elicit_request x;
  x.raw = params;
  auto message = params.find("message");
  if (!message || !message->is_string())
    return {{}, "The request has no message."};
  x.message = *message->as_string();
  auto mode = params.find("mode").value_or(json{});
  if (is_url_elicitation(params)) {
    x.mode = elicit_request::kind::url;
    x.url = text_at(params, "url");
    x.elicitation_id = text_at(params, "elicitationId");
    if (x.url.empty())
      return {{}, "The request has no url."};
  } else if (mode.is_null() || mode.as_string() == "form") {
    x.requested_schema = object_at(params, "requestedSchema");
    if (x.requested_schema.is_null())
      return {{}, "The request has no requestedSchema."};
  } else {
    return {{}, "The request's mode is neither form nor url."};
  }
  return {std::move(x), {}};
}

// -- what the user answers ----------------------------------------------------

std::string fault_of(const elicit_result& x) {
  if (auto& fault = x.content.fault(); !fault.empty())
    return "has content whose fields " + fault;
  return is_optional_object(x.meta) ? "" : "has a meta that is no object";
}

static std::string_view to_string(elicit_action x) {
  switch (x) {
    case elicit_action::accept: return "accept";
    case elicit_action::decline: return "decline";
    case elicit_action::cancel: break;
  }
  return "cancel";
}

json to_json(const elicit_result& x) {
  json_writer out;
  out.begin_object().member("action", to_string(x.action));
  if (x.action == elicit_action::accept && x.content.value().is_object())
    out.member("content", x.content.value());
  if (x.meta.is_object())
    out.member("_meta", x.meta);
  return out.end_object().finish();
}

// -- forms --------------------------------------------------------------------

filled_form fill_form(const json& schema, const json& content) {
  if (!members::is_optional_object(content))
    return {{}, "The content is not an object."};
  auto required = items_at(schema, "required");
  json_writer out;
  out.begin_object();
  for (const auto& [name, field] : object_at(schema, "properties").members()) {
    auto value = content.find(name);
    if (!value || value->is_null())
      value = default_of(field);
    else if (auto fault = field_fault(field, *value); !fault.empty())
      return {{}, "The field '" + name + "' " + fault + "."};
    if (value)
      out.member(name, *value);
    else if (is_required(required, name))
      return {{}, "The field '" + name + "' is missing."};
  }
  return {out.end_object().finish(), {}};
}

filled_form complete_elicitation(const json& params, const json& result) {
  auto action = text_at(result, "action");
  if (action != "accept" && action != "decline" && action != "cancel")
    return {{}, "The action is not accept, decline or cancel."};
  json_writer out;
  out.begin_object().member("action", std::string_view{action});
  if (action == "accept" && !is_url_elicitation(params)) {
    auto form = fill_form(object_at(params, "requestedSchema"),
                          result.find("content").value_or(json{}));
    if (!form.fault.empty())
      return form;
    out.member("content", form.value);
  }
  if (auto meta = object_at(result, "_meta"); meta.is_object())
    out.member("_meta", meta);
  return {out.end_object().finish(), {}};
}

bool is_url_elicitation(const json& params) {
  return text_at(params, "mode") == "url";
}

} // namespace troupe
