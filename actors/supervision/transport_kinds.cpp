#include "troupe/actors/supervision/transport_kinds.hpp"

#include "troupe/messages/config/variables.hpp"
#include "troupe/transports/failed_transport.hpp"
#include "troupe/transports/guard/process_request.hpp"
#include "troupe/transports/guard/warden.hpp"
#include "troupe/transports/http/pool.hpp"
#include "troupe/transports/http/transport.hpp"
#include "troupe/transports/io/thread.hpp"
#include "troupe/transports/pipe/transport.hpp"
#include "troupe/transports/redacted_transport.hpp"
#include "troupe/transports/stdio/transport.hpp"

#include <cerrno>

namespace troupe {

namespace {

/// A spec with its variables resolved, at each start anew: one may have changed
/// since the last. What they gave is hidden in all that the server says.
struct resolved_spec {
  explicit resolved_spec(const server_spec& raw) {
    hidden_values values;
    outcome = resolve(raw, variable_of_host, values);
    hidden = make_redactor(values);
  }

  answer<server_spec> outcome;
  redactor_ptr hidden;
};

/// What is to be started; the spec as it is where it has no variables.
struct resolved_command {
  explicit resolved_command(const shared_spec& raw) : spec(raw) {
    resolved_spec x{raw};
    hidden = x.hidden;
    if (!x.outcome.ok())
      error = std::move(x.outcome.error);
    else if (x.outcome.value != *raw)
      spec = std::move(x.outcome.value);
  }

  process_request prepare(const server_spec& raw, stop_report& failed) const {
    if (!error)
      return prepare_in_host(spec, raw, failed);
    failed.why = error.code;
    failed.text = error.text;
    return {};
  }

  shared_spec spec;
  failure error;
  redactor_ptr hidden;
};

} // namespace

transport_kinds::transport_kinds(transport_options options)
  : io_(options.pool ? std::make_shared<io_thread>(options.pool)
                     : std::make_shared<io_thread>()),
    program_(find_warden(options.warden, no_warden_)),
    options_(std::move(options)), callbacks_(std::make_shared<callback_pool>()),
    credentials_(
      std::make_shared<credential_bindings>(std::move(options_.credentials))),
    warden_(std::make_unique<class warden>(io_->context(), program_)) {
  http_pool_options http;
  http.calls_max = options_.http_calls_max;
  http.streams_max = options_.http_streams_max;
  http.callbacks = callbacks_;
  http_ = std::make_shared<http_pool>(std::move(http));
}

transport_kinds::~transport_kinds() {
  io_->post([gone = std::shared_ptr<class warden>(std::move(warden_))] {});
}

failure transport_kinds::problem() const {
  failure result;
  if (!program_.empty())
    return result;
  result.code = errc::warden_unavailable;
  result.text = no_warden_;
  result.needs_person = true;
  return result;
}

void transport_kinds::on_credentials_changed(
  credential_bindings::changed_fn f) {
  credentials_->on_change(std::move(f));
}

void transport_kinds::end_callbacks() {
  callbacks_->end(defaults::callback_stop_grace);
}

int32_t transport_kinds::warden_pid() const {
  return warden_->pid();
}

uint64_t transport_kinds::warden_restarts() const {
  return warden_->restarts();
}

transport_ptr transport_kinds::make(const shared_spec& spec) {
  if (spec->transport == "stdio")
    return make_stdio(spec);
  if (spec->transport == "http" || spec->transport == "sse")
    return make_http(spec);
  return spec->transport == "pipe" ? make_pipe(spec) : nullptr;
}

transport_ptr transport_kinds::make_pipe(const server_spec& spec) {
  auto i = options_.pipes.find(spec.command);
  return i == options_.pipes.end() || !i->second
           ? nullptr
           : make_redacted(
             make_pipe_transport(i->second, spec.limits, callbacks_),
             resolved_spec{spec}.hidden);
}

transport_ptr transport_kinds::make_http(const server_spec& spec) {
  resolved_spec x{spec};
  if (!x.outcome.ok())
    return make_failed_transport(std::move(x.outcome.error));
  auto source = credentials_->source_for(x.outcome.value);
  return make_redacted(
    make_http_transport(http_, x.outcome.value, std::move(source)), x.hidden);
}

transport_ptr transport_kinds::make_stdio(const shared_spec& spec) {
  auto self = shared_from_this();
  auto command = std::make_shared<const resolved_command>(spec);
  auto prepare = [self, command](const server_spec& x, stop_report& failed) {
    if (!self->program_.empty()) {
      auto request = command->prepare(x, failed);
      self->warned_.filter(request.warnings);
      return request;
    }
    failed.why = errc::warden_unavailable;
    failed.text = self->no_warden_;
    failed.start_errno = ENOENT; // lasting: no later start looks for it again
    return process_request{};
  };
  auto spawn = [self](process_request what, guarded_process::events events) {
    return self->warden_->spawn(std::move(what), std::move(events));
  };
  return make_redacted(make_stdio_transport(io_, prepare, spawn, spec),
                       command->hidden);
}

} // namespace troupe
