#include "troupe/messages/config/variables.hpp"

#include "troupe/messages/config/config.hpp"
#include "troupe/messages/config/hidden_literals.hpp"

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
           hidden_values& hidden)
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
      fail(field, "${" + std::string{inner} + "} is not a supported variable");
      return true;
    }
    auto value = lookup_(found.name);
    if (found.otherwise && (!value || value->empty()))
      out += *found.otherwise;
    else if (value)
      append_hidden(out, *value, found.name, field == "url");
    else
      fail(field, "the variable " + std::string{found.name} + " is not set");
    return true;
  }

  void append_hidden(std::string& out, const std::string& value,
                     std::string_view name, bool in_url) {
    auto shown = "${" + std::string{name} + "}";
    if (in_url)
      hide_in_url(value, shown, hidden_);
    else
      hidden_.hide(value, shown);
    out += value;
  }

  void fail(const std::string& field, const std::string& text) {
    if (error_.empty())
      error_ = "server '" + server_ + "': " + field + ": " + text;
  }

  const std::string& server_;
  const variable_lookup& lookup_;
  hidden_values& hidden_;
  std::string error_;
};

void replace_all(std::map<std::string, secret>& values, const char* field,
                 resolver& with) {
  for (auto& [name, value] : values)
    value = secret{with.replace(value.reveal(), field + ("." + name))};
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
  hidden_values unused;
  return resolve(x, lookup, unused);
}

answer<server_spec> resolve(const server_spec& x, const variable_lookup& lookup,
                            hidden_values& hidden) {
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
