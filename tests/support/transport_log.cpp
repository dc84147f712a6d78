#include "troupe/tests/support/transport_log.hpp"

#include <stdexcept>

namespace troupe {

using namespace std::chrono_literals;

/// Far above what anything here takes, also under a sanitizer.
static constexpr auto patience = 60s;

class logging_listener : public transport_listener {
public:
  explicit logging_listener(std::shared_ptr<transport_log> log)
    : log_(std::move(log)) {
    // nop
  }

  ~logging_listener() override {
    auto held = std::unique_lock{log_->mutex_};
    log_->gone_ = true;
    log_->changed_.notify_all();
  }

  void on_up(up x) override {
    auto held = std::unique_lock{log_->mutex_};
    log_->up_ = std::move(x);
    log_->is_up_ = true;
    log_->note("up");
  }

  void on_frames(std::vector<std::string> frames) override {
    auto held = std::unique_lock{log_->mutex_};
    ++log_->reads_;
    auto cost = inbound_window::cost(frames);
    if (log_->behind_)
      log_->untaken_ += cost;
    else if (log_->up_.window)
      log_->up_.window->take(cost);
    if (auto f = log_->on_frame_) {
      held.unlock();
      for (auto& x : frames)
        f(x);
      return;
    }
    if (log_->downs_ > 0)
      log_->note("late");
    for (auto& x : frames)
      log_->frames_.push_back(std::move(x));
    log_->changed_.notify_all();
  }

  void on_empty_lines(size_t count) override {
    auto held = std::unique_lock{log_->mutex_};
    ++log_->reads_;
    if (log_->up_.window)
      log_->up_.window->take(count);
    log_->changed_.notify_all();
  }

  void on_exchange(exchange_news news) override {
    auto held = std::unique_lock{log_->mutex_};
    if (log_->downs_ > 0)
      log_->note("late");
    auto cost = inbound_window::cost(news.frames) + news.idle_bytes;
    auto window = log_->up_.window;
    if (log_->behind_)
      log_->untaken_ += std::exchange(cost, 0);
    auto& all = log_->exchanges_[news.id];
    if (all.ended)
      log_->note("told after its end");
    auto frames = std::move(all.frames);
    for (auto& x : news.frames)
      frames.push_back(std::move(x));
    news.endpoint_known |= all.endpoint_known;
    news.idle_bytes += all.idle_bytes;
    ++log_->tellings_[news.id];
    all = std::move(news);
    all.frames = std::move(frames);
    log_->changed_.notify_all();
    held.unlock();
    if (cost > 0 && window)
      window->take(cost);
  }

  void on_diagnostic(diagnostic::kind what, std::string text) override {
    auto held = std::unique_lock{log_->mutex_};
    if (log_->downs_ > 0)
      log_->note("late");
    log_->diagnostics_.emplace_back(what, std::move(text));
    log_->changed_.notify_all();
  }

  void on_fault(errc why, std::string text) override {
    auto held = std::unique_lock{log_->mutex_};
    log_->fault_ = why;
    log_->note("fault " + std::string{to_string(why)} + " " + text);
  }

  void on_down(stop_report report, std::vector<uint64_t> unsent) override {
    auto held = std::unique_lock{log_->mutex_};
    ++log_->downs_;
    log_->report_ = std::move(report);
    log_->unsent_ = std::move(unsent);
    log_->note("down " + std::string{to_string(log_->report_.why)} + " "
               + log_->report_.text);
  }

private:
  std::shared_ptr<transport_log> log_;
};

std::unique_ptr<transport_listener> transport_log::listener() {
  return std::make_unique<logging_listener>(shared_from_this());
}

void transport_log::on_frame(std::function<void(const std::string&)> f) {
  auto held = std::unique_lock{mutex_};
  on_frame_ = std::move(f);
}

void transport_log::fall_behind() {
  auto held = std::unique_lock{mutex_};
  behind_ = true;
}

void transport_log::catch_up() {
  auto held = std::unique_lock{mutex_};
  behind_ = false;
  up_.window->take(std::exchange(untaken_, 0));
}

void transport_log::wait_full() {
  auto held = std::unique_lock{mutex_};
  wait(held, "a full window",
       [&] { return untaken_ > defaults::inbound_bytes_max; });
}

// -- what was heard so far ----------------------------------------------------

outbox_ptr transport_log::out() const {
  auto held = std::unique_lock{mutex_};
  return up_.out;
}

std::string transport_log::weaker_guarantee() const {
  auto held = std::unique_lock{mutex_};
  return up_.weaker_guarantee;
}

int32_t transport_log::pid() const {
  auto held = std::unique_lock{mutex_};
  return up_.pid;
}

std::vector<std::string> transport_log::frames() const {
  auto held = std::unique_lock{mutex_};
  return frames_;
}

size_t transport_log::frame_count() const {
  auto held = std::unique_lock{mutex_};
  return frames_.size();
}

std::shared_ptr<inbound_window> transport_log::window() const {
  auto held = std::unique_lock{mutex_};
  return up_.window;
}

size_t transport_log::reads() const {
  auto held = std::unique_lock{mutex_};
  return reads_;
}

std::vector<std::string>
transport_log::diagnostics(diagnostic::kind what) const {
  auto held = std::unique_lock{mutex_};
  auto out = std::vector<std::string>{};
  for (auto& x : diagnostics_)
    if (x.first == what)
      out.push_back(x.second);
  return out;
}

errc transport_log::fault() const {
  auto held = std::unique_lock{mutex_};
  return fault_;
}

size_t transport_log::downs() const {
  auto held = std::unique_lock{mutex_};
  return downs_;
}

stop_report transport_log::report() const {
  auto held = std::unique_lock{mutex_};
  return report_;
}

std::vector<uint64_t> transport_log::unsent() const {
  auto held = std::unique_lock{mutex_};
  return unsent_;
}

bool transport_log::listener_gone() const {
  auto held = std::unique_lock{mutex_};
  return gone_;
}

std::string transport_log::text() const {
  auto held = std::unique_lock{mutex_};
  return text_;
}

// -- waiting for it -----------------------------------------------------------

template <class Condition>
void transport_log::wait(std::unique_lock<std::mutex>& held, const char* what,
                         Condition done) {
  if (!changed_.wait_for(held, patience, done))
    throw std::runtime_error(std::string{"waited in vain for "} + what
                             + "; heard:\n" + text_);
}

outbox_ptr transport_log::wait_up() {
  auto held = std::unique_lock{mutex_};
  wait(held, "up", [&] { return is_up_ || downs_ > 0; });
  if (!is_up_)
    throw std::runtime_error("never up: " + report_.text);
  return up_.out;
}

stop_report transport_log::wait_down() {
  auto held = std::unique_lock{mutex_};
  wait(held, "down", [&] { return downs_ > 0; });
  return report_;
}

errc transport_log::wait_fault() {
  auto held = std::unique_lock{mutex_};
  wait(held, "a fault", [&] { return fault_ != errc::none || downs_ > 0; });
  return fault_;
}

std::vector<std::string> transport_log::wait_frames(size_t count) {
  auto held = std::unique_lock{mutex_};
  wait(held, "frames", [&] { return frames_.size() >= count || downs_ > 0; });
  return std::exchange(frames_, {});
}

std::vector<std::string> transport_log::wait_diagnostics(diagnostic::kind what,
                                                         size_t count) {
  auto held = std::unique_lock{mutex_};
  wait(held, "diagnostics", [&] {
    auto n = size_t{0};
    for (auto& x : diagnostics_)
      n += x.first == what;
    return n >= count || downs_ > 0;
  });
  held.unlock();
  return diagnostics(what);
}

void transport_log::wait_reads(size_t count) {
  auto held = std::unique_lock{mutex_};
  wait(held, "reads", [&] { return reads_ >= count || downs_ > 0; });
}

void transport_log::wait_gone() {
  auto held = std::unique_lock{mutex_};
  wait(held, "the listener's end", [&] { return gone_; });
}

exchange_news transport_log::wait_ended(uint64_t exchange) {
  auto held = std::unique_lock{mutex_};
  wait(held, "an exchange's end",
       [&] { return exchanges_[exchange].ended || downs_ > 0; });
  return exchanges_[exchange];
}

std::vector<std::string> transport_log::wait_frames_of(uint64_t exchange,
                                                       size_t count) {
  auto held = std::unique_lock{mutex_};
  auto& x = exchanges_[exchange];
  wait(held, "an exchange's frames",
       [&] { return x.frames.size() >= count || x.ended || downs_ > 0; });
  return x.frames;
}

bool transport_log::wait_endpoint(uint64_t exchange) {
  auto held = std::unique_lock{mutex_};
  auto& x = exchanges_[exchange];
  wait(held, "an endpoint",
       [&] { return x.endpoint_known || x.ended || downs_ > 0; });
  return x.endpoint_known;
}

exchange_news transport_log::news(uint64_t exchange) const {
  auto held = std::unique_lock{mutex_};
  auto i = exchanges_.find(exchange);
  return i == exchanges_.end() ? exchange_news{} : i->second;
}

size_t transport_log::tellings(uint64_t exchange) const {
  auto held = std::unique_lock{mutex_};
  auto i = tellings_.find(exchange);
  return i == tellings_.end() ? 0 : i->second;
}

void transport_log::note(std::string line) {
  text_ += line + "\n";
  changed_.notify_all();
}

} // namespace troupe
