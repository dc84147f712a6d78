#include "troupe/transports/http/resolver.hpp"

#include "troupe/messages/defaults.hpp"
#include "troupe/transports/http/url.hpp"
#include "troupe/transports/io/signals_blocked.hpp"
#include "troupe/transports/ordered_mutex.hpp"

#include <arpa/inet.h>
#include <cstring>
#include <netdb.h>
#include <netinet/in.h>
#include <system_error>
#include <thread>
#include <unordered_map>

namespace troupe {

namespace {

net_address address_of(const void* bytes, size_t size) {
  auto result = net_address{};
  std::memcpy(&result.bytes, bytes, size);
  result.size = static_cast<socklen_t>(size);
  return result;
}

void set_port(net_address& x, uint16_t port) {
  // The port stands at the same place in both families.
  auto& in = reinterpret_cast<sockaddr_in&>(x.bytes);
  in.sin_port = htons(port);
}

std::string no_address(const std::string& host, const std::string& why) {
  return "cannot find " + host + ": " + why;
}

} // namespace

// -- lookups ------------------------------------------------------------------

net_addresses known_addresses(const std::string& host) {
  auto result = net_addresses{};
  auto v4 = sockaddr_in{};
  auto v6 = sockaddr_in6{};
  v4.sin_family = AF_INET;
  v6.sin6_family = AF_INET6;
  if (inet_pton(AF_INET6, host.c_str(), &v6.sin6_addr) == 1) {
    result.push_back(address_of(&v6, sizeof(v6)));
  } else if (inet_pton(AF_INET, host.c_str(), &v4.sin_addr) == 1) {
    result.push_back(address_of(&v4, sizeof(v4)));
  } else if (is_loopback(host)) {
    // RFC 6761: never asked for in the network. Servers listen on either.
    v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    v6.sin6_addr = in6addr_loopback;
    result = {address_of(&v4, sizeof(v4)), address_of(&v6, sizeof(v6))};
  }
  return result;
}

net_addresses look_up_name(const std::string& host, std::string& fault) {
  auto hints = addrinfo{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_ADDRCONFIG;
  addrinfo* list = nullptr;
  if (auto error = getaddrinfo(host.c_str(), nullptr, &hints, &list);
      error != 0) {
    fault = gai_strerror(error);
    return {};
  }
  auto result = net_addresses{};
  for (auto x = list; x != nullptr; x = x->ai_next)
    if (result.size() < defaults::http_addresses_max)
      result.push_back(address_of(x->ai_addr, x->ai_addrlen));
  freeaddrinfo(list);
  return result;
}

// -- on a thread of its own ---------------------------------------------------

/// One lookup, and what came of it.
struct lookup_task {
  using clock = http_channel::clock;

  bool done = false;
  net_addresses found;
  std::string fault;
  clock::time_point until; // until when callers may share it
};

/// State shared by all lookups. Outlives the resolver where a lookup does.
struct http_resolver::desk : std::enable_shared_from_this<desk> {
  using clock = http_channel::clock;
  using task_ptr = std::shared_ptr<lookup_task>;

  desk(name_lookup f, std::chrono::milliseconds time)
    : lookup(std::move(f)), keep(time) {
    // nop
  }

  task_ptr find(const std::string& host);
  task_ptr begin(const std::string& host);
  void finish(const task_ptr& x, net_addresses found, std::string why);
  void make_room();
  std::string why_not() const {
    return running < defaults::http_lookups_max
             ? "no thread can be started for it"
             : "too many names are looked up";
  }

  const name_lookup lookup;
  const std::chrono::milliseconds keep;
  ordered_mutex<lock_rank::leaf> mutex;
  ordered_condition changed;
  // Everything below is guarded by mutex, and so is what is in a task.
  std::unordered_map<std::string, task_ptr> names;
  size_t running = 0;
  size_t waiting = 0;
};

/// Starts a thread in which no signal is handled.
static bool start_thread(std::function<void()> f) {
  auto blocked = signals_blocked{};
  try {
    std::thread{std::move(f)}.detach();
  } catch (const std::system_error&) {
    return false;
  }
  return true;
}

/// A lookup that can be shared; null: there is none.
http_resolver::desk::task_ptr
http_resolver::desk::find(const std::string& host) {
  auto i = names.find(host);
  if (i == names.end() || i->second->until <= clock::now())
    return nullptr;
  return i->second;
}

/// Starts a lookup. Null: there are too many now.
http_resolver::desk::task_ptr
http_resolver::desk::begin(const std::string& host) {
  if (running >= defaults::http_lookups_max)
    return nullptr;
  auto task = std::make_shared<lookup_task>();
  auto f = [self = shared_from_this(), task, host] {
    auto why = std::string{};
    auto found = self->lookup(host, why);
    self->finish(task, std::move(found), std::move(why));
  };
  if (!start_thread(std::move(f)))
    return nullptr;
  ++running;
  task->until = clock::now() + defaults::http_lookup_time;
  make_room();
  names[host] = task;
  return task;
}

void http_resolver::desk::finish(const task_ptr& x, net_addresses found,
                                 std::string why) {
  auto held = std::unique_lock{mutex};
  --running;
  x->done = true;
  x->found = std::move(found);
  x->fault = std::move(why);
  // Its waiters have the answer by now; a failure is not cached.
  x->until = clock::now();
  if (!x->found.empty())
    x->until += keep;
  changed.notify_all();
}

/// Makes room for one more. Lookups that run are few, and stay.
void http_resolver::desk::make_room() {
  auto now = clock::now();
  std::erase_if(names, [now](auto& x) { return x.second->until <= now; });
  auto i = names.begin();
  while (names.size() >= defaults::http_names_max && i != names.end())
    i = i->second->done ? names.erase(i) : std::next(i);
}

// -- the resolver -------------------------------------------------------------

http_resolver::http_resolver(name_lookup lookup, std::chrono::milliseconds keep)
  : desk_(std::make_shared<desk>(std::move(lookup), keep)) {
  // nop
}

net_fault http_resolver::resolve(const std::string& host, uint16_t port,
                                 http_channel::clock::time_point until,
                                 interrupter& end, net_addresses& to) {
  to = known_addresses(host);
  if (to.empty())
    if (auto fault = look_up(host, until, end, to))
      return fault;
  for (auto& x : to)
    set_port(x, port);
  return {};
}

void http_resolver::forget(const std::string& host) {
  auto held = std::unique_lock{desk_->mutex};
  auto i = desk_->names.find(host);
  if (i != desk_->names.end() && i->second->done)
    desk_->names.erase(i);
}

size_t http_resolver::waiting() const {
  auto held = std::unique_lock{desk_->mutex};
  return desk_->waiting;
}

net_fault http_resolver::look_up(const std::string& host,
                                 http_channel::clock::time_point until,
                                 interrupter& end, net_addresses& to) {
  auto& desk = *desk_;
  auto given_up = false; // guarded by the desk's mutex
  auto enough = [&] {
    auto held = std::unique_lock{desk.mutex};
    given_up = true;
    desk.changed.notify_all();
  };
  if (!end.enter(enough))
    return {errc::cancelled, "cancelled"};
  auto task = desk::task_ptr{};
  auto ready = [&] {
    if (!task && !given_up && !(task = desk.find(host)))
      task = desk.begin(host);
    return given_up || (task && task->done);
  };
  auto held = std::unique_lock{desk.mutex};
  ++desk.waiting;
  auto in_time = desk.changed.wait_until(held, until, ready);
  --desk.waiting;
  auto fault = net_fault{};
  if (!in_time)
    fault = {errc::timed_out,
             no_address(host, task ? "no answer in time" : desk.why_not())};
  else if (given_up)
    fault = {errc::cancelled, "cancelled"};
  else if (task->found.empty())
    fault = {errc::connection_lost, no_address(host, task->fault)};
  else
    to = task->found;
  held.unlock();
  end.leave();
  return fault;
}

} // namespace troupe
