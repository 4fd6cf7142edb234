#include "bundle.hpp"

#include "launch_error.hpp"

#include <algorithm>
#include <array>

#ifdef SLUICE_HAS_LIBARCHIVE
#include "child.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <unistd.h>

#include <memory>
#include <string>
#endif

namespace sluice::mount {

std::string_view bundle_ending(std::string_view name) noexcept {
    constexpr std::array<std::string_view, 13> endings = {
        ".tar",     ".tar.gz", ".tgz", ".tar.bz2", ".tbz2",    ".tar.xz", ".txz",
        ".tar.zst", ".tzst",   ".zip", ".cpio",    ".cpio.gz", ".7z"};
    const auto* const found =
        std::find_if(endings.begin(), endings.end(),
                     [&](std::string_view ending) { return name.ends_with(ending); });
    return found == endings.end() ? std::string_view() : *found;
}

#ifndef SLUICE_HAS_LIBARCHIVE

void unpack(const std::filesystem::path& bundle, const std::filesystem::path&) {
    throw launch_error(status_failed, bundle.native() +
                                          ": this sluice-mount was built without libarchive, so "
                                          "it unpacks no archives");
}

#else

namespace {

struct freed {
    void operator()(archive* one) const noexcept { archive_free(one); }
};
using owned_archive = std::unique_ptr<archive, freed>;

launch_error archive_failure(const std::filesystem::path& bundle, archive* one) {
    const char* const reason = archive_error_string(one);
    return {status_failed,
            bundle.native() + ": " + (reason == nullptr ? "cannot be unpacked" : reason)};
}

// libarchive writes relative to the working directory: that is how it can see to it that nothing is
// put elsewhere.
class working_in {
public:
    explicit working_in(const std::filesystem::path& folder)
        : before_(open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
        if (before_ < 0 || chdir(folder.c_str()) != 0) {
            throw system_failure(folder.native());
        }
    }
    working_in(const working_in&) = delete;
    working_in& operator=(const working_in&) = delete;
    ~working_in() {
        if (fchdir(before_) != 0) {
            _exit(status_failed);  // the program would start elsewhere
        }
        close(before_);
    }

private:
    int before_;
};

// "/etc/x" is put where "etc/x" is.
std::string made_relative(const char* name) {
    const std::string_view text = name;
    return std::string(text.substr(std::min(text.find_first_not_of('/'), text.size())));
}

// Returns: whether it is to be unpacked: a device is not, nor what has no name.
bool relocate(archive_entry* entry) {
    const char* const path = archive_entry_pathname(entry);
    const std::string name = made_relative(path == nullptr ? "" : path);
    const auto type = archive_entry_filetype(entry);
    if (name.empty() || type == AE_IFCHR || type == AE_IFBLK) {
        return false;
    }
    archive_entry_copy_pathname(entry, name.c_str());
    if (const char* const link = archive_entry_hardlink(entry)) {
        archive_entry_copy_hardlink(entry, made_relative(link).c_str());
    }
    return true;
}

// Not archive_read_extract2(), to which an entry that is refused is a warning.
void unpack_entry(const std::filesystem::path& bundle, archive* reader, archive_entry* entry,
                  archive* writer) {
    if (archive_write_header(writer, entry) < ARCHIVE_WARN) {
        throw archive_failure(bundle, writer);
    }
    for (;;) {
        const void* data = nullptr;
        std::size_t size = 0;
        la_int64_t position = 0;
        const int result = archive_read_data_block(reader, &data, &size, &position);
        if (result == ARCHIVE_EOF) {
            break;
        }
        if (result < ARCHIVE_WARN) {
            throw archive_failure(bundle, reader);
        }
        if (archive_write_data_block(writer, data, size, position) < ARCHIVE_WARN) {
            throw archive_failure(bundle, writer);
        }
    }
    if (archive_write_finish_entry(writer) < ARCHIVE_WARN) {
        throw archive_failure(bundle, writer);
    }
}

}  // namespace

void unpack(const std::filesystem::path& bundle, const std::filesystem::path& folder) {
    const owned_archive reader(archive_read_new());
    const owned_archive writer(archive_write_disk_new());
    archive_read_support_filter_all(reader.get());
    // Not all that there are: any text is a list of files to mtree.
    archive_read_support_format_7zip(reader.get());
    archive_read_support_format_cpio(reader.get());
    archive_read_support_format_tar(reader.get());
    archive_read_support_format_zip(reader.get());
    constexpr int flags = ARCHIVE_EXTRACT_TIME | ARCHIVE_EXTRACT_PERM |
                          ARCHIVE_EXTRACT_SECURE_SYMLINKS | ARCHIVE_EXTRACT_SECURE_NODOTDOT |
                          ARCHIVE_EXTRACT_SECURE_NOABSOLUTEPATHS;
    archive_write_disk_set_options(writer.get(), flags);
    constexpr std::size_t block = 65536;
    if (archive_read_open_filename(reader.get(), bundle.c_str(), block) != ARCHIVE_OK) {
        throw archive_failure(bundle, reader.get());
    }
    const working_in place(folder);
    for (;;) {
        heed_signals();
        archive_entry* entry = nullptr;
        const int result = archive_read_next_header(reader.get(), &entry);
        if (result == ARCHIVE_EOF) {
            break;
        }
        if (result < ARCHIVE_WARN) {
            throw archive_failure(bundle, reader.get());
        }
        if (relocate(entry)) {
            unpack_entry(bundle, reader.get(), entry, writer.get());
        }
    }
    if (archive_write_close(writer.get()) < ARCHIVE_WARN) {
        throw archive_failure(bundle, writer.get());
    }
}

#endif

}  // namespace sluice::mount
