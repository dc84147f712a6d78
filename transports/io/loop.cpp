#include "troupe/transports/io/loop.hpp"

#include "troupe/messages/defaults.hpp"
#include "troupe/transports/io/poll_context.hpp"
#include "troupe/transports/io/worker_pool.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <unordered_map>
#include <utility>
#include <vector>

namespace troupe {

namespace asio = boost::asio;

struct io_loop::core {
  struct stay {
    std::shared_ptr<resident> who;
    uint64_t number; // in the order of arrival
  };

  explicit core(std::shared_ptr<asio::io_context> x) : context(std::move(x)) {
    // nop
  }

  std::shared_ptr<asio::io_context> context;
  bool ended = false;
  std::vector<char> scratch = std::vector<char>(defaults::read_chunk_bytes);
  std::unordered_map<const resident*, stay> residents;
  uint64_t arrivals = 0;
};

io_loop::io_loop() : core_(std::make_unique<core>(make_poll_context())) {
  // nop
}

io_loop::io_loop(std::shared_ptr<worker_pool> pool)
  : core_(std::make_unique<core>(
    std::shared_ptr<asio::io_context>{pool, &pool->context()})) {
  // nop
}

io_loop::~io_loop() = default;

// -- from any thread ----------------------------------------------------------

asio::io_context& io_loop::context() {
  return *core_->context;
}

void io_loop::post(std::function<void()> f) {
  asio::post(*core_->context,
             [self = shared_from_this(), f = std::move(f)] { f(); });
}

void io_loop::stop() {
  core_->context->stop();
}

// -- on the thread only -------------------------------------------------------

void io_loop::run() {
  auto busy = asio::make_work_guard(*core_->context);
  core_->context->run();
  end();
  // Callbacks that were posted before the end are still run.
  core_->context->restart();
  core_->context->poll();
}

void io_loop::end() {
  core_->ended = true;
  abandon_all();
}

void io_loop::abandon_all() {
  auto all = std::vector<core::stay>{};
  for (auto& [key, x] : std::exchange(core_->residents, {}))
    all.push_back(std::move(x));
  std::sort(all.begin(), all.end(),
            [](auto& x, auto& y) { return x.number > y.number; });
  for (auto& x : all) {
    x.who->abandon();
    x.who.reset();
  }
}

bool io_loop::ended() const {
  return core_->ended;
}

void io_loop::settle(std::shared_ptr<resident> x) {
  auto key = x.get();
  core_->residents.emplace(key, core::stay{std::move(x), ++core_->arrivals});
}

void io_loop::leave(const resident* x) {
  core_->residents.erase(x);
}

std::span<char> io_loop::scratch() {
  return core_->scratch;
}

} // namespace troupe
