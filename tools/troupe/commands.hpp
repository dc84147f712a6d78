#pragma once

#include "troupe/tools/troupe/control_protocol.hpp"

/// The commands of the program. Each prints its result, and returns the exit
/// status.
namespace troupe::cli {

/// `run`.
int supervise(const options& x);

/// `list`, `tools`, `call`, `reload`, `close`, `status`.
int ask(const options& x);

/// `doctor`.
int examine(const options& x);

/// Without a running program: starts the servers it needs, does the request,
/// stops.
outcome do_alone(const options& x, const control_request& request);

/// Prints an outcome, and returns its exit status.
int show(const options& x, const outcome& what);

/// The outcome of a command that a signal ended.
outcome interrupted(int signal);

/// One line to stderr, with the program's name.
void say_error(const std::string& text);

} // namespace troupe::cli
