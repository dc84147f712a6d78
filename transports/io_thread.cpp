#include "transports/io_thread.hpp"

#include "messages/defaults.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <pthread.h>
#include <signal.h>
#include <thread>
#include <unordered_map>
#include <vector>

namespace troupe {

namespace asio = boost::asio;

/// Owned by the thread, too: it may be its own last user.
struct io_thread::core {
  // One thread runs it: no locking between handlers.
  asio::io_context context{1};
  std::thread thread;
  std::vector<char> scratch = std::vector<char>(defaults::read_chunk_bytes);

  struct stay {
    std::shared_ptr<resident> who;
    uint64_t number; // in the order of arrival
  };
  std::unordered_map<const resident*, stay> residents;
  uint64_t arrivals = 0;

  void run();
  void abandon_all();
};

void io_thread::core::run() {
  auto busy = asio::make_work_guard(context);
  context.run();
  abandon_all();
}

void io_thread::core::abandon_all() {
  auto all = std::vector<stay>{};
  for (auto& [key, x] : std::exchange(residents, {}))
    all.push_back(std::move(x));
  std::sort(all.begin(), all.end(),
            [](auto& x, auto& y) { return x.number > y.number; });
  for (auto& x : all) {
    x.who->abandon();
    x.who.reset();
  }
}

io_thread::io_thread() : core_(std::make_shared<core>()) {
  // A new thread inherits the mask: no signal can slip in before it is set.
  auto all = sigset_t{};
  auto before = sigset_t{};
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  core_->thread = std::thread{[core = core_] { core->run(); }};
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  pthread_setname_np(core_->thread.native_handle(), "troupe-io");
}

io_thread::~io_thread() {
  core_->context.stop();
  if (here())
    core_->thread.detach();
  else
    core_->thread.join();
}

asio::io_context& io_thread::context() {
  return core_->context;
}

void io_thread::post(std::function<void()> f) {
  asio::post(core_->context, std::move(f));
}

bool io_thread::here() const {
  return core_->thread.get_id() == std::this_thread::get_id();
}

// -- on the thread only -------------------------------------------------------

void io_thread::settle(std::shared_ptr<resident> x) {
  auto key = x.get();
  core_->residents.emplace(key, core::stay{std::move(x), ++core_->arrivals});
}

void io_thread::leave(const resident* x) {
  core_->residents.erase(x);
}

std::span<char> io_thread::scratch() {
  return core_->scratch;
}

} // namespace troupe
