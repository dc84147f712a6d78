#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string_view>
#include <utility>

/// The mutexes of transports/, and the order in which a thread may lock them.
/// Debug builds check it at each lock, and abort where it is broken, even if no
/// other thread is there to make a deadlock of it. With NDEBUG, the types are
/// those of the standard library.
namespace troupe {

/// A thread may lock a mutex only while every mutex that it holds has a lower
/// rank. Two of the same rank are so never held at once.
enum class lock_rank : uint8_t {
  /// Of CAF's clock on a pool of threads: held while it sends what is due.
  clock,
  /// Of an exchange: held while its news are told, which takes the link's
  /// mutex, and then that for its room.
  exchange_news,
  /// Of a link: who waits for room looks whether the exchange is interrupted.
  exchange_room,
  /// Held while a step is ended: that wakes who waits for a lookup or for
  /// credentials, by their mutexes.
  interrupter,
  /// Held while a thread is asked for, so that no place is given twice.
  http_pool,
  /// All others. No mutex of ours is locked under one of these.
  leaf,
};

std::string_view to_string(lock_rank x);

/// The ranks of the mutexes that one thread holds.
class held_ranks {
public:
  constexpr bool may_add(lock_rank x) const {
    return bits_ < bit(x);
  }
  constexpr void add(lock_rank x) {
    bits_ |= bit(x);
  }
  /// In any order.
  constexpr void remove(lock_rank x) {
    bits_ &= ~bit(x);
  }
  constexpr bool empty() const {
    return bits_ == 0;
  }
  /// Whether that one is held, and no other.
  constexpr bool only(lock_rank x) const {
    return bits_ == bit(x);
  }
  /// Where any is held.
  constexpr lock_rank highest() const {
    auto result = uint8_t{0};
    while (bits_ >> (result + 1) != 0)
      ++result;
    return static_cast<lock_rank>(result);
  }

private:
  static constexpr uint32_t bit(lock_rank x) {
    return uint32_t{1} << static_cast<uint8_t>(x);
  }

  uint32_t bits_ = 0;
};

/// What the calling thread holds, and what it must not do then: each of these
/// says so on stderr, and aborts.
namespace lock_order {

/// To be told before the mutex is locked.
void add(lock_rank x);
void remove(lock_rank x);
/// A wait for a condition lets go of one mutex only.
void expect_only(lock_rank x);
/// Code of the embedder's may lock, block and call us as it likes.
void expect_none();

} // namespace lock_order

#ifdef NDEBUG

template <lock_rank>
using ordered_mutex = std::mutex;

using ordered_condition = std::condition_variable;

inline void expect_no_lock() {
  // nop
}

#else

/// The rank is in the type, so that an embedder's class has the same layout
/// with and without NDEBUG.
template <lock_rank Rank>
class ordered_mutex : private std::mutex {
public:
  void lock() {
    lock_order::add(Rank);
    std::mutex::lock();
  }
  bool try_lock() {
    lock_order::add(Rank);
    if (std::mutex::try_lock())
      return true;
    lock_order::remove(Rank);
    return false;
  }
  void unlock() {
    std::mutex::unlock();
    lock_order::remove(Rank);
  }
  /// For `ordered_condition`.
  std::mutex& plain() {
    return *this;
  }
};

/// For `std::unique_lock` of an `ordered_mutex`. What waits counts as holding
/// the mutex: it does nothing meanwhile.
class ordered_condition : private std::condition_variable {
public:
  using std::condition_variable::notify_all;
  using std::condition_variable::notify_one;

  template <lock_rank Rank, class... Args>
  auto wait(std::unique_lock<ordered_mutex<Rank>>& held, Args&&... args) {
    auto plain = borrowed_lock{held};
    return std::condition_variable::wait(plain, std::forward<Args>(args)...);
  }
  template <lock_rank Rank, class... Args>
  auto wait_for(std::unique_lock<ordered_mutex<Rank>>& held, Args&&... args) {
    auto plain = borrowed_lock{held};
    return std::condition_variable::wait_for(plain,
                                             std::forward<Args>(args)...);
  }
  template <lock_rank Rank, class... Args>
  auto wait_until(std::unique_lock<ordered_mutex<Rank>>& held, Args&&... args) {
    auto plain = borrowed_lock{held};
    return std::condition_variable::wait_until(plain,
                                               std::forward<Args>(args)...);
  }

private:
  /// Leaves the mutex locked at its end.
  struct borrowed_lock : std::unique_lock<std::mutex> {
    template <lock_rank Rank>
    explicit borrowed_lock(std::unique_lock<ordered_mutex<Rank>>& held)
      : std::unique_lock<std::mutex>(held.mutex()->plain(), std::adopt_lock) {
      lock_order::expect_only(Rank);
    }
    ~borrowed_lock() {
      release();
    }
  };
};

inline void expect_no_lock() {
  lock_order::expect_none();
}

#endif

} // namespace troupe
