// Covers messages, transports, actors, tools.
// Sources of one target may be compiled together: then their local functions
// are overloads of each other, and another one than was meant may be called.

#include "troupe/tests/tidy/tree.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <set>
#include <sstream>

using namespace tidy;

namespace {

/// The folder that stands for a target.
std::string target_of(const std::string& path) {
  auto end = path.find('/');
  auto floor = path.substr(0, end);
  if (floor == "tools" || path.starts_with("actors/session/"))
    end = path.find('/', end + 1);
  return path.substr(0, end);
}

bool is_local(const std::string& tag) {
  auto scope = column(tag, "namespace");
  auto own = scope.substr(scope.rfind(':') + 1);
  return own.starts_with("__anon") || tag.find("\tfile:") != std::string::npos;
}

bool is_member(const std::string& tag) {
  for (auto scope : {"class", "struct", "function"})
    if (!column(tag, scope).empty())
      return true;
  return false;
}

/// "target: name" -> the files that have a function or variable of that name
/// for themselves.
std::map<std::string, std::set<std::string>> local_names() {
  std::map<std::string, std::set<std::string>> result;
  std::istringstream in{tags("*.cpp", "fv", "s")};
  for (std::string line; std::getline(in, line);) {
    std::istringstream columns{line};
    std::string name, file;
    std::getline(columns, name, '\t');
    std::getline(columns, file, '\t');
    if (is_local(line) && !is_member(line) && !name.starts_with("__anon"))
      result[target_of(file) + ": " + name].insert(file);
  }
  return result;
}

} // namespace

TEST_CASE("a local name stands in its target once", "[tidy]") {
  auto all = local_names();
  CHECK(all.size() > 500); // they are found at all
  for (auto& [name, files] : all) {
    INFO(name << " stands in " << *files.begin() << " and " << *files.rbegin());
    CHECK(files.size() == 1);
  }
}
