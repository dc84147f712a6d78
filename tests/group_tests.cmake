# Where CMAKE_UNITY_BUILD is on, the files of one program's tests are compiled a
# few at a time. Their helpers have the same names here and there, so each file
# gets a namespace of its own; a header must not be read inside of that, so all
# that the files include is read before.

# The program of that name: its files `*_test.cpp`; the others stay alone.
function(group_tests target)
  get_target_property(sources ${target} SOURCES)
  get_target_property(folder ${target} SOURCE_DIR)
  set(includes "")
  list(FILTER sources EXCLUDE REGEX "^\\$<") # objects of other targets
  foreach(source IN LISTS sources)
    cmake_path(ABSOLUTE_PATH source BASE_DIRECTORY ${folder} NORMALIZE)
    if(NOT source MATCHES "_test\\.cpp$")
      set_source_files_properties(${source} TARGET_DIRECTORY ${target}
        PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
      continue()
    endif()
    # CMake runs again whenever one of them changes, as its includes may have.
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS
      ${source})
    file(STRINGS ${source} lines REGEX "^#include")
    list(APPEND includes ${lines})
    file(STRINGS ${source} hidden REGEX "^([ \t]+#|#[ \t]+)[ \t]*include")
    if(hidden)
      message(FATAL_ERROR "${source}: write \"${hidden}\" as #include at the "
        "begin of its line, where tests/group_tests.cmake finds it")
    endif()
  endforeach()
  list(REMOVE_DUPLICATES includes)
  list(JOIN includes "\n" text)
  set(header ${CMAKE_CURRENT_BINARY_DIR}/${target}.includes.hpp)
  file(CONFIGURE OUTPUT ${header} CONTENT "#pragma once\n${text}\n" @ONLY)
  set_target_properties(${target} PROPERTIES
    UNITY_BUILD_UNIQUE_ID TROUPE_TEST_FILE
    UNITY_BUILD_CODE_BEFORE_INCLUDE
      "#include \"${header}\"\nnamespace TROUPE_TEST_FILE {"
    UNITY_BUILD_CODE_AFTER_INCLUDE "}")
endfunction()

# All programs of tests in that folder and below.
function(group_tests_below folder)
  get_property(targets DIRECTORY ${folder} PROPERTY BUILDSYSTEM_TARGETS)
  foreach(target IN LISTS targets)
    get_target_property(linked ${target} LINK_LIBRARIES)
    if("catch_main" IN_LIST linked)
      group_tests(${target})
    endif()
  endforeach()
  get_property(folders DIRECTORY ${folder} PROPERTY SUBDIRECTORIES)
  foreach(below IN LISTS folders)
    group_tests_below(${below})
  endforeach()
endfunction()
