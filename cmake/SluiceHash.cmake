# sluice::hash, the hashes of what passes. They need zlib and OpenSSL's libcrypto, which no header of
# sluice's shows.

set(SLUICE_HASH
    AUTO
    CACHE STRING "Build sluice::hash, the hashes: ON, OFF, or AUTO (where zlib and OpenSSL are found)")
set_property(CACHE SLUICE_HASH PROPERTY STRINGS AUTO ON OFF)

set(SLUICE_HAS_HASH OFF)
if(NOT SLUICE_HASH)
  return()
endif()

if(SLUICE_HASH STREQUAL "AUTO")
  find_package(ZLIB QUIET)
  find_package(OpenSSL 1.1.1 QUIET COMPONENTS Crypto)
else()
  find_package(ZLIB)
  find_package(OpenSSL 1.1.1 COMPONENTS Crypto)
endif()
if(NOT TARGET ZLIB::ZLIB OR NOT TARGET OpenSSL::Crypto)
  set(reason "zlib or OpenSSL 1.1.1 or later was not found (Debian: zlib1g-dev, libssl-dev)")
  if(SLUICE_HASH STREQUAL "AUTO")
    message(STATUS "sluice::hash, the hashes, is not built: ${reason}")
    return()
  endif()
  message(FATAL_ERROR "SLUICE_HASH is ${SLUICE_HASH}, but ${reason}")
endif()

set(SLUICE_HAS_HASH ON)
add_library(sluice_hash)
add_library(sluice::hash ALIAS sluice_hash)
target_sources(
  sluice_hash
  PRIVATE src/filter/hash.cpp
  PUBLIC FILE_SET HEADERS BASE_DIRS include FILES include/sluice/filter/hash.hpp)
target_link_libraries(
  sluice_hash
  PUBLIC sluice
  PRIVATE ZLIB::ZLIB OpenSSL::Crypto)
set_target_properties(
  sluice_hash
  PROPERTIES EXPORT_NAME hash
             VERSION ${PROJECT_VERSION}
             SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
sluice_target_defaults(sluice_hash)
