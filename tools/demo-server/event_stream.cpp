#include "troupe/tools/demo-server/event_stream.hpp"

#include <utility>

namespace troupe::demo {

event_stream::event_stream(timers& clock, stream_settings how)
  : clock_(clock), how_(std::move(how)) {
  // nop
}

event_stream::~event_stream() {
  how_.gone = nullptr;
  if (idle_)
    clock_.cancel(*idle_);
  if (at_)
    at_->cut();
}

void event_stream::open(http_connection& at, const header_list& headers,
                        uint64_t seen) {
  drop();
  at_ = &at;
  auto all = headers;
  all.emplace_back("Content-Type", "text/event-stream");
  all.emplace_back("Cache-Control", "no-cache");
  all.emplace_back("X-Accel-Buffering", "no");
  at.begin_body(200, all, *this);
  for (auto i = last_ - kept_.size(); i < last_ && at_; ++i)
    if (i >= seen)
      at_->part({kept_[kept_.size() - (last_ - i)]});
  watch_idle();
  if (ended_)
    drop();
}

void event_stream::prime() {
  if (how_.name.empty())
    return;
  auto head = "id: " + how_.name + std::to_string(++last_) + '\n';
  if (how_.retry)
    head += "retry: " + std::to_string(*how_.retry) + '\n';
  put(head += "data:", "");
}

void event_stream::send(std::string_view message, std::string_view type) {
  if (ended_ || (how_.name.empty() && !at_))
    return;
  auto head = "event: " + std::string{type};
  if (!how_.name.empty())
    head += "\nid: " + how_.name + std::to_string(++last_);
  put(head += "\ndata: ", message);
}

void event_stream::end() {
  ended_ = true;
  drop();
}

void event_stream::drop() {
  if (auto at = std::exchange(at_, nullptr)) {
    at->disown();
    at->end_body();
  }
}

bool event_stream::open() const {
  return at_ != nullptr;
}

bool event_stream::ended() const {
  return ended_;
}

size_t event_stream::pending() const {
  return at_ ? at_->pending() : 0;
}

// -- steps --------------------------------------------------------------------

void event_stream::on_gone() {
  at_ = nullptr;
  if (auto gone = how_.gone)
    gone();
}

void event_stream::keep(std::string text) {
  kept_bytes_ += text.size();
  kept_.push_back(std::move(text));
  while (kept_.size() > kept_max
         || (kept_bytes_ > kept_bytes_max && kept_.size() > 1)) {
    kept_bytes_ -= kept_.front().size();
    kept_.pop_front();
  }
}

void event_stream::put(const std::string& head, std::string_view message) {
  constexpr std::string_view end = "\n\n";
  if (!how_.name.empty()) {
    auto text = head;
    text.append(message).append(end);
    keep(std::move(text));
  }
  if (at_)
    at_->part({head, message, end});
  watch_idle();
}

void event_stream::watch_idle() {
  if (how_.idle_cut.count() == 0 || !at_)
    return;
  if (idle_)
    clock_.cancel(*idle_);
  idle_ = clock_.after(how_.idle_cut, [this] {
    idle_.reset();
    if (at_)
      at_->cut();
  });
}

} // namespace troupe::demo
