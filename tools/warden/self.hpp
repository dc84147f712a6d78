#pragma once

#include <csignal>
#include <cstdint>
#include <initializer_list>

/// What a guard does to its own process.
namespace troupe::guard {

/// Remembers where the command line stands in memory, for `rename_self`.
void remember_title(int argc, char** argv);

/// Changes the name that ps, pkill and killall see.
void rename_self(const char* name);

/// Blocks every signal. Returns a signalfd for those named.
int take_signals(std::initializer_list<int> signals);

/// Takes what waits in a signalfd. Bit n: signal n was there.
uint64_t drain_signals(int fd);

} // namespace troupe::guard
