// Covers tests/scenarios.txt, tests, README.md.
// The scenarios that the project claims, each with its sentence, against the
// numbers in the names of tests; and the README's cases against their names.

#include "troupe/tests/tidy/tree.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <regex>
#include <set>

using namespace tidy;

namespace {

constexpr std::string_view list = "tests/scenarios.txt";

std::set<std::string> matches(const std::string& text,
                              const std::regex& pattern) {
  std::set<std::string> result;
  for (std::sregex_iterator i{text.begin(), text.end(), pattern}, end; i != end;
       ++i)
    result.insert(i->str());
  return result;
}

/// A scenario's number: a letter for its class, then digits.
const std::regex& number_pattern() {
  static const std::regex result{R"(\b[SPTRLXU][1-9]\d?\b)"};
  return result;
}

// -- what tests name ----------------------------------------------------------

/// The names of a file's tests: of Catch's, of commands, and of a dialogue.
std::set<std::string> test_names(const text_file& file) {
  static const std::regex catch_name{
    R"((SCENARIO|TEST_CASE|SCENARIO_METHOD|TEST_CASE_METHOD)\([^{]*\{)"};
  static const std::regex command_name{R"(add_test\(NAME "[^"]*")"};
  if (file.path.ends_with(".cpp"))
    return matches(joined(file), catch_name);
  if (file.path.ends_with("CMakeLists.txt"))
    return matches(joined(file), command_name);
  if (file.is_below("tests/dialogues") && !file.lines.empty())
    return {file.lines.front()};
  return {};
}

/// The numbers in the names of all tests.
std::set<std::string> tested_scenarios() {
  std::set<std::string> result;
  for (auto& file : tree())
    if (file.is_below("tests"))
      for (auto& name : test_names(file))
        result.merge(matches(name, number_pattern()));
  return result;
}

// -- what the list claims -----------------------------------------------------

/// An entry of the list: its lines as one, and the index of the first.
struct entry {
  size_t index;
  std::string text;
};

bool is_comment(const std::string& line) {
  return line.empty() || line.starts_with('#');
}

/// Entries begin in the first column; their further lines are indented.
std::vector<entry> entries_of(const text_file& file) {
  std::vector<entry> result;
  for (size_t i = 0; i < file.lines.size(); ++i) {
    auto& line = file.lines[i];
    if (is_comment(line))
      continue;
    if (line.starts_with("    ") && !result.empty())
      result.back().text += line.substr(3);
    else
      result.push_back({i, line});
  }
  return result;
}

/// A number with a whole sentence behind it.
const std::regex& entry_pattern() {
  static const std::regex result{
    R"(([SPTRLXU][1-9]\d?)\. (GIVEN .+, THEN .+\.))"};
  return result;
}

/// Number -> sentence.
std::map<std::string, std::string> claimed_scenarios() {
  std::map<std::string, std::string> result;
  std::smatch match;
  for (auto& file : tree())
    if (file.path == list)
      for (auto& x : entries_of(file))
        if (std::regex_match(x.text, match, entry_pattern()))
          result.emplace(match[1], match[2]);
  return result;
}

complaints about_entries(const text_file& file) {
  complaints result;
  if (file.path != list)
    return result;
  std::set<std::string> numbers;
  for (auto& x : entries_of(file)) {
    if (!std::regex_match(x.text, entry_pattern()))
      result.push_back(at(file, x.index,
                          "is no number with a sentence behind it (\"S1. GIVEN "
                          "..., THEN ....\")"));
    else if (!numbers.insert(x.text.substr(0, x.text.find('.'))).second)
      result.push_back(at(file, x.index, "has a number that is there already"));
  }
  return result;
}

// -- what the README shows ----------------------------------------------------

/// A string that is written as several is one.
std::string with_whole_strings(const text_file& file) {
  static const std::regex cut{R"("\s*\n\s*")"};
  return std::regex_replace(joined(file), cut, "");
}

bool has_test(const std::string& path, const std::string& name) {
  for (auto& file : tree())
    if (file.path == path)
      return with_whole_strings(file).find('"' + name + '"')
             != std::string::npos;
  return false;
}

/// A row of the table of cases: the case, a test, its file below tests/.
complaints about_cases(const text_file& file) {
  static const std::regex row{R"(\| .+ \| (.+) \| `([^`]+\.cpp)` \|)"};
  std::smatch match;
  complaints result;
  for (size_t i = 0; i < file.lines.size(); ++i)
    if (std::regex_match(file.lines[i], match, row)
        && !has_test("tests/" + match[2].str(), match[1]))
      result.push_back(at(file, i, "names a test that is not there"));
  return result;
}

} // namespace

TEST_CASE("each scenario that is claimed has its sentence", "[tidy]") {
  expect_none(about_entries);
}

TEST_CASE("the scenarios that are claimed are those that tests name",
          "[tidy]") {
  auto tested = tested_scenarios();
  auto claimed = claimed_scenarios();
  CHECK_FALSE(claimed.empty());
  for (auto& [number, sentence] : claimed) {
    INFO(list << " claims " << number
              << ", which no test has in its name: " << sentence);
    CHECK(tested.count(number) == 1);
  }
  for (auto& number : tested) {
    INFO("a test is named after " << number << ", which " << list << " lacks");
    CHECK(claimed.count(number) == 1);
  }
}

TEST_CASE("the tests that the README names are there", "[tidy]") {
  expect_none([](const text_file& file) {
    return file.path == "README.md" ? about_cases(file) : complaints{};
  });
}
