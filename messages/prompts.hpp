#pragma once

#include "troupe/messages/mcp.hpp"

/// Prompts, which a server offers to its user. Each type keeps the JSON it came
/// from, so that members unknown to us survive.
namespace troupe {

/// (schema: PromptArgument)
struct prompt_argument {
  std::string name;
  std::string title;
  std::string description;
  bool required = false;
};

TROUPE_INSPECT(prompt_argument, name, title, description, required)

/// (schema: Prompt)
struct prompt {
  std::string name;
  std::string title;
  std::string description;
  std::vector<prompt_argument> arguments;
  json meta; ///< `_meta`; null where absent.
  json raw;  ///< The prompt as the server sent it.
};

TROUPE_INSPECT(prompt, name, title, description, arguments, meta, raw)

/// Fails with a sentence that says what is missing.
struct parsed_prompt {
  prompt value;
  std::string error;
};
parsed_prompt parse_prompt(const json& x);

/// All pages of `prompts/list`; see `tool_list`.
struct prompt_list {
  std::vector<prompt> prompts;
  std::vector<std::string> rejected;
  bool stale = false;
  /// Why entries are missing at its end ("cut after 10000 tools"); empty where
  /// the list is whole.
  std::string cut;
};

TROUPE_INSPECT(prompt_list, prompts, rejected, stale, cut)

/// (schema: PromptMessage)
struct prompt_message {
  std::string role; ///< `user` or `assistant`
  content_block content;
};

TROUPE_INSPECT(prompt_message, role, content)

/// (schema: GetPromptResult). The parts are read from `raw` on request.
struct get_prompt_result {
  json raw;

  std::string description() const;
  std::vector<prompt_message> messages() const;
  /// `_meta`; null where absent.
  json meta() const;
};

TROUPE_INSPECT(get_prompt_result, raw)

/// Possible values of an argument (schema: CompleteResult).
struct complete_result {
  json raw;

  std::vector<std::string> values() const;
  /// How many there are; 0 where the server does not say.
  uint64_t total() const;
  bool has_more() const;
};

TROUPE_INSPECT(complete_result, raw)

} // namespace troupe
