#include "troupe/tests/package/crowd/trouble.hpp"

#include <csignal>

using namespace troupe;
using namespace std::chrono_literals;

// -- a server over HTTP -------------------------------------------------------

remote::remote(std::string program) : program_(std::move(program)) {
  start("0");
}

void remote::start(const std::string& port) {
  process_ = std::make_unique<child>(
    child::options{{program_, "--http", port, "--token", "good"}, {}, 0});
  url_ = process_->expect("listening on ");
}

void remote::replace() {
  process_.reset(); // ends it
  start(
    url_.substr(url_.rfind(':') + 1, url_.rfind('/') - url_.rfind(':') - 1));
}

// -- trouble ------------------------------------------------------------------

trouble::trouble(caf::actor_config& config, tally& all,
                 registry_handle registry, std::vector<server_spec> specs,
                 std::shared_ptr<pipe_server> inner, remote& far, uint64_t seed)
  : caf::event_based_actor(config), all_(all), registry_(std::move(registry)),
    specs_(std::move(specs)), inner_(std::move(inner)), far_(far),
    random_(static_cast<std::minstd_rand::result_type>(seed)) {
  // nop
}

caf::behavior trouble::make_behavior() {
  be_back_soon();
  return {[this](int) { hurt_one(); }};
}

void trouble::be_back_soon() {
  if (all_.finishing)
    quit();
  else
    tell_after(this, caf::actor{this}, 20ms * (1 + random_() % 4), 1);
}

void trouble::hurt_one() {
  ++all_.hurt;
  auto& spec = specs_[random_() % specs_.size()];
  switch (random_() % 6) {
    case 0: return kill_process();
    case 1: return close_and_open(spec);
    case 2:
      ask(this, registry_, by_name{spec.name, reload{}})
        .then([this](const answer<client_status>&) { be_back_soon(); });
      return;
    case 3:
      ask(this, registry_, by_name{specs_[0].name, call_tool{"crash", {}}})
        .then([this](const answer<call_tool_result>&) { be_back_soon(); });
      return;
    case 4: inner_->hang_up(); break;
    case 5: far_.replace(); break;
  }
  be_back_soon();
}

void trouble::kill_process() {
  ask(this, registry_, by_name{specs_[0].name, get_status{}})
    .then([this](const answer<client_status>& x) {
      if (x.ok() && x.value.pid > 0)
        kill(x.value.pid, SIGKILL);
      be_back_soon();
    });
}

// The handles that agents have are good for the next client of that name too.
void trouble::close_and_open(const server_spec& spec) {
  ask(this, registry_, by_name{spec.name, close_client{}})
    .then([this, spec](const answer<stop_report>&) {
      ask(this, registry_, open_client{spec})
        .then([this](const answer<client_ref>&) { be_back_soon(); });
    });
}
