#include "actors/transport_kinds.hpp"

#include "messages/config.hpp"
#include "transports/io_thread.hpp"
#include "transports/pipe_transport.hpp"
#include "transports/process_request.hpp"
#include "transports/redacted_transport.hpp"
#include "transports/stdio_transport.hpp"
#include "transports/warden.hpp"

namespace troupe {

namespace {

/// At each start anew: a variable may have changed since the last one.
process_request prepare_resolved(const server_spec& x, redactor& hidden,
                                 stop_report& failed) {
  auto resolved = resolve(x, variable_of_host, hidden);
  if (resolved.ok())
    return prepare_in_host(resolved.value, x, failed);
  failed.why = resolved.error.code;
  failed.text = resolved.error.text;
  return {};
}

} // namespace

transport_kinds::transport_kinds(const std::string& warden, pipe_map pipes)
  : io_(std::make_shared<io_thread>()),
    program_(find_warden(warden, no_warden_)), pipes_(std::move(pipes)),
    warden_(std::make_unique<class warden>(io_->context(), program_)) {
  // nop
}

transport_kinds::~transport_kinds() {
  io_->post([gone = std::shared_ptr<class warden>(std::move(warden_))] {});
}

int32_t transport_kinds::warden_pid() const {
  return warden_->pid();
}

uint64_t transport_kinds::warden_restarts() const {
  return warden_->restarts();
}

transport_ptr transport_kinds::make(const server_spec& spec) {
  if (spec.transport == "stdio")
    return make_stdio(spec);
  if (spec.transport != "pipe")
    return nullptr;
  auto i = pipes_.find(spec.command);
  return i == pipes_.end() ? nullptr
                           : make_pipe_transport(i->second, spec.limits);
}

transport_ptr transport_kinds::make_stdio(const server_spec& spec) {
  auto self = shared_from_this();
  auto hidden = std::make_shared<redactor>();
  auto prepare = [self, hidden](const server_spec& x, stop_report& failed) {
    if (!self->program_.empty()) {
      auto request = prepare_resolved(x, *hidden, failed);
      self->warned_.filter(request.warnings);
      return request;
    }
    failed.why = errc::warden_unavailable;
    failed.text = self->no_warden_;
    return process_request{};
  };
  auto spawn = [self](process_request what, guarded_process::events events) {
    return self->warden_->spawn(std::move(what), std::move(events));
  };
  return make_redacted(make_stdio_transport(io_, prepare, spawn, spec), hidden);
}

} // namespace troupe
