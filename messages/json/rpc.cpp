#include "troupe/messages/json/rpc.hpp"

#include "troupe/messages/json/loose_members.hpp"

namespace troupe::json_rpc {

namespace {

// -- reading -----------------------------------------------------------------

// A message, or why there is none.
using judged = std::variant<message, malformed>;

malformed fault(std::string text) {
  return {{}, std::move(text)};
}

// Some writers send each member they know, with null for absent.
std::optional<json> find_unless_null(const json& x, std::string_view key) {
  auto result = x.find(key);
  return result && !result->is_null() ? result : std::nullopt;
}

std::optional<id> read_id(const json& x) {
  if (auto number = x.as_integer())
    return id{*number};
  if (auto text = x.as_string())
    return id{std::move(*text)};
  return std::nullopt;
}

judged read_call(const json& x, const json& method) {
  auto name = method.as_string();
  if (!name)
    return fault("The method is not a string.");
  if (x.find("result") || x.find("error"))
    return fault("The message is both a call and an answer.");
  auto params = find_unless_null(x, "params").value_or(json{});
  if (!params.is_null() && !params.is_object() && !params.is_array())
    return fault("The params are neither an object nor an array.");
  auto given = x.find("id");
  if (!given)
    return notification{std::move(*name), std::move(params)};
  auto read = read_id(*given);
  if (!read)
    return fault("The request's id is neither an integer nor a string.");
  return request{std::move(*read), std::move(*name), std::move(params)};
}

judged read_error(const json& x, const json& given) {
  if (!given.is_object())
    return fault("The error is not an object.");
  error result;
  if (auto wanted = find_unless_null(x, "id")) {
    result.id = read_id(*wanted);
    if (!result.id)
      return fault("The error's id is neither an integer nor a string.");
  }
  auto code = given.find("code");
  auto number = code ? code->as_integer() : std::nullopt;
  if (!number)
    return fault("The error has no integer code.");
  result.code = *number;
  if (auto text = given.find("message"))
    result.message = text->as_string().value_or("");
  result.data = given.find("data").value_or(json{});
  return result;
}

judged read_result(const json& x, json value) {
  auto wanted = x.find("id");
  auto read = wanted ? read_id(*wanted) : std::nullopt;
  if (!read)
    return fault("The result has no id that is an integer or a string.");
  return result{std::move(*read), std::move(value)};
}

bool is_version_2(const std::optional<json>& x) {
  // Nearly always written plainly, and then no string has to be made.
  return x && (x->text() == R"("2.0")" || x->as_string() == "2.0");
}

judged read_message(const json& x) {
  if (!x.is_object())
    return fault("The message is not an object.");
  if (!is_version_2(x.find("jsonrpc")))
    return fault("The message is not of JSON-RPC 2.0.");
  if (auto method = x.find("method"))
    return read_call(x, *method);
  auto given = find_unless_null(x, "error");
  auto value = x.find("result");
  if (given && value && !value->is_null())
    return fault("The answer has both a result and an error.");
  if (given)
    return read_error(x, *given);
  if (value)
    return read_result(x, std::move(*value));
  return fault("The message has no method, no result and no error.");
}

// -- which request a bad answer is for ----------------------------------------

// A log line in JSON may have an id as well, but none of these.
bool marks_answer(std::string_view key) {
  return key == "result" || key == "error";
}

std::optional<id> answered_by(const json& x) {
  auto given = x.find("id");
  auto answers = x.find("result") || x.find("error") || x.find("jsonrpc");
  if (!given || !answers || find_unless_null(x, "method"))
    return std::nullopt;
  return read_id(*given);
}

// The id of an answer in a text that was refused as JSON. It must be a whole
// object: the rest of one that was cut may still come. Two ids are ambiguous.
std::optional<id> answered_by(std::string_view text) {
  constexpr size_t longest = 64; // ours are numbers
  std::string_view given;
  auto answers = false;
  loose_members members{text};
  while (members.next()) {
    auto key = members.key();
    if (key == "method" || key.find('\\') != key.npos)
      return std::nullopt;
    answers = answers || marks_answer(key);
    if (key == "id" && !given.empty() && given != members.value())
      return std::nullopt;
    if (key == "id")
      given = members.value();
  }
  if (!members.whole() || !answers || given.empty() || given.size() > longest)
    return std::nullopt;
  return read_id(json::parse(std::string{given}).value);
}

void add(frame& to, const json& x) {
  auto verdict = read_message(x);
  if (auto good = std::get_if<message>(&verdict)) {
    to.messages.push_back(std::move(*good));
    return;
  }
  auto& bad = std::get<malformed>(verdict);
  bad.answers = answered_by(x);
  to.faults.push_back(std::move(bad));
}

// -- writing -----------------------------------------------------------------

// More than a message holds besides ids, names and values.
constexpr size_t envelope_bytes = 80;

std::string begin(size_t content) {
  std::string result;
  result.reserve(envelope_bytes + content);
  result += R"({"jsonrpc":"2.0")";
  return result;
}

size_t size_of(const id& x) {
  auto text = std::get_if<std::string>(&x);
  return text ? text->size() : 0;
}

void append_id(std::string& out, const id& x) {
  out += R"(,"id":)";
  std::visit([&out](const auto& y) { append_json(out, y); }, x);
}

void append_call(std::string& out, std::string_view method,
                 const json& params) {
  out += R"(,"method":)";
  append_json(out, method);
  if (!params.is_null()) {
    out += R"(,"params":)";
    append_json(out, params);
  }
  out += '}';
}

} // namespace

frame parse(std::string text, const json_limits& limits) {
  frame result;
  auto [value, error] = json::parse(std::move(text), limits, &result.refused);
  if (error.why != json_error::reason::none) {
    result.faults.push_back({error, "The frame is not JSON: " + error.text(),
                             answered_by(result.refused)});
    return result;
  }
  result.batch = value.is_array();
  if (!result.batch) {
    add(result, value);
    return result;
  }
  for (const auto& entry : value.items())
    add(result, entry);
  if (result.messages.empty() && result.faults.empty())
    result.faults.push_back(fault("The batch is empty."));
  return result;
}

std::string format_request(const id& id, std::string_view method,
                           const json& params) {
  auto result = begin(size_of(id) + method.size() + params.text().size());
  append_id(result, id);
  append_call(result, method, params);
  return result;
}

std::string format_notification(std::string_view method, const json& params) {
  auto result = begin(method.size() + params.text().size());
  append_call(result, method, params);
  return result;
}

std::string format_result(const id& id, const json& value) {
  auto result = begin(size_of(id) + value.text().size());
  append_id(result, id);
  result += R"(,"result":)";
  append_json(result, value);
  result += '}';
  return result;
}

std::string format_error(const id& id, int64_t code, std::string_view message,
                         const json& data) {
  auto result = begin(size_of(id) + message.size() + data.text().size());
  append_id(result, id);
  result += R"(,"error":{"code":)";
  append_json(result, code);
  result += R"(,"message":)";
  append_json(result, message);
  if (!data.is_null()) {
    result += R"(,"data":)";
    append_json(result, data);
  }
  result += "}}";
  return result;
}

std::string to_string(const id& x) {
  if (auto number = std::get_if<int64_t>(&x))
    return std::to_string(*number);
  return std::get<std::string>(x);
}

} // namespace troupe::json_rpc
