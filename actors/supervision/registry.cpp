#include "troupe/actors/supervision/registry.hpp"

#include "troupe/actors/answers.hpp"
#include "troupe/actors/registry_words.hpp"
#include "troupe/actors/type_ids.hpp"

#include "troupe/messages/config/config.hpp"

#include <set>

namespace troupe {

using namespace registry_words;

registry::registry(caf::actor_config& config, registry_options options)
  : actor_base(config), supervisor_(std::move(options.supervisor)),
    monitor_(std::move(options.monitor)) {
  // nop
}

caf::message_handler registry::handlers() {
  watch(supervisor_, [this](const caf::error& why) { quit(why); });
  tell(this, monitor_, member_joined{{}, me()});
  return table_of<registry>(
// Requests that are passed on as they are.
#define TROUPE_ROW(message, ...)                                               \
  [this](const by_name<message>& x) { return pass_on(x.server, x.what); },
    TROUPE_REQUESTS(TROUPE_ROW) TROUPE_LISTS(TROUPE_ROW)
#undef TROUPE_ROW
      [this](const by_name<ensure_ready>& x) {
        return pass_on(x.server, x.what);
      },
    [this](const by_name<get_status>& x) { return pass_on(x.server, x.what); },
    [this](const by_name<cancel_call>& x) { on_cancel(x); },
    [this](const by_name<reload>& x) { return on_reload(x); },
    [this](const by_name<close_client>& x) { return on_close(x); },
    [this](const find_client& x) { return on_find(x.name); },
    [this](const apply_servers& x) { return on_apply(x); },
    [this](const open_client& x) { return on_open(x); },
    [this](const stop_all&) { return on_stop_all(); },
    [this](const set_input_handler& x) { tell(this, supervisor_, x); },
    [this](const child_replaced& x) { follow(x.child); },
    [this](const unclean_end& x) { on_unclean(x); },
    [this](const redirected& x) { on_redirected(x); },
    [this](const get_status&) {
      return status(std::to_string(entries_.size()) + " servers");
    });
}

void registry::on_stop() {
  if (stopping_) // else its supervisor has died
    end_with(stopped());
  stopping_ = true;
  while (!entries_.empty())
    forget(entries_.begin(), stopped());
  supervisor_ = nullptr;
  monitor_ = nullptr;
}

// -- requests by name ---------------------------------------------------------

template <class What>
typename reply<result_of<by_name<What>>>::promise
registry::pass_on(const std::string& name, What what) {
  auto later = promise<result_of<by_name<What>>>();
  auto i = entries_.find(name);
  if (!stopping_ && i != entries_.end() && i->second.client)
    pass(later, i->second.client, std::move(what));
  else
    when_made(name, pass_to(later, std::move(what)));
  return later;
}

template <class What>
registry::made_fn
registry::pass_to(typename reply<result_of<by_name<What>>>::promise later,
                  What what) {
  return [later, what](const answer<client_ref>& x) mutable {
    if (x.ok())
      pass(later, x.value.handle, std::move(what));
    else
      later.deliver(answer<result_of<by_name<What>>>{x.error});
  };
}

/// In the name of the sender, as whose call it is known.
void registry::on_cancel(const by_name<cancel_call>& x) {
  when_made(x.server,
            [who = sender(), what = x.what](const answer<client_ref>& to) {
              if (to.ok() && who)
                tell_as(who, to.value.handle, what);
            });
}

reply<client_ref>::promise registry::on_find(const std::string& name) {
  auto later = promise<client_ref>();
  when_made(name,
            [later](const answer<client_ref>& x) mutable { later.deliver(x); });
  return later;
}

/// The ended client's successor takes the message, at once or when it is made.
/// A promise is made only where one is owed: CAF 1.x tells who sent a message,
/// by an error that ends most actors, when its promise is dropped.
registry::made_fn registry::handing_on(const caf::message& what) {
  if (!current_mailbox_element()->mid.is_request())
    return [who = caf::strong_actor_ptr{current_sender()},
            what](const answer<client_ref>& to) {
      if (to.ok())
        put_into(
          caf::actor_cast<caf::strong_actor_ptr>(caf::actor{to.value.handle}),
          who, caf::make_message_id(), what);
    };
  return [later = make_response_promise(),
          what](const answer<client_ref>& to) mutable {
    if (to.ok())
      later.delegate(caf::actor{to.value.handle}, what);
    else
      later.deliver(refusal_of(what, to.error));
  };
}

void registry::on_redirected(const redirected& x) {
  auto hand_on = handing_on(x.what);
  auto i = entries_.find(x.server);
  if (stopping_ || i == entries_.end())
    hand_on(stopping_ ? stopped() : x.otherwise);
  else if (i->second.again)
    wait_again(i->second, hand_on);
  else if (i->second.closing)
    hand_on(x.otherwise);
  else if (i->second.client && i->second.client->address() != x.from)
    hand_on(client_ref{x.server, i->second.client});
  else // it has crashed, which may not have been heard here yet
    wait_in(i->second.waiters, i->second.spec, hand_on);
}

/// A server that was just added, or whose client has just died, has no client
/// for a moment: requests are queued meanwhile.
void registry::when_made(const std::string& name, made_fn f) {
  auto i = entries_.find(name);
  if (stopping_)
    f(stopped());
  else if (i == entries_.end())
    f(unknown(name));
  else if (i->second.client)
    f(client_ref{name, i->second.client});
  else
    wait_in(i->second.waiters, i->second.spec, std::move(f));
}

/// Like `when_made`, for the successor of a client that is closing.
void registry::wait_again(entry& x, made_fn f) {
  wait_in(x.again_waiters, *x.again, std::move(f));
}

void registry::wait_in(std::vector<made_fn>& waiters, const server_spec& spec,
                       made_fn f) {
  if (waiters.size() < spec.limits.waiting_calls_max)
    return waiters.push_back(std::move(f));
  failure why{errc::overloaded, fate::not_sent,
              "too many requests wait for the client of " + spec.name};
  why.retry_after = defaults::retry_soon;
  f(why);
}

// A reload with a spec makes it the desired one, also where the server was
// closed: then it is opened, once for all requests.
reply<client_status>::promise registry::on_reload(const by_name<reload>& x) {
  auto i = entries_.find(x.server);
  auto usable = !x.what.spec.empty() && x.what.spec.front()->name == x.server
                && !validate(x.what.spec.front());
  if (!usable || stopping_)
    return pass_on(x.server, x.what);
  auto& spec = x.what.spec.front();
  if (i == entries_.end())
    open(spec);
  else if (!i->second.closing)
    adopt(i->second, spec);
  if (i != entries_.end() && i->second.client && !i->second.closing)
    return pass_on(x.server, x.what);
  // A client that is not made yet gets the last spec; wait until it is ready.
  auto later = promise<client_status>();
  auto join = pass_to(later, ensure_ready{x.what.timeout});
  if (i != entries_.end() && i->second.closing) {
    i->second.again = spec;
    wait_again(i->second, std::move(join));
  } else {
    when_made(x.server, std::move(join));
  }
  return later;
}

// -- the desired set ----------------------------------------------------------

answer<apply_result> registry::on_apply(const apply_servers& x) {
  if (stopping_)
    return stopped();
  apply_result result;
  std::set<std::string> desired;
  for (auto& spec : x.servers) {
    if (auto why = validate(spec)) {
      result.refused.push_back(spec.name + ": " + why->text);
      desired.insert(spec.name); // the one that runs under this name goes on
      continue;
    }
    if (!spec.enabled)
      continue;
    if (!desired.insert(spec.name).second) {
      result.refused.push_back(spec.name + ": the name is used twice");
      continue;
    }
    apply_one(spec, result);
  }
  for (auto& [name, entry] : entries_) {
    if (desired.count(name) > 0)
      continue;
    if (!entry.closing || entry.again)
      result.stopped.push_back(name);
    close(entry); // cuts the drain of one that is closing already short
  }
  return result;
}

void registry::apply_one(const shared_spec& spec, apply_result& result) {
  auto i = entries_.find(spec->name);
  if (i == entries_.end()) {
    result.started.push_back(spec->name);
    open(spec);
    return;
  }
  auto& entry = i->second;
  if (entry.closing) {
    entry.again = spec;
    result.started.push_back(spec->name);
  } else if (entry.spec == spec) {
    result.unchanged.push_back(spec->name);
  } else {
    adopt(entry, spec);
    result.replaced.push_back(spec->name);
    if (entry.client) // else it gets the new one when it is made
      command(this, entry.client, reload{milliseconds{0}, {spec}});
  }
}

reply<client_ref>::promise registry::on_open(const open_client& x) {
  auto later = promise<client_ref>();
  made_fn tell_asker = [later](const answer<client_ref>& y) mutable {
    later.deliver(y);
  };
  auto i = entries_.find(x.spec.name);
  if (stopping_)
    tell_asker(stopped());
  else if (auto why = validate(x.spec))
    tell_asker(std::move(*why));
  else if (i == entries_.end())
    open(x.spec, {tell_asker});
  else if (i->second.closing && !i->second.again) {
    // Its client may have answered the close, and not have ended yet.
    i->second.again = x.spec;
    i->second.again_waiters.push_back(tell_asker);
  } else
    tell_asker(name_taken(x.spec.name));
  return later;
}

void registry::open(const shared_spec& spec, std::vector<made_fn> waiters) {
  auto& entry = entries_[spec->name];
  adopt(entry, spec);
  entry.waiters = std::move(waiters);
  auto failed = [this, name = spec->name](const failure& why) {
    if (auto i = entries_.find(name); i != entries_.end())
      forget(i, why);
  };
  ask(this, supervisor_, add_child{spec})
    .then([this, failed](const answer<client_ref>& x) {
      if (x.ok())
        follow(x.value);
      else
        failed(x.error);
    });
}

/// A client with an older spec may still take the stop grace of that one.
void registry::adopt(entry& x, const shared_spec& spec) {
  x.spec = spec;
  x.stop_grace = std::max(x.stop_grace, spec->timeouts.stop_grace);
}

/// From now on `x` is the client of that name.
void registry::follow(const client_ref& x) {
  auto i = entries_.find(x.name);
  if (i == entries_.end()) // it was removed meanwhile
    return command(this, x.handle, close_client{});
  if (stopping_)
    tell(this, x.handle, runtime_stopping{});
  auto& entry = i->second;
  entry.client = x.handle;
  entry.last = x.handle->address();
  watch(x.handle,
        [this, name = x.name, which = x.handle->address()](
          const caf::error& why) { on_client_down(name, which, why); });
  // Not `ensure_ready`: the spec may have changed in the meantime.
  if (!entry.closing)
    command(this, x.handle, reload{milliseconds{0}, {entry.spec}});
  for (auto& waiter : std::exchange(entry.waiters, {}))
    waiter(x);
  if (entry.closing)
    tell_to_close(entry, {});
}

// An end with a reason is a crash: the supervisor makes the next client, also
// for a server that is only to be closed.
void registry::on_client_down(const std::string& name,
                              const caf::actor_addr& which,
                              const caf::error& why) {
  auto i = entries_.find(name);
  if (i == entries_.end() || i->second.last != which)
    return;
  i->second.client = nullptr;
  if (why == caf::none)
    forget(i, closed(name));
}

void registry::forget(entries::iterator i, const failure& why) {
  auto last = std::move(i->second);
  entries_.erase(i);
  for (auto& waiter : last.waiters)
    waiter(why);
  for (auto& closer : last.closers)
    closer(last.proof ? answer<stop_report>{*last.proof} : why);
  if (last.again && !stopping_)
    open(*last.again, std::move(last.again_waiters));
  else
    unwant_again(last);
}

} // namespace troupe
