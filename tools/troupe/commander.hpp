#pragma once

#include "troupe/tools/troupe/control_protocol.hpp"
#include "troupe/tools/troupe/host.hpp"
#include "troupe/tools/troupe/render_json.hpp"

#include <functional>
#include <set>
#include <string>

namespace troupe::cli {

/// Carries out commands on the servers of a host. Each is answered once, in
/// bounded time, on the main thread; large answers are returned as functions
/// that make them.
class commander {
public:
  using answer_fn = std::function<void(reply)>;
  using progress_fn = std::function<void(const call_progress&)>;
  using give_up_fn = std::function<void()>;

  /// `about.loaded` is what the host's servers come from.
  commander(host& servers, supervised about);

  /// Returns what cancels the command; may be empty. `on_progress` is called
  /// while a call runs that asks for it.
  give_up_fn perform(const control_request& x, answer_fn then,
                     progress_fn on_progress = {});

private:
  void list(answer_fn then);
  void status(answer_fn then);
  void tools_of(const std::string& server, answer_fn then);
  void all_tools(answer_fn then);
  void gather_tools(const std::set<std::string>& names, answer_fn then);
  give_up_fn call(const control_request& x, answer_fn then,
                  progress_fn on_progress);
  void reload(const std::string& server, answer_fn then);
  void reload_as(const server_spec& spec, answer_fn then);
  void close(const control_request& x, answer_fn then);

  reply failure_about(const std::string& server, failure why) const;

  host& servers_;
  supervised about_;
};

/// Failed if one of them failed.
outcome tools_outcome(const named_tools& all);

/// The server of that name; null where there is none.
const server_spec* find_server(const loaded_config& x,
                               const std::string& server);

/// The failure's text, with the server's name before it.
std::string naming(const std::string& server, const failure& why);

/// Why the server is not known, as a sentence that helps.
std::string why_unknown(const supervised& about, const std::string& server);

} // namespace troupe::cli
