// A program without actors: opens a server, lists its tools, calls some, and
// does what each failure asks for.
//
//   without_actors SERVER

#include <troupe/troupe.hpp>

#include <iostream>

using namespace troupe;

// `fate` says what may be done about a failure; its `code` says why.
static void explain_failure(const failure& why) {
  std::cout << to_string(why.code) << ": " << why.text << "\n  -> ";
  switch (why.what_became) {
    case fate::not_sent:
      if (why.needs_person)
        std::cout << "a person must act first";
      else if (why.retry_after.count() > 0)
        std::cout << "repeat it in a while: it was not sent";
      else
        std::cout << "it was not sent";
      break;
    case fate::outcome_unknown:
      std::cout << "it may have run: look before it is repeated";
      break;
    case fate::refused:
      std::cout << "the server said no: change the request";
      break;
  }
  std::cout << '\n';
}

static void call(standalone_runtime& mcp, const client_handle& server,
                 const call_tool& what) {
  std::cout << what.name << ": ";
  auto x = mcp.ask(server, what);
  if (!x.ok())
    explain_failure(x.error);
  else if (x.value.is_error()) // it ran, and says what went wrong
    std::cout << "the tool failed: " << x.value.text() << '\n';
  else
    std::cout << x.value.text() << '\n';
}

int main(int argc, char** argv) {
  if (argc < 2)
    return 2;
  standalone_runtime mcp;
  if (mcp.problem()) { // no server that is a process can be started
    std::cout << mcp.problem().text << '\n';
    return 1;
  }
  auto spec = program_server("demo", argv[1]);
  spec.not_ready = when_not_ready::refuse; // by default calls wait for it
  spec.restart.backoff_first = std::chrono::seconds{5};
  auto opened = mcp.open(spec);
  if (!opened.ok()) {
    explain_failure(opened.error);
    return 1;
  }
  auto& demo = opened.value.handle;
  if (auto ready = mcp.ask(demo, ensure_ready{}); !ready.ok()) {
    explain_failure(ready.error);
    return 1;
  }
  auto tools = mcp.ask(demo, list_tools{});
  if (!tools.ok()) {
    explain_failure(tools.error);
    return 1;
  }
  std::cout << tools.value.tools.size() << " tools, the first one is "
            << tools.value.tools.front().name << '\n';

  call(mcp, demo, {"echo", {{"text", "hello"}}});
  call(mcp, demo, {"fail", {{"text", "no paper"}}}); // a result, all the same
  call(mcp, demo, {"no_such_tool", {}});             // refused
  call(mcp, demo, {"crash", {}});                    // outcome_unknown
  call(mcp, demo, {"echo", {{"text", "at once"}}});  // not_sent
  call(mcp, demo, {"echo", R"(["no object"])"});     // not_sent
  auto report = mcp.stop();
  std::cout << (report.clean ? "nothing is left\n" : "something is left\n");
  return report.clean ? 0 : 1;
}
