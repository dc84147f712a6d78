#include "troupe/actors/session/message_ids.hpp"

#include <charconv>

namespace troupe {

uint64_t number_of(const json_rpc::id& x) {
  if (auto number = std::get_if<int64_t>(&x))
    return *number > 0 ? static_cast<uint64_t>(*number) : 0;
  const auto& text = std::get<std::string>(x);
  uint64_t result = 0;
  auto end = text.data() + text.size();
  auto parsed = std::from_chars(text.data(), end, result);
  auto canonical =
    parsed.ec == std::errc{} && parsed.ptr == end && text.front() != '0';
  return canonical ? result : 0;
}

std::optional<json_rpc::id> id_at(const json& params, std::string_view member) {
  auto value = params.find(member);
  if (!value)
    return std::nullopt;
  if (auto text = value->as_string())
    return json_rpc::id{std::move(*text)};
  return json_rpc::id{value->as_integer().value_or(0)};
}

} // namespace troupe
