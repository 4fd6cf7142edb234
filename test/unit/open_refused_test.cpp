#include <sluice/device/memory.hpp>
#include <sluice/device/spooled.hpp>
#include <sluice/filter/text.hpp>
#include <sluice/filter/zero.hpp>
#include <sluice/fs/disk.hpp>
#include <sluice/fs/memory.hpp>
#include <sluice/fs/overlay.hpp>
#include <sluice/fs/passing.hpp>
#include <sluice/fs/rooted.hpp>
#include <sluice/fs/scoped.hpp>
#include <sluice/fs/tree.hpp>
#include <sluice/open.hpp>

#include <support/errors.hpp>
#include <support/system_calls.hpp>
#include <support/temporary.hpp>

#include <doctest/doctest.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <ios>
#include <istream>
#include <ostream>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

using sluice::errc;
using support::content_of;
using support::system_code;
using support::temporary_directory;
using support::thrown_by;
using support::write_file;
using ios = std::ios_base;

namespace {

int fsync_fails(int /*file*/) {
    errno = EIO;
    return -1;
}

// Refuses one name in each of a few calls.
class refusing : public sluice::fs::passing_filesystem {
public:
    refusing(sluice::fs::filesystem& files, std::string name)
        : passing_filesystem(files), name_(std::move(name)) {}

protected:
    sluice::file_handle do_open(const std::string& file, ios::openmode mode,
                                std::error_code& code) override {
        if (is_refused(file, code)) {
            return {};
        }
        return passing_filesystem::do_open(file, mode, code);
    }
    std::filesystem::path do_read_symlink(const std::filesystem::path& link,
                                          std::error_code& code) override {
        if (is_refused(link, code)) {
            return {};
        }
        return passing_filesystem::do_read_symlink(link, code);
    }
    void do_create_directory(const std::filesystem::path& directory,
                             std::error_code& code) override {
        if (!is_refused(directory, code)) {
            passing_filesystem::do_create_directory(directory, code);
        }
    }
    void do_create_symlink(const std::filesystem::path& target, const std::filesystem::path& link,
                           std::error_code& code) override {
        if (!is_refused(link, code)) {
            passing_filesystem::do_create_symlink(target, link, code);
        }
    }
    void do_remove(const std::filesystem::path& file, std::error_code& code) override {
        if (!is_refused(file, code)) {
            passing_filesystem::do_remove(file, code);
        }
    }

private:
    bool is_refused(const std::filesystem::path& file, std::error_code& code) const {
        if (file.filename() == name_) {
            code = std::make_error_code(std::errc::io_error);
        }
        return bool(code);
    }

    std::string name_;
};

}  // namespace

TEST_SUITE_BEGIN("open");

TEST_CASE("a descriptor is opened as wide text") {
    const temporary_directory dir;
    write_file(dir / "file", "\xE2\x82\xAC\r\nx");
    const int descriptor = ::open((dir / "file").c_str(), O_RDONLY);
    sluice::wstream in = sluice::wopen(descriptor, "r", {.closefd = true});
    CHECK(in.readline() == L"\u20ac\n");
    CHECK(in.read() == L"x");
    in.close();
    CHECK(::close(descriptor) == -1);
    CHECK(thrown_by([] { static_cast<void>(sluice::wopen(-1)); }).code() == errc::bad_mode);
    CHECK(thrown_by([] { static_cast<void>(sluice::wopen(0, "rb")); }).code() == errc::bad_mode);
}

TEST_CASE("an opener that gives no descriptor, or with atomic, is refused") {
    const temporary_directory dir;
    const auto open = [&](sluice::open_options options) {
        return thrown_by([&] { static_cast<void>(sluice::open(dir / "file", "w", options)); });
    };
    const auto opener = [](const std::filesystem::path&, int) { return 9999; };
    CHECK(open({.opener = opener}).code() == system_code(EBADF));
    const sluice::error both = open({.opener = opener, .atomic = true});
    CHECK(both.code() == errc::bad_mode);
    CHECK(both.detail().find("opener") != std::string::npos);
    CHECK_FALSE(std::filesystem::exists(dir / "file"));
}

TEST_CASE("a commit of a stream that has failed throws its failure") {
    const temporary_directory dir;
    write_file(dir / "file", "old");
    for (const bool known : {false, true}) {
        CAPTURE(known);
        sluice::stream out =
            sluice::open(dir / "file", known ? "w" : "wb",
                         {.encoding = known ? std::optional<std::string>("ascii") : std::nullopt,
                          .atomic = true});
        out.write("new");
        if (known) {
            out << "caf\u00e9" << std::flush;
            CHECK(out.bad());
        } else {
            out.setstate(ios::failbit);
        }
        const sluice::error why = thrown_by([&] { sluice::commit(out); });
        CHECK(why.code() == (known ? make_error_code(errc::bad_encoding)
                                   : std::make_error_code(std::errc::io_error)));
        CHECK(why.operation() == std::string("commit"));
        CHECK(why.path() == dir / "file");
        out.clear();
        CHECK(content_of(dir / "file") == "old");
    }
    CHECK(std::distance(std::filesystem::directory_iterator(dir / "."), {}) == 1);
}

TEST_CASE("atomic is of the disk") {
    sluice::fs::memory files;
    CHECK(thrown_by([&] {
              static_cast<void>(sluice::open(files, "/file", "w", {.atomic = true}));
          }).code() == errc::unsupported);
    CHECK_FALSE(files.exists("/file"));
}

TEST_CASE("text over a stream without a buffer is refused") {
    std::istream in(nullptr);
    std::ostream out(nullptr);
    CHECK(thrown_by([&] { sluice::text_io{in}; }).code() == errc::closed);
    CHECK(thrown_by([&] { sluice::wtext_io{out}; }).code() == errc::closed);
}

TEST_SUITE_END();

TEST_SUITE_BEGIN("spooled");

TEST_CASE("a spooledbuf that is closed, or cannot be synced, says so") {
    sluice::spooledbuf buf(4);
    CHECK(buf.sputn("abc", 3) == 3);
    CHECK(buf.size() == 3);
    buf.rollover();
    CHECK(buf.rolled());
    {
        const support::replaced_calls scope;
        support::replaced_calls::calls().fsync = fsync_fails;
        CHECK(thrown_by([&] { buf.sync_to_disk(); }).code() == system_code(EIO));
        support::replaced_calls::calls().fstat = [](int, struct stat*) {
            errno = EIO;
            return -1;
        };
        CHECK(thrown_by([&] { static_cast<void>(buf.size()); }).code() == system_code(EIO));
    }
    CHECK(thrown_by([&] { buf.sync_to_disk(); }).code() == system_code(EIO));  // it stays unknown
    CHECK(buf.size() == 3);
    CHECK(buf.pubseekpos(0) == std::streampos(0));
    CHECK(buf.sgetc() == 'a');
    CHECK(buf.sgetc() == 'a');
    buf.close();
    CHECK(thrown_by([&] { buf.rollover(); }).code() == errc::closed);
    CHECK(buf.sputc('x') == EOF);
    CHECK(buf.pubseekpos(0) == std::streampos(-1));
    CHECK(buf.pubsync() == 0);
}

TEST_SUITE_END();

TEST_SUITE_BEGIN("zero");

TEST_CASE("zeros close where they are, and move") {
    sluice::zerobuf buf(10);
    CHECK(buf.sgetc() == 0);
    buf.close();
    CHECK_FALSE(buf.is_open());
    CHECK(thrown_by([&] { buf.sgetc(); }).code() == errc::closed);
    sluice::zerobuf other(3);
    swap(buf, other);
    CHECK(buf.size() == 3);
    other = std::move(buf);
    CHECK(other.size() == 3);
    CHECK(other.in_avail() == 3);
    CHECK(thrown_by([] { sluice::zerobuf(-1); }).code() == errc::bad_position);
    CHECK(thrown_by([] { static_cast<void>(sluice::zerobuf().size()); }).code() ==
          errc::unsupported);
}

TEST_SUITE_END();

TEST_SUITE_BEGIN("overlay");

TEST_CASE("a directory with links is renamed with them") {
    sluice::fs::memory below;
    below.create_directories("/dir/sub");
    below.create_symlink("sub/file", "/dir/link");
    below.write_bytes("/dir/sub/file", "content");
    for (const char* const refused : {"", "link", "sub", "file"}) {
        CAPTURE(refused);
        sluice::fs::memory memory;
        refusing above(memory, refused);
        sluice::fs::overlay files(below, above);
        std::error_code code;
        files.rename("/dir", "/new", code);
        if (*refused == '\0') {
            CHECK_FALSE(code);
            CHECK(files.read_symlink("/new/link") == "sub/file");
            CHECK(files.read_bytes("/new/link") == "content");
            CHECK_FALSE(files.exists("/dir"));
        } else {
            CHECK(code == std::errc::io_error);
            CHECK(files.read_bytes("/dir/link") == "content");
            CHECK_FALSE(files.exists("/new"));
        }
    }
    refusing unreadable(below, "link");
    sluice::fs::memory above;
    sluice::fs::overlay files(unreadable, above);
    std::error_code code;
    files.rename("/dir", "/new", code);
    CHECK(code == std::errc::io_error);
    CHECK(below.read_symlink("/dir/link") == "sub/file");
}

TEST_CASE("what is no file, directory or link is not copied up") {
    const temporary_directory dir;
    REQUIRE(::mkfifo((dir / "pipe").c_str(), 0600) == 0);
    write_file(dir / "file", "content");
    sluice::fs::disk disk;
    sluice::fs::rooted below(disk, dir / ".");
    sluice::fs::memory above;
    sluice::fs::overlay files(below, above);
    std::error_code code;
    files.last_write_time("/pipe", {}, code);
    CHECK(code == std::errc::not_supported);
    files.rename("/pipe", "/other", code);
    CHECK(code == std::errc::not_supported);
    CHECK_FALSE(above.exists("/pipe"));
    CHECK(files.read_bytes("/file") == "content");
}

TEST_SUITE_END();

TEST_SUITE_BEGIN("tree");

TEST_CASE("a tree with a file that cannot be read is not copied in silence") {
    sluice::fs::memory from;
    from.create_directory("/dir");
    from.write_bytes("/dir/good", "good");
    from.write_bytes("/dir/secret", "secret");
    refusing guarded(from, "secret");
    sluice::fs::memory to;
    CHECK(thrown_by([&] { sluice::fs::copy_tree(guarded, "/dir", to, "/dir"); }).code() ==
          std::errc::io_error);
}

TEST_SUITE_END();
