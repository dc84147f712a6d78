#pragma once

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

namespace troupe {

/// A folder of a test's own, for its user alone, that goes with it.
class scratch_folder {
public:
  scratch_folder()
    : path_((std::filesystem::temp_directory_path() / "troupe-test-XXXXXX")
              .string()) {
    if (mkdtemp(path_.data()) == nullptr)
      throw std::runtime_error("no temporary folder");
  }

  ~scratch_folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  scratch_folder(const scratch_folder&) = delete;
  scratch_folder& operator=(const scratch_folder&) = delete;

  const std::string& path() const {
    return path_;
  }

  /// The path of what would have that name in it.
  std::string file(const std::string& name) const {
    return path_ + '/' + name;
  }

private:
  std::string path_;
};

} // namespace troupe
