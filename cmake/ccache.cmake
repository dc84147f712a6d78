# Compiles through ccache where there is one. What was compiled in another build
# folder counts as well: no path of it is in the objects but those of debug
# lines. What uses a precompiled header is kept too, which ccache
# does only when told that no source asks for the time (__TIME__), nor for macros
# that the header's text does not show.
find_program(TROUPE_CCACHE ccache)
if(TROUPE_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
    CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=1
    CCACHE_SLOPPINESS=pch_defines,time_macros ${TROUPE_CCACHE})
  add_compile_options($<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>)
endif()
