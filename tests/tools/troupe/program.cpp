#include "troupe/tests/tools/troupe/program.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace troupe::test {

// -- alarm --------------------------------------------------------------------

test_alarm::test_alarm(unsigned seconds) {
  ::alarm(seconds);
}

test_alarm::~test_alarm() {
  ::alarm(0);
}

// -- world --------------------------------------------------------------------

namespace {

std::string content_of(const std::string& path) {
  std::ifstream in{path};
  return {std::istreambuf_iterator<char>{in}, {}};
}

int decoded(int status) {
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

} // namespace

troupe_world::troupe_world() {
  auto runtime = folder_.file("runtime");
  ::mkdir(runtime.c_str(), 0700);
  ::setenv("XDG_RUNTIME_DIR", runtime.c_str(), 1);
}

std::string troupe_world::file(const std::string& name, const std::string& text,
                               unsigned mode) const {
  auto path = folder_.file(name);
  std::ofstream{path} << text;
  ::chmod(path.c_str(), mode);
  return path;
}

std::string troupe_world::config(const std::string& servers,
                                 const std::string& name) const {
  return file(name, R"({"mcpServers":{)" + servers + "}}");
}

finished troupe_world::troupe(std::vector<std::string> arguments,
                              const std::string& input) const {
  auto in = file("in", input);
  auto out = file("out", "");
  auto error = file("error", "");
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, in.c_str(), O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 1, out.c_str(), O_WRONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 2, error.c_str(), O_WRONLY, 0);
  arguments.insert(arguments.begin(), TROUPE_PROGRAM);
  std::vector<char*> argv;
  for (auto& x : arguments)
    argv.push_back(x.data());
  argv.push_back(nullptr);
  pid_t pid = 0;
  auto failed = ::posix_spawn(&pid, TROUPE_PROGRAM, &actions, nullptr,
                              argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  int status = 0;
  if (failed != 0 || ::waitpid(pid, &status, 0) != pid)
    throw std::runtime_error("the program cannot be started");
  return {decoded(status), content_of(out), content_of(error)};
}

// -- running ------------------------------------------------------------------

static std::vector<std::string> command(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {TROUPE_PROGRAM, "run"});
  return arguments;
}

running_troupe::running_troupe(std::vector<std::string> arguments)
  : child_server(command(std::move(arguments))) {
  // nop
}

std::string running_troupe::await(const std::string& text) {
  while (auto next = line())
    if (has(*next, text))
      return *next;
  throw std::runtime_error("it ended without a line with " + text);
}

void running_troupe::signal_until_it_ends(int number) {
  do
    signal(number);
  while (silent_for(std::chrono::milliseconds{100}) || line());
}

std::vector<std::string> running_troupe::rest() {
  std::vector<std::string> result;
  while (auto next = line())
    result.push_back(*next);
  return result;
}

// -- herald -------------------------------------------------------------------

herald::herald(const std::string& folder) : path_(folder + "/herald") {
  ::mkfifo(path_.c_str(), 0600);
  fd_ = ::open(path_.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
}

herald::~herald() {
  ::close(fd_);
}

std::string herald::option() const {
  return R"("--pid-file",")" + path_ + '"';
}

// A line of it is one write, and so one read.
int herald::await() {
  pollfd x{fd_, POLLIN, 0};
  char text[64] = {};
  if (::poll(&x, 1, 20'000) != 1 || ::read(fd_, text, sizeof(text) - 1) <= 0)
    return 0;
  auto number = std::strchr(text, ' ');
  return number == nullptr ? 0 : std::atoi(number);
}

// -- words --------------------------------------------------------------------

std::string demo(const std::string& name, const std::string& arguments,
                 const std::string& more) {
  return '"' + name + R"(":{"command":")" DEMO_SERVER R"(","args":[)"
         + arguments + ']' + (more.empty() ? "" : "," + more) + '}';
}

bool is_alive(int pid) {
  return ::kill(pid, 0) == 0 || errno != ESRCH;
}

bool is_gone_soon(int pid) {
  auto fd = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
  if (fd < 0)
    return errno == ESRCH;
  pollfd x{fd, POLLIN, 0};
  auto n = ::poll(&x, 1, 20'000);
  ::close(fd);
  return n == 1;
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

bool has_controls(const std::string& text) {
  return std::any_of(text.begin(), text.end(), [](unsigned char c) {
    return (c < 0x20 && c != '\n' && c != '\t') || c == 0x7F;
  });
}

} // namespace troupe::test
