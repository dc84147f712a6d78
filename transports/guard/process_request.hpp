#pragma once

#include "troupe/transports/guard/warden.hpp"

namespace troupe {

/// Turns a spec into what is to be started, at each start anew.
///
/// - The program: a command with a slash is taken from `cwd`; a bare name is
///   looked up in PATH, that of the declared environment if it has one. Empty
///   and relative entries of PATH are passed over.
/// - The environment: HOME LOGNAME PATH SHELL TERM USER LANG LC_* TMPDIR of the
///   host and what `env_inherit` names, without values that start with "()",
///   which old shells run; then what is declared.
///
/// Doubts become `warnings`: an entry of PATH that is not searched, and a
/// program that users other than its owner, root and we may replace.
///
/// `failed.why` is set if it cannot be started: `program_not_found` with errno
/// and the PATH that was searched, or `invalid_spec` (a zero byte or a newline
/// in the command line, an impossible variable). No text shows a value of the
/// environment but PATH.
///
/// `written`: the spec with its variables unresolved. Texts show it wherever a
/// variable has changed a value.
process_request prepare_process(const server_spec& spec,
                                const server_spec& written,
                                const std::vector<std::string>& host_env,
                                stop_report& failed);

/// Turns a spec without variables into what is to be started.
process_request prepare_process(const server_spec& spec,
                                const std::vector<std::string>& host_env,
                                stop_report& failed);

/// Turns a spec into what is to be started; `host_env` is the environment of
/// this process.
process_request prepare_in_host(const server_spec& spec,
                                const server_spec& written,
                                stop_report& failed);

} // namespace troupe
