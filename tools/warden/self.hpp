#pragma once

#include <csignal>
#include <cstdint>
#include <initializer_list>
#include <string_view>

/// What a guard does to its own process.
namespace troupe::guard {

/// Remembers where the command line stands in memory, and which marks are in
/// it, for `rename_self`.
void remember_title(int argc, char** argv);

/// Changes the name that ps, pkill and killall see; `name` is a literal. The
/// marks follow it in the command line, which is readable for all: the
/// environment of a process that may not be traced is not, even for its own
/// user.
void rename_self(std::string_view name);

/// Whether others of our user may trace us, read our memory, or take our
/// descriptors. A fork inherits it; an exec allows it.
void allow_tracing(bool yes);

/// Blocks every signal. Returns a signalfd for those named.
int take_signals(std::initializer_list<int> signals);

/// Takes what waits in a signalfd. Bit n: signal n was there.
uint64_t drain_signals(int fd);

} // namespace troupe::guard
