#include "troupe/messages/type_ids.hpp"
#include "troupe/tests/messages/sample_offers.hpp"
#include "troupe/tests/support/wire.hpp"

using namespace troupe;
using namespace troupe::test;

namespace {

struct node : wire_node {
  node()
    : wire_node([](caf::actor_system_config& x) {
        x.add_message_types<caf::id_block::troupe>();
      }) {
    // nop
  }
};

template <class... Ts>
void check_members_of() {
  (check_members<Ts>(), ...);
}

} // namespace

SCENARIO("every message survives a network", "[serialization]") {
  GIVEN("a node that knows the messages, and a message of each type") {
    node n;
    for_each_type<caf::id_block::troupe>(
      [&n]<class T>(T*) { check_wire(n, sample<T>(), sample_secret); });
  }
}

SCENARIO("every member of a message travels", "[serialization]") {
  check_members_of<
    actor_status, apply_result, apply_servers, call_progress, call_tool,
    call_tool_of, call_tool_result, cancel_call, client_capabilities,
    client_event, client_status, close_client, close_of, complete_argument,
    complete_argument_of, complete_result, content_block, diagnostic,
    ensure_ready, ensure_ready_of, failure, get_prompt, get_prompt_of,
    get_prompt_result, implementation, list_prompts, list_prompts_of,
    list_resource_templates, list_resource_templates_of, list_resources,
    list_resources_of, list_tools, list_tools_of, open_client, prompt,
    prompt_argument, prompt_list, prompt_message, read_resource,
    read_resource_of, read_resource_result, reload, reload_of, resource,
    resource_contents, resource_list, resource_template, resource_template_list,
    restart_policy, server_limits, server_request, server_request_cancelled,
    server_spec, server_timeouts, stop_all_report, stop_report, tool,
    tool_annotations, tool_list, tree_status>();
}

SCENARIO("a server's specification arrives equal", "[serialization]") {
  node n;
  auto x = sample<server_spec>();
  CHECK(n.load<server_spec>(n.save(x)) == x);
  CHECK(n.load<server_spec>(n.save(x)).env.at("TOKEN").reveal()
        == sample_secret);
}

SCENARIO("bytes that are cut are refused, not believed", "[serialization]") {
  node n;
  auto there = n.save(sample<client_status>());
  for (size_t i = 0; i < there.size(); ++i) {
    node::bytes cut{there.begin(), there.begin() + static_cast<long>(i)};
    CHECK_THROWS(n.load<client_status>(cut));
  }
}

SCENARIO("JSON that arrives broken is null", "[serialization]") {
  node n;
  CHECK(n.load<json>(n.save(std::string{"{\"a\":"})).is_null());
  CHECK(n.load<json>(n.save(std::string{"{\"a\":1e2}"})).text()
        == "{\"a\":1e2}");
}
