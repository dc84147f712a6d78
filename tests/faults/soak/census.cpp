#include "troupe/tests/faults/soak/census.hpp"

#include "troupe/tests/support/leak_counter.hpp"
#include "troupe/transports/guard/process_mark.hpp"

#include <fstream>

#include <malloc.h>
#include <unistd.h>

namespace troupe::soak {

namespace {

std::string our_mark() {
  return std::string{mark_name} + '=' + std::to_string(getpid()) + '.';
}

void compare(std::string& text, const char* what, size_t was, size_t is) {
  if (was == is)
    return;
  text += text.empty() ? "" : ", ";
  text +=
    std::string{what} + ' ' + std::to_string(was) + " -> " + std::to_string(is);
}

} // namespace

pid_t warden_pid() {
  for (auto pid : leaks::guards_of(getpid()))
    if (leaks::name_of(pid) == "troupe-warden")
      return pid;
  return 0;
}

census take_census(caf::actor_system& system) {
  census x;
  auto self = getpid();
  x.servers = leaks::carrying_start(our_mark()).size();
  x.children = leaks::children_of(self).size();
  x.zombies = leaks::zombies_of(self);
  x.guards = leaks::guards_of(self).size();
  if (auto warden = warden_pid(); warden > 0) {
    x.zombies += leaks::zombies_of(warden);
    x.warden_descriptors = leaks::fds_of(warden);
  }
  x.descriptors = leaks::fds_of(self);
  x.threads = leaks::threads_of(self);
  x.actors = running_actors(system);
  return x;
}

std::string difference(const census& was, const census& is) {
  std::string text;
  compare(text, "servers", was.servers, is.servers);
  compare(text, "children", was.children, is.children);
  compare(text, "zombies", was.zombies, is.zombies);
  compare(text, "guards", was.guards, is.guards);
  compare(text, "descriptors", was.descriptors, is.descriptors);
  compare(text, "warden's descriptors", was.warden_descriptors,
          is.warden_descriptors);
  compare(text, "threads", was.threads, is.threads);
  compare(text, "actors", was.actors, is.actors);
  return text;
}

std::string settled_difference(caf::actor_system& system, const census& was) {
  std::string text;
  leaks::eventually([&] {
    text = difference(was, take_census(system));
    return text.empty();
  });
  return text;
}

size_t resident_kib() {
  malloc_trim(0);
  size_t all = 0;
  size_t resident = 0;
  std::ifstream{"/proc/self/statm"} >> all >> resident;
  return resident * static_cast<size_t>(sysconf(_SC_PAGESIZE)) / 1024;
}

} // namespace troupe::soak
