#include "troupe/transports/pipe/transport.hpp"

#include "troupe/transports/pipe/hub.hpp"

namespace troupe {

namespace {

class pipe_transport : public transport {
public:
  pipe_transport(std::shared_ptr<pipe_server> server,
                 std::shared_ptr<pipe_hub> hub, const server_limits& limits,
                 callback_pool_ptr pool)
    : server_(std::move(server)), hub_(std::move(hub)), pool_(std::move(pool)),
      link_(std::make_shared<pipe_link>()) {
    link_->limits = limits;
    if (!pool_)
      return;
    link_->has_pool = true;
    link_->pool = pool_;
    link_->owner = pool_->join();
  }

  ~pipe_transport() override {
    hub_->stop(link_, errc::closed, "its transport was dropped");
  }

  void start(std::unique_ptr<transport_listener> to) override {
    hub_->connect(link_, std::move(to), server_);
  }

  void stop(errc why, std::string text) override {
    hub_->stop(link_, why, std::move(text));
  }

private:
  std::shared_ptr<pipe_server> server_;
  std::shared_ptr<pipe_hub> hub_;
  callback_pool_ptr pool_;
  pipe_link_ptr link_;
};

} // namespace

// -- construction -------------------------------------------------------------

pipe_server::pipe_server(on_frame_fn on_frame)
  : pipe_server(pipe_callbacks{nullptr, std::move(on_frame), nullptr}) {
  // nop
}

pipe_server::pipe_server(pipe_callbacks callbacks)
  : hub_(std::make_shared<pipe_hub>(std::move(callbacks))) {
  // nop
}

pipe_server::~pipe_server() {
  hub_->close_all();
}

transport_ptr make_pipe_transport(std::shared_ptr<pipe_server> server,
                                  const server_limits& limits,
                                  std::shared_ptr<callback_pool> pool) {
  auto hub = server->hub_;
  return std::make_shared<pipe_transport>(std::move(server), std::move(hub),
                                          limits, std::move(pool));
}

// -- one connection -----------------------------------------------------------

bool pipe_connection::send(std::string frame) const {
  auto frames = std::vector<std::string>{};
  frames.push_back(std::move(frame));
  return send(std::move(frames));
}

bool pipe_connection::send(std::vector<std::string> frames) const {
  auto hub = hub_.lock();
  auto link = link_.lock();
  return hub && link && hub->send(link, std::move(frames));
}

void pipe_connection::hang_up(errc why, std::string text,
                              int32_t exit_status) const {
  auto hub = hub_.lock();
  auto link = link_.lock();
  if (hub && link)
    hub->hang_up(link, why, std::move(text), exit_status);
}

// -- towards the client -------------------------------------------------------

bool pipe_server::send(std::string frame) {
  auto frames = std::vector<std::string>{};
  frames.push_back(std::move(frame));
  return hub_->send(std::move(frames));
}

bool pipe_server::send(std::vector<std::string> frames) {
  return hub_->send(std::move(frames));
}

void pipe_server::hang_up(errc why, std::string text, int32_t exit_status) {
  hub_->hang_up(why, std::move(text), exit_status);
}

// -- what the client did ------------------------------------------------------

std::string pipe_server::take() {
  return hub_->take();
}

size_t pipe_server::waiting() const {
  return hub_->waiting();
}

bool pipe_server::connected() const {
  return hub_->connected();
}

size_t pipe_server::connections() const {
  return hub_->connections();
}

// -- faults -------------------------------------------------------------------

void pipe_server::hold_connections() {
  hub_->hold_connections();
}

void pipe_server::release() {
  hub_->release();
}

void pipe_server::fail_next(errc why, std::string text) {
  hub_->fail_next(why, std::move(text));
}

void pipe_server::pause() {
  hub_->set_paused(true);
}

void pipe_server::resume() {
  hub_->set_paused(false);
}

void pipe_server::hold_on() {
  hub_->set_hold_on(true);
}

void pipe_server::let_go() {
  hub_->set_hold_on(false);
}

} // namespace troupe
