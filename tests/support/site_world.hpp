#pragma once

#include "troupe/tests/support/actor_world.hpp"
#include "troupe/tests/support/scripted_site.hpp"

namespace troupe::test {

/// The whole cast on one thread, with scripted servers over HTTP.
struct site_world : actor_world {
  static constexpr auto first_url = "http://127.0.0.1:1/mcp";

  /// The server behind that URL.
  scripted_site& site(const std::string& url = first_url) {
    auto& x = sites_[url];
    if (!x) {
      x = std::make_shared<scripted_site>();
      remote[url] = [x] { return x->connect(); };
    }
    return *x;
  }

  server_spec site_spec(const std::string& name = "a",
                        const std::string& url = first_url) {
    site(url);
    server_spec x;
    x.name = name;
    x.transport = "http";
    x.url = url;
    return x;
  }

private:
  std::map<std::string, std::shared_ptr<scripted_site>> sites_;
};

} // namespace troupe::test
