// Knows nothing of Troupe.

#include "agents.hpp"

#include <cstdio>

int main(int argc, char** argv) {
  if (argc < 2)
    return 2;
  auto text = ask_server(argv[1]);
  std::puts(text.c_str());
  return text.rfind("failed", 0) == 0 ? 1 : 0;
}
