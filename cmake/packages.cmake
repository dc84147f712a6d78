# `cpack -G DEB` in a build with BUILD_SHARED_LIBS and the prefix /usr makes
# three packages: libtroupe0.2, libtroupe-dev and troupe.
if(NOT PROJECT_IS_TOP_LEVEL OR NOT BUILD_SHARED_LIBS)
  return()
endif()

set(CPACK_PACKAGE_VENDOR "The Troupe project")
set(CPACK_PACKAGE_CONTACT "The Troupe project <troupe@localhost>")
set(CPACK_RESOURCE_FILE_LICENSE ${PROJECT_SOURCE_DIR}/LICENSE)
set(CPACK_PACKAGING_INSTALL_PREFIX ${CMAKE_INSTALL_PREFIX})
set(CPACK_STRIP_FILES ON)
set(CPACK_COMPONENTS_ALL library development program)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION libs)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# The packages depend on each other's libraries, which are not installed yet.
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS ${PROJECT_BINARY_DIR}/actors)

set(soname ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
set(CPACK_DEBIAN_LIBRARY_PACKAGE_NAME libtroupe${soname})
set(CPACK_DEBIAN_LIBRARY_PACKAGE_CONTROL_EXTRA)
set(CPACK_COMPONENT_LIBRARY_DESCRIPTION
  "MCP client runtime for programs made of actors
 Troupe reaches servers that speak the Model Context Protocol through actors,
 restarts what fails, and leaves nothing behind.")

set(exactly "(= ${PROJECT_VERSION})")
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME libtroupe-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SHLIBDEPS OFF)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS
  "libtroupe${soname} ${exactly}, libcaf-dev")
set(CPACK_COMPONENT_DEVELOPMENT_DESCRIPTION
  "MCP client runtime for programs made of actors: headers
 What is needed to compile programs that embed Troupe.")

set(CPACK_DEBIAN_PROGRAM_PACKAGE_NAME troupe)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_SECTION utils)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_DEPENDS "libtroupe${soname} ${exactly}")
set(CPACK_COMPONENT_PROGRAM_DESCRIPTION
  "runs and watches MCP servers
 The program `troupe` supervises the servers of a configuration file, calls
 their tools, and tells what is wrong with them.")

include(CPack)
