// Runs a target without a fuzzer: mutates what is in the files and folders that
// are named, always in the same way for the same seed.

#include "troupe/tests/fuzz/target.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <vector>

namespace fs = std::filesystem;

namespace {

/// Longer inputs find little more, and take much longer.
constexpr size_t bytes_max = 4096;
/// Inputs that came of others and are mutated further.
constexpr size_t kept_max = 256;

struct settings {
  uint64_t seed = 1;
  uint64_t runs = 10'000;
  std::chrono::seconds time{0}; // 0: no limit
  std::vector<std::string> inputs;
};

class mutator {
public:
  explicit mutator(const settings& x) : random_(x.seed) {
    for (auto& place : x.inputs)
      read(place);
    if (pool_.empty())
      pool_.emplace_back();
    seeds_ = pool_.size();
  }

  const std::vector<std::string>& seeds() const {
    return pool_;
  }

  /// The next input.
  std::string next() {
    auto result = pool_[below(pool_.size())];
    for (auto changes = 1 + below(8); changes > 0; --changes)
      change(result);
    result.resize(std::min(result.size(), bytes_max));
    if (below(16) == 0)
      keep(result);
    return result;
  }

private:
  /// A folder of inputs, or one of them.
  void read(const std::string& place) {
    std::error_code error;
    std::vector<fs::path> files;
    for (fs::directory_iterator i{place, error}, end; !error && i != end;
         i.increment(error))
      files.push_back(i->path());
    if (fs::is_regular_file(place, error))
      files.emplace_back(place);
    std::sort(files.begin(), files.end());
    for (auto& file : files) {
      std::ifstream in{file, std::ios::binary};
      pool_.emplace_back(std::istreambuf_iterator<char>{in},
                         std::istreambuf_iterator<char>{});
    }
  }

  size_t below(size_t limit) {
    return limit == 0 ? 0 : random_() % limit;
  }

  void keep(const std::string& x) {
    if (pool_.size() < seeds_ + kept_max)
      pool_.push_back(x);
    else
      pool_[seeds_ + below(kept_max)] = x;
  }

  void change(std::string& x) {
    static const std::string marks = "{}[]\",:\\/*$\n\r 0123456789-+.eEun\xff";
    auto at = below(x.size() + 1);
    auto length = 1 + below(below(8) == 0 ? 64 : 4);
    auto& other = pool_[below(pool_.size())];
    auto from = below(other.size() + 1);
    switch (below(7)) {
      case 0:
        if (at < x.size())
          x[at] = static_cast<char>(x[at] ^ (1 << below(8)));
        break;
      case 1: x.insert(at, 1, marks[below(marks.size())]); break;
      case 2: x.erase(at, length); break;
      case 3:
        x.insert(at, std::string{x, std::min(from, x.size()), length});
        break;
      case 4:
        if (at < x.size())
          x[at] = static_cast<char>(below(256));
        break;
      case 5: x.insert(at, std::string{other, from, 4 * length}); break;
      default: x = x.substr(0, at) + other.substr(from); break;
    }
  }

  std::mt19937_64 random_;
  std::vector<std::string> pool_; // first those that were read
  size_t seeds_ = 0;
};

void run_one(const std::string& x) {
  // A copy of exactly that size, so that a sanitizer sees what lies behind it.
  std::vector<uint8_t> bytes(x.begin(), x.end());
  LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
}

settings read_settings(int argc, char** argv) {
  settings result;
  for (int i = 1; i < argc; ++i) {
    std::string_view text{argv[i]};
    auto value = std::strtoull(argv[i] + text.find('=') + 1, nullptr, 10);
    if (text.starts_with("-seed="))
      result.seed = value;
    else if (text.starts_with("-runs="))
      result.runs = value;
    else if (text.starts_with("-max_total_time="))
      result.time = std::chrono::seconds{value};
    else if (!text.starts_with('-'))
      result.inputs.emplace_back(text);
  }
  return result;
}

} // namespace

int main(int argc, char** argv) {
  auto x = read_settings(argc, argv);
  mutator inputs{x};
  for (auto seeds = inputs.seeds(); auto& seed : seeds)
    run_one(seed);
  auto end = std::chrono::steady_clock::now() + x.time;
  uint64_t done = 0;
  while (done < x.runs
         && (x.time.count() == 0 || std::chrono::steady_clock::now() < end)) {
    run_one(inputs.next());
    ++done;
  }
  std::printf("%llu inputs, seed %llu\n", static_cast<unsigned long long>(done),
              static_cast<unsigned long long>(x.seed));
}
