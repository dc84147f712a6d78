#include "tools/bench/http_server.hpp"

#include <cstdio>
#include <cstdlib>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace troupe::bench {

namespace {

[[noreturn]] void die(const char* what) {
  std::perror(what);
  std::exit(1);
}

std::string first_line(int fd) {
  std::string line;
  char x = 0;
  while (read(fd, &x, 1) == 1 && x != '\n')
    line += x;
  return line;
}

} // namespace

http_server::http_server(const std::string& program,
                         const std::string& answers) {
  int to[2];
  int from[2];
  if (pipe2(to, O_CLOEXEC) != 0 || pipe2(from, O_CLOEXEC) != 0)
    die("pipe2");
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, to[0], 0);
  posix_spawn_file_actions_adddup2(&actions, from[1], 1);
  std::string words[] = {program, "--http", "0", "--answers", answers};
  char* argv[] = {words[0].data(), words[1].data(), words[2].data(),
                  words[3].data(), words[4].data(), nullptr};
  if (posix_spawn(&pid_, program.c_str(), &actions, nullptr, argv, environ)
      != 0)
    die(program.c_str());
  posix_spawn_file_actions_destroy(&actions);
  close(to[0]);
  close(from[1]);
  in_ = to[1];
  auto line = first_line(from[0]);
  close(from[0]);
  url_ = line.substr(line.find("http://"));
}

// It ends with its stdin.
http_server::~http_server() {
  close(in_);
  waitpid(pid_, nullptr, 0);
}

const std::string& http_server::url() const {
  return url_;
}

uint16_t http_server::port() const {
  return static_cast<uint16_t>(std::stoi(url_.substr(url_.rfind(':') + 1)));
}

} // namespace troupe::bench
