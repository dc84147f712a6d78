#include "troupe/tests/tidy/tree.hpp"

#include <catch2/catch.hpp>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <set>
#include <sstream>

namespace fs = std::filesystem;

namespace tidy {

static text_file read(const fs::path& file) {
  text_file result{fs::relative(file, SOURCE_DIR).generic_string(), {}};
  std::ifstream in{file};
  for (std::string line; std::getline(in, line);)
    result.lines.push_back(std::move(line));
  return result;
}

/// In a linked work tree `.git` is a file.
static bool is_foreign(const fs::path& path) {
  static const std::set<std::string> names{"build", "node_modules", ".git",
                                           ".cache"};
  return names.count(path.filename().string()) > 0;
}

const std::vector<text_file>& tree() {
  static const auto result = [] {
    std::vector<text_file> files;
    fs::recursive_directory_iterator i{SOURCE_DIR};
    for (; i != fs::recursive_directory_iterator{}; ++i) {
      if (is_foreign(i->path()))
        i.disable_recursion_pending();
      else if (i->is_regular_file())
        files.push_back(read(i->path()));
    }
    return files;
  }();
  return result;
}

std::string joined(const text_file& file) {
  std::ostringstream out;
  for (auto& line : file.lines)
    out << line << '\n';
  return out.str();
}

std::string at(const text_file& file, size_t index, const std::string& text) {
  return file.path + ':' + std::to_string(index + 1) + ": " + text;
}

complaints
about_lines(const text_file& file,
            const std::function<std::string(const std::string&)>& judge) {
  complaints result;
  for (size_t i = 0; i < file.lines.size(); ++i)
    if (auto text = judge(file.lines[i]); !text.empty())
      result.push_back(at(file, i, text));
  return result;
}

void expect_none(const std::function<complaints(const text_file&)>& judge) {
  complaints all;
  for (auto& file : tree())
    for (auto& complaint : judge(file))
      all.push_back(complaint);
  for (auto& complaint : all)
    UNSCOPED_INFO(complaint);
  CHECK(all.empty());
}

std::string tags(const std::string& pattern, const std::string& kinds,
                 const std::string& fields) {
  auto command = std::string{"cd '"} + SOURCE_DIR + "' && find";
  for (auto floor : {"messages", "transports", "actors", "tools"})
    command += std::string{" "} + floor;
  command += " -name '" + pattern
             + "' | ctags --language-force=C++ --kinds-C++=" + kinds
             + " --fields=+" + fields + " -L - -f -";
  std::unique_ptr<FILE, int (*)(FILE*)> out{popen(command.c_str(), "r"),
                                            &pclose};
  REQUIRE(out);
  std::string result;
  for (char buffer[4096]; auto n = fread(buffer, 1, sizeof(buffer), out.get());)
    result.append(buffer, n);
  return result;
}

std::string column(const std::string& line, const std::string& key) {
  auto begin = line.find('\t' + key + ':');
  if (begin == std::string::npos)
    return {};
  begin += key.size() + 2;
  return line.substr(begin, line.find('\t', begin) - begin);
}

} // namespace tidy
