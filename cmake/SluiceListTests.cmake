# Run after each link of a test program, see SluiceTests.cmake: asks PROGRAM for its cases, and
# writes OUTPUT, which CTest includes. EACH says what is one test: a case, or a suite.

cmake_minimum_required(VERSION 3.25)

execute_process(
  COMMAND ${PROGRAM} --list-test-cases --reporters=xml
  OUTPUT_VARIABLE xml
  RESULT_VARIABLE result)
if(NOT result EQUAL 0)
  message(FATAL_ERROR "${PROGRAM} cannot list its tests (${result}):\n${xml}")
endif()

# Semicolons and brackets mean something in CMake's lists, so control characters, of which XML has
# none, stand for them there.
string(ASCII 1 semicolon)
string(ASCII 2 open)
string(ASCII 3 close)
string(REPLACE ";" "${semicolon}" xml "${xml}")
string(REPLACE "[" "${open}" xml "${xml}")
string(REPLACE "]" "${close}" xml "${xml}")

function(decode text result)
  string(REPLACE "${open}" "[" text "${text}")
  string(REPLACE "${close}" "]" text "${text}")
  string(REPLACE "${semicolon}" ";" text "${text}")
  string(REPLACE "&lt;" "<" text "${text}")
  string(REPLACE "&gt;" ">" text "${text}")
  string(REPLACE "&quot;" "\"" text "${text}")
  string(REPLACE "&amp;" "&" text "${text}")
  set(${result} "${text}" PARENT_SCOPE)
endfunction()

set(script "")

# add(name filter labels): a filter that selects nothing passes in doctest; here it fails.
function(add name filter labels)
  string(
    APPEND
    script
    "add_test([==[${name}]==] [==[${PROGRAM}]==] [==[${filter}]==])\n"
    "set_tests_properties([==[${name}]==] PROPERTIES LABELS [==[${labels}]==]"
    " TIMEOUT 1800 FAIL_REGULAR_EXPRESSION [==[test cases: +0 ]==])\n")
  set(script "${script}" PARENT_SCOPE)
endfunction()

# filter(option text result): a comma separates the filters of doctest.
function(filter option text result)
  string(REPLACE "\\" "\\\\" text "${text}")
  string(REPLACE "," "\\," text "${text}")
  set(${result} "--${option}=${text}" PARENT_SCOPE)
endfunction()

# Of a template, all types are one test: what a case takes is little beside the start of a program
# of thousands of them.
string(REGEX MATCHALL "<TestCase name=[^\n]*" cases "${xml}")
foreach(case IN LISTS cases)
  string(REGEX MATCH " name=\"([^\"]*)\"" unused "${case}")
  decode("${CMAKE_MATCH_1}" name)
  if(DEFINED "seen ${name}")
    message(FATAL_ERROR "Two test cases are named \"${name}\", so neither can be run alone. "
                        "(In a template: give each type its name by TYPE_TO_STRING_AS.)")
  endif()
  set("seen ${name}" TRUE)
  if(NOT case MATCHES " testsuite=\"([^\"]*)\"")
    message(FATAL_ERROR "The test case \"${name}\" is in no suite")
  endif()
  decode("${CMAKE_MATCH_1}" suite)

  if(EACH STREQUAL "suite")
    if(NOT DEFINED "seen suite ${suite}")
      filter(test-suite "${suite}" suite_filter)
      add("${suite}" "${suite_filter}" "${LABEL};${suite}")
      set("seen suite ${suite}" TRUE)
    endif()
    continue()
  endif()

  set(filter_end "")
  if(name MATCHES "^([^<]+)<.*>$")
    set(name "${CMAKE_MATCH_1}")
    set(filter_end "<*")
    if(DEFINED "seen ${name}<>")
      continue()
    endif()
    set("seen ${name}<>" TRUE)
  endif()

  filter(test-case "${name}${filter_end}" case_filter)
  add("${name}" "${case_filter}" "${LABEL};${suite}")
endforeach()

list(LENGTH cases found)
string(REGEX MATCH "<OverallResultsTestCases unskipped=\"([0-9]+)\"" unused "${xml}")
if(NOT found EQUAL CMAKE_MATCH_1)
  message(FATAL_ERROR "${PROGRAM} has ${CMAKE_MATCH_1} tests, of which ${found} were understood")
endif()
file(WRITE ${OUTPUT} "${script}")
