#pragma once

#include "troupe/tools/troupe/control_protocol.hpp"

/// What the program can do. Each prints what it has to say, and returns the
/// exit status.
namespace troupe::cli {

/// `run`.
int supervise(const options& x);

/// `list`, `tools`, `call`, `reload`, `close`, `status`.
int ask(const options& x);

/// `doctor`.
int examine(const options& x);

/// Without a running program: starts what the request needs, does it, stops.
outcome do_alone(const options& x, const control_request& request);

/// Prints an outcome, and returns its exit status.
int show(const options& x, const outcome& what);

/// What a command comes to that a signal ended.
outcome interrupted(int signal);

/// One line to stderr, with the program's name.
void say_error(const std::string& text);

} // namespace troupe::cli
