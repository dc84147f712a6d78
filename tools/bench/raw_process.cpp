#include "troupe/tools/bench/raw_process.hpp"

#include <cstdio>
#include <cstdlib>
#include <utility>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace troupe::bench {

void die(const char* what) {
  std::perror(what);
  std::exit(1);
}

raw_process::raw_process(std::vector<std::string> argv) {
  int to[2];
  int from[2];
  if (pipe2(to, O_CLOEXEC) != 0 || pipe2(from, O_CLOEXEC) != 0)
    die("pipe2");
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, to[0], 0);
  posix_spawn_file_actions_adddup2(&actions, from[1], 1);
  std::vector<char*> words;
  for (auto& x : argv)
    words.push_back(x.data());
  words.push_back(nullptr);
  if (posix_spawn(&pid_, words[0], &actions, nullptr, words.data(), environ)
      != 0)
    die(words[0]);
  posix_spawn_file_actions_destroy(&actions);
  close(to[0]);
  close(from[1]);
  in = to[1];
  out = from[0];
}

void raw_process::hang_up() {
  for (auto fd : {&in, &out})
    if (*fd >= 0)
      close(std::exchange(*fd, -1));
}

raw_process::~raw_process() {
  hang_up();
  waitpid(pid_, nullptr, 0);
}

} // namespace troupe::bench
