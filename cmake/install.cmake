# What `cmake --install` puts where, in the parts that packages are made of:
# `library` (what programs need to run), `development`, and `program`.
include(CMakePackageConfigHelpers)
include(public_headers)
include(caf_fingerprint)

set(TROUPE_CMAKE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/troupe)
caf_fingerprint(TROUPE_CAF)

# -- library ------------------------------------------------------------------

# A CAF outside of the system's folders is found by what is installed, too.
set_target_properties(troupe PROPERTIES INSTALL_RPATH_USE_LINK_PATH ON)
# A static library is for development alone.
install(TARGETS troupe EXPORT troupeTargets
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT library
    NAMELINK_COMPONENT development
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT development)
install(TARGETS warden EXPORT troupeTargets
  RUNTIME DESTINATION ${CMAKE_INSTALL_LIBEXECDIR}/troupe COMPONENT library)

# -- development --------------------------------------------------------------

foreach(header ${TROUPE_PUBLIC_HEADERS})
  cmake_path(GET header PARENT_PATH folder)
  install(FILES ${PROJECT_SOURCE_DIR}/${header} COMPONENT development
    DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/troupe/${folder})
endforeach()
install(FILES ${PROJECT_SOURCE_DIR}/actors/troupe.hpp
    ${PROJECT_BINARY_DIR}/include/troupe/build.hpp
  DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/troupe COMPONENT development)

install(EXPORT troupeTargets NAMESPACE troupe:: COMPONENT development
  DESTINATION ${TROUPE_CMAKE_DIR})
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/troupeConfig.cmake.in
  ${PROJECT_BINARY_DIR}/troupeConfig.cmake
  INSTALL_DESTINATION ${TROUPE_CMAKE_DIR})
# Before 1.0 a minor version may change the interface.
write_basic_package_version_file(
  ${PROJECT_BINARY_DIR}/troupeConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/troupeConfig.cmake
    ${PROJECT_BINARY_DIR}/troupeConfigVersion.cmake
    ${PROJECT_SOURCE_DIR}/cmake/FindCAF.cmake
    ${PROJECT_SOURCE_DIR}/cmake/caf_fingerprint.cmake
  DESTINATION ${TROUPE_CMAKE_DIR} COMPONENT development)

# Good in any prefix. What the library alone uses is asked for only where it is
# linked with the program, and only then needs to be installed.
file(RELATIVE_PATH TROUPE_PC_TO_INCLUDE ${CMAKE_INSTALL_FULL_LIBDIR}
  ${CMAKE_INSTALL_FULL_INCLUDEDIR})
file(RELATIVE_PATH TROUPE_PC_TO_LIBEXEC ${CMAKE_INSTALL_FULL_LIBDIR}
  ${CMAKE_INSTALL_FULL_LIBEXECDIR})
caf_include_folder(folder)
if(NOT folder IN_LIST CMAKE_CXX_IMPLICIT_INCLUDE_DIRECTORIES)
  set(TROUPE_PC_CAF_CFLAGS " -I${folder}")
endif()
get_target_property(file CAF::core LOCATION)
cmake_path(GET file PARENT_PATH folder)
if(NOT folder IN_LIST CMAKE_CXX_IMPLICIT_LINK_DIRECTORIES)
  set(TROUPE_PC_CAF_LIBS "-L${folder} ")
endif()
if(NOT BUILD_SHARED_LIBS)
  set(TROUPE_PC_PRIVATE "Libs.private: -lboost_filesystem -pthread
Requires.private: cpp-httplib libssl libcrypto")
endif()
configure_file(cmake/troupe.pc.in troupe.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/troupe.pc COMPONENT development
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

# -- program ------------------------------------------------------------------

if(TROUPE_TOOLS)
  # The linker knows where /usr has its libraries; elsewhere ours is found by
  # its place beside the program.
  if(NOT CMAKE_INSTALL_PREFIX STREQUAL "/usr")
    file(RELATIVE_PATH to_library ${CMAKE_INSTALL_FULL_BINDIR}
      ${CMAKE_INSTALL_FULL_LIBDIR})
    set_target_properties(troupe-cli PROPERTIES
      INSTALL_RPATH "$ORIGIN/${to_library}")
  endif()
  set_target_properties(troupe-cli PROPERTIES INSTALL_RPATH_USE_LINK_PATH ON)
  install(TARGETS troupe-cli RUNTIME
    DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT program)
  foreach(page troupe.1 troupe.json.5)
    configure_file(docs/man/${page}.in man/${page} @ONLY)
    string(REGEX REPLACE ".*\\.([0-9])$" "man\\1" section ${page})
    install(FILES ${PROJECT_BINARY_DIR}/man/${page} COMPONENT program
      DESTINATION ${CMAKE_INSTALL_MANDIR}/${section})
  endforeach()
  install(FILES tools/troupe/completion/troupe.bash RENAME troupe
    COMPONENT program
    DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
  install(FILES tools/troupe/completion/_troupe COMPONENT program
    DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
endif()

include(packages)
