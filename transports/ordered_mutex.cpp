#include "troupe/transports/ordered_mutex.hpp"

#include <cstdio>
#include <cstdlib>
#include <string>

namespace troupe {

namespace {

/// Of the calling thread.
constinit thread_local held_ranks held;

[[noreturn]] void fail(const char* what, std::string_view rank) {
  auto text = std::string{"troupe: a thread "};
  text.append(what).append(rank).append(" while it holds ");
  text.append(to_string(held.highest())).append(": see lock_rank\n");
  std::fputs(text.c_str(), stderr);
  std::abort();
}

} // namespace

std::string_view to_string(lock_rank x) {
  switch (x) {
    case lock_rank::clock: return "clock";
    case lock_rank::exchange_news: return "exchange_news";
    case lock_rank::exchange_room: return "exchange_room";
    case lock_rank::interrupter: return "interrupter";
    case lock_rank::http_pool: return "http_pool";
    case lock_rank::leaf: return "leaf";
  }
  return "unknown";
}

void lock_order::add(lock_rank x) {
  if (!held.may_add(x))
    fail("locks ", to_string(x));
  held.add(x);
}

void lock_order::remove(lock_rank x) {
  held.remove(x);
}

void lock_order::expect_only(lock_rank x) {
  if (held.only(x))
    return;
  held.remove(x);
  fail("waits with ", to_string(x));
}

void lock_order::expect_none() {
  if (!held.empty())
    fail("calls code of the embedder's", {});
}

} // namespace troupe
