# Fails, and shows where, if clang-format would change a source.
set(files)
foreach(folder messages transports actors tools tests docs)
  file(GLOB_RECURSE found ${SOURCES}/${folder}/*.cpp ${SOURCES}/${folder}/*.hpp)
  list(FILTER found EXCLUDE REGEX /node_modules/)
  list(APPEND files ${found})
endforeach()
execute_process(COMMAND ${FORMATTER} --dry-run -Werror ${files}
  RESULT_VARIABLE status)
if(NOT status EQUAL 0)
  message(FATAL_ERROR "run ${FORMATTER} -i on these")
endif()
