# sluice::drop_in, for code that was never written for sluice: it is linked in place of
# sluice::sluice, and includes <sluice/drop_in.hpp> first in each source, so that such code changes
# in one line. The path is relative: it is found as any header of sluice's.

add_library(sluice_drop_in INTERFACE)
add_library(sluice::drop_in ALIAS sluice_drop_in)
set_target_properties(sluice_drop_in PROPERTIES EXPORT_NAME drop_in)
target_link_libraries(sluice_drop_in INTERFACE sluice)
target_compile_options(
  sluice_drop_in INTERFACE "$<$<COMPILE_LANG_AND_ID:CXX,GNU,Clang,AppleClang>:SHELL:-include sluice/drop_in.hpp>")
