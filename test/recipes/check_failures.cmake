# Runs a test program of which some cases fail on purpose, and checks what it shows:
#
#     cmake -D PROGRAM=<file> -D ARGUMENTS=<list> -D SHOWN=<list> -D HIDDEN=<list> -P check_failures.cmake

cmake_minimum_required(VERSION 3.25)

execute_process(
  COMMAND ${PROGRAM} ${ARGUMENTS}
  RESULT_VARIABLE result
  OUTPUT_VARIABLE output
  ERROR_VARIABLE errors)

set(failures 0)
if(NOT result MATCHES "^[1-9][0-9]*$")  # a signal is a word
  message("It ended with ${result}, and not as a program whose tests fail.")
  math(EXPR failures "${failures} + 1")
endif()
foreach(text IN LISTS SHOWN)
  string(FIND "${output}${errors}" "${text}" at)
  if(at LESS 0)
    message("It does not show: ${text}")
    math(EXPR failures "${failures} + 1")
  endif()
endforeach()
foreach(text IN LISTS HIDDEN)
  string(FIND "${output}${errors}" "${text}" at)
  if(at GREATER_EQUAL 0)
    message("It shows: ${text}")
    math(EXPR failures "${failures} + 1")
  endif()
endforeach()
if(failures GREATER 0)
  message("Its output:\n${output}\nIts errors:\n${errors}")
  message(FATAL_ERROR "${failures} failures")
endif()
