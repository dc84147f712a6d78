#include "troupe/tools/troupe/control_client.hpp"

#include "troupe/tools/troupe/control_listener.hpp"
#include "troupe/tools/troupe/limits.hpp"
#include "troupe/transports/io/os_error.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <poll.h>
#include <sys/socket.h>
#include <utility>

namespace troupe::cli {

namespace {

using clock = std::chrono::steady_clock;

/// Delay of `on_wait`: short for people, longer than most answers take.
constexpr auto silent_wait = std::chrono::milliseconds{700};

/// Returns false if `end` came first.
bool wait_for(int fd, short events, clock::time_point end) {
  pollfd x{fd, events, 0};
  for (;;) {
    auto left =
      std::chrono::ceil<std::chrono::milliseconds>(end - clock::now());
    if (left.count() <= 0)
      return false;
    auto n = ::poll(&x, 1, static_cast<int>(left.count()));
    if (n != 0 && !(n < 0 && errno == EINTR))
      return n > 0;
  }
}

/// Returns an error; empty: all was taken. A large line waits until the program
/// has room for it.
std::string send_line(int fd, const std::string& line, clock::time_point end,
                      const std::function<void()>& on_wait) {
  for (size_t written = 0; written < line.size();) {
    auto n =
      ::send(fd, line.data() + written, line.size() - written, MSG_NOSIGNAL);
    if (n > 0)
      written += static_cast<size_t>(n);
    else if (errno != EAGAIN && errno != EINTR)
      return "the request was not taken: " + errno_text(errno);
    else if (clock::now() >= end)
      return "the request was not taken in time";
    else if (!wait_for(fd, POLLOUT, std::min(end, clock::now() + silent_wait)))
      on_wait();
  }
  return {};
}

/// The first line of `unread`, which grows by what is received.
std::string read_line(int fd, std::string& unread, std::string& line,
                      clock::time_point end) {
  char bytes[64 * 1024];
  for (size_t seen = 0;;) {
    auto found = unread.find('\n', seen);
    if (found != std::string::npos) {
      line = unread.substr(0, found);
      unread.erase(0, found + 1);
      return {};
    }
    seen = unread.size();
    if (seen > limits::answer_bytes_max)
      return "the answer is too large";
    if (!wait_for(fd, POLLIN, end))
      return "no answer came in time; is it stopped, as by Ctrl-Z?";
    auto n = ::recv(fd, bytes, sizeof(bytes), 0);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
      continue;
    if (n <= 0)
      return "the connection ended without an answer; does the program still "
             "run?";
    unread.append(bytes, static_cast<size_t>(n));
  }
}

/// The answer, or a sentence in its `error`.
parsed_answer read_answer(int fd, clock::time_point end,
                          const while_waiting& told) {
  std::string unread;
  for (;;) {
    std::string line;
    auto why = read_line(fd, unread, line, end);
    auto result =
      why.empty() ? parse_answer(std::move(line)) : parsed_answer{{}, {}, why};
    if (!result.progress)
      return result;
    told.on_progress(*result.progress);
  }
}

exchange broken(const connected& to, const std::string& why) {
  exchange result;
  result.is_running = true;
  result.error =
    "the running program (pid " + std::to_string(to.pid) + "): " + why;
  return result;
}

} // namespace

exchange ask_running(const std::string& socket, const control_request& x,
                     const while_waiting& told) {
  auto to = connect_to(socket);
  exchange result;
  if (to.error == EAGAIN)
    return broken(to, "too many commands are under way; try again");
  if (to.error != 0) {
    if (to.error != ENOENT && to.error != ECONNREFUSED)
      result.error = socket + ": "
                     + (to.error == ENAMETOOLONG ? std::string{path_too_long}
                                                 : errno_text(to.error));
    return result;
  }
  if (!to.trusted)
    return broken(to, "belongs to another user; it is not asked");
  auto end = clock::now() + patience_for(x);
  std::function<void()> on_wait = [tell = told.on_wait]() mutable {
    if (auto once = std::exchange(tell, nullptr))
      once();
  };
  auto not_sent =
    send_line(to.fd.get(), format_request(x) + '\n', end, on_wait);
  if (!wait_for(to.fd.get(), POLLIN, clock::now() + silent_wait))
    on_wait();
  // A program without a free slot refuses before it reads the request.
  auto answer = read_answer(to.fd.get(), end, told);
  if (!answer.error.empty())
    return broken(to, not_sent.empty() ? answer.error : not_sent);
  result.is_running = true;
  result.value = std::move(answer.value);
  return result;
}

std::vector<std::string>
running_among(const std::vector<std::string>& sockets) {
  std::vector<std::string> result;
  for (auto& x : sockets)
    if (auto to = connect_to(x); to.fd && to.trusted)
      result.push_back(x);
  return result;
}

} // namespace troupe::cli
