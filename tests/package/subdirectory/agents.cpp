#include "agents.hpp"

#include <troupe/troupe.hpp>

#include "actors/ask.hpp"
#include "messages/errc.hpp"

#ifdef CAF_ENABLE_TYPE_ID_CHECKS
#error "a definition of Troupe's is forced on its embedder"
#endif

namespace embedder {
TROUPE_INSPECT(ask, whom)
} // namespace embedder

// Ids of its own, behind those of Troupe.
CAF_BEGIN_TYPE_ID_BLOCK(embedder, caf::id_block::troupe_local::end)
CAF_ADD_TYPE_ID(embedder, (embedder::ask))
CAF_END_TYPE_ID_BLOCK(embedder)

using namespace troupe;

// Answers when the server has answered.
static caf::behavior greeter(caf::event_based_actor* self,
                             client_handle server) {
  return {[self, server](const embedder::ask& x) {
    auto promise = self->make_response_promise<std::string>();
    ask(self, server, call_tool{"echo", {{"text", "hello"}}})
      .then([promise, whom = x.whom](answer<call_tool_result> y) mutable {
        promise.deliver(y.ok() ? whom + " says " + y.value.text()
                               : "failed: " + y.error.text);
      });
    return promise;
  }};
}

std::string ask_server(std::string program) {
  troupe::config config;
#if TROUPE_CAF_0_17
  config.add_message_types<caf::id_block::embedder>();
#else
  caf::init_global_meta_objects<caf::id_block::embedder>();
#endif
  caf::actor_system system{config};
  runtime_options options;
  options.warden = EMBEDDER_WARDEN;
  runtime mcp{system, std::move(options)};
  auto opened = mcp.open(program_server("demo", std::move(program)));
  if (!opened.ok())
    return "failed: " + opened.error.text;
  caf::scoped_actor self{system};
  auto agent = self->spawn(greeter, opened.value.handle);
  std::string result;
  raw_request(&*self, agent, caf::infinite, embedder::ask{"greeter"})
    .receive([&](std::string& x) { result = std::move(x); },
             [&](caf::error& x) { result = "failed: " + to_text(x); });
  self->send_exit(agent, caf::exit_reason::user_shutdown);
  auto errors = mcp.stop().clean ? embedder::errc::fine : embedder::errc::wrong;
  return errors == embedder::errc::fine ? result : "failed: something is left";
}
