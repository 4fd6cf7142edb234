# What all targets of this project have in common. Warnings are private: they are ours to heed, not
# our users'. They become errors by a preset, never here.

include_guard(GLOBAL)

set(SLUICE_WARNINGS
    -Wall
    -Wextra
    -Wpedantic
    -Wcast-align
    -Wcast-qual
    -Wconversion
    -Wdouble-promotion
    -Wextra-semi
    -Wformat=2
    -Wnon-virtual-dtor
    -Wold-style-cast
    -Woverloaded-virtual
    -Wshadow
    -Wsign-conversion
    -Wundef)

function(sluice_target_defaults target)
  target_compile_features(${target} PUBLIC cxx_std_20)
  set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF)
  if(CMAKE_SIZEOF_VOID_P EQUAL 4)
    # Files beyond 2 GiB. No header of sluice's shows a type that it changes.
    target_compile_definitions(${target} PRIVATE _FILE_OFFSET_BITS=64)
  endif()
  if(CMAKE_CXX_COMPILER_ID MATCHES "GNU|Clang")
    target_compile_options(${target} PRIVATE ${SLUICE_WARNINGS})
  endif()
endfunction()

# Compiles through ccache where there is one and nobody chose a launcher.
#
# It is tried first: without a writable home, ccache does not pass the call on but fails.
macro(sluice_use_ccache)
  find_program(SLUICE_CCACHE ccache)
  if(SLUICE_CCACHE AND NOT DEFINED CMAKE_CXX_COMPILER_LAUNCHER)
    file(WRITE ${PROJECT_BINARY_DIR}/ccache_probe.cpp "int probe;\n")
    execute_process(
      COMMAND ${SLUICE_CCACHE} ${CMAKE_CXX_COMPILER} -c ccache_probe.cpp -o ccache_probe.o
      WORKING_DIRECTORY ${PROJECT_BINARY_DIR}
      RESULT_VARIABLE probe
      OUTPUT_QUIET ERROR_QUIET)
    if(probe EQUAL 0)
      set(CMAKE_CXX_COMPILER_LAUNCHER ${SLUICE_CCACHE})
    endif()
  endif()
endmacro()
