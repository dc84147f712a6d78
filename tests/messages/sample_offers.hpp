#pragma once

#include "troupe/tests/messages/sample_messages.hpp"

/// One value of each message about resources, prompts and questions of servers,
/// with no member at its default.
namespace troupe {

template <>
inline resource sample() {
  return {"u",          "n",        "t",           "d",
          "m",          1ull << 40, sample_json(), json::trusted("{}"),
          sample_json()};
}

template <>
inline resource_template sample() {
  return {"u",          "n", "t", "d", "m", sample_json(), json::trusted("{}"),
          sample_json()};
}

template <>
inline prompt sample() {
  return {"n",          "t", "d", {{"n", "t", "d", true}}, json::trusted("{}"),
          sample_json()};
}

template <>
inline resource_list sample() {
  return {{sample<resource>()}, {"rejected"}, true, "cut"};
}

template <>
inline resource_template_list sample() {
  return {{sample<resource_template>()}, {"rejected"}, true, "cut"};
}

template <>
inline prompt_list sample() {
  return {{sample<prompt>()}, {"rejected"}, true, "cut"};
}

template <>
inline read_resource_result sample() {
  return {sample_json()};
}

template <>
inline get_prompt_result sample() {
  return {sample_json()};
}

template <>
inline complete_result sample() {
  return {sample_json()};
}

template <>
inline list_resources sample() {
  return {true};
}

template <>
inline list_resource_templates sample() {
  return {true};
}

template <>
inline list_prompts sample() {
  return {true};
}

template <>
inline read_resource sample() {
  return {"u", 3, milliseconds{4}, milliseconds{5}, json::trusted("{}")};
}

template <>
inline get_prompt sample() {
  return {"n",
          sample_json(),
          3,
          milliseconds{4},
          milliseconds{5},
          json::trusted("{}")};
}

template <>
inline complete_argument sample() {
  return {"p",
          "u",
          "a",
          "v",
          sample_json(),
          3,
          milliseconds{4},
          milliseconds{5},
          json::trusted("{}")};
}

template <>
inline by_name<list_resources> sample() {
  return {"s", sample<list_resources>()};
}

template <>
inline by_name<list_resource_templates> sample() {
  return {"s", sample<list_resource_templates>()};
}

template <>
inline by_name<list_prompts> sample() {
  return {"s", sample<list_prompts>()};
}

template <>
inline by_name<read_resource> sample() {
  return {"s", sample<read_resource>()};
}

template <>
inline by_name<get_prompt> sample() {
  return {"s", sample<get_prompt>()};
}

template <>
inline by_name<complete_argument> sample() {
  return {"s", sample<complete_argument>()};
}

template <>
inline server_request sample() {
  return {"s",           2,
          1ull << 40,    server_request::kind::roots,
          sample_json(), milliseconds{5}};
}

template <>
inline server_request_cancelled sample() {
  return {"s", 2, 1ull << 40};
}

template <>
inline answer<complete_result> sample() {
  return sample_answer<complete_result>();
}

template <>
inline answer<get_prompt_result> sample() {
  return sample_answer<get_prompt_result>();
}

template <>
inline answer<prompt_list> sample() {
  return sample_answer<prompt_list>();
}

template <>
inline answer<read_resource_result> sample() {
  return sample_answer<read_resource_result>();
}

template <>
inline answer<resource_list> sample() {
  return sample_answer<resource_list>();
}

template <>
inline answer<resource_template_list> sample() {
  return sample_answer<resource_template_list>();
}

template <>
inline input_result sample() {
  return elicit_result{elicit_action::accept, sample_json(), sample_json()};
}

template <>
inline answer<input_result> sample() {
  return sample_answer<input_result>();
}

} // namespace troupe
