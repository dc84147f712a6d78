// A host that answers what servers ask back: a form for its user (elicitation),
// and a text that its model is to write (sampling).
//
//   handler SERVER

#include <troupe/troupe.hpp>

#include <iostream>

using namespace troupe;

using host_answer = answer<input_result>;

static failure refused(std::string why) {
  return {errc::invalid_argument, fate::refused, std::move(why)};
}

// The user is shown the message and a form as `requested_schema` says, and may
// also choose `decline` or `cancel`.
static host_answer ask_user(const json& params) {
  auto [asked, fault] = parse_elicit_request(params);
  if (!fault.empty())
    return refused(fault);
  std::cout << "user, " << asked.message << std::endl;
  elicit_result filled;
  filled.action = elicit_action::accept;
  filled.content = {{"name", "Ada"}};
  return input_result{filled};
}

static host_answer ask_model(const json& params) {
  auto [asked, fault] = parse_sampling_request(params);
  if (!fault.empty())
    return refused(fault);
  std::cout << "model, " << asked.system_prompt << std::endl;
  create_message_result written;
  written.model = "parrot";
  written.content = {text_content("Roses are red.")};
  written.stop_reason = "endTurn";
  return input_result{written};
}

// Which server asks is in `server_request::server`. An actor that must wait for
// somebody answers later, by a promise.
static caf::behavior host() {
  return {
    [](const server_request& x) -> host_answer {
      switch (x.what) {
        case server_request::kind::elicitation: return ask_user(x.params);
        case server_request::kind::sampling: return ask_model(x.params);
        default: // kinds that were not declared do not come
          return failure{errc::not_supported, fate::refused, "not here"};
      }
    },
    [](const server_request_cancelled& x) {
      std::cout << x.server << " does not need answer " << x.id << std::endl;
    },
  };
}

static json at(const json& x, const char* key) {
  return x.find(key).value_or(json{});
}

// A server that has its tool's text written by the host's model.
class poet {
public:
  void operator()(const pipe_connection& to, std::string frame) {
    auto message = json::parse(std::move(frame)).value;
    auto method = at(message, "method").as_string();
    if (method == "initialize")
      send(to, at(message, "id"),
           {{"protocolVersion", latest_legacy_version},
            {"capabilities", {{"tools", {}}}},
            {"serverInfo", {{"name", "poet"}, {"version", "1"}}}});
    else if (method == "tools/call")
      ask(to, at(message, "id"));
    else if (!method) // the answer to our question
      send(to, call_,
           {{"content", json_array({at(at(message, "result"), "content")})}});
  }

private:
  void ask(const pipe_connection& to, json call) {
    call_ = std::move(call);
    json_literal text = {{"type", "text"}, {"text", "About roses."}};
    json_literal said = {{"role", "user"}, {"content", text}};
    to.send(json_object({{"jsonrpc", "2.0"},
                         {"id", "question"},
                         {"method", "sampling/createMessage"},
                         {"params",
                          {{"systemPrompt", "write a poem"},
                           {"maxTokens", 100},
                           {"messages", json_array({said})}}}})
              .text());
  }

  static void send(const pipe_connection& to, const json& id,
                   const json_literal& result) {
    json_literal frame = {{"jsonrpc", "2.0"}, {"id", id}, {"result", result}};
    to.send(frame.text());
  }

  json call_;
};

int main(int argc, char** argv) {
  if (argc < 2)
    return 2;
  troupe::config config;
  caf::actor_system system{config};
  auto answers = system.spawn(host);
  runtime_options options;
  options.pipes["poet"] = std::make_shared<pipe_server>(poet{});
  // Only what a handler can answer is declared to servers.
  options.handlers.otherwise.who = answers;
  options.handlers.otherwise.can.elicitation = true;
  options.handlers.otherwise.can.sampling = true;
  runtime mcp{system, std::move(options)};

  auto inner = pipe_server_spec("poet", "poet");
  inner.dialect = dialect_choice::legacy;
  mcp.open(inner);
  auto poem = mcp.ask(mcp.registry(), by_name{"poet", call_tool{"write", {}}});
  std::cout << (poem.ok() ? poem.value.text() : poem.error.text) << '\n';

  mcp.open(program_server("demo", argv[1]));
  auto greeting =
    mcp.ask(mcp.registry(), by_name{"demo", get_prompt{"greet", {}}});
  for (auto& x : greeting.value.messages())
    std::cout << x.content.text << '\n';

  auto report = mcp.stop();
  caf::anon_send_exit(answers, caf::exit_reason::user_shutdown);
  return report.clean && poem.ok() && greeting.ok() ? 0 : 1;
}
