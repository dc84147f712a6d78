// A server's worst habits, one a mode. Speaks no protocol: its lines are text.

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <functional>
#include <map>
#include <string>
#include <unistd.h>
#include <vector>

namespace {

void put(int fd, std::string_view text) {
  while (!text.empty()) {
    auto n = write(fd, text.data(), text.size());
    if (n < 0 && errno != EINTR)
      _exit(70);
    if (n > 0)
      text.remove_prefix(static_cast<size_t>(n));
  }
}

/// Byte by byte: takes nothing that follows the line.
std::string read_line() {
  auto line = std::string{};
  auto c = char{};
  while (read(0, &c, 1) == 1 && c != '\n')
    line += c;
  return line;
}

int echo() {
  auto buffer = std::vector<char>(1 << 20);
  for (;;) {
    auto n = read(0, buffer.data(), buffer.size());
    if (n <= 0)
      return 0;
    put(1, {buffer.data(), static_cast<size_t>(n)});
  }
}

int wait_for_a_signal() {
  for (;;)
    pause();
}

void ignore(int signal) {
  std::signal(signal, SIG_IGN);
}

// -- modes --------------------------------------------------------------------

int flood_stderr(size_t bytes) {
  for (auto line = std::string(99, 'e') + "\n"; bytes > 0;
       bytes -= std::min(bytes, line.size()))
    put(2, line);
  return echo();
}

int banner() {
  put(1, "Welcome!\n\r\n\xff\xfe not text\nlistening\r\n");
  return echo();
}

int endless() {
  for (auto chunk = std::string(1 << 16, 'x');;)
    put(1, chunk);
}

int long_line(size_t bytes) {
  for (auto chunk = std::string(1 << 16, 'x'); bytes > 0;) {
    auto n = std::min(bytes, chunk.size());
    put(1, std::string_view{chunk}.substr(0, n));
    bytes -= n;
  }
  put(1, "\n");
  return echo();
}

/// Reads nothing until it gets USR1.
int sleepy() {
  auto wanted = sigset_t{};
  sigemptyset(&wanted);
  sigaddset(&wanted, SIGUSR1);
  sigprocmask(SIG_BLOCK, &wanted, nullptr);
  put(1, "asleep\n");
  auto got = 0;
  sigwait(&wanted, &got);
  return echo();
}

int close_stdin() {
  close(0);
  put(1, "closed\n");
  return wait_for_a_signal();
}

int close_stdout() {
  read_line();
  put(1, "last\n");
  close(1);
  return wait_for_a_signal();
}

/// Ignores every polite way to end it.
int stubborn() {
  ignore(SIGTERM);
  ignore(SIGHUP);
  ignore(SIGPIPE);
  put(1, "here\n");
  for (;;)
    if (write(1, "spin\n", 5) < 0 && errno != EPIPE)
      return 71;
}

int answer_and_exit(size_t lines) {
  read_line();
  for (auto i = size_t{0}; i < lines; ++i)
    put(1, "answer " + std::to_string(i) + "\n");
  return 3;
}

int complain_and_exit() {
  put(2, "cannot open the database\ngiving up\n");
  return 3;
}

int die() {
  read_line();
  return kill(getpid(), SIGKILL);
}

/// Leaves a child behind that holds the pipes.
int orphan() {
  if (fork() == 0)
    return wait_for_a_signal();
  put(1, "bye\n");
  return 0;
}

} // namespace

int main(int argc, char** argv) {
  alarm(300); // whatever the test does, this does not stay
  auto mode = std::string{argc > 1 ? argv[1] : ""};
  auto number = argc > 2 ? std::strtoul(argv[2], nullptr, 10) : 0;
  const auto modes = std::map<std::string, std::function<int()>>{
    {"echo", echo},
    {"exit", [&] { return static_cast<int>(number); }},
    {"flood-stderr", [&] { return flood_stderr(number); }},
    {"banner", banner},
    {"endless", endless},
    {"long-line", [&] { return long_line(number); }},
    {"sleepy", sleepy},
    {"deaf", wait_for_a_signal},
    {"close-stdin", close_stdin},
    {"close-stdout", close_stdout},
    {"stubborn", stubborn},
    {"answer-and-exit", [&] { return answer_and_exit(number); }},
    {"complain-and-exit", complain_and_exit},
    {"die", die},
    {"orphan", orphan},
  };
  auto found = modes.find(mode);
  return found == modes.end() ? 64 : found->second();
}
