# sluice-mount, which runs a program that sees a directory or an archive in RAM at a path, and the
# library that it has loaded into that program. Neither is linked with sluice, or sluice with them.

# Where off_t has 64 bits, the C library's functions for large files are its other ones.
if(PROJECT_IS_TOP_LEVEL AND CMAKE_SYSTEM_NAME STREQUAL "Linux" AND CMAKE_SIZEOF_VOID_P EQUAL 8)
  set(default ON)
else()
  set(default OFF)
endif()
option(SLUICE_MOUNT "Build sluice-mount, which shows files in RAM to programs (Linux, 64 bits)"
       ${default})
if(NOT SLUICE_MOUNT)
  return()
endif()

include(GNUInstallDirs)
set(library_dir ${CMAKE_INSTALL_LIBDIR}/sluice)

add_library(
  sluice_mount MODULE
  src/mount/hook.cpp
  src/mount/hooks.cpp
  src/mount/hooks_listing.cpp
  src/mount/hooks_names.cpp
  src/mount/hooks_programs.cpp
  src/mount/hooks_sockets.cpp
  src/mount/hooks_syscall.cpp
  src/mount/hooks_walks.cpp
  src/mount/kernel.cpp
  src/mount/process.cpp
  src/mount/route.cpp
  src/mount/table.cpp)
set_target_properties(sluice_mount PROPERTIES CXX_VISIBILITY_PRESET hidden)
sluice_target_defaults(sluice_mount)
# It is loaded into programs that know nothing of C++, of its exceptions or of a sanitizer. It is
# optimized in every build, as dlopen() has to be handed on by a jump, and as a signal handler's stack
# is small.
target_compile_options(sluice_mount PRIVATE -O2 -fno-exceptions -fno-rtti -fno-sanitize=all
                                            -U_GLIBCXX_ASSERTIONS)
# Bound when it is loaded: a signal handler must not have to.
target_link_options(
  sluice_mount
  PRIVATE
  -fno-sanitize=all
  -Wl,--as-needed
  -Wl,-z,defs
  -Wl,-z,now)
target_link_libraries(sluice_mount PRIVATE ${CMAKE_DL_LIBS})

add_executable(
  sluice_mount_launcher
  src/mount/bundle.cpp
  src/mount/child.cpp
  src/mount/kernel.cpp
  src/mount/launcher.cpp
  src/mount/options.cpp
  src/mount/program.cpp
  src/mount/route.cpp
  src/mount/session.cpp
  src/mount/table.cpp
  src/mount/tree.cpp)
set_target_properties(sluice_mount_launcher PROPERTIES OUTPUT_NAME sluice-mount)
sluice_target_defaults(sluice_mount_launcher)
file(RELATIVE_PATH library /${CMAKE_INSTALL_BINDIR} /${library_dir}/libsluice_mount.so)
target_compile_definitions(
  sluice_mount_launcher PRIVATE SLUICE_MOUNT_LIBRARY="${library}"
                                SLUICE_VERSION="${PROJECT_VERSION}")
add_dependencies(sluice_mount_launcher sluice_mount)  # nothing, without it

find_package(LibArchive QUIET)
if(LibArchive_FOUND)
  target_compile_definitions(sluice_mount_launcher PRIVATE SLUICE_HAS_LIBARCHIVE)
  target_link_libraries(sluice_mount_launcher PRIVATE LibArchive::LibArchive)
else()
  message(STATUS "sluice-mount unpacks no archives: libarchive was not found "
                 "(Debian: libarchive-dev)")
endif()

if(SLUICE_INSTALL)
  install(TARGETS sluice_mount_launcher DESTINATION ${CMAKE_INSTALL_BINDIR})
  install(TARGETS sluice_mount DESTINATION ${library_dir})
endif()
