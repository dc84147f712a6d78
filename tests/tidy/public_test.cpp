// Covers cmake/public_headers.cmake.
// What programs may include: a list, which says all that is installed.

#include "troupe/tests/tidy/tree.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <regex>
#include <set>

using namespace tidy;

namespace {

/// Written by CMake.
constexpr auto generated = "build.hpp";

const text_file& file_at(const std::string& path) {
  for (auto& x : tree())
    if (x.path == path)
      return x;
  throw std::logic_error(path + " is not there");
}

std::set<std::string> public_headers() {
  std::set<std::string> result;
  for (auto& line : file_at("cmake/public_headers.cmake").lines)
    if (line.ends_with(".hpp"))
      result.insert(line.substr(line.find_first_not_of(' ')));
  return result;
}

/// Our own header that a line includes, below the root; else empty.
std::string own_include(const std::string& line) {
  static const std::regex pattern{R"re(^#include "troupe/([^"]+)")re"};
  std::smatch match;
  return std::regex_search(line, match, pattern) ? match[1].str() : "";
}

} // namespace

TEST_CASE("public headers include public headers alone", "[tidy]") {
  auto all = public_headers();
  REQUIRE(all.count("actors/troupe.hpp") == 1);
  expect_none([&](const text_file& file) {
    if (all.count(file.path) == 0)
      return complaints{};
    return about_lines(file, [&](const std::string& line) -> std::string {
      auto header = own_include(line);
      if (header.empty() || header == generated || all.count(header) > 0)
        return "";
      return header + " is not in cmake/public_headers.cmake";
    });
  });
}

TEST_CASE("each public header is there, and in the list once", "[tidy]") {
  auto& lines = file_at("cmake/public_headers.cmake").lines;
  auto named = std::count_if(lines.begin(), lines.end(),
                             [](auto& x) { return x.ends_with(".hpp"); });
  CHECK(static_cast<size_t>(named) == public_headers().size());
  for (auto& header : public_headers())
    CHECK(file_at(header).is_header());
}

TEST_CASE("what a public header says does not depend on NDEBUG", "[tidy]") {
  auto all = public_headers();
  expect_none([&](const text_file& file) {
    if (all.count(file.path) == 0)
      return complaints{};
    return about_lines(file, [](const std::string& line) -> std::string {
      auto is_mentioned = line.find("NDEBUG") != std::string::npos;
      return is_mentioned ? "a program may be built with another NDEBUG" : "";
    });
  });
}
