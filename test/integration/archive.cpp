// libarchive: tar and zip through a FILE, and through the descriptor of a device that has one.

#include <sluice/buf.hpp>
#include <sluice/device/spooled.hpp>
#include <sluice/fstream.hpp>

#include "devices.hpp"
#include <support/temporary.hpp>

#include <doctest/doctest.h>

#include <archive.h>
#include <archive_entry.h>

#include <cstddef>
#include <cstdio>
#include <memory>
#include <stdexcept>
#include <string>

namespace {

constexpr int entries = 20;

std::string content_of(int entry) {
    return std::string(static_cast<std::size_t>(entry) * 100, static_cast<char>('a' + entry));
}

void require(int result) {
    if (result != ARCHIVE_OK) {
        throw std::runtime_error("libarchive reports a failure");
    }
}

using writer = std::unique_ptr<archive, decltype(&archive_write_free)>;
using reader = std::unique_ptr<archive, decltype(&archive_read_free)>;

// Times stay unset, so that an archive is the same whenever it is written.
void write_entries(archive* out) {
    for (int i = 0; i < entries; ++i) {
        const std::string content = content_of(i);
        const std::unique_ptr<archive_entry, decltype(&archive_entry_free)> entry(
            archive_entry_new(), &archive_entry_free);
        archive_entry_set_pathname(entry.get(), ("dir/" + std::to_string(i)).c_str());
        archive_entry_set_size(entry.get(), static_cast<la_int64_t>(content.size()));
        archive_entry_set_filetype(entry.get(), AE_IFREG);
        archive_entry_set_perm(entry.get(), 0644);
        require(archive_write_header(out, entry.get()));
        if (archive_write_data(out, content.data(), content.size()) !=
            static_cast<la_ssize_t>(content.size())) {
            throw std::runtime_error("libarchive reports a failure");
        }
    }
    require(archive_write_close(out));
}

bool read_entries(archive* in) {
    for (int i = 0; i < entries; ++i) {
        archive_entry* entry = nullptr;
        if (archive_read_next_header(in, &entry) != ARCHIVE_OK ||
            archive_entry_pathname(entry) != "dir/" + std::to_string(i)) {
            return false;
        }
        std::string content(content_of(i).size() + 1, '?');
        const la_ssize_t count = archive_read_data(in, content.data(), content.size());
        if (count < 0) {
            return false;
        }
        content.resize(static_cast<std::size_t>(count));
        if (content != content_of(i)) {
            return false;
        }
    }
    archive_entry* none = nullptr;
    return archive_read_next_header(in, &none) == ARCHIVE_EOF;
}

writer new_writer(int format) {
    writer out(archive_write_new(), &archive_write_free);
    require(archive_write_set_format(out.get(), format));
    require(archive_write_set_bytes_in_last_block(out.get(), 1));  // nothing but the archive
    return out;
}

reader new_reader() {
    reader in(archive_read_new(), &archive_read_free);
    require(archive_read_support_format_all(in.get()));
    require(archive_read_support_filter_all(in.get()));
    return in;
}

integration::file_codec codec(int format, std::size_t unneeded = 0) {
    return {.save =
                [format](std::FILE* file) {
                    const writer out = new_writer(format);
                    require(archive_write_open_FILE(out.get(), file));
                    write_entries(out.get());
                },
            .load =
                [](std::FILE* file) {
                    const reader in = new_reader();
                    return archive_read_open_FILE(in.get(), file) == ARCHIVE_OK &&
                           read_entries(in.get());
                },
            .unneeded = unneeded};
}

// What is behind the last file is not needed by who reads from the front: the 1024 zeros of tar,
// and the directory of zip, of about 70 bytes a file.
const integration::file_codec tar = codec(ARCHIVE_FORMAT_TAR_USTAR, 1024);
const integration::file_codec zip = codec(ARCHIVE_FORMAT_ZIP, std::size_t{entries} * 75);

void save(sluice::buf& device) {
    const writer out = new_writer(ARCHIVE_FORMAT_TAR_USTAR);
    require(archive_write_open_fd(out.get(), device.native_handle()));
    write_entries(out.get());
}

bool load(sluice::buf& device) {
    const reader in = new_reader();
    return archive_read_open_fd(in.get(), device.native_handle(), 10240) == ARCHIVE_OK &&
           read_entries(in.get());
}

}  // namespace

TEST_CASE("libarchive on all devices") {
    integration::check_round_trip(tar);
    integration::check_round_trip(zip);
}
TEST_CASE("libarchive and devices that fail") {
    integration::check_failures(tar);
    integration::check_failures(zip);
}
TEST_CASE("libarchive by a descriptor") {
    const support::temporary_file expected;
    {
        sluice::fstream file(expected.path(), std::ios::in | std::ios::out | std::ios::trunc);
        save(*file.rdbuf());
        file.seekg(0);
        CHECK(load(*file.rdbuf()));
    }
    sluice::spooled_file spooled(1 << 20);  // which goes to disk, as RAM has no descriptor
    save(*spooled.rdbuf());
    CHECK(spooled.rolled());
    spooled.seek(0);
    CHECK(load(*spooled.rdbuf()));
    spooled.seek(0);
    CHECK((spooled.read() == expected.content()));
}
