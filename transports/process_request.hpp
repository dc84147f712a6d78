#pragma once

#include "transports/warden.hpp"

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
/// program that others than its owner, root and we may replace.
///
/// `failed.why` is set if it cannot be started: `program_not_found` with errno
/// and the PATH that was searched, or `invalid_spec` (a zero byte or a newline
/// in the command line, an impossible variable). No text shows a value of the
/// environment but PATH.
process_request prepare_process(const server_spec& spec,
                                const std::vector<std::string>& host_env,
                                stop_report& failed);

/// The same with this process' environment.
process_request prepare_process(const server_spec& spec, stop_report& failed);

} // namespace troupe
