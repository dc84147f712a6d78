#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

/// The files of this project, and complaints about them.
namespace tidy {

/// One file: its path below the project's root, and its lines.
struct text_file {
  std::string path;
  std::vector<std::string> lines;

  bool is_header() const {
    return path.ends_with(".hpp");
  }
  bool is_source() const {
    return is_header() || path.ends_with(".cpp");
  }
  bool is_below(std::string_view folder) const {
    return path.starts_with(std::string{folder} + '/');
  }
};

/// Every file of the project, without what is built or installed. Read once.
const std::vector<text_file>& tree();

/// The whole text of a file.
std::string joined(const text_file& file);

/// What universal-ctags says of the floors' files that match `pattern`: a line
/// for each tag, with name, file, pattern;", kind and `fields`, by tabs.
std::string tags(const std::string& pattern, const std::string& kinds,
                 const std::string& fields);

/// The value of a column such as "class:troupe::client"; `key`: "class".
std::string column(const std::string& line, const std::string& key);

/// What is wrong, a line each: "path:line: what".
using complaints = std::vector<std::string>;

/// A complaint about the line with this index.
std::string at(const text_file& file, size_t index, const std::string& text);

/// Complains about each line for which `judge` has a text.
complaints
about_lines(const text_file& file,
            const std::function<std::string(const std::string&)>& judge);

/// Fails the running test, and shows all complaints, where `judge` has any
/// about a file of the tree.
void expect_none(const std::function<complaints(const text_file&)>& judge);

} // namespace tidy
