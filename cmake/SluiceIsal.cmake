# ISA-L, by which gzip, zlib and deflate are read about twice as fast as by zlib. No header of
# sluice's shows it, but a user of a static library has to link it: sluice-config.cmake finds it by
# the same name.

set(SLUICE_ISAL
    AUTO
    CACHE STRING "Read gzip by ISA-L: ON, OFF, or AUTO (where it is found)")
set_property(CACHE SLUICE_ISAL PROPERTY STRINGS AUTO ON OFF)

set(SLUICE_HAS_ISAL OFF)
if(NOT SLUICE_ISAL OR NOT SLUICE_COMPRESSION)
  return()
endif()

list(APPEND CMAKE_MODULE_PATH ${CMAKE_CURRENT_LIST_DIR}/find)
find_package(ISAL 2.30 QUIET)
if(NOT TARGET ISAL::isal)
  set(reason "ISA-L 2.30 or later was not found (Debian: libisal-dev)")
  if(SLUICE_ISAL STREQUAL "AUTO")
    message(STATUS "gzip is read by zlib: ${reason}")
    return()
  endif()
  message(FATAL_ERROR "SLUICE_ISAL is ${SLUICE_ISAL}, but ${reason}")
endif()

set(SLUICE_HAS_ISAL ON)
target_sources(sluice PRIVATE src/filter/isal_decoder.cpp)
target_compile_definitions(sluice PRIVATE SLUICE_HAS_ISAL)
target_link_libraries(sluice PRIVATE ISAL::isal)
