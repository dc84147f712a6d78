#include "troupe/tests/support/http_server.hpp"

#include <csignal>
#include <filesystem>

namespace troupe::test {

namespace fs = std::filesystem;

http_server::http_server(std::vector<std::string> options)
  : options_(std::move(options)) {
  start(at("0"));
}

http_server::http_server(child::options what) : program_(std::move(what)) {
  start(at("0"));
}

child::options http_server::at(const std::string& port) const {
  child::options what = program_;
  what.env.push_back("PORT=" + port);
  if (what.argv.empty()) {
    what.argv = {TROUPE_TEST_DEMO, "--http", port};
    what.argv.insert(what.argv.end(), options_.begin(), options_.end());
  }
  return what;
}

void http_server::start(const child::options& what) {
  process_ = std::make_unique<child>(what);
  url_ = process_->expect("listening on ");
}

std::string http_server::sse_url() const {
  return url_.substr(0, url_.rfind('/')) + "/sse";
}

uint16_t http_server::port() const {
  return static_cast<uint16_t>(std::stoul(url_.substr(url_.rfind(':') + 1)));
}

void http_server::kill() {
  process_->signal(SIGKILL);
  process_->wait();
}

void http_server::stop() {
  process_->signal(SIGSTOP);
}

void http_server::start_again() {
  start(at(std::to_string(port())));
}

server_spec http_server::spec(const live_world& w, std::string name) const {
  auto result = w.demo(std::move(name));
  result.transport = "http";
  result.command.clear();
  result.args.clear();
  result.url = url_;
  return result;
}

size_t open_sockets() {
  size_t result = 0;
  for (auto& x : fs::directory_iterator{"/proc/self/fd"}) {
    std::error_code ignored;
    auto target = fs::read_symlink(x.path(), ignored).string();
    result += target.starts_with("socket:") ? 1 : 0;
  }
  return result;
}

size_t open_threads() {
  auto tasks = fs::directory_iterator{"/proc/self/task"};
  return static_cast<size_t>(std::distance(begin(tasks), end(tasks)));
}

} // namespace troupe::test
