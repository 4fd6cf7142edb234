# Checks that the README shows the examples as they are, which run as tests:
#
#     cmake -D README=<file> -D EXAMPLES=<folder> -P SluiceCheckReadme.cmake
#
# Each ```cpp block of the README is followed by the name of its program, as (`test/examples/x.cpp`),
# and equals what stands in x.cpp between the lines `// [README]` and `// [end]`, without the
# indentation that the first of them has; or all of x.cpp, where it has no such lines. A program
# that has them is shown.

cmake_minimum_required(VERSION 3.25)

# Sets `result` to what the README has to show of a program; `marked`, to whether that is a part.
function(read_example path result marked)
  file(READ ${path} text)
  if(NOT text MATCHES "\n( *)// \\[README\\]\n(.*\n) *// \\[end\\]\n")
    set(${result} "${text}" PARENT_SCOPE)
    set(${marked} FALSE PARENT_SCOPE)
    return()
  endif()
  string(REPLACE "\n${CMAKE_MATCH_1}" "\n" region "\n${CMAKE_MATCH_2}")
  string(SUBSTRING "${region}" 1 -1 region)  # without the line end put before the first line
  set(${result} "${region}" PARENT_SCOPE)
  set(${marked} TRUE PARENT_SCOPE)
endfunction()

set(begin "\n```cpp\n")
set(end "```\n")
set(failures 0)
set(shown)

file(READ ${README} rest)
string(FIND "${rest}" "${begin}" at)
while(at GREATER_EQUAL 0)
  string(LENGTH "${begin}" length)
  math(EXPR at "${at} + ${length}")
  string(SUBSTRING "${rest}" ${at} -1 rest)
  string(FIND "${rest}" "${end}" at)
  string(SUBSTRING "${rest}" 0 ${at} block)
  string(LENGTH "${end}" length)
  math(EXPR at "${at} + ${length}")
  string(SUBSTRING "${rest}" ${at} -1 rest)

  if(NOT rest MATCHES "^\n*\\(`test/examples/([a-z_]+)[.]cpp`")
    message("A block of the README names no program behind it:\n${block}")
    math(EXPR failures "${failures} + 1")
  else()
    set(name ${CMAKE_MATCH_1})
    list(APPEND shown ${name})
    read_example(${EXAMPLES}/${name}.cpp expected marked)
    if(NOT block STREQUAL expected)
      message("The README shows of ${name}.cpp:\n${block}\nbut this is there:\n${expected}")
      math(EXPR failures "${failures} + 1")
    endif()
  endif()
  string(FIND "${rest}" "${begin}" at)
endwhile()

file(GLOB programs ${EXAMPLES}/*.cpp)
foreach(program IN LISTS programs)
  cmake_path(GET program STEM name)
  read_example(${program} text marked)
  if(marked AND NOT name IN_LIST shown)
    message("${name}.cpp is marked as shown in the README, and is not.")
    math(EXPR failures "${failures} + 1")
  endif()
endforeach()

list(LENGTH shown count)
message(STATUS "${count} programs shown, ${failures} failures")
if(failures GREATER 0 OR count EQUAL 0)
  message(FATAL_ERROR "The README and its programs differ.")
endif()
