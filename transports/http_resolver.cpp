#include "transports/http_resolver.hpp"

#include "messages/defaults.hpp"
#include "transports/http_url.hpp"

#include <arpa/inet.h>
#include <condition_variable>
#include <cstring>
#include <netdb.h>
#include <netinet/in.h>
#include <signal.h>
#include <system_error>
#include <thread>

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

struct http_resolver::task {
  std::mutex mutex;
  std::condition_variable changed;
  // Everything below is guarded by mutex.
  bool done = false;
  bool given_up = false;
  net_addresses found;
  std::string fault;

  void finish(net_addresses addresses, std::string why) {
    auto held = std::unique_lock{mutex};
    found = std::move(addresses);
    fault = std::move(why);
    done = true;
    changed.notify_all();
  }

  void give_up() {
    auto held = std::unique_lock{mutex};
    given_up = true;
    changed.notify_all();
  }
};

http_resolver::http_resolver(name_lookup lookup)
  : lookup_(std::move(lookup)),
    running_(std::make_shared<std::atomic<size_t>>(0)) {
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

/// Starts a thread in which no signal is handled.
static bool start_thread(std::function<void()> f) {
  auto all = sigset_t{};
  auto before = sigset_t{};
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  auto started = true;
  try {
    std::thread{std::move(f)}.detach();
  } catch (const std::system_error&) {
    started = false;
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return started;
}

net_fault http_resolver::look_up(const std::string& host,
                                 http_channel::clock::time_point until,
                                 interrupter& end, net_addresses& to) {
  auto busy = net_fault{errc::overloaded, "too many names are looked up"};
  if (running_->fetch_add(1) >= defaults::http_lookups_max) {
    --*running_;
    return busy;
  }
  auto shared = std::make_shared<task>();
  auto f = [shared, host, lookup = lookup_, running = running_] {
    auto why = std::string{};
    auto found = lookup(host, why);
    --*running;
    shared->finish(std::move(found), std::move(why));
  };
  if (!start_thread(std::move(f))) {
    --*running_;
    return busy;
  }
  if (!end.enter([shared] { shared->give_up(); }))
    return {errc::cancelled, "cancelled"};
  auto held = std::unique_lock{shared->mutex};
  auto ready = [&] { return shared->done || shared->given_up; };
  auto in_time = shared->changed.wait_until(held, until, ready);
  auto done = shared->done;
  to = std::move(shared->found);
  auto why = shared->fault;
  held.unlock();
  end.leave();
  if (!in_time)
    return {errc::timed_out, no_address(host, "no answer in time")};
  if (!done)
    return {errc::cancelled, "cancelled"};
  if (to.empty())
    return {errc::connection_lost, no_address(host, why)};
  return {};
}

} // namespace troupe
