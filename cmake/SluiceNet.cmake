# sluice::net, the sockets. They need Boost.Asio's headers, which no header of sluice's shows: a
# program that links sluice::net needs no Boost.

set(SLUICE_NET
    AUTO
    CACHE STRING "Build sluice::net, the sockets: ON, OFF, or AUTO (where Boost is found)")
set_property(CACHE SLUICE_NET PROPERTY STRINGS AUTO ON OFF)

set(SLUICE_HAS_NET OFF)
if(NOT SLUICE_NET)
  return()
endif()

if(SLUICE_NET STREQUAL "AUTO")
  find_package(Boost 1.74 QUIET)
else()
  find_package(Boost 1.74)
endif()
if(NOT TARGET Boost::headers)
  set(reason "the headers of Boost 1.74 or later were not found (Debian: libboost-dev)")
  if(SLUICE_NET STREQUAL "AUTO")
    message(STATUS "sluice::net, the sockets, is not built: ${reason}")
    return()
  endif()
  message(FATAL_ERROR "SLUICE_NET is ${SLUICE_NET}, but ${reason}")
endif()

set(SLUICE_HAS_NET ON)
add_library(sluice_net)
add_library(sluice::net ALIAS sluice_net)
target_sources(
  sluice_net
  PRIVATE src/device/socket.cpp
  PUBLIC FILE_SET HEADERS BASE_DIRS include FILES include/sluice/device/socket.hpp)
# It calls what is internal to sluice (os/), which may change with any version: the two libraries
# must be of the same one.
target_include_directories(sluice_net PRIVATE src)
# Not linked with Boost::headers, which a user of a static library would have to find then.
target_include_directories(
  sluice_net SYSTEM PRIVATE $<TARGET_PROPERTY:Boost::headers,INTERFACE_INCLUDE_DIRECTORIES>)
target_link_libraries(
  sluice_net
  PUBLIC sluice
  PRIVATE Threads::Threads)
set_target_properties(
  sluice_net
  PROPERTIES EXPORT_NAME net
             VERSION ${PROJECT_VERSION}
             SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
sluice_target_defaults(sluice_net)
