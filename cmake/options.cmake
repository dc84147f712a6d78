# Flags that all our targets share, and nothing else: who links the library gets
# none of them.
add_library(troupe_options INTERFACE)
target_compile_options(troupe_options INTERFACE
  $<BUILD_INTERFACE:-Wall -Wextra -Wpedantic
  -Wno-missing-field-initializers
  # False alarms of g++ 12 on std::variant and std::string at -O2 and above.
  $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized -Wno-restrict>
  # Position independent, and inlined all the same: none of our functions is
  # replaced by a program's.
  -fno-semantic-interposition>)
# Units of many sources: the compiler would search a gigabyte for what it can
# give back, again and again, for a tenth of its time.
if(PROJECT_IS_TOP_LEVEL)
  target_compile_options(troupe_options INTERFACE
    $<$<AND:$<CXX_COMPILER_ID:GNU>,$<CONFIG:Debug>>:--param=ggc-min-heapsize=1000000>)
endif()
# A message type without an id is a compile error, as in CAF 1.x.
target_compile_definitions(troupe_options INTERFACE CAF_ENABLE_TYPE_ID_CHECKS)
target_include_directories(troupe_options INTERFACE
  ${PROJECT_BINARY_DIR}/include)

# Includes are spelled "troupe/...", in the tree as once installed: one link for
# each floor. A program's own folder `messages` can so never be meant.
file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/include/troupe)
foreach(floor messages transports actors tools tests)
  file(CREATE_LINK ${PROJECT_SOURCE_DIR}/${floor}
    ${PROJECT_BINARY_DIR}/include/troupe/${floor} SYMBOLIC)
endforeach()
file(CREATE_LINK ${PROJECT_SOURCE_DIR}/actors/troupe.hpp
  ${PROJECT_BINARY_DIR}/include/troupe/troupe.hpp SYMBOLIC)
configure_file(${CMAKE_CURRENT_LIST_DIR}/build.hpp.in
  ${PROJECT_BINARY_DIR}/include/troupe/build.hpp @ONLY)

# The warden forks and must stay small: it is never sanitized (see tools/).
add_library(troupe_sanitizers INTERFACE)
if(TROUPE_SANITIZE)
  target_compile_options(troupe_sanitizers INTERFACE
    -fsanitize=${TROUPE_SANITIZE} -fno-omit-frame-pointer
    -fno-sanitize-recover=all)
  target_link_options(troupe_sanitizers INTERFACE
    -fsanitize=${TROUPE_SANITIZE})
  # It opens a pipe to look at memory, and takes it for bad where a test has
  # left no descriptor.
  if(TROUPE_SANITIZE MATCHES "undefined")
    target_compile_options(troupe_sanitizers INTERFACE -fno-sanitize=vptr)
  endif()
endif()
if(TROUPE_COVERAGE)
  target_compile_options(troupe_sanitizers INTERFACE --coverage)
  target_link_options(troupe_sanitizers INTERFACE --coverage)
endif()
