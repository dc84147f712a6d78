#include "troupe/actors/answers.hpp"

#include "troupe/actors/interfaces.hpp"
#include "troupe/actors/type_ids.hpp"

#include <optional>

namespace troupe {

namespace {

/// Which request has which answer.
template <class Request, class Result>
struct row {};

template <class... Rows>
struct rows {};

using answers =
  rows<row<call_tool, call_tool_result>, row<list_tools, tool_list>,
       row<list_resources, resource_list>,
       row<list_resource_templates, resource_template_list>,
       row<list_prompts, prompt_list>, row<read_resource, read_resource_result>,
       row<get_prompt, get_prompt_result>,
       row<complete_argument, complete_result>,
       row<ensure_ready, client_status>, row<reload, client_status>,
       row<close_client, stop_report>,
       // by name
       row<call_tool_of, call_tool_result>, row<list_tools_of, tool_list>,
       row<list_resources_of, resource_list>,
       row<list_resource_templates_of, resource_template_list>,
       row<list_prompts_of, prompt_list>,
       row<read_resource_of, read_resource_result>,
       row<get_prompt_of, get_prompt_result>,
       row<complete_argument_of, complete_result>,
       row<ensure_ready_of, client_status>, row<reload_of, client_status>,
       row<close_of, stop_report>, row<find_client, client_ref>,
       // of the set of servers
       row<open_client, client_ref>, row<apply_servers, apply_result>,
       row<stop_all, stop_all_report>, row<add_child, client_ref>,
       // of the embedder
       row<server_request, json>>;

using found = std::optional<caf::message>;

template <class Content, class Request, class Result>
bool find(const Content& x, row<Request, Result>, const failure& why,
          found& result) {
  if (!x.template match_elements<Request>())
    return false;
  result = caf::make_message(answer<Result>{why});
  return true;
}

template <class Content, class... Rows>
found find(const Content& x, rows<Rows...>, const failure& why) {
  found result;
  static_cast<void>((find(x, Rows{}, why, result) || ...));
  return result;
}

} // namespace

caf::message refusal_of(const caf::mailbox_element& request, caf::sec code,
                        failure why) {
  if (auto result = find(request.content(), answers{}, why))
    return *result;
  return caf::make_message(caf::make_error(code, std::move(why)));
}

} // namespace troupe
