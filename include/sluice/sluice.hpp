// sluice: everything at once.

#ifndef SLUICE_SLUICE_HPP
#define SLUICE_SLUICE_HPP

#include <sluice/algorithm/chunks.hpp>
#include <sluice/algorithm/copy.hpp>
#include <sluice/algorithm/getline.hpp>
#include <sluice/algorithm/lines.hpp>
#include <sluice/algorithm/numeric.hpp>
#include <sluice/algorithm/read_all.hpp>
#include <sluice/bridge/memory_file.hpp>
#include <sluice/bridge/stdio.hpp>
#include <sluice/buf.hpp>
#include <sluice/bytes.hpp>
#include <sluice/device/buffered.hpp>
#include <sluice/device/container.hpp>
#include <sluice/device/direct.hpp>
#include <sluice/device/file.hpp>
#include <sluice/device/mapped.hpp>
#include <sluice/device/memory.hpp>
#include <sluice/device/pipe.hpp>
#include <sluice/device/process.hpp>
#include <sluice/device/span.hpp>
#include <sluice/device/spooled.hpp>
#include <sluice/device/string.hpp>
#include <sluice/device/temporary.hpp>
#include <sluice/error.hpp>
#include <sluice/filter/chain.hpp>
#include <sluice/filter/compressed.hpp>
#include <sluice/filter/count.hpp>
#include <sluice/filter/layer.hpp>
#include <sluice/filter/limit.hpp>
#include <sluice/filter/null.hpp>
#include <sluice/filter/pair.hpp>
#include <sluice/filter/passing.hpp>
#include <sluice/filter/progress.hpp>
#include <sluice/filter/redirect.hpp>
#include <sluice/filter/ring.hpp>
#include <sluice/filter/slice.hpp>
#include <sluice/filter/sync.hpp>
#include <sluice/filter/tee.hpp>
#include <sluice/filter/text.hpp>
#include <sluice/filter/zero.hpp>
#include <sluice/fs/disk.hpp>
#include <sluice/fs/filesystem.hpp>
#include <sluice/fs/memory.hpp>
#include <sluice/fstream.hpp>
#include <sluice/mode.hpp>
#include <sluice/open.hpp>
#include <sluice/open_file.hpp>
#include <sluice/sstream.hpp>
#include <sluice/stream.hpp>

#endif  // SLUICE_SLUICE_HPP
