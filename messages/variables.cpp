#include "messages/config.hpp"

#include "messages/header_text.hpp"

#include <algorithm>
#include <cstdlib>

namespace troupe {

namespace {

bool begins_name(char c) {
  return c == '_' || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

bool continues_name(char c) {
  return begins_name(c) || (c >= '0' && c <= '9');
}

std::string_view take_name(std::string_view& text) {
  if (text.empty() || !begins_name(text.front()))
    return {};
  auto end = std::find_if_not(text.begin(), text.end(), continues_name);
  auto result = text.substr(0, static_cast<size_t>(end - text.begin()));
  text.remove_prefix(result.size());
  return result;
}

// What stands between `${` and `}`.
struct reference {
  enum class kind { literal, variable, unsupported };
  kind what = kind::literal;
  std::string_view name;
  std::optional<std::string_view> otherwise;
};

reference read_reference(std::string_view text) {
  using kind = reference::kind;
  auto name = take_name(text);
  if (name == "env" && text.starts_with(':') && !text.starts_with(":-")) {
    text.remove_prefix(1);
    name = take_name(text);
    if (name.empty())
      return {kind::unsupported, {}, {}};
  }
  if (name.empty())
    return {};
  if (text.empty())
    return {kind::variable, name, {}};
  if (text.starts_with(":-"))
    return {kind::variable, name, text.substr(2)};
  // Other programs' prompts, as `${input:token}`, must not reach a server as
  // if they were the secret itself.
  return {text.front() == ':' ? kind::unsupported : kind::literal, {}, {}};
}

// -- resolver ----------------------------------------------------------------

class resolver {
public:
  resolver(const std::string& server, const variable_lookup& lookup,
           redactor& hidden)
    : server_(server), lookup_(lookup), hidden_(hidden) {
    // nop
  }

  std::string replace(std::string_view text, const std::string& field) {
    std::string result;
    for (;;) {
      auto begin = text.find("${");
      auto end = text.find('}', std::min(begin, text.size()));
      if (end == std::string_view::npos)
        return result.append(text);
      result.append(text.substr(0, begin));
      auto inner = text.substr(begin + 2, end - begin - 2);
      if (!append_value(result, inner, field))
        result.append("${").append(inner).append("}");
      text.remove_prefix(end + 1);
    }
  }

  /// Empty: all variables had a value.
  const std::string& error() const {
    return error_;
  }

private:
  // False where `inner` is no variable and stays as it is.
  bool append_value(std::string& out, std::string_view inner,
                    const std::string& field) {
    auto found = read_reference(inner);
    if (found.what == reference::kind::literal)
      return false;
    if (found.what == reference::kind::unsupported) {
      fail(field, "${" + std::string{inner} + "} is no supported variable");
      return true;
    }
    auto value = lookup_(found.name);
    if (found.otherwise && (!value || value->empty()))
      out += *found.otherwise;
    else if (value)
      append_hidden(out, *value, found.name);
    else
      fail(field, "the variable " + std::string{found.name} + " is not set");
    return true;
  }

  void append_hidden(std::string& out, const std::string& value,
                     std::string_view name) {
    hidden_.hide(value, "${" + std::string{name} + "}");
    out += value;
  }

  void fail(const std::string& field, const std::string& text) {
    if (error_.empty())
      error_ = "server '" + server_ + "': " + field + ": " + text;
  }

  const std::string& server_;
  const variable_lookup& lookup_;
  redactor& hidden_;
  std::string error_;
};

void replace_all(std::map<std::string, secret>& values, const char* field,
                 resolver& with) {
  for (auto& [name, value] : values)
    value = secret{with.replace(value.reveal(), field + ("." + name))};
}

/// Headers that say what we are or take, and to no one who.
bool is_public(std::string_view header) {
  return same_letters(header, "accept")
         || same_letters(header, "accept-language")
         || same_letters(header, "content-type")
         || same_letters(header, "user-agent");
}

/// Whether a variable's name says that its value is nobody's business. Others,
/// as LANG or NODE_ENV, have values that stand in any text.
bool names_secret(std::string_view variable) {
  auto upper = std::string{variable};
  for (auto& c : upper)
    c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  for (auto part : {"TOKEN", "KEY", "SECRET", "PASS", "AUTH", "CREDENTIAL"})
    if (upper.find(part) != std::string::npos)
      return true;
  return false;
}

/// Values that the file has as they are: whole, and without the scheme of
/// `Authorization`. What came out of variables is hidden by their names.
void hide_literals(const server_spec& raw, const server_spec& resolved,
                   redactor& hidden) {
  for (const auto& [name, value] : raw.headers) {
    if (is_public(name) || value != resolved.headers.at(name))
      continue;
    std::string_view text{value.reveal()};
    auto shown = "(header " + name + ")";
    hidden.hide(text, shown);
    if (auto blank = text.find(' '); blank != text.npos)
      hidden.hide(text.substr(blank + 1), shown);
  }
  for (const auto& [name, value] : raw.env)
    if (names_secret(name) && value == resolved.env.at(name))
      hidden.hide(value.reveal(), "(env " + name + ")");
}

failure invalid(std::string text) {
  return {errc::invalid_spec, fate::not_sent, std::move(text), 0, {}};
}

} // namespace

std::optional<std::string> variable_of_host(std::string_view name) {
  auto value = std::getenv(std::string{name}.c_str());
  return value ? std::optional<std::string>{value} : std::nullopt;
}

answer<server_spec> resolve(const server_spec& x,
                            const variable_lookup& lookup) {
  redactor unused;
  return resolve(x, lookup, unused);
}

answer<server_spec> resolve(const server_spec& x, const variable_lookup& lookup,
                            redactor& hidden) {
  auto result = x;
  resolver with{x.name, lookup, hidden};
  result.command = with.replace(x.command, "command");
  for (size_t i = 0; i < result.args.size(); ++i)
    result.args[i] = with.replace(x.args[i], "args[" + std::to_string(i) + "]");
  replace_all(result.env, "env", with);
  result.cwd = with.replace(x.cwd, "cwd");
  result.url = with.replace(x.url, "url");
  replace_all(result.headers, "headers", with);
  hide_literals(x, result, hidden);
  if (!with.error().empty())
    return invalid(with.error());
  if (auto wrong = validate(result))
    return *wrong;
  return result;
}

} // namespace troupe
