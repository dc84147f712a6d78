#include "troupe/tools/troupe/checkup.hpp"

#include <chrono>
#include <memory>

namespace troupe::cli {

namespace {

using clock = std::chrono::steady_clock;

/// The checkup of one server.
class patient : public std::enable_shared_from_this<patient> {
public:
  using done_fn = std::function<void(const checked_server&)>;

  patient(host& servers, server_spec spec, done_fn done)
    : servers_(servers), done_(std::move(done)) {
    result_.spec = std::move(spec);
  }

  void start() {
    since_ = clock::now();
    bring_up(servers_, result_.spec,
             [self = shared_from_this()](const answer<client_status>& x) {
               self->on_ready(x);
             });
  }

private:
  void on_ready(const answer<client_status>& x) {
    result_.took = elapsed();
    if (!x.ok())
      return close(x.error);
    result_.status = x.value;
    result_.seen.was_ready = true;
    servers_.tools(result_.spec.name, [self = shared_from_this()](
                                        const answer<tool_list>& y) {
      self->result_.tools = y.value;
      // A server without tools is healthy, too.
      self->close(y.error.code == errc::not_supported ? failure{} : y.error);
    });
  }

  milliseconds elapsed() const {
    return std::chrono::duration_cast<milliseconds>(clock::now() - since_);
  }

  void close(const failure& why) {
    result_.why = why;
    if (why)
      result_.took = elapsed();
    servers_.close(result_.spec.name, milliseconds{0},
                   [self = shared_from_this()](const answer<stop_report>&) {
                     self->done_(self->result_);
                   });
  }

  host& servers_;
  done_fn done_;
  checked_server result_;
  clock::time_point since_;
};

} // namespace

void check_all(host& servers, const std::vector<server_spec>& specs,
               std::function<void(const checked_server&)> on_each,
               std::function<void()> on_all) {
  if (specs.empty())
    return on_all();
  auto open = std::make_shared<size_t>(specs.size());
  for (auto& spec : specs) {
    auto done = [=](const checked_server& x) {
      on_each(x);
      if (--*open == 0)
        on_all();
    };
    std::make_shared<patient>(servers, spec, done)->start();
  }
}

// Lazy, so that `ensure_ready` starts the attempt and is answered with its
// failure, not with that of the next one.
void bring_up(host& servers, server_spec spec,
              std::function<void(const answer<client_status>&)> then) {
  auto name = spec.name;
  spec.lazy = true;
  servers.open(std::move(spec), [&servers, name, then](const failure& why) {
    if (why)
      return then(why);
    servers.ensure_ready(name, then);
  });
}

} // namespace troupe::cli
