#pragma once

#include "troupe/messages/mcp.hpp"

#include <optional>

/// Sampling: a server asks for a model's answer.
namespace troupe {

/// (schema: SamplingMessage)
struct sampling_message {
  std::string role; ///< `user` or `assistant`
  /// One or more. Those of type `tool_use` and `tool_result` are to be read
  /// from their `raw`.
  std::vector<content_block> content;
  json meta; ///< `_meta`; null where absent.
};

/// What the server would like; a client may choose otherwise (schema:
/// ModelPreferences). Priorities are from 0 to 1; empty: none was named.
struct model_preferences {
  /// Parts of names of models, the most wanted first.
  std::vector<std::string> hints;
  std::optional<double> cost_priority;
  std::optional<double> speed_priority;
  std::optional<double> intelligence_priority;
};

/// The params of `sampling/createMessage` (schema: CreateMessageRequestParams).
struct sampling_request {
  std::vector<sampling_message> messages; ///< at least one
  std::string system_prompt;              ///< empty: none
  int64_t max_tokens = 0;
  std::optional<double> temperature;
  std::vector<std::string> stop_sequences;
  model_preferences preferences;
  std::string include_context; ///< `none`, `thisServer`, `allServers`, or empty
  json tools;                  ///< an array; null where absent
  json tool_choice;            ///< an object; null where absent
  json metadata;               ///< for the model's provider; null where absent
  json raw;                    ///< the params as the server sent them
};

/// Fails with a sentence that says what is missing.
struct parsed_sampling_request {
  sampling_request value;
  std::string error;
};

/// Reads `server_request::params`.
parsed_sampling_request parse_sampling_request(const json& params);

/// A model's answer (schema: CreateMessageResult).
struct create_message_result {
  std::string role = "assistant"; ///< or `user`
  /// At least one. One with a `raw` is sent as that, others by their members:
  /// `text`, `image` and `audio` can be (see `text_content`).
  std::vector<content_block> content;
  std::string model; ///< the name of the model that was used
  /// `endTurn`, `stopSequence`, `maxTokens`, `toolUse`, or the provider's own
  /// word; empty: not known.
  std::string stop_reason;
  json meta; ///< `_meta`; null or an object.
};

/// Why it cannot be sent, to be read behind what it is: "names no model".
/// Empty: it can.
std::string fault_of(const create_message_result& x);

/// The result as MCP's schema has it, of one without a fault.
json to_json(const create_message_result& x);

} // namespace troupe
