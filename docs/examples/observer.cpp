// What happens to servers, as events, and how all of them stand, as a tree.
//
//   observer SERVER

#include <troupe/troupe.hpp>

#include <iostream>

using namespace troupe;

// Both functions are called one after the other on a thread of the library's,
// and may block.
static void show_event(const client_event& x) {
  std::cout << x.server << '#' << x.incarnation << ": " << to_string(x.from)
            << " -> " << to_string(x.to);
  if (x.why != errc::none)
    std::cout << " (" << to_string(x.why) << ": " << x.text << ')';
  std::cout << std::endl;
}

static void show_diagnostic(const diagnostic& x) {
  std::cout << x.server << '#' << x.incarnation << " says: " << x.text
            << std::endl;
}

static void show_tree(const tree_status& x) {
  std::cout << "tree: warden " << (x.warden_pid > 0 ? "runs" : "is away")
            << '\n';
  for (auto& server : x.clients)
    std::cout << "  " << server.name << ' ' << to_string(server.state)
              << ", restarts " << server.restarts << ", calls "
              << server.calls_total << '\n';
  for (auto& actor : x.actors)
    std::cout << "  " << actor.kind << ", mailbox " << actor.mailbox_depth
              << '\n';
}

int main(int argc, char** argv) {
  if (argc < 2)
    return 2;
  runtime_options options;
  options.on_event = show_event;
  options.on_diagnostic = show_diagnostic;
  standalone_runtime mcp{std::move(options)};

  mcp.open(program_server("steady", argv[1]));
  mcp.open(program_server("frail", argv[1], {"--die-on-call", "1"}));
  auto call = call_tool{"echo", {{"text", "hello"}}};
  mcp.ask(mcp.registry(), by_name{"steady", call});
  mcp.ask(mcp.registry(), by_name{"frail", call}); // the server dies
  mcp.ask(mcp.registry(), by_name{"frail", ensure_ready{}});

  auto tree = mcp.ask(mcp.monitor(), get_tree{});
  if (tree.ok())
    show_tree(tree.value);
  // Afterwards no event comes: a function that is quick was told all.
  auto report = mcp.stop();
  for (size_t i = 0; i < report.names.size(); ++i)
    std::cout << report.names[i]
              << " is gone: " << to_string(report.reports[i].left) << '\n';
  return report.clean ? 0 : 1;
}
