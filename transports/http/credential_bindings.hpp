#pragma once

#include "troupe/messages/server_spec.hpp"
#include "troupe/transports/credentials.hpp"
#include "troupe/transports/ordered_mutex.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace troupe {

/// The sources of credentials of one runtime, and the origin that each of them
/// is bound to: that of the first server that it was given for. Thread-safe.
class credential_bindings
  : public std::enable_shared_from_this<credential_bindings> {
public:
  /// The embedder's: gives a server's source, or null. May block and throw.
  using give_fn = std::function<credential_source_ptr(const server_spec&)>;
  /// Called when a source has new credentials for its origin.
  using changed_fn = std::function<void(const std::string& origin)>;

  explicit credential_bindings(give_fn give);

  /// Replaces the function to call on changes. Null: none.
  void on_change(changed_fn f);

  /// The source for one start of a server. `give` is called when that is first
  /// asked for credentials, on the thread that asks. Where `give` throws, or
  /// returns a source of another origin, the source answers with a failure:
  /// each request of that start fails, with a sentence. `spec`: resolved.
  credential_source_ptr source_for(const server_spec& spec);

  /// Calls the embedder's function. Fails with `internal_error`.
  answer<credential_source_ptr> give(const server_spec& spec,
                                     const std::string& origin);

private:
  struct binding {
    std::weak_ptr<credential_source> source;
    std::string origin;
    /// Called by the source; it lives as long as this.
    std::shared_ptr<std::function<void()>> changed;
  };

  failure bind(const credential_source_ptr& source, const std::string& origin);
  void tell(const std::string& origin);

  const give_fn give_;
  ordered_mutex<lock_rank::leaf> mutex_;
  // Everything below is guarded by mutex_.
  changed_fn changed_;
  std::vector<binding> bindings_; // those whose source is gone are removed
};

} // namespace troupe
