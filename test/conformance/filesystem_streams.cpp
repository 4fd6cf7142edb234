#include <sluice/error.hpp>
#include <sluice/mode.hpp>

#include <conformance/each_type.hpp>
#include <conformance/filesystems.hpp>

#include <chrono>
#include <string>

using namespace conformance;
using ios = std::ios_base;

TEST_SUITE_BEGIN("conformance: file systems: streams");

namespace {

constexpr ios::openmode both = ios::in | ios::out;

template <class Kind>
struct place : Kind {
    /// Where it is written, which need not be where it is read.
    [[nodiscard]] fs::filesystem& origin() { return origin_of(static_cast<Kind&>(*this)); }
    [[nodiscard]] std::string operator/(const std::string& name) const {
        return this->root() + '/' + name;
    }
};

// The next bytes, as many as there are.
std::string next(sluice::stream& in, std::streamsize count) {
    return in.read(count);
}

}  // namespace

CASE_OF_EACH("two streams on one file have two positions", Kind, fs_positions) {
    place<Kind> at;
    at.origin().write_bytes(at / "f", "abcdef");
    sluice::stream first = at.files.open(at / "f");
    sluice::stream second = at.files.open(at / "f");
    CHECK(next(first, 4) == "abcd");
    CHECK(next(second, 2) == "ab");
    CHECK(next(first, 4) == "ef");
    CHECK(next(second, 9) == "cdef");
}
APPLY_TO_EACH(fs_positions, all_filesystem_kinds);

CASE_OF_EACH("a reader sees what a writer has flushed", Kind, fs_flushed) {
    place<Kind> at;
    sluice::stream writer = at.origin().open(at / "f", ios::out);
    sluice::stream reader = at.files.open(at / "f");
    writer << "one";
    CHECK(next(reader, 9).empty());
    reader.clear();
    writer.flush();
    CHECK(next(reader, 9) == "one");
    reader.clear();
    writer << "two" << std::flush;
    CHECK(next(reader, 9) == "two");
}
APPLY_TO_EACH(fs_flushed, all_filesystem_kinds);

CASE_OF_EACH("two writers write where each stands", Kind, fs_writers) {
    place<Kind> at;
    sluice::stream first = at.files.open(at / "f", ios::out);
    sluice::stream second = at.files.open(at / "f", both);
    first << "aaaa" << std::flush;
    second << "bb" << std::flush;
    first << "AA" << std::flush;
    CHECK(at.files.read_bytes(at / "f") == "bbaaAA");
}
APPLY_TO_EACH(fs_writers, filesystem_kinds);

CASE_OF_EACH("what is appended goes to the end wherever others moved it", Kind, fs_appended) {
    place<Kind> at;
    at.files.write_bytes(at / "f", "0");
    sluice::stream first = at.files.open(at / "f", ios::app);
    sluice::stream second = at.files.open(at / "f", ios::app | ios::in);
    first << "1" << std::flush;
    second << "2" << std::flush;
    first << "3" << std::flush;
    second.seek(0);
    second << "4" << std::flush;
    CHECK(at.files.read_bytes(at / "f") == "01234");
    CHECK(second.tell() == 5);
    at.files.resize_file(at / "f", 2);
    first << "5" << std::flush;
    CHECK(at.files.read_bytes(at / "f") == "015");
}
APPLY_TO_EACH(fs_appended, filesystem_kinds);

CASE_OF_EACH("a file that is open outlives its name", Kind, fs_removed) {
    place<Kind> at;
    at.files.write_bytes(at / "f", "old");
    sluice::stream opened = at.files.open(at / "f", both);
    CHECK(at.files.remove(at / "f"));
    CHECK_FALSE(at.files.exists(at / "f"));
    at.files.write_bytes(at / "f", "another");
    CHECK(next(opened, 9) == "old");
    opened.clear();
    opened << "er" << std::flush;
    opened.seek(0);
    CHECK(next(opened, 9) == "older");
    CHECK(at.files.read_bytes(at / "f") == "another");
}
APPLY_TO_EACH(fs_removed, filesystem_kinds);

CASE_OF_EACH("a file that is renamed or replaced stays open as it is", Kind, fs_replaced) {
    place<Kind> at;
    at.files.write_bytes(at / "new", "new");
    at.files.write_bytes(at / "old", "old");
    sluice::stream moved = at.files.open(at / "new", both | ios::ate);
    sluice::stream replaced = at.files.open(at / "old");
    at.files.rename(at / "new", at / "old");
    moved << "er" << std::flush;
    CHECK(next(replaced, 9) == "old");
    CHECK(at.files.read_bytes(at / "old") == "newer");
    CHECK_FALSE(at.files.exists(at / "new"));
}
APPLY_TO_EACH(fs_replaced, filesystem_kinds);

CASE_OF_EACH("a file that others truncate is as long for all", Kind, fs_truncated) {
    place<Kind> at;
    at.origin().write_bytes(at / "f", "abcdef");
    sluice::stream writer = at.origin().open(at / "f", both);
    sluice::stream reader = at.files.open(at / "f");
    writer.truncate(2);
    CHECK(reader.read() == "ab");
    reader.clear();
    writer.truncate(4);
    CHECK(reader.read() == std::string(2, '\0'));
    CHECK(at.files.file_size(at / "f") == 4);
    sluice::stream again = at.origin().open(at / "f", ios::out);
    CHECK(at.files.file_size(at / "f") == 0);
    writer.seek(3);
    writer << "x" << std::flush;
    CHECK(at.files.read_bytes(at / "f") == std::string("\0\0\0x", 4));
}
APPLY_TO_EACH(fs_truncated, all_filesystem_kinds);

CASE_OF_EACH("a hole is zeros, however large it is", Kind, fs_holes) {
    place<Kind> at;
    constexpr std::int64_t far = (std::int64_t(5) << 30) + 123;
    sluice::stream file = at.files.open(at / "f", both | ios::trunc);
    file << "begin" << std::flush;
    file.seek(far);
    file << "end" << std::flush;
    CHECK(at.files.file_size(at / "f") == far + 3);
    file.seek(far - 70'000);
    CHECK((file.read(70'003) == std::string(70'000, '\0') + "end"));
    file.seek(3);
    CHECK((file.read(5) == std::string("in\0\0\0", 5)));
    file.truncate(70'000);
    file.seek(65'000);
    CHECK((file.read() == std::string(5'000, '\0')));
    file.clear();
    file.truncate(far);
    file.seek(far - 10);
    CHECK((file.read() == std::string(10, '\0')));
}
APPLY_TO_EACH(fs_holes, filesystem_kinds);

CASE_OF_EACH("what a cut took away is zeros where the file grows again", Kind, fs_regrown) {
    place<Kind> at;
    for (const std::size_t kept :
         {std::size_t(0), std::size_t(1), std::size_t(65'535), std::size_t(65'536),
          std::size_t(65'537), std::size_t(150'000)}) {
        CAPTURE(kept);
        at.files.write_bytes(at / "f", std::string(200'000, 'x'));
        at.files.resize_file(at / "f", kept);
        at.files.resize_file(at / "f", 180'000);
        sluice::stream file = at.files.open(at / "f", both | ios::ate);
        file << "y" << std::flush;
        CHECK((at.files.read_bytes(at / "f") ==
               std::string(kept, 'x') + std::string(180'000 - kept, '\0') + 'y'));
    }
}
APPLY_TO_EACH(fs_regrown, filesystem_kinds);

CASE_OF_EACH("a directory can be opened and not be read", Kind, fs_directory) {
    place<Kind> at;
    at.origin().create_directory(at / "d");
    sluice::stream opened = at.files.open(at / "d");
    char byte = 0;
    CHECK_FALSE(opened.get(byte));
    CHECK(opened.bad());
    CHECK(sluice::error_of(opened).code() == std::errc::is_a_directory);
    CHECK(sluice::error_of(opened).path() == at / "d");
    std::error_code code;
    CHECK(at.files.read_bytes(at / "d", code).empty());
    CHECK(code == std::errc::is_a_directory);
}
APPLY_TO_EACH(fs_directory, all_filesystem_kinds);

CASE_OF_EACH("a stream does only what it was opened for", Kind, fs_modes) {
    place<Kind> at;
    at.files.write_bytes(at / "f", "abc");
    sluice::stream reader = at.files.open(at / "f");
    reader << 'x' << std::flush;
    CHECK(reader.bad());
    sluice::stream writer = at.files.open(at / "f", ios::app);
    CHECK(writer.get() == EOF);
    CHECK(writer.bad());
    CHECK(at.files.read_bytes(at / "f") == "abc");
}
APPLY_TO_EACH(fs_modes, filesystem_kinds);

CASE_OF_EACH("noreplace does not open what is there", Kind, fs_noreplace) {
    place<Kind> at;
    at.files.write_bytes(at / "f", "abc");
    at.files.create_symlink("g", at / "dangling");
    for (const char* const name : {"f", "dangling"}) {
        CAPTURE(name);
        std::error_code code;
        const sluice::stream none = at.files.open(at / name, ios::out | sluice::noreplace, code);
        CHECK(none.closed());
        CHECK(code == std::errc::file_exists);
    }
    CHECK(at.files.read_bytes(at / "f") == "abc");
    at.files.open(at / "new", ios::out | sluice::noreplace) << "n";
    CHECK(at.files.read_bytes(at / "new") == "n");
}
APPLY_TO_EACH(fs_noreplace, filesystem_kinds);

CASE_OF_EACH("a dangling link is created through", Kind, fs_through_link) {
    place<Kind> at;
    at.files.create_directory(at / "d");
    at.files.create_symlink("d/made", at / "link");
    at.files.write_bytes(at / "link", "x");
    CHECK(at.files.read_bytes(at / "d/made") == "x");
    CHECK(at.files.is_symlink(at / "link"));
}
APPLY_TO_EACH(fs_through_link, filesystem_kinds);

CASE_OF_EACH("times tell when content and directories changed", Kind, fs_times) {
    using namespace std::chrono_literals;
    place<Kind> at;
    const auto past = fs::file_time_type::clock::now() - 24h;
    const auto recent = fs::file_time_type::clock::now() - 1h;
    const auto age = [&](const std::string& name) {
        at.files.last_write_time(at / name, past);
        CHECK(at.files.last_write_time(at / name) == past);
    };
    const auto is_new = [&](const std::string& name) {
        return at.files.last_write_time(at / name) > recent;
    };
    at.files.create_directory(at / "d");
    age("d");
    at.files.write_bytes(at / "d/f", "x");
    CHECK(is_new("d"));

    age("d");
    age("d/f");
    sluice::stream file = at.files.open(at / "d/f", both);
    CHECK(next(file, 1) == "x");
    CHECK_FALSE(is_new("d/f"));
    file << "y" << std::flush;
    CHECK(is_new("d/f"));
    CHECK_FALSE(is_new("d"));

    age("d/f");
    file.truncate(1);
    CHECK(is_new("d/f"));
    age("d/f");
    sluice::stream emptied = at.files.open(at / "d/f", ios::out);
    CHECK(is_new("d/f"));

    age("d");
    age("d/f");
    at.files.rename(at / "d/f", at / "d/g");
    CHECK(is_new("d"));
    CHECK_FALSE(is_new("d/g"));
    age("d");
    at.files.remove(at / "d/g");
    CHECK(is_new("d"));
    at.files.create_symlink("nowhere", at / "link");
    CHECK(at.files.symlink_info(at / "link").last_write_time > recent);
    CHECK(at.files.symlink_info(at / "link").size == 7);
}
APPLY_TO_EACH(fs_times, filesystem_kinds);

CASE_OF_EACH("permissions are kept", Kind, fs_permissions) {
    place<Kind> at;
    at.files.write_bytes(at / "f", "x");
    at.files.permissions(at / "f", fs::perms(0640));
    CHECK(at.files.status(at / "f").permissions() == fs::perms(0640));
    at.files.permissions(at / "f", fs::perms(0111), fs::perm_options::add);
    CHECK(at.files.status(at / "f").permissions() == fs::perms(0751));
    at.files.permissions(at / "f", fs::perms(0050), fs::perm_options::remove);
    CHECK(at.files.status(at / "f").permissions() == fs::perms(0701));
    at.files.copy_file(at / "f", at / "g");
    CHECK(at.files.status(at / "g").permissions() == fs::perms(0701));
}
APPLY_TO_EACH(fs_permissions, filesystem_kinds);

TEST_SUITE_END();
