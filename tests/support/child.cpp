#include "troupe/tests/support/child.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <stdexcept>
#include <string_view>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace troupe {

using namespace std::chrono_literals;

// What a program is started with. It is made before the fork: the other threads
// are not in the child, and what they held, an allocator's lock too, is held
// there for ever.
struct program {
  explicit program(const child::options& what) {
    for (auto& x : what.argv)
      argv.push_back(const_cast<char*>(x.c_str()));
    argv.push_back(nullptr);
    for (auto& x : what.env)
      env.push_back(const_cast<char*>(x.c_str()));
    for (auto x = environ; *x != nullptr; ++x)
      if (!is_set(*x))
        env.push_back(*x);
    env.push_back(nullptr);
  }

  bool is_set(std::string_view variable) const {
    auto name = variable.substr(0, variable.find('=') + 1);
    return std::any_of(env.begin(), env.end(),
                       [&](std::string_view x) { return x.starts_with(name); });
  }

  std::vector<char*> argv, env;
};

static void become(const program& what, uid_t uid) {
  if (uid != 0
      && (setgroups(0, nullptr) != 0 || setgid(uid) != 0 || setuid(uid) != 0))
    _exit(125);
  execve(what.argv[0], what.argv.data(), what.env.data());
  _exit(126);
}

child::child(const options& what) {
  auto next = program{what};
  int in[2], out[2];
  if (pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0)
    throw std::runtime_error("no pipes");
  pid_ = fork();
  if (pid_ == 0) {
    setpgid(0, 0);
    dup2(in[0], 0);
    dup2(out[1], 1);
    become(next, what.uid);
  }
  close(in[0]);
  close(out[1]);
  in_ = in[1];
  out_ = out[0];
}

child::~child() {
  signal(SIGKILL);
  wait();
  close(in_);
  close(out_);
}

void child::tell(const std::string& line) {
  auto text = line + "\n";
  if (write(in_, text.data(), text.size()) < 0)
    throw std::runtime_error("the child takes no input");
}

std::string child::expect(const std::string& start,
                          std::chrono::seconds patience) {
  auto end = std::chrono::steady_clock::now() + patience;
  for (;;) {
    for (auto cut = buffer_.find('\n'); cut != buffer_.npos;
         cut = buffer_.find('\n')) {
      auto line = buffer_.substr(0, cut);
      buffer_.erase(0, cut + 1);
      if (line.starts_with(start))
        return line.substr(start.size());
    }
    auto readable = pollfd{out_, POLLIN, 0};
    auto left = std::chrono::ceil<std::chrono::milliseconds>(
      end - std::chrono::steady_clock::now());
    char bytes[4096];
    if (left <= 0ms || poll(&readable, 1, static_cast<int>(left.count())) <= 0)
      throw std::runtime_error("no line with " + start + " in time");
    auto n = read(out_, bytes, sizeof(bytes));
    if (n <= 0)
      throw std::runtime_error("the child ended before " + start);
    buffer_.append(bytes, static_cast<size_t>(n));
  }
}

void child::signal(int number) {
  if (!reaped_)
    kill(pid_, number);
}

int child::wait() {
  if (reaped_)
    return 0;
  auto status = 0;
  waitpid(pid_, &status, 0);
  reaped_ = true;
  return status;
}

void set_alarm(unsigned seconds) {
  alarm(seconds);
}

} // namespace troupe
