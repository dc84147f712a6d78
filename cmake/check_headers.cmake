# Every header compiles on its own: `ninja check_headers`.
file(GLOB_RECURSE headers RELATIVE ${PROJECT_SOURCE_DIR} CONFIGURE_DEPENDS
  messages/*.hpp transports/*.hpp actors/*.hpp tools/*.hpp)
foreach(header ${headers})
  string(REPLACE "/" "_" name ${header})
  file(GENERATE OUTPUT ${PROJECT_BINARY_DIR}/check/${name}.cpp
    CONTENT "#include \"troupe/${header}\"\n")
  list(APPEND header_checks ${PROJECT_BINARY_DIR}/check/${name}.cpp)
endforeach()
add_library(check_headers OBJECT EXCLUDE_FROM_ALL ${header_checks})
target_link_libraries(check_headers PRIVATE troupe)
set_target_properties(check_headers PROPERTIES UNITY_BUILD OFF)
