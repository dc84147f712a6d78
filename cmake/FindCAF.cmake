# Debian's libcaf-dev 0.17 ships no CMake package; 1.x does and is preferred.
find_package(CAF CONFIG QUIET)
if(NOT TARGET CAF::core)
  find_path(CAF_INCLUDE_DIR caf/all.hpp)
  find_library(CAF_CORE_LIBRARY caf_core)
  include(FindPackageHandleStandardArgs)
  find_package_handle_standard_args(CAF
    REQUIRED_VARS CAF_CORE_LIBRARY CAF_INCLUDE_DIR)
  add_library(CAF::core UNKNOWN IMPORTED)
  set_target_properties(CAF::core PROPERTIES
    IMPORTED_LOCATION "${CAF_CORE_LIBRARY}"
    INTERFACE_INCLUDE_DIRECTORIES "${CAF_INCLUDE_DIR}")
endif()

# For what describes itself to CAF and calls nothing of it.
if(NOT TARGET CAF::headers)
  add_library(CAF::headers INTERFACE IMPORTED)
  foreach(property INTERFACE_INCLUDE_DIRECTORIES INTERFACE_COMPILE_DEFINITIONS)
    get_target_property(value CAF::core ${property})
    if(value)
      set_target_properties(CAF::headers PROPERTIES ${property} "${value}")
    endif()
  endforeach()
endif()
