#include "troupe/transports/stdio/transport.hpp"

#include "troupe/transports/stdio/link.hpp"

namespace troupe {

namespace {

class stdio_transport : public transport {
public:
  stdio_transport(std::shared_ptr<io_thread> io, stdio_link::options options)
    : io_(std::move(io)),
      link_(std::make_shared<stdio_link>(io_->loop(), std::move(options))) {
    // nop
  }

  ~stdio_transport() override {
    stop(errc::closed, "its transport was dropped");
  }

  void start(std::unique_ptr<transport_listener> to) override {
    auto kept = std::make_shared<decltype(to)>(std::move(to));
    io_->post([link = link_, kept] { link->start(std::move(*kept)); });
  }

  void stop(errc why, std::string text) override {
    io_->post([link = link_, why, text] { link->stop(why, text); });
  }

private:
  std::shared_ptr<io_thread> io_; // outlives the link's handles on it
  std::shared_ptr<stdio_link> link_;
};

stdio_link::launch_fn make_launch(process_preparer prepare,
                                  process_spawner spawn,
                                  const shared_spec& spec) {
  return [=](guarded_process::events events,
             stop_report& failed) -> std::unique_ptr<guarded_process> {
    auto request = prepare(spec, failed);
    for (auto& x : request.warnings)
      events.on_warning(x);
    if (failed.why != errc::none)
      return nullptr;
    return spawn(std::move(request), std::move(events));
  };
}

} // namespace

transport_ptr make_stdio_transport(std::shared_ptr<io_thread> io,
                                   process_preparer prepare,
                                   process_spawner spawn,
                                   const shared_spec& spec) {
  auto options = stdio_link::options{};
  options.launch = make_launch(std::move(prepare), std::move(spawn), spec);
  options.spec = spec;
  if (spec->allow_setuid)
    options.weaker_guarantee = "may run setuid programs: what it starts with "
                               "them cannot be ended by us";
  return std::make_shared<stdio_transport>(std::move(io), std::move(options));
}

} // namespace troupe
