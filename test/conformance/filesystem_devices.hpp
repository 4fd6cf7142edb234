// filebuf on a file of the file system in memory.

#ifndef CONFORMANCE_FILESYSTEM_DEVICES_HPP
#define CONFORMANCE_FILESYSTEM_DEVICES_HPP

#include <sluice/device/file.hpp>
#include <sluice/fs/memory.hpp>

#include <conformance/transfer.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <string>
#include <string_view>

namespace conformance {

/// A file in RAM, with a buffer of `Size` characters.
template <class CharT, std::size_t Size, ios::openmode Mode = ios::in | ios::out>
struct memory_file_device {
    using char_type = CharT;
    using buf_type = sluice::basic_filebuf<CharT>;
    static constexpr std::size_t buffer_size = Size;

    explicit memory_file_device(std::string_view content) {
        files.write_bytes("file", content);
        std::error_code code;
        buf.pubsetbuf(nullptr, static_cast<std::streamsize>(Size));
        buf.adopt(files.open_file("file", Mode | ios::binary, code), "file", Mode | ios::binary);
    }
    [[nodiscard]] std::string content() {
        buf.pubsync();
        return stored();
    }
    [[nodiscard]] std::string stored() { return files.read_bytes("file"); }

    sluice::fs::memory files;
    buf_type buf;
};

using appending_memory_file = memory_file_device<char, 100, ios::in | ios::out | ios::app>;

}  // namespace conformance

TYPE_TO_STRING_AS("filebuf in fs memory", conformance::memory_file_device<char, 7>);
TYPE_TO_STRING_AS("wfilebuf in fs memory", conformance::memory_file_device<wchar_t, 50>);
TYPE_TO_STRING_AS("filebuf in fs memory that appends", conformance::appending_memory_file);

#endif  // CONFORMANCE_FILESYSTEM_DEVICES_HPP
