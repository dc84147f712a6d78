#include "troupe/transports/io/wide_pipe.hpp"

#include "troupe/messages/defaults.hpp"

#include <algorithm>
#include <fcntl.h>
#include <fstream>
#include <unistd.h>
#include <utility>

namespace troupe {

// -- the budget --------------------------------------------------------------

pipe_budget::pipe_budget(size_t bytes) : left_(bytes) {
  // nop
}

size_t pipe_budget::share_of(size_t pages, size_t page_bytes) {
  constexpr auto enough = size_t{defaults::wide_pipes_bytes_max};
  return pages == 0 ? enough : std::min(enough, pages * page_bytes / 4);
}

static size_t pages_granted() {
  auto pages = size_t{0};
  auto in = std::ifstream{"/proc/sys/fs/pipe-user-pages-soft"};
  in >> pages;
  return pages;
}

pipe_budget& pipe_budget::of_process() {
  static auto one = pipe_budget{
    share_of(pages_granted(), static_cast<size_t>(sysconf(_SC_PAGESIZE)))};
  return one;
}

bool pipe_budget::take(size_t bytes) {
  auto left = left_.load();
  while (left >= bytes)
    if (left_.compare_exchange_weak(left, left - bytes))
      return true;
  return false;
}

void pipe_budget::give(size_t bytes) {
  left_ += bytes;
}

// -- one pipe ----------------------------------------------------------------

wide_pipe::wide_pipe(pipe_budget& budget) : budget_(budget) {
  // nop
}

wide_pipe::~wide_pipe() {
  budget_.give(taken_);
}

void wide_pipe::widen(int fd) {
  if (std::exchange(tried_, true))
    return;
  auto now = fcntl(fd, F_GETPIPE_SZ);
  if (now <= 0 || now >= defaults::wide_pipe_bytes)
    return;
  auto more = static_cast<size_t>(defaults::wide_pipe_bytes - now);
  if (!budget_.take(more))
    return;
  // The kernel refuses it to a user without rights who holds too much already.
  if (fcntl(fd, F_SETPIPE_SZ, defaults::wide_pipe_bytes) < 0)
    budget_.give(more);
  else
    taken_ = more;
}

} // namespace troupe
