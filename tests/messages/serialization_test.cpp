// Covers messages/caf_inspect.hpp, messages/type_ids.hpp,
// messages/client_status.hpp, messages/commands.hpp, messages/failure.hpp,
// messages/requests.hpp, messages/server_requests.hpp,
// messages/server_spec.hpp, messages/stop_report.hpp, messages/resources.hpp,
// messages/prompts.hpp, messages/arguments.hpp, messages/input_result.hpp.

#include "troupe/messages/type_ids.hpp"
#include "troupe/tests/messages/sample_offers.hpp"
#include "troupe/tests/support/wire.hpp"

using namespace troupe;
using namespace troupe::test;

namespace {

struct node : wire_node {
  node() : wire_node(register_block<caf::id_block::troupe>) {
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
    by_name<call_tool>, call_tool_result, cancel_call, client_capabilities,
    client_event, client_status, close_client, by_name<close_client>,
    complete_argument, by_name<complete_argument>, complete_result,
    content_block, diagnostic, ensure_ready, by_name<ensure_ready>, failure,
    get_prompt, by_name<get_prompt>, get_prompt_result, implementation,
    list_prompts, by_name<list_prompts>, list_resource_templates,
    by_name<list_resource_templates>, list_resources, by_name<list_resources>,
    list_tools, by_name<list_tools>, open_client, prompt, prompt_argument,
    prompt_list, prompt_message, read_resource, by_name<read_resource>,
    read_resource_result, reload, by_name<reload>, resource, resource_contents,
    resource_list, resource_template, resource_template_list, restart_policy,
    server_limits, server_request, server_request_cancelled, server_spec,
    server_timeouts, stop_all_report, stop_report, tool, tool_annotations,
    tool_list, tree_status>();
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

SCENARIO("a fault of arguments travels with them", "[serialization]") {
  node n;
  auto over = [&n](const arguments& x) {
    return n.load<call_tool>(n.save(call_tool{"t", x})).arguments;
  };
  CHECK(over({}) == arguments{});
  CHECK(over(json_object({})) == arguments{"{}"});
  CHECK(over({{"a", 1}}) == arguments{{"a", 1}});
  CHECK(over("{").fault() == arguments{"{"}.fault());
  CHECK(over("[]").fault() == "must be an object");
  // A peer that sends no object sends no call without arguments.
  CHECK(n.load<arguments>(n.save(arguments_form{"[]", ""})).fault()
        == "must be an object");
  CHECK(n.load<arguments>(n.save(arguments_form{"{", ""})).fault()
        == arguments{"{"}.fault());
}

SCENARIO("an answer to a server keeps its kind and its fault",
         "[serialization]") {
  node n;
  auto over = [&n](const input_result& x) {
    return n.load<input_result>(n.save(x));
  };
  using kind = server_request::kind;
  for (input_result x : {input_result{elicit_result{}},
                         input_result{list_roots_result{{{"/tmp"}}}},
                         input_result{json{}}, input_result{sample_json()}})
    for (auto asked : {kind::elicitation, kind::sampling, kind::roots}) {
      CHECK(over(x).fault_for(asked) == x.fault_for(asked));
      CHECK(over(x).value() == x.value());
    }
}

SCENARIO("JSON that arrives broken is null", "[serialization]") {
  node n;
  CHECK(n.load<json>(n.save(std::string{"{\"a\":"})).is_null());
  CHECK(n.load<json>(n.save(std::string{"{\"a\":1e2}"})).text()
        == "{\"a\":1e2}");
}
