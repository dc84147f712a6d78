#include "troupe/messages/config/fields.hpp"

#include <algorithm>
#include <charconv>

namespace troupe {

namespace {

std::string_view name_of(json::kind x) {
  switch (x) {
    case json::kind::null: return "null";
    case json::kind::boolean: return "a boolean";
    case json::kind::number: return "a number";
    case json::kind::string: return "a string";
    case json::kind::array: return "an array";
    case json::kind::object: return "an object";
  }
  return "unknown";
}

std::string index_of(std::string_view field, size_t i) {
  return std::string{field} + "[" + std::to_string(i) + "]";
}

} // namespace

// -- config_log --------------------------------------------------------------

void config_log::begin_server(std::string name) {
  server_ = std::move(name);
  whole_file_ = false;
  failed_ = false;
}

void config_log::error(std::string field, std::string text) {
  failed_ = true;
  out_.errors.push_back(
    {file_, server_, std::move(field), std::move(text), whole_file_});
}

void config_log::warn(std::string field, std::string text) {
  out_.warnings.push_back(
    {file_, server_, std::move(field), std::move(text), whole_file_});
}

// -- config_fields -----------------------------------------------------------

config_fields::config_fields(const json& object, std::string path,
                             config_log& log)
  : path_(std::move(path)), log_(log) {
  for (auto& [name, value] : object.members())
    members_.push_back({name, value});
}

void config_fields::read(std::string_view field, std::string& to) {
  auto value = take(field);
  if (value && value->is_string())
    to = *value->as_string();
  else if (value)
    expect(field, "a string", *value);
}

void config_fields::read(std::string_view field, bool& to) {
  auto value = take(field);
  if (value && value->as_bool())
    to = *value->as_bool();
  else if (value)
    expect(field, "true or false", *value);
}

void config_fields::read(std::string_view field, double& to) {
  auto value = take(field);
  if (value && value->as_double())
    to = *value->as_double();
  else if (value)
    expect(field, "a number", *value);
}

void config_fields::read(std::string_view field, uint32_t& to) {
  uint64_t wide = to;
  read_whole(field, wide, UINT32_MAX);
  to = static_cast<uint32_t>(wide);
}

void config_fields::read(std::string_view field, uint64_t& to) {
  read_whole(field, to, INT64_MAX);
}

void config_fields::read(std::string_view field, milliseconds& to) {
  auto value = take(field);
  if (!value)
    return;
  if (auto time = parse_duration(value->as_string().value_or("")))
    to = *time;
  else
    refuse(field, "must be a time with its unit, as \"30s\" or \"500ms\"");
}

void config_fields::read(std::string_view field, std::vector<std::string>& to) {
  auto value = take(field);
  if (!value)
    return;
  if (!value->is_array())
    return expect(field, "an array of strings", *value);
  for (const auto& item : value->items()) {
    if (auto text = item.as_string())
      to.push_back(std::move(*text));
    else
      return expect(index_of(field, to.size()), "a string", item);
  }
}

void config_fields::read(std::string_view field,
                         std::map<std::string, secret>& to) {
  auto value = take(field);
  if (!value)
    return;
  if (!value->is_object())
    return expect(field, "an object of strings", *value);
  for (const auto& [name, content] : value->members()) {
    if (auto text = content.as_string())
      to.insert_or_assign(name, secret{std::move(*text)});
    else
      expect(std::string{field} + "." + name, "a string", content);
  }
}

bool config_fields::take_word(std::string_view field, std::string& to) {
  auto value = take(field);
  if (!value)
    return false;
  if (!value->is_string()) {
    expect(field, "a string", *value);
    return false;
  }
  to = *value->as_string();
  return true;
}

void config_fields::read_whole(std::string_view field, uint64_t& to,
                               uint64_t max) {
  auto value = take(field);
  if (!value)
    return;
  auto number = value->as_integer();
  if (number && *number >= 0 && static_cast<uint64_t>(*number) <= max)
    to = static_cast<uint64_t>(*number);
  else
    refuse(field, "must be a whole number from 0 to " + std::to_string(max));
}

std::optional<json> config_fields::take(std::string_view field) {
  for (auto& x : members_) {
    if (x.name == field) {
      x.seen = true;
      return x.value.is_null() ? std::nullopt : std::optional{x.value};
    }
  }
  return std::nullopt;
}

bool config_fields::has(std::string_view field) const {
  return std::any_of(members_.begin(), members_.end(), [&](const auto& x) {
    return x.name == field && !x.value.is_null();
  });
}

void config_fields::refuse(std::string_view field, std::string text) {
  log_.error(path_of(field), std::move(text));
}

void config_fields::warn(std::string_view field, std::string text) {
  log_.warn(path_of(field), std::move(text));
}

void config_fields::report_unknown() {
  for (const auto& x : members_)
    if (!x.seen)
      warn(x.name, "is not known and has no effect");
}

std::string config_fields::path_of(std::string_view field) const {
  return path_.empty() ? std::string{field} : path_ + "." + std::string{field};
}

void config_fields::expect(std::string_view field, std::string_view wanted,
                           const json& got) {
  refuse(field, "must be " + std::string{wanted} + ", not "
                  + std::string{name_of(got.type())});
}

// -- parse_duration ----------------------------------------------------------

std::optional<milliseconds> parse_duration(std::string_view text) {
  uint32_t number = 0; // its hours still fit into milliseconds
  auto end = text.data() + text.size();
  auto [unit, failed] = std::from_chars(text.data(), end, number);
  if (failed != std::errc{})
    return std::nullopt;
  std::string_view rest{unit, static_cast<size_t>(end - unit)};
  if (rest == "ms")
    return milliseconds{number};
  if (rest == "s")
    return std::chrono::seconds{number};
  if (rest == "m")
    return std::chrono::minutes{number};
  if (rest == "h")
    return std::chrono::hours{number};
  return std::nullopt;
}

} // namespace troupe
