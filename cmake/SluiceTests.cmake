# sluice_discover_tests(target label): every doctest case of `target` becomes a test of CTest, a
# template with all its types one, under the labels `label` and the name of its suite; or, where
# SLUICE_TEST_EACH says so, every suite.
#
# Not doctest's own doctest_discover_tests: that of 2.4.9 loses the label of a case with a comma in
# its name, and the case with a semicolon or a bracket, and starts the program once for each case.

include_guard(GLOBAL)

set(SLUICE_LIST_TESTS ${CMAKE_CURRENT_LIST_DIR}/SluiceListTests.cmake)

# Under the sanitizers the start of a program takes as long as most of its cases.
set(SLUICE_TEST_EACH case CACHE STRING "What of the tests runs by itself: each \"case\" or \"suite\"")
set_property(CACHE SLUICE_TEST_EACH PROPERTY STRINGS case suite)

function(sluice_discover_tests target label)
  set(list ${CMAKE_CURRENT_BINARY_DIR}/${target}_tests.cmake)
  set(include ${CMAKE_CURRENT_BINARY_DIR}/${target}_include.cmake)
  add_custom_command(
    TARGET ${target}
    POST_BUILD
    BYPRODUCTS ${list}
    COMMAND ${CMAKE_COMMAND} -D PROGRAM=$<TARGET_FILE:${target}> -D LABEL=${label} -D
            EACH=${SLUICE_TEST_EACH} -D OUTPUT=${list} -P ${SLUICE_LIST_TESTS}
    VERBATIM)

  # A program that was not built must not look like one whose tests all passed.
  file(
    WRITE ${include}
    "if(EXISTS [==[${list}]==])\n"
    "  include([==[${list}]==])\n"
    "else()\n"
    "  add_test(${target}_NOT_BUILT ${target}_NOT_BUILT)\n"
    "endif()\n")
  set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES ${include})
endfunction()
