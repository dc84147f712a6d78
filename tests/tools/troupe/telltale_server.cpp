// A server on stdio that tells all that it was given, its arguments and the
// variables whose names begin with TELL or end with TOKEN, wherever a server
// can speak. With `--die` first it says so and ends.

#include "troupe/tests/tools/troupe/telltale.hpp"

#include <cstring>
#include <iostream>

extern char** environ;

namespace {

std::string words_of(int argc, char** argv) {
  std::string result;
  for (int i = 1; i < argc; ++i)
    result += std::string{argv[i]} + ' ';
  for (auto x = environ; *x != nullptr; ++x) {
    std::string_view text{*x};
    auto name = text.substr(0, text.find('='));
    if (name.starts_with("TELL") || name.ends_with("TOKEN"))
      result += std::string{text.substr(name.size() + 1)} + ' ';
  }
  return result;
}

} // namespace

int main(int argc, char** argv) {
  auto words = words_of(argc, argv);
  std::cerr << "stderr " << words << std::endl;
  std::cout << "stdout " << words << std::endl;
  if (argc > 1 && std::strcmp(argv[1], "--die") == 0)
    return 3;
  for (std::string line; std::getline(std::cin, line);)
    for (auto& x : troupe::test::telltale_answers(line, words))
      std::cout << x << std::endl;
}
