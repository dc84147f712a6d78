#pragma once

#include <cstdint>
#include <map>
#include <string>

#include <sys/types.h>

namespace troupe::leaks {

/// How often each thread of a process has gone to sleep and was woken: by its
/// id. A thread that waits for an event does neither; one that polls does both
/// each time.
using wakeups = std::map<pid_t, uint64_t>;

wakeups wakeups_of(pid_t pid);

/// Which threads added how many, in words.
std::string shares(const wakeups& before, const wakeups& after);

/// The wakeups of all threads between two looks, without those of the thread
/// `but`, which looks.
uint64_t added(const wakeups& before, const wakeups& after, pid_t but = 0);

} // namespace troupe::leaks
