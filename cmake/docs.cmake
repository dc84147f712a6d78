# `cmake --build BUILD --target docs` makes reference pages of the public
# headers, where there is Doxygen. A warning fails it.
find_package(Doxygen QUIET)
if(NOT DOXYGEN_FOUND)
  message(STATUS "no Doxygen: there is no target `docs`")
  return()
endif()

include(public_headers)
list(TRANSFORM TROUPE_PUBLIC_HEADERS PREPEND ${PROJECT_SOURCE_DIR}/
  OUTPUT_VARIABLE documented)
set(DOXYGEN_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/docs)
set(DOXYGEN_PROJECT_NAME Troupe)
set(DOXYGEN_PROJECT_NUMBER ${PROJECT_VERSION})
set(DOXYGEN_PROJECT_BRIEF ${PROJECT_DESCRIPTION})
set(DOXYGEN_QUIET YES)
set(DOXYGEN_WARN_AS_ERROR FAIL_ON_WARNINGS)
set(DOXYGEN_EXTRACT_ALL YES)
set(DOXYGEN_GENERATE_LATEX NO)
set(DOXYGEN_HAVE_DOT NO)
set(DOXYGEN_SORT_MEMBER_DOCS NO)
set(DOXYGEN_STRIP_FROM_INC_PATH ${PROJECT_SOURCE_DIR})
set(DOXYGEN_EXAMPLE_PATH ${PROJECT_SOURCE_DIR}/docs/examples)
# What the macros make of our structs is for CAF alone.
set(DOXYGEN_MACRO_EXPANSION YES)
set(DOXYGEN_EXPAND_ONLY_PREDEF YES)
set(DOXYGEN_PREDEFINED
  TROUPE_CAF_0_17=1 "TROUPE_INSPECT(...)=" "TROUPE_INSPECT_ENUM(...)="
  "TROUPE_REQUESTS(...)=" "TROUPE_LISTS(...)=" "TROUPE_COMMANDS(...)=")
set(DOXYGEN_EXCLUDE_SYMBOLS "caf*" "TROUPE_EACH*" "TROUPE_EXPAND*")
doxygen_add_docs(docs ${documented} COMMENT "Reference pages in BUILD/docs")
