#include "troupe/tests/faults/soak/cycle.hpp"

#include "troupe/actors/actor_base.hpp"
#include "troupe/actors/blocking.hpp"
#include "troupe/actors/type_ids.hpp"
#include "troupe/tests/faults/soak/strike.hpp"
#include "troupe/tests/support/leak_counter.hpp"

#include <functional>

namespace troupe::soak {

namespace {

using namespace std::chrono_literals;

/// Far above every deadline of a cycle. What is silent for so long has broken
/// the promise that each request is answered.
constexpr auto patience = 30s;

class cycle {
public:
  cycle(const stage& on, tally& into, uint64_t number, size_t worker)
    : on_(on), into_(into), self_(on.system),
      mark_(std::to_string(on.seed) + '.' + std::to_string(number)),
      plan_(plan_of(on.seed, number, on.server, mark_)) {
    // Half of the names are used again at once, half never. One that was closed
    // behind the registry's back is free only when it has seen the end.
    auto again = number % 2 == 0 && plan_.what != fault::close_directly;
    plan_.spec.name =
      again ? "w" + std::to_string(worker) : "c" + std::to_string(number);
    plan_.spec.args.insert(plan_.spec.args.end(), {"--ledger", on.ledger});
  }

  void run() {
    ++into_.cycles;
    into_.sound += plan_.sound && plan_.what != fault::close_at_start;
    if (!open())
      return;
    if (plan_.what != fault::close_at_start)
      into_.ready += wait_until_ready() && plan_.sound;
    start_calls();
    if (plan_.what == fault::close || plan_.what == fault::drop_handle)
      take_answers();
    into_.struck += strike();
    take_answers();
    if (!closed_)
      close();
  }

private:
  // -- asking, counted

  /// Asks; what is returned waits for the answer.
  template <class Handle, class Message>
  std::function<void()>
  ask_for(const Handle& whom, Message x,
          std::function<void(const reply_from<Handle, Message>&)> f) {
    using reply = reply_from<Handle, Message>;
    ++into_.asked;
    auto handle = raw_request(&*self_, whom, patience, std::move(x));
    return [this, handle, f]() mutable {
      std::move(handle).receive(
        [&](const reply& y) {
          ++into_.answered;
          f(y);
        },
        [&](caf::error& e) { failed(e, f); });
    };
  }

  template <class Told>
  void failed(const caf::error& e, const Told& f) {
    if (e == caf::sec::request_timeout)
      return into_.complain(plan_, "a request was never answered");
    ++into_.answered;
    f(failure_of(e));
  }

  template <class Handle, class Message>
  reply_from<Handle, Message> ask_now(const Handle& whom, Message x) {
    reply_from<Handle, Message> result;
    ask_for(whom, std::move(x), [&](const auto& y) { result = y; })();
    return result;
  }

  // -- the steps

  bool open() {
    auto x = ask_now(on_.all.registry(), open_client{plan_.spec});
    if (!x.ok())
      into_.complain(plan_, "it was not opened: " + x.error.text);
    client_ = x.value.handle;
    return x.ok();
  }

  bool wait_until_ready() {
    return ask_now(client_, ensure_ready{}).ok();
  }

  void start_calls() {
    for (uint32_t i = 1; i <= plan_.calls; ++i) {
      auto key = mark_ + '.' + std::to_string(i);
      auto args = R"({"key":")" + key
                  + (plan_.long_calls ? R"(","ms":60000})" : R"(","text":""})");
      call_tool x{plan_.long_calls ? "sleep" : "echo", json::trusted(args), i};
      ++into_.calls;
      answers_.push_back(
        ask_for(client_, std::move(x), [this, key](const auto& y) {
          into_.calls_ok += y.ok();
          into_.book.write(key, y.error.code, y.error.what_became);
        }));
    }
  }

  void take_answers() {
    for (auto& take : std::exchange(answers_, {}))
      take();
  }

  bool strike();
  bool reload_it();
  bool cancel_all();
  void close_directly();
  void close();
  void judge(const answer<stop_report>& x);

  target aim() {
    auto status = ask(on_.system, client_, get_status{}, patience);
    return {status.value.pid, "SOAK_MARK=" + mark_};
  }

  const stage& on_;
  tally& into_;
  caf::scoped_actor self_;
  std::string mark_;
  plan plan_;
  client_handle client_;
  std::vector<std::function<void()>> answers_;
  bool closed_ = false;
};

// -- faults -------------------------------------------------------------------

bool cycle::strike() {
  switch (plan_.what) {
    case fault::close:
    case fault::close_in_flight:
    case fault::close_at_start: return true;
    case fault::close_directly: close_directly(); return true;
    case fault::reload:
    case fault::replace: return reload_it();
    case fault::cancel: return cancel_all();
    case fault::drop_handle: client_ = nullptr; return true;
    case fault::kill_leader: return kill_leader(aim());
    case fault::kill_shim: return kill_shim(aim());
    case fault::kill_warden: return kill_warden();
    case fault::crash_client:
      exit_now(client_, caf::exit_reason::user_shutdown);
      return true;
    case fault::kill_client:
      exit_now(client_, caf::exit_reason::kill);
      return true;
  }
  return false;
}

bool cycle::reload_it() {
  reload what;
  if (plan_.what == fault::replace) {
    auto other = plan_.spec;
    other.env["SOAK_REPLACED"] = secret{"1"};
    what.spec.push_back(other);
  }
  auto x = ask_now(on_.all.registry(), by_name<reload>{plan_.spec.name, what});
  return x.ok() && x.value.incarnation > 1;
}

bool cycle::cancel_all() {
  for (uint32_t i = 1; i <= plan_.calls; ++i)
    tell(&*self_, client_, cancel_call{i});
  return plan_.calls > 0;
}

// -- the end ------------------------------------------------------------------

void cycle::close_directly() {
  closed_ = true;
  judge(ask_now(client_, close_client{}));
}

/// Not sent means that it may be repeated: the client died meanwhile.
void cycle::close() {
  auto once = [this] {
    return ask_now(on_.all.registry(),
                   by_name<close_client>{plan_.spec.name, {}});
  };
  auto x = once();
  for (int i = 0; i < 3 && x.error.code == errc::client_down; ++i)
    x = once();
  judge(x);
}

/// A clean proof means that nothing of the server lives at this moment.
void cycle::judge(const answer<stop_report>& x) {
  if (!x.ok())
    return into_.complain(plan_, "close failed: "
                                   + std::string{to_string(x.error.code)} + ' '
                                   + x.error.text);
  ++into_.proofs[static_cast<size_t>(x.value.left)];
  // KILL takes the transport's actor along, which then cannot wait for its
  // server: the next proof is that of the next one. Both end with the batch.
  if (!is_clean(x.value.left) || plan_.what == fault::kill_client)
    return;
  auto left = leaks::carrying("SOAK_MARK=" + mark_);
  if (!left.empty())
    into_.complain(plan_, std::to_string(left.size())
                            + " processes live, though the proof is "
                            + std::string{to_string(x.value.left)});
}

} // namespace

void run_cycle(const stage& on, tally& into, uint64_t number, size_t worker) {
  cycle{on, into, number, worker}.run();
}

// -- the tally ----------------------------------------------------------------

void tally::complain(const plan& about, const std::string& text) {
  std::lock_guard guard{mutex_};
  complaints_.push_back("cycle " + std::to_string(about.number) + " ("
                        + about.kind + ", " + std::string{to_string(about.what)}
                        + "): " + text);
}

std::vector<std::string> tally::take_complaints() {
  std::lock_guard guard{mutex_};
  return std::exchange(complaints_, {});
}

// -- can it see? --------------------------------------------------------------

bool sees_silence(caf::actor_system& system) {
  // Takes the request and keeps the promise.
  class silent : public actor_base {
  public:
    using actor_base::actor_base;

  protected:
    caf::message_handler handlers() override {
      return table([this](const get_status&) {
        kept_ = promise<actor_status>();
        return kept_;
      });
    }
    void on_stop() override {
      kept_ = {};
    }

  private:
    reply<actor_status>::promise kept_;
  };
  auto whom = system.spawn<silent>();
  auto seen = false;
  {
    caf::scoped_actor self{system};
    raw_request(&*self, whom, 50ms, get_status{})
      .receive([](const answer<actor_status>&) {},
               [&](caf::error& e) { seen = e == caf::sec::request_timeout; });
  }
  exit_now(whom, caf::exit_reason::user_shutdown);
  return seen;
}

} // namespace troupe::soak
