#include "troupe/tests/support/child_server.hpp"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <stdexcept>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace troupe::test {

namespace {

/// A pipe that takes nothing for so long, in ms, is full for good.
constexpr int full_after = 300;

struct ends {
  int read = -1;
  int write = -1;
};

ends open_pipe() {
  int fds[2];
  if (::pipe2(fds, O_CLOEXEC) != 0)
    throw std::runtime_error("pipe2");
  return {fds[0], fds[1]};
}

void unblock(int fd) {
  ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
}

int start(std::vector<std::string>& argv, int in, int out, int err) {
  std::vector<char*> pointers;
  for (auto& argument : argv)
    pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, in, 0);
  ::posix_spawn_file_actions_adddup2(&actions, out, 1);
  ::posix_spawn_file_actions_adddup2(&actions, err, 2);
  int pid = -1;
  auto error = ::posix_spawnp(&pid, pointers[0], &actions, nullptr,
                              pointers.data(), ::environ);
  ::posix_spawn_file_actions_destroy(&actions);
  if (error != 0)
    throw std::runtime_error(argv[0] + ": " + std::strerror(error));
  return pid;
}

} // namespace

child_server::child_server(std::vector<std::string> argv) {
  // A server that dies while it is written to must not end the tests.
  std::signal(SIGPIPE, SIG_IGN);
  auto in = open_pipe();
  auto out = open_pipe();
  auto err = open_pipe();
  pid_ = start(argv, in.read, out.write, err.write);
  ::close(in.read);
  ::close(out.write);
  ::close(err.write);
  stdin_ = in.write;
  stdout_ = out.read;
  stderr_ = err.read;
  unblock(stdin_);
}

child_server::~child_server() {
  close_stdin();
  ::close(stdout_);
  ::close(stderr_);
  if (!status_) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
}

int child_server::pid() const {
  return pid_;
}

// -- to its stdin -------------------------------------------------------------

void child_server::send(std::string_view line) {
  auto text = std::string{line} + '\n';
  auto rest = std::string_view{text};
  while (!rest.empty()) {
    auto n = ::write(stdin_, rest.data(), rest.size());
    if (n > 0)
      rest.remove_prefix(static_cast<size_t>(n));
    else if (errno == EPIPE)
      return; // its end is seen elsewhere
    else {
      pollfd writable{stdin_, POLLOUT, 0};
      if (::poll(&writable, 1, std::chrono::milliseconds{patience}.count())
          <= 0)
        throw std::runtime_error("the server does not read");
    }
  }
}

size_t child_server::fill(std::string_view line, size_t at_most) {
  size_t result = 0;
  auto text = std::string{line} + '\n';
  pollfd writable{stdin_, POLLOUT, 0};
  while (result<at_most&& ::poll(&writable, 1, full_after)> 0) {
    auto n = ::write(stdin_, text.data(), text.size());
    if (n > 0)
      result += static_cast<size_t>(n);
    else if (errno != EAGAIN)
      break;
  }
  return result;
}

void child_server::close_stdin() {
  if (stdin_ >= 0)
    ::close(stdin_);
  stdin_ = -1;
}

// -- from its stdout ----------------------------------------------------------

std::optional<std::string> child_server::line() {
  for (;;) {
    if (auto end = unread_.find('\n'); end != std::string::npos) {
      auto result = unread_.substr(0, end);
      unread_.erase(0, end + 1);
      return result;
    }
    if (!read_more())
      return std::nullopt;
  }
}

bool child_server::silent_for(std::chrono::milliseconds time) {
  return unread_.empty() && !readable(stdout_, time);
}

size_t child_server::read_bytes(size_t at_most) {
  while (unread_.size() < at_most && read_more())
    ;
  return unread_.find('\n') == std::string::npos ? unread_.size() : 0;
}

bool child_server::readable(int fd, std::chrono::milliseconds wait) const {
  pollfd what{fd, POLLIN, 0};
  return ::poll(&what, 1, static_cast<int>(wait.count())) > 0;
}

bool child_server::read_more() {
  if (!readable(stdout_, patience))
    throw std::runtime_error("the server is silent");
  char chunk[65536];
  auto n = ::read(stdout_, chunk, sizeof(chunk));
  if (n > 0)
    unread_.append(chunk, static_cast<size_t>(n));
  return n > 0;
}

// -- requests -----------------------------------------------------------------

int64_t child_server::ask(std::string_view method, std::string_view params) {
  send(json_rpc::format_request(++last_id_, method,
                                json::trusted(std::string{params})));
  return last_id_;
}

json_rpc::message child_server::answer(int64_t id) {
  while (auto text = line()) {
    auto frame = json_rpc::parse(*text);
    for (auto& x : frame.messages) {
      auto result = std::get_if<json_rpc::result>(&x);
      auto error = std::get_if<json_rpc::error>(&x);
      if ((result && result->id == json_rpc::id{id})
          || (error && error->id == json_rpc::id{id}))
        return x;
    }
    passed.push_back(std::move(*text));
  }
  throw std::runtime_error("stdout has ended");
}

json child_server::result(std::string_view method, std::string_view params) {
  auto x = answer(ask(method, params));
  auto good = std::get_if<json_rpc::result>(&x);
  return good ? good->value : json{};
}

int64_t child_server::refusal(std::string_view method,
                              std::string_view params) {
  auto x = answer(ask(method, params));
  auto bad = std::get_if<json_rpc::error>(&x);
  return bad ? bad->code : 0;
}

std::string child_server::initialize(std::string_view version) {
  json_writer out;
  out.begin_object().member("protocolVersion", version);
  out.key("capabilities").begin_object().end_object();
  out.key("clientInfo").begin_object();
  out.member("name", "test").member("version", "1").end_object();
  auto given = result("initialize", out.end_object().take());
  send(json_rpc::format_notification("notifications/initialized", {}));
  auto chosen = given.find("protocolVersion");
  return chosen ? chosen->as_string().value_or("") : "";
}

// -- its end ------------------------------------------------------------------

void child_server::await_stderr(std::string_view text) {
  while (errors_.find(text) == std::string::npos)
    read_errors();
}

void child_server::drain_stderr(size_t bytes) {
  while (errors_.size() < bytes)
    read_errors();
}

const std::string& child_server::all_errors() {
  while (read_more_errors())
    ;
  return errors_;
}

void child_server::read_errors() {
  if (!read_more_errors())
    throw std::runtime_error("stderr has ended");
}

bool child_server::read_more_errors() {
  char chunk[65536];
  if (!readable(stderr_, patience))
    throw std::runtime_error("stderr is silent");
  auto n = ::read(stderr_, chunk, sizeof(chunk));
  if (n > 0)
    errors_.append(chunk, static_cast<size_t>(n));
  return n > 0;
}

void child_server::signal(int number) {
  ::kill(pid_, number);
}

int child_server::exit_status() {
  auto fd = static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0));
  auto ended = readable(fd, patience);
  ::close(fd);
  if (!ended)
    throw std::runtime_error("the server lives on");
  int status = 0;
  ::waitpid(pid_, &status, 0);
  status_ = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  return *status_;
}

} // namespace troupe::test
