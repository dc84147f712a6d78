#pragma once

#include "troupe/actors/config.hpp"
#include "troupe/actors/runtime.hpp"

#include <memory>

namespace troupe {

/// The actor system of a `standalone_runtime`. It must be there before the
/// runtime, and outlive it: hence a base.
class own_system {
protected:
  explicit own_system(size_t threads);
  ~own_system();
  own_system(const own_system&) = delete;
  own_system& operator=(const own_system&) = delete;

  caf::actor_system& get();

private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

/// A runtime with an actor system of its own, for programs without actors:
///
///     troupe::standalone_runtime mcp;
///     auto opened = mcp.open(troupe::program_server("files", "my-server"));
///     auto result = mcp.ask(opened.value.handle, troupe::call_tool{"list"});
///
/// Its functions may be called from any thread of the program, `stop` and the
/// destructor when no other call goes on. It may be a static object.
class standalone_runtime : private own_system, public runtime {
public:
  /// `threads`: CAF's workers; 0: one for each CPU that this process may use.
  explicit standalone_runtime(runtime_options options = {}, size_t threads = 0);
};

} // namespace troupe
