// Credentials for remote servers, from sources of the program's own: one that
// asks an actor and answers when that has answered, and one that blocks.
//
//   credentials URL

#include <troupe/troupe.hpp>

#include <iostream>

using namespace troupe;
using namespace std::chrono_literals;

// Keeps the tokens. This one knows a token that has expired, and gets a good
// one when it is told that the other was refused.
static caf::behavior vault() {
  auto token = std::make_shared<std::string>("expired");
  return {
    [token](const std::string& refused) {
      if (refused == "Bearer " + *token)
        *token = "good";
      return "Bearer " + *token;
    },
  };
}

// Asks the vault, and holds no thread meanwhile. `then` may be kept, and called
// from any thread, also when the request was given up long ago.
class vault_source : public credential_source {
public:
  vault_source(caf::actor_system& system, caf::actor vault)
    : system_(system), vault_(std::move(vault)) {
    // nop
  }

  void authorization(credential_request, credential_reply then) override {
    ask_vault("", std::move(then));
  }

  void challenged(credential_challenge challenge,
                  credential_reply then) override {
    std::cout << "refused with " << challenge.status << '\n';
    ask_vault(challenge.refused, std::move(then));
  }

private:
  void ask_vault(std::string refused, credential_reply then) {
    system_.spawn([=, vault = vault_](caf::event_based_actor* self) {
      raw_request(self, vault, 5s, refused)
        .then([then](const std::string& value) { then.give(value); },
              [then](const caf::error&) {
                failure why;
                why.code = errc::auth_required; // until `tell_changed`
                why.text = "the vault does not answer";
                then.fail(why);
              });
    });
  }

  caf::actor_system& system_;
  caf::actor vault_;
};

// The same by functions that may block: read a file, ask a keyring, log in.
class blocking_source : public blocking_credential_source {
public:
  std::string authorization(std::string_view) override {
    return "Bearer good";
  }
  void challenged(std::string_view, int, std::string_view) override {
    // nop: there is no other token
  }
};

int main(int argc, char** argv) {
  if (argc < 2)
    return 2;
  troupe::config config;
  caf::actor_system system{config};
  auto tokens = system.spawn(vault);
  runtime_options options;
  options.credentials = [&](const server_spec& x) -> credential_source_ptr {
    if (x.name == "by-vault")
      return std::make_shared<vault_source>(system, tokens);
    return std::make_shared<blocking_source>();
  };
  runtime mcp{system, std::move(options)};
  for (std::string name : {"by-vault", "by-blocking"}) {
    mcp.open(remote_server(name, argv[1]));
    auto x = mcp.ask(mcp.registry(),
                     by_name{name, call_tool{"echo", {{"text", name}}}});
    std::cout << (x.ok() ? x.value.text() : x.error.text) << '\n';
  }
  auto report = mcp.stop();
  caf::anon_send_exit(tokens, caf::exit_reason::user_shutdown);
  return report.clean ? 0 : 1;
}
