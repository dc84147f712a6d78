#include "troupe/transports/http/pool.hpp"

#include "troupe/transports/http/kept.hpp"
#include "troupe/transports/http/threads.hpp"
#include "troupe/transports/io/turn_queue.hpp"
#include "troupe/transports/ordered_mutex.hpp"

#include <array>
#include <atomic>
#include <filesystem>
#include <unordered_map>

namespace troupe {

/// Shared with the threads; it lives as long as one of them does.
class http_pool_state : public std::enable_shared_from_this<http_pool_state> {
public:
  using kind = http_pool::kind;

  struct waiting {
    uint64_t id;
    http_pool::work f;
  };

  /// One piece of work that runs.
  struct running : http_pool::place {
    std::shared_ptr<http_pool_state> pool;
    uint64_t client;
    kind what;
    http_pool::work f;

    void becomes_stream() override {
      pool->turn_into_stream(*this);
    }
  };

  explicit http_pool_state(http_pool_options options)
    : options_(std::move(options)), names_(options_.lookup, options_.name_time),
      threads_(options_.thread_idle, [this] { return kept_.prune(); }) {
    if (!options_.callbacks)
      options_.callbacks = std::make_shared<callback_pool>();
  }

  bool submit(uint64_t client, kind what, waiting x);
  bool withdraw(uint64_t client, kind what, uint64_t id);
  void turn_into_stream(running& x);
  tls_context_ptr tls(const tls_options& options, std::string& fault);

  http_pool_options options_;
  http_resolver names_;
  http_kept kept_;
  http_threads threads_;
  std::atomic<uint64_t> clients_{0};

private:
  struct known_context {
    tls_options options;
    std::string files; // their times and sizes
    tls_context_ptr context;
  };

  turn_queue<waiting>& queue(kind what) {
    return queues_[static_cast<size_t>(what)];
  }
  size_t& count(kind what) {
    return counts_[static_cast<size_t>(what)];
  }
  size_t most(kind what) const;
  /// The limit for one client; 0: only all clients together are limited.
  size_t most_of_one(kind what) const;
  bool may_run(uint64_t client, kind what);
  void count_in(const running& x);
  void count_out(const running& x);
  bool start(std::shared_ptr<running> x);
  void run(const std::shared_ptr<running>& x);
  std::shared_ptr<running> next();
  std::shared_ptr<running> next(kind what);
  void start_waiting();

  ordered_mutex<lock_rank::http_pool> mutex_;
  // Everything below is guarded by mutex_.
  std::array<turn_queue<waiting>, 4> queues_;
  std::array<size_t, 4> counts_{};
  // By client, of those kinds that are limited so; none is 0.
  std::array<std::unordered_map<uint64_t, size_t>, 4> by_client_;
  ordered_mutex<lock_rank::leaf> tls_mutex_;
  std::vector<known_context> contexts_; // guarded by tls_mutex_
};

// -- work ---------------------------------------------------------------------

size_t http_pool_state::most(kind what) const {
  switch (what) {
    case kind::call: return options_.calls_max;
    case kind::stream: return options_.streams_max;
    case kind::note: return options_.notes_max;
    case kind::farewell: return defaults::http_farewells_max;
  }
  return 0;
}

size_t http_pool_state::most_of_one(kind what) const {
  switch (what) {
    case kind::call: return options_.client_calls_max;
    case kind::note: return options_.client_notes_max;
    default: return 0;
  }
}

bool http_pool_state::may_run(uint64_t client, kind what) {
  if (count(what) >= most(what))
    return false;
  auto own = most_of_one(what);
  auto& counts = by_client_[static_cast<size_t>(what)];
  auto i = counts.find(client);
  return own == 0 || i == counts.end() || i->second < own;
}

void http_pool_state::count_in(const running& x) {
  ++count(x.what);
  if (most_of_one(x.what) > 0)
    ++by_client_[static_cast<size_t>(x.what)][x.client];
}

void http_pool_state::count_out(const running& x) {
  --count(x.what);
  auto& counts = by_client_[static_cast<size_t>(x.what)];
  auto i = counts.find(x.client);
  if (i != counts.end() && --i->second == 0)
    counts.erase(i);
}

bool http_pool_state::submit(uint64_t client, kind what, waiting x) {
  auto held = std::unique_lock{mutex_};
  if (!may_run(client, what)) {
    queue(what).push(client, std::move(x));
    return true;
  }
  auto begun = std::make_shared<running>();
  begun->pool = shared_from_this();
  begun->client = client;
  begun->what = what;
  begun->f = std::move(x.f);
  return start(std::move(begun));
}

bool http_pool_state::start(std::shared_ptr<running> x) {
  count_in(*x);
  if (threads_.run([this, x] { run(x); }))
    return true;
  count_out(*x);
  return false;
}

/// Runs on a thread: this work, and queued work after it.
void http_pool_state::run(const std::shared_ptr<running>& x) {
  auto self = shared_from_this();
  for (auto now = x; now; now = next()) {
    now->f(*now);
    // What it holds may hold the pool: released before its slot is.
    now->f = nullptr;
    auto held = std::unique_lock{mutex_};
    count_out(*now);
    now->pool.reset();
  }
}

std::shared_ptr<http_pool_state::running> http_pool_state::next() {
  auto held = std::unique_lock{mutex_};
  for (auto what : {kind::farewell, kind::note, kind::call, kind::stream})
    if (auto result = next(what)) {
      count_in(*result);
      return result;
    }
  return nullptr;
}

std::shared_ptr<http_pool_state::running> http_pool_state::next(kind what) {
  auto client = uint64_t{0};
  auto may = [&](uint64_t x) {
    client = x;
    return may_run(x, what);
  };
  auto found = queue(what).pop(may);
  if (!found)
    return nullptr;
  auto result = std::make_shared<running>();
  result->pool = shared_from_this();
  result->client = client;
  result->what = what;
  result->f = std::move(found->f);
  return result;
}

void http_pool_state::turn_into_stream(running& x) {
  auto held = std::unique_lock{mutex_};
  auto was = x.what;
  if ((was != kind::call && was != kind::note)
      || count(kind::stream) >= most(kind::stream))
    return;
  count_out(x);
  x.what = kind::stream;
  count_in(x);
  // Without a thread it is queued again, for one that gets free.
  if (auto freed = next(was); freed && !start(freed))
    queue(was).push(freed->client, {0, std::move(freed->f)});
}

bool http_pool_state::withdraw(uint64_t client, kind what, uint64_t id) {
  auto held = std::unique_lock{mutex_};
  auto taken =
    queue(what).remove(client, [id](const waiting& x) { return x.id == id; });
  held.unlock();
  return taken.has_value();
}

// -- TLS ----------------------------------------------------------------------

/// Names the files, their times and sizes: changes when one of them does.
static std::string look_of(const tls_options& options) {
  auto result = std::string{};
  for (auto& file :
       {options.ca_file, options.certificate_file, options.key_file}) {
    auto ec = std::error_code{};
    auto time = std::filesystem::last_write_time(file, ec);
    auto size = std::filesystem::file_size(file, ec);
    result += std::to_string(time.time_since_epoch().count()) + ' '
              + std::to_string(size) + ' ';
  }
  return result;
}

tls_context_ptr http_pool_state::tls(const tls_options& options,
                                     std::string& fault) {
  auto files = look_of(options);
  auto held = std::unique_lock{tls_mutex_};
  for (auto& x : contexts_)
    if (x.options == options && x.files == files)
      return x.context;
  auto context = tls_context::make(options, fault);
  if (!context)
    return nullptr;
  std::erase_if(contexts_, [&](auto& x) { return x.options == options; });
  // More sets of options are rare; one that was dropped is read again.
  if (contexts_.size() >= defaults::http_addresses_max)
    contexts_.erase(contexts_.begin());
  contexts_.push_back({options, files, context});
  return context;
}

// -- the pool -----------------------------------------------------------------

http_pool::http_pool(http_pool_options options)
  : state_(std::make_shared<http_pool_state>(std::move(options))) {
  // nop
}

http_pool::~http_pool() {
  state_->threads_.end();
}

uint64_t http_pool::join() {
  return ++state_->clients_;
}

void http_pool::leave(uint64_t client) {
  state_->kept_.drop(client);
}

bool http_pool::submit(uint64_t client, kind what, uint64_t id, work f) {
  return state_->submit(client, what, {id, std::move(f)});
}

bool http_pool::withdraw(uint64_t client, kind what, uint64_t id) {
  return state_->withdraw(client, what, id);
}

http_connection http_pool::take(const std::string& key) {
  return state_->kept_.take(key);
}

void http_pool::keep(uint64_t client, http_connection x,
                     std::chrono::milliseconds time) {
  state_->kept_.keep(client, std::move(x), http_kept::clock::now() + time);
}

http_resolver& http_pool::names() {
  return state_->names_;
}

const tcp_patience& http_pool::patience() const {
  return state_->options_.patience;
}

const variable_lookup& http_pool::variables() const {
  return state_->options_.variables;
}

const callback_pool_ptr& http_pool::callbacks() const {
  return state_->options_.callbacks;
}

tls_context_ptr http_pool::tls(const tls_options& options, std::string& fault) {
  return state_->tls(options, fault);
}

size_t http_pool::threads() const {
  return state_->threads_.size();
}

size_t http_pool::kept() const {
  return state_->kept_.size();
}

} // namespace troupe
