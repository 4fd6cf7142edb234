# ISAL::isal, the library of ISA-L, which has no CMake package of its own.

find_path(ISAL_INCLUDE_DIR isa-l/igzip_lib.h)
find_library(ISAL_LIBRARY isal)
mark_as_advanced(ISAL_INCLUDE_DIR ISAL_LIBRARY)

# isa-l.h tells the version.
if(ISAL_INCLUDE_DIR AND EXISTS ${ISAL_INCLUDE_DIR}/isa-l.h)
  set(ISAL_VERSION)
  foreach(part IN ITEMS MAJOR MINOR PATCH)
    file(STRINGS ${ISAL_INCLUDE_DIR}/isa-l.h line REGEX "#define ISAL_${part}_VERSION")
    string(REGEX MATCH "[0-9]+" number "${line}")
    list(APPEND ISAL_VERSION ${number})
  endforeach()
  list(JOIN ISAL_VERSION "." ISAL_VERSION)
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(
  ISAL
  REQUIRED_VARS ISAL_LIBRARY ISAL_INCLUDE_DIR
  VERSION_VAR ISAL_VERSION
  REASON_FAILURE_MESSAGE "Debian: libisal-dev, or build sluice with -DSLUICE_ISAL=OFF")

if(ISAL_FOUND AND NOT TARGET ISAL::isal)
  add_library(ISAL::isal UNKNOWN IMPORTED)
  set_target_properties(
    ISAL::isal PROPERTIES IMPORTED_LOCATION "${ISAL_LIBRARY}" INTERFACE_INCLUDE_DIRECTORIES
                                                              "${ISAL_INCLUDE_DIR}")
endif()
