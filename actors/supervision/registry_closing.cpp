#include "troupe/actors/registry_words.hpp"
#include "troupe/actors/supervision/registry.hpp"
#include "troupe/actors/type_ids.hpp"

#include <memory>

namespace troupe {

using namespace registry_words;

namespace {

/// Answers `stop_all` once every client has said how it ended.
struct gathering {
  reply<stop_all_report> to;
  const std::deque<unclean_end>& earlier;
  stop_all_report report{{}, {}, 0, true};
  size_t open = 0;

  void done(const std::string& name, stop_report how) {
    report.names.push_back(name);
    report.clean = report.clean && is_clean(how.left);
    report.reports.push_back(std::move(how));
    one_less();
  }

  void one_less() {
    if (--open == 0)
      finish();
  }

  void finish() {
    for (auto& x : earlier)
      if (!tells_of(x)) {
        report.names.push_back(x.name);
        report.reports.push_back(x.how);
        ++report.earlier;
        report.clean = false;
      }
    to.deliver(std::move(report));
  }

  bool tells_of(const unclean_end& x) const {
    for (size_t i = 0; i < report.names.size(); ++i)
      if (report.names[i] == x.name && !is_clean(report.reports[i].left)
          && report.reports[i].incarnation == x.how.incarnation)
        return true;
    return false;
  }
};

/// Whether the client crashed meanwhile: its successor will know better.
bool is_unproven(const answer<stop_report>& x) {
  return x.error.code == errc::client_down
         || (x.ok() && x.value.why == errc::client_down
             && x.value.left == proof::best_effort);
}

stop_report no_word(const failure& why) {
  stop_report how;
  how.why = errc::timed_out;
  how.text = "its client did not answer: " + why.text;
  how.left = proof::best_effort;
  return how;
}

} // namespace

void registry::close(entry& x) {
  x.closing = true;
  unwant_again(x);
  tell_to_close(x, {});
}

/// A client that is not made yet is told when it is. One that was told already
/// is told again only to shorten its drain: so it is told less and less often.
void registry::tell_to_close(entry& x, close_client what) {
  if (!x.client)
    return;
  auto until =
    time_now()
    + std::min<milliseconds>(what.drain, defaults::configured_time_max);
  if (x.told_to_close != x.client->address()) {
    x.patience = until;
    ask_to_close(x, what);
  } else if (until < x.patience) {
    x.patience = until;
    command(this, x.client, what);
  }
}

void registry::ask_to_close(entry& x, close_client what) {
  x.told_to_close = x.client->address();
  auto judge = [this, name = x.spec->name, which = x.told_to_close](
                 const answer<stop_report>& y) { on_closed(name, which, y); };
  ask(this, x.client, what).then(judge);
}

// If the client crashes meanwhile, the next one is told (`follow`).
void registry::on_closed(const std::string& name, const caf::actor_addr& which,
                         const answer<stop_report>& x) {
  auto i = entries_.find(name);
  if (i == entries_.end() || i->second.last != which)
    return;
  if (x.ok())
    i->second.proof = std::make_unique<stop_report>(x.value);
  if (is_unproven(x))
    return;
  i->second.proved = x.ok();
  for (auto& closer : std::exchange(i->second.closers, {}))
    closer(x);
}

void registry::wait_for_proof(entry& x, closed_fn f) {
  if (x.proved)
    f(*x.proof);
  else
    x.closers.push_back(std::move(f));
}

void registry::unwant_again(entry& x) {
  auto name = x.again ? (*x.again)->name : std::string{};
  x.again.reset();
  for (auto& waiter : std::exchange(x.again_waiters, {}))
    waiter(closed(name));
}

reply<stop_report>::promise registry::on_close(const by_name<close_client>& x) {
  auto later = promise<stop_report>();
  auto to = std::make_shared<reply<stop_report>>(later);
  auto i = entries_.find(x.server);
  if (i == entries_.end()) {
    to->deliver(stopping_ ? stopped() : unknown(x.server));
    return later;
  }
  auto& entry = i->second;
  entry.closing = true;
  unwant_again(entry);
  wait_for_proof(entry, [to](const answer<stop_report>& y) { to->deliver(y); });
  tell_to_close(entry, x.what);
  return later;
}

reply<stop_all_report>::promise registry::on_stop_all() {
  auto later = promise<stop_all_report>();
  stopping_ = true;
  auto all = std::make_shared<gathering>(
    gathering{reply<stop_all_report>{later}, unclean_});
  all->open = entries_.size();
  if (entries_.empty())
    all->finish();
  for (auto& [name, entry] : entries_) {
    entry.closing = true;
    unwant_again(entry);
    if (entry.client)
      tell(this, entry.client, runtime_stopping{});
    prove(name, entry, [all, name = name](const answer<stop_report>& x) {
      if (x.ok())
        all->done(name, x.value);
      else if (x.error.code == errc::closed) // another request got its proof
        all->one_less();
      else
        all->done(name, no_word(x.error));
    });
  }
  return later;
}

void registry::on_unclean(const unclean_end& x) {
  if (unclean_.size() >= defaults::unclean_ends_max)
    unclean_.pop_front();
  unclean_.push_back(x);
}

/// Like `wait_for_proof`, bounded by the time of `stop_all`.
void registry::prove(const std::string& name, entry& x, closed_fn f) {
  if (!x.client)
    return wait_for_proof(x, std::move(f));
  auto judge = [this, name, f](const answer<stop_report>& y) {
    auto i = entries_.find(name);
    if (!is_unproven(y))
      f(y);
    else if (i == entries_.end())
      f(closed(name));
    else
      wait_for_proof(i->second, f);
  };
  // Longer graces that were configured are granted.
  auto most =
    std::max<milliseconds>(defaults::stop_all_timeout,
                           2 * x.stop_grace + defaults::guard_answer_margin);
  ask(this, x.client, close_client{}, most).then(judge);
}

} // namespace troupe
