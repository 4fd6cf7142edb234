# Installation, and find_package(sluice) from it or from the build tree (sluice_DIR).

include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/sluice)

set(targets sluice)
if(SLUICE_HAS_NET)
  list(APPEND targets sluice_net)
endif()
install(
  TARGETS ${targets}
  EXPORT sluice-targets
  FILE_SET HEADERS DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(
  EXPORT sluice-targets
  NAMESPACE sluice::
  DESTINATION ${package_dir})
export(
  EXPORT sluice-targets
  NAMESPACE sluice::
  FILE ${PROJECT_BINARY_DIR}/sluice-targets.cmake)

# In no file set, whose headers are all compiled: this one needs doctest, which is the user's own.
install(FILES include/sluice/testing/doctest.hpp
        DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/sluice/testing)

# Apart, for who does not ask for this component need not have what it is linked with.
if(SLUICE_HAS_HASH)
  install(
    TARGETS sluice_hash
    EXPORT sluice-hash-targets
    FILE_SET HEADERS DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
  install(
    EXPORT sluice-hash-targets
    NAMESPACE sluice::
    DESTINATION ${package_dir})
  export(
    EXPORT sluice-hash-targets
    NAMESPACE sluice::
    FILE ${PROJECT_BINARY_DIR}/sluice-hash-targets.cmake)
endif()

# While the major version is 0, a minor version may break what the last one promised.
write_basic_package_version_file(
  ${PROJECT_BINARY_DIR}/sluice-config-version.cmake COMPATIBILITY SameMinorVersion)
configure_package_config_file(
  cmake/sluice-config.cmake.in ${PROJECT_BINARY_DIR}/sluice-config.cmake
  INSTALL_DESTINATION ${package_dir})
if(SLUICE_HAS_ISAL)
  file(COPY ${PROJECT_SOURCE_DIR}/cmake/find/FindISAL.cmake DESTINATION ${PROJECT_BINARY_DIR}/find)
  install(FILES cmake/find/FindISAL.cmake DESTINATION ${package_dir}/find)
endif()
install(FILES ${PROJECT_BINARY_DIR}/sluice-config.cmake
              ${PROJECT_BINARY_DIR}/sluice-config-version.cmake DESTINATION ${package_dir})
