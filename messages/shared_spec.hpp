#pragma once

#include "troupe/messages/server_spec.hpp"

#include <memory>

namespace troupe {

/// A `server_spec` that does not change: copies share it, also those that
/// messages carry inside of one process. Never null. Thread-safe.
class shared_spec {
public:
  shared_spec() : shared_spec(server_spec{}) {
    // nop
  }
  shared_spec(server_spec x)
    : x_(std::make_shared<const server_spec>(std::move(x))) {
    // nop
  }

  const server_spec& operator*() const {
    return *x_;
  }
  const server_spec* operator->() const {
    return x_.get();
  }
  operator const server_spec&() const {
    return *x_;
  }

  /// By value; copies of one spec compare at no cost.
  friend bool operator==(const shared_spec& a, const shared_spec& b) {
    return a.x_ == b.x_ || *a == *b;
  }

private:
  std::shared_ptr<const server_spec> x_;
};

template <class Inspector>
auto inspect(Inspector& f, shared_spec& x) {
  return inspect_as<server_spec>(
    f, x, [](const shared_spec& y) { return *y; },
    [](shared_spec& y, server_spec read) { y = std::move(read); });
}

} // namespace troupe
