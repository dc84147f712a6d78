#include "troupe/tools/troupe/commander.hpp"

#include "troupe/tools/troupe/config_file.hpp"
#include "troupe/tools/troupe/exit_status.hpp"
#include "troupe/tools/troupe/limits.hpp"

#include <algorithm>
#include <memory>

namespace troupe::cli {

commander::commander(host& servers, supervised about)
  : servers_(servers), about_(std::move(about)) {
  // nop
}

commander::give_up_fn commander::perform(const control_request& x,
                                         answer_fn then,
                                         progress_fn on_progress) {
  switch (x.what) {
    case command::call: return call(x, std::move(then), std::move(on_progress));
    case command::list: list(std::move(then)); break;
    case command::status: status(std::move(then)); break;
    case command::reload: reload(x.server, std::move(then)); break;
    case command::close: close(x, std::move(then)); break;
    case command::tools:
      if (x.server.empty())
        all_tools(std::move(then));
      else
        tools_of(x.server, std::move(then));
      break;
    default: then(failed(errc::not_supported, "is not a command for servers"));
  }
  return {};
}

/// The bytes of all tools, as the servers sent them.
static size_t bytes_of(const named_tools& all) {
  size_t result = 0;
  for (auto& [name, x] : all)
    for (auto& tool : x.value.tools)
      result += tool.raw.text().size();
  return result;
}

// -- status and lists ---------------------------------------------------------

void commander::list(answer_fn then) {
  servers_.tree([this, then](const answer<tree_status>& x) {
    then(x.ok() ? outcome{exit_status::ok, list_json(about_, x.value)}
                : failed(x.error));
  });
}

void commander::status(answer_fn then) {
  servers_.tree([this, then](const answer<tree_status>& x) {
    then(x.ok() ? outcome{exit_status::ok, status_json(about_, x.value)}
                : failed(x.error));
  });
}

void commander::tools_of(const std::string& server, answer_fn then) {
  servers_.tools(server, [=, this](answer<tool_list> x) {
    if (!x.ok())
      return then(failure_about(server, std::move(x.error)));
    auto all = std::make_shared<named_tools>();
    all->emplace_back(server, std::move(x));
    auto bytes = bytes_of(*all);
    then(reply::later([all] { return tools_outcome(*all); }, bytes));
  });
}

/// Servers that fail are listed with their error; closed ones are left out.
void commander::all_tools(answer_fn then) {
  servers_.tree([this, then](const answer<tree_status>& tree) {
    if (!tree.ok())
      return then(failed(tree.error));
    std::set<std::string> names;
    for (auto& x : tree.value.clients)
      names.insert(x.name);
    for (auto& x : about_.loaded.servers)
      if (x.enabled)
        names.insert(x.name);
    gather_tools(names, then);
  });
}

void commander::gather_tools(const std::set<std::string>& names,
                             answer_fn then) {
  struct gathering {
    named_tools all;
    size_t open = 0;
  };
  auto into = std::make_shared<gathering>();
  auto done = [into, then] {
    std::erase_if(into->all, [](auto& x) {
      return x.second.error.code == errc::unknown_server;
    });
    auto bytes = bytes_of(into->all);
    then(reply::later([into] { return tools_outcome(into->all); }, bytes));
  };
  for (auto& name : names)
    into->all.emplace_back(name, failure{});
  into->open = names.size();
  if (names.empty())
    return done();
  for (auto& [name, place] : into->all)
    servers_.tools(name, [into, done, &place = place](answer<tool_list> x) {
      place = std::move(x);
      if (--into->open == 0)
        done();
    });
}

// -- calling ------------------------------------------------------------------

commander::give_up_fn commander::call(const control_request& x, answer_fn then,
                                      progress_fn on_progress) {
  call_tool what;
  what.name = x.tool;
  what.arguments = x.arguments;
  what.total_timeout = x.timeout;
  what.idle_timeout = x.timeout;
  auto server = x.server;
  auto tool = x.tool;
  return servers_.call(
    server, std::move(what),
    [this, server, tool, then](answer<call_tool_result> y) {
      if (!y.ok())
        return then(failure_about(server, std::move(y.error)));
      auto bytes = y.value.raw.text().size();
      auto make = [server, tool, result = std::move(y.value)] {
        auto exit = result.is_error() ? exit_status::failed : exit_status::ok;
        return outcome{exit, call_json(server, tool, result)};
      };
      then(reply::later(std::move(make), bytes));
    },
    x.wants_progress ? std::move(on_progress) : nullptr);
}

// -- changing -----------------------------------------------------------------

// From now on the server is as in the file; a faulty entry changes nothing.
// What the file says of other servers counts when those are reloaded.
void commander::reload(const std::string& server, answer_fn then) {
  auto fresh = load_config(about_.config);
  auto is_about_it = [&](auto& problem) {
    return problem.whole_file || problem.server == server;
  };
  auto wrong =
    std::find_if(fresh.errors.begin(), fresh.errors.end(), is_about_it);
  if (wrong != fresh.errors.end())
    return then(
      failed(errc::invalid_spec, to_string(*wrong) + "; nothing was changed"));
  adopt_server(about_.loaded, fresh, server);
  auto spec = find_server(fresh, server);
  if (spec == nullptr || !spec->enabled) {
    supervised now{about_.config, {}, 0, std::move(fresh)};
    return then(failed(errc::unknown_server, why_unknown(now, server)));
  }
  reload_as(*spec, std::move(then));
}

// It may have been closed, or be new: a reload with a spec opens it.
void commander::reload_as(const server_spec& spec, answer_fn then) {
  servers_.reload(spec.name, {spec}, [=, this](const answer<client_status>& x) {
    then(x.ok() ? outcome{exit_status::ok, reload_json(x.value)}
                : failure_about(spec.name, x.error));
  });
}

void commander::close(const control_request& x, answer_fn then) {
  auto server = x.server;
  servers_.close(server, x.drain, [=, this](const answer<stop_report>& y) {
    if (!y.ok())
      return then(failure_about(server, y.error));
    auto clean = is_clean(y.value.left);
    then(outcome{clean ? exit_status::ok : exit_status::failed,
                 close_json(server, y.value)});
  });
}

// -- failures -----------------------------------------------------------------

/// A failure with the server's data may be as large as any result.
reply commander::failure_about(const std::string& server, failure why) const {
  if (why.code == errc::unknown_server)
    why.text = why_unknown(about_, server);
  else
    why.text = naming(server, why);
  auto bytes = why.server_data.text().size();
  if (bytes <= limits::on_loop_bytes_max)
    return failed(why);
  return reply::later([why] { return failed(why); }, bytes);
}

outcome tools_outcome(const named_tools& all) {
  auto good =
    std::all_of(all.begin(), all.end(), [](auto& x) { return x.second.ok(); });
  return {good ? exit_status::ok : exit_status::failed, tools_json(all)};
}

std::string naming(const std::string& server, const failure& why) {
  auto head = "server '" + server + "': ";
  if (why.text.empty())
    return head + std::string{explain(why.code)};
  return why.text.starts_with(head) ? why.text : head + why.text;
}

const server_spec* find_server(const loaded_config& x,
                               const std::string& server) {
  auto i = std::find_if(x.servers.begin(), x.servers.end(),
                        [&](auto& spec) { return spec.name == server; });
  return i == x.servers.end() ? nullptr : &*i;
}

std::string why_unknown(const supervised& about, const std::string& server) {
  for (auto& problem : about.loaded.errors)
    if (problem.server == server)
      return to_string(problem) + "; correct it, then `troupe reload`";
  auto spec = find_server(about.loaded, server);
  if (spec != nullptr && !spec->enabled)
    return about.config + ": server '" + server + "' is disabled";
  if (spec != nullptr)
    return "server '" + server + "' was closed; `troupe reload` starts it";
  std::string names;
  for (auto& x : about.loaded.servers)
    names += (names.empty() ? "" : ", ") + x.name;
  return about.config + ": names no server '" + server + "'; it has "
         + (names.empty() ? "none" : names);
}

} // namespace troupe::cli
