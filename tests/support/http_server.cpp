#include "support/http_server.hpp"

#include <csignal>
#include <filesystem>

namespace troupe::test {

namespace fs = std::filesystem;

http_server::http_server(std::vector<std::string> options)
  : options_(std::move(options)) {
  std::vector<std::string> argv{TROUPE_TEST_DEMO, "--http", "0"};
  argv.insert(argv.end(), options_.begin(), options_.end());
  start({argv, {}});
}

http_server::http_server(child::options what) {
  start(std::move(what));
}

void http_server::start(child::options what) {
  process_ = std::make_unique<child>(what);
  url_ = process_->expect("listening on ");
}

std::string http_server::sse_url() const {
  return url_.substr(0, url_.rfind('/')) + "/sse";
}

void http_server::kill() {
  process_->signal(SIGKILL);
  process_->wait();
}

void http_server::start_again() {
  auto colon = url_.rfind(':');
  auto port = url_.substr(colon + 1, url_.rfind('/') - colon - 1);
  std::vector<std::string> argv{TROUPE_TEST_DEMO, "--http", port};
  argv.insert(argv.end(), options_.begin(), options_.end());
  start({argv, {}});
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
