#include "troupe/tests/support/tls_files.hpp"

#include <cstdlib>
#include <fstream>
#include <stdexcept>

namespace troupe {

static const auto new_key =
  std::string{" -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes "};

tls_files::tls_files() {
  make_ca("ca");
  make_ca("other");
  make("server", "IP:127.0.0.1,DNS:server.example");
  make("stranger", "DNS:other.example");
  make("client", "DNS:client.example");
  ca = folder.file("ca.pem");
  other_ca = folder.file("other.pem");
  server = {folder.file("server.pem"), folder.file("server.key"), {}};
  stranger = {folder.file("stranger.pem"), folder.file("stranger.key"), {}};
  client_certificate = folder.file("client.pem");
  client_key = folder.file("client.key");
}

void tls_files::run(const std::string& arguments) const {
  auto command =
    "cd " + folder.path() + " && openssl " + arguments + " >openssl.log 2>&1";
  if (std::system(command.c_str()) != 0)
    throw std::runtime_error("openssl " + arguments);
}

void tls_files::make_ca(const std::string& name) const {
  run("req -x509 -days 2 -subj /CN=" + name + new_key + "-keyout " + name
      + ".key -out " + name + ".pem");
}

void tls_files::make(const std::string& name, const std::string& names) const {
  std::ofstream{folder.file(name + ".ext")} << "subjectAltName=" << names;
  run("req -subj /CN=" + name + new_key + "-keyout " + name + ".key -out "
      + name + ".csr");
  run("x509 -req -days 2 -CA ca.pem -CAkey ca.key -CAcreateserial -in " + name
      + ".csr -extfile " + name + ".ext -out " + name + ".pem");
}

} // namespace troupe
