// A host of guarded servers that a test can kill. It takes orders by lines:
//
//   spawn ID ALLOW_SETUID PROGRAM ARG...  -> started ID PID, or gone ID ...
//   stop ID GRACE_MS                      -> gone ID PROOF WHY KILLED SIGNALS
//   thread                                -> thread: goes on on a new thread
//   warden                                -> warden PID
//   limit PROCESSES                       -> limited
//
// Besides, each start is told by "start ID ERRNO TEXT", 0 where it succeeded.
//
// Every server gets the environment entry that MARK names, and its stdin is
// held open until it is stopped.

#include "troupe/messages/errc.hpp"
#include "troupe/transports/guard/warden.hpp"
#include "troupe/transports/io/fd_watch.hpp"

#include <boost/asio/io_context.hpp>

#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <map>
#include <sstream>
#include <sys/resource.h>
#include <thread>
#include <unistd.h>

using namespace troupe;

namespace {

struct server {
  std::unique_ptr<guarded_process> process;
  int in = -1;
};

class host {
public:
  explicit host(std::string warden_path)
    : warden_(io_, std::move(warden_path)), input_(io_, dup(0)) {
    input_.on_readable([this] { on_input(); });
  }

  /// Runs on one thread after the other: what was spawned on one must not care
  /// when it ends.
  void run() {
    while (!done_) {
      std::thread{[this] {
        io_.restart();
        io_.run();
      }}.join();
      say("thread");
    }
  }

private:
  void say(const std::string& line) {
    auto text = line + "\n";
    if (write(1, text.data(), text.size()) < 0)
      _exit(1);
  }

  void on_input() {
    char bytes[4096];
    auto n = read(input_.fd(), bytes, sizeof(bytes));
    if (n <= 0) {
      done_ = true;
      io_.stop();
      input_.close();
      return;
    }
    text_.append(bytes, static_cast<size_t>(n));
    for (auto cut = text_.find('\n'); cut != text_.npos;
         cut = text_.find('\n')) {
      auto line = std::istringstream{text_.substr(0, cut)};
      text_.erase(0, cut + 1);
      on_order(line);
    }
  }

  void on_order(std::istringstream& line) {
    auto verb = std::string{};
    line >> verb;
    if (verb == "spawn")
      spawn(line);
    else if (verb == "stop")
      stop(line);
    else if (verb == "thread")
      io_.stop();
    else if (verb == "limit")
      limit(line);
    else if (verb == "warden")
      say("warden " + std::to_string(warden_.pid()));
  }

  /// For all processes of the user that we run as, this one included.
  void limit(std::istringstream& line) {
    auto most = rlimit{};
    getrlimit(RLIMIT_NPROC, &most);
    line >> most.rlim_cur;
    if (setrlimit(RLIMIT_NPROC, &most) == 0)
      say("limited");
  }

  void spawn(std::istringstream& line) {
    auto id = std::string{};
    auto what = process_request{};
    what.host_death_grace = milliseconds{150};
    line >> id >> what.allow_setuid >> what.path;
    what.argv.push_back(what.path);
    for (std::string arg; line >> arg;)
      what.argv.push_back(arg);
    what.env = {std::getenv("MARK"), "PATH=/usr/bin:/bin"};
    auto events = guarded_process::events{};
    events.on_started = [=, this](int32_t pid) {
      say("started " + id + " " + std::to_string(pid));
      say("start " + id + " 0");
    };
    events.on_unkillable = [=, this](std::string text) {
      say("unkillable " + id + " " + text);
    };
    events.on_gone = [=, this](stop_report x) {
      if (x.why == errc::spawn_failed)
        say("start " + id + " " + std::to_string(x.start_errno) + " " + x.text);
      say(describe(id, x));
    };
    auto& x = servers_[id];
    x.process = warden_.spawn(std::move(what), std::move(events));
    x.in = x.process->take_stdin();
  }

  void stop(std::istringstream& line) {
    auto id = std::string{};
    auto grace_ms = 0;
    line >> id >> grace_ms;
    auto& x = servers_.at(id);
    close(x.in);
    x.process->stop(milliseconds{grace_ms});
  }

  static std::string describe(const std::string& id, const stop_report& x) {
    auto out = std::ostringstream{};
    out << "gone " << id << ' ' << to_string(x.left) << ' ' << to_string(x.why)
        << ' ' << x.killed << ' ';
    for (auto& signal : x.signals)
      out << signal << ',';
    return out.str();
  }

  boost::asio::io_context io_;
  warden warden_;
  std::map<std::string, server> servers_;
  fd_watch input_;
  std::string text_;
  bool done_ = false;
};

} // namespace

int main(int argc, char** argv) {
  if (argc != 2 || std::getenv("MARK") == nullptr)
    return 2;
  alarm(100);
  host{argv[1]}.run();
}
