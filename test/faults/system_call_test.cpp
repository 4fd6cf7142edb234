#include <sluice/algorithm/copy.hpp>
#include <sluice/bridge/memory_file.hpp>
#include <sluice/bridge/stdio.hpp>
#include <sluice/device/atomic.hpp>
#include <sluice/device/mapped.hpp>
#include <sluice/device/memory.hpp>
#include <sluice/device/pipe.hpp>
#include <sluice/device/process.hpp>
#include <sluice/device/spooled.hpp>
#include <sluice/device/temporary.hpp>
#include <sluice/fs/disk.hpp>
#include <sluice/fs/overlay.hpp>
#include <sluice/fs/rooted.hpp>
#include <sluice/fstream.hpp>
#include <sluice/open.hpp>

#include <support/temporary.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <faults/each_call.hpp>
#include <faults/system_calls.hpp>
#include <filesystem>
#include <locale>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

using faults::fail_each_call;
using faults::failing_calls;
using faults::old_text;
using faults::patient;
using faults::text;
using faults::told;
using ios = std::ios_base;

namespace {

constexpr ios::openmode both = ios::in | ios::out;

// The ends of what was only looked at.
constexpr const char* closed_directory = "close of a directory";
constexpr const char* closed_read = "close of what was read";

/// A file in a directory of its own, and what goes wrong meanwhile.
struct place {
    place() { support::write_file(path(), old_text); }
    [[nodiscard]] std::filesystem::path path() const { return directory / "file"; }
    [[nodiscard]] std::string content() const { return support::content_of(path()); }
    support::temporary_directory directory;
};

/// Opens until that succeeds; then writes, reads, seeks; and closes. What is in the file then is
/// all of it, once, unless closing failed, which is told.
template <class Buf>
void use_file(std::size_t buffer, ios::openmode how, const std::locale& locale) {
    fail_each_call([&](patient& user, failing_calls& calls) {
        const place file;
        bool lost = false;
        {
            Buf buf;
            buf.pubimbue(locale);
            if (buffer != std::size_t(-1)) {
                buf.pubsetbuf(nullptr, static_cast<std::streamsize>(buffer));
            }
            user.open(buf, file.path(), how);
            if ((how & ios::app) == ios::openmode{}) {
                CHECK(user.read(buf, 10) == old_text.substr(0, 10));
                user.seek(buf, 0);
            }
            user.write(buf, text);
            user.sync(buf);
            if ((how & ios::in) != ios::openmode{}) {
                user.seek(buf, 3);
                CHECK(user.read(buf, 50) == file.content().substr(3, 50));
            }
            user.seek(buf, static_cast<std::streamoff>(file.content().size()));
            user.write(buf, "the end");
            lost = !user.close(buf);
        }
        calls.mend();
        const std::string begin = (how & ios::app) != ios::openmode{} ? old_text + text : text;
        const std::string content = file.content();
        CHECK((content == begin + "the end" || (lost && content == begin)));
    });
}

// An atomic save closes the directory, looks whether the old file may be written, and whether what
// has no name can be given one by /proc, and holds the lock of what has been closed well.
const std::vector<faults::spared> unimportant_to_a_save = {
    {closed_directory, 2}, {"close", 2}, {"getxattr", 1}, {"stat", 1}};

}  // namespace

TEST_SUITE_BEGIN("system calls");

TEST_CASE("each call that fails by the table fails from outside, by the same name") {
    const std::vector<std::string> by_table = failing_calls::asked_by_table();
    CHECK(by_table.size() == sizeof(sluice::os::posix_calls) / sizeof(&std::fclose));
    if (failing_calls::from_outside()) {
        const std::vector<std::string> from_outside = failing_calls::asked_from_outside();
        REQUIRE(from_outside.size() == by_table.size());
        for (std::size_t i = 0; i < by_table.size(); ++i) {
            CHECK(from_outside[i] == by_table[i]);
        }
    }
}

TEST_CASE("files of bytes, by each size of a buffer") {
    for (const std::size_t buffer :
         {std::size_t(-1), std::size_t(0), std::size_t(1), std::size_t(64)}) {
        CAPTURE(buffer);
        use_file<sluice::filebuf>(buffer, both, std::locale::classic());
    }
    use_file<sluice::filebuf>(64, both | ios::app, std::locale::classic());
    use_file<sluice::filebuf>(64, ios::app, std::locale::classic());
}

TEST_CASE("files of wide characters") {
    use_file<sluice::wfilebuf>(64, both, std::locale::classic());
    use_file<sluice::wfilebuf>(64, both, std::locale("C.UTF-8"));
}

TEST_CASE("a spooled file goes to the disk or stays in memory") {
    fail_each_call([](patient& user, failing_calls& calls) {
        sluice::spooledbuf buf(500);
        user.expect(std::filesystem::temp_directory_path());
        user.write(buf, text);
        user.sync(buf);
        user.seek(buf, 0);
        CHECK(user.read(buf, text.size() + 1) == text);
        told(calls, {std::filesystem::temp_directory_path()}, [&] { buf.close(); });
    });
}

TEST_CASE("a mapping of a file reports or shows all of it") {
    fail_each_call({{"munmap", 1}}, [&](patient&, failing_calls& calls) {
        const place file;
        std::string seen;
        if (!told(calls, {file.path()}, [&] {
                sluice::mapped_file in(file.path());
                seen = in.read();
                in.close();
            })) {
            CHECK(seen == old_text);
        }
    });
}

TEST_CASE("a mapping that is written is in the file, or that is told") {
    fail_each_call({{"munmap", 1}}, [&](patient&, failing_calls& calls) {
        const place file;
        if (!told(calls, {file.path()}, [&] {
                sluice::mapped_file out(file.path(), sluice::map_access::shared);
                out.write("over");
                out.sync_to_disk();
                out.close();
            })) {
            CHECK(file.content() == "over" + old_text.substr(4));
        }
    });
}

TEST_CASE("a file is cut and brought to the disk, or that is told") {
    fail_each_call([&](patient&, failing_calls& calls) {
        const place file;
        if (!told(calls, {file.path()}, [&] {
                sluice::stream out = sluice::open(file.path(), "r+b");
                out.write(text);
                out.truncate(1000);
                out.sync_to_disk();
                out.close();
            })) {
            CHECK(file.content() == text.substr(0, 1000));
        }
    });
}

TEST_CASE("RAM that the system does not give is told, and what was there stays") {
    const std::string much(std::size_t(3) << 20, 'm');
    // What it would have had ahead is not needed, nor are huge pages.
    fail_each_call({{"mmap", 1}, {"mremap", 2}, {"madvise", 3}, {"munmap", 1}},
                   [&](patient&, failing_calls& calls) {
                       sluice::bytes_io ram;
                       std::size_t done = 0;
                       try {
                           for (; done < 3 * much.size(); done += much.size()) {
                               ram.write(much);
                           }
                       } catch (const sluice::error& why) {
                           CHECK(why.code() == std::errc::not_enough_memory);
                           calls.note_told();
                       }
                       CHECK(ram.view().size() == done);
                       CHECK((ram.view() == (much + much + much).substr(0, done)));
                       calls.mend();
                   });
}

TEST_CASE("RAM loads a file and saves it whole, or reports") {
    fail_each_call({{closed_read, 1}}, [&](patient&, failing_calls& calls) {
        const place file;
        sluice::bytes_io ram;
        if (!told(calls, {file.path(), file.directory / "copy"}, [&] {
                ram.load(file.path());
                ram.save(file.directory / "copy");
            })) {
            CHECK(support::content_of(file.directory / "copy") == old_text);
        }
    });
}

TEST_CASE("a temporary file without a name gives back what it took, or reports") {
    const std::filesystem::path temporary = std::filesystem::temp_directory_path();
    fail_each_call([&](patient&, failing_calls& calls) {
        std::string seen;
        if (!told(calls, {temporary, temporary / "*"}, [&] {
                sluice::temporary_file file;
                file.write(text);
                file.seek(0);
                seen = file.read();
                file.close();
            })) {
            CHECK(seen == text);
        }
    });
}

TEST_CASE("a temporary file with a name is gone in the end, or that is told") {
    const std::filesystem::path temporary = std::filesystem::temp_directory_path();
    fail_each_call([&](patient&, failing_calls& calls) {
        std::filesystem::path path;
        std::string seen;
        const bool failed = told(calls, {temporary, temporary / "*"}, [&] {
            sluice::named_temporary_file file;
            path = file.path();
            file.write(text);
            file.flush();
            seen = support::content_of(path);
            file.close();
        });
        CHECK((failed || seen == text));
        // Where it could not be removed, that was told.
        CHECK((failed || !std::filesystem::exists(path)));
        std::error_code ignored;
        std::filesystem::remove(path, ignored);
    });
}

TEST_CASE("a temporary directory is made and removed, or that is told") {
    const std::filesystem::path temporary = std::filesystem::temp_directory_path();
    fail_each_call({{closed_directory, 1}}, [&](patient&, failing_calls& calls) {
        std::filesystem::path path;
        const bool failed = told(calls, {temporary, temporary / "*"}, [&] {
            sluice::temporary_directory directory;
            path = directory.path();
            directory.remove();
        });
        CHECK((failed || !std::filesystem::exists(path)));
        std::error_code ignored;
        std::filesystem::remove_all(path, ignored);
    });
}

TEST_CASE("a pipe carries all or reports") {
    fail_each_call([&](patient&, failing_calls& calls) {
        std::string seen;
        if (!told(calls, {""}, [&] {
                auto ends = sluice::pipe();
                ends.writer.write(text);
                ends.writer.close();
                seen = ends.reader.read();
                ends.reader.close();
            })) {
            CHECK(seen == text);
        }
    });
}

TEST_CASE("an atomic save leaves the old file or the new one, and tells which") {
    for (const bool durable : {true, false}) {
        CAPTURE(durable);
        fail_each_call(unimportant_to_a_save, [&](patient&, failing_calls& calls) {
            const place file;
            const bool failed = told(calls, {file.path()}, [&] {
                sluice::atomic_filebuf out(file.path(), {.durable = durable});
                if (out.sputn(text.data(), std::streamsize(text.size())) !=
                    std::streamsize(text.size())) {
                    throw out.reason();
                }
                try {
                    out.commit();
                } catch (const sluice::error& why) {
                    CHECK((file.content() == (why.detail() == "published" ? text : old_text)));
                    throw;
                }
            });
            CHECK((file.content() == text || failed));
            CHECK((file.content() == text || file.content() == old_text));
        });
    }
}

TEST_CASE("an atomic save through a link leaves the old file or the new one, and the link") {
    fail_each_call(unimportant_to_a_save, [&](patient&, failing_calls& calls) {
        const place file;
        std::filesystem::create_symlink("file", file.directory / "link");
        const bool failed = told(calls, {file.path(), file.directory / "link"}, [&] {
            sluice::atomic_ofstream out(file.directory / "link", {.durable = true});
            if (!out) {
                throw sluice::error_of(out);
            }
            out << text;
            out.commit();
        });
        CHECK((file.content() == text || (failed && file.content() == old_text)));
        CHECK(std::filesystem::is_symlink(file.directory / "link"));
    });
}

TEST_CASE("a file in RAM with a path shows all and is sealed, or reports") {
    // Where the system does not let it be in RAM, it is on disk, and cannot be sealed.
    const std::filesystem::path temporary = std::filesystem::temp_directory_path();
    const faults::path_patterns paths = {"memory:sluice", "/proc/*/fd/*", temporary,
                                         temporary / "*"};
    fail_each_call({{closed_read, 1}, {"munmap", 1}, {"close", 1}, {"memfd_create", 1}},
                   [&](patient&, failing_calls& calls) {
                       std::string seen;
                       bool sealed = false;
                       if (!told(calls, paths, [&] {
                               sluice::memory_file file(text);
                               seen = file.view();
                               try {
                                   file.seal();
                                   sealed = file.seals() == sluice::memory_seals();
                               } catch (const sluice::error& why) {
                                   if (why.code() != sluice::errc::unsupported) {
                                       throw;
                                   }
                                   sealed = calls.name() == std::string_view("memfd_create");
                               }
                           })) {
                           CHECK(seen == text);
                           CHECK(sealed);
                       }
                   });
}

TEST_CASE("a program that is fed and drained gets and gives all, or that is told") {
    fail_each_call({{closed_read, 2}, {"close", 1}}, [&](patient&, failing_calls& calls) {
        using sluice::channel;
        std::string seen;
        if (!told(calls, {"", "cat"}, [&] {
                sluice::process cat({"cat"}, {.in = channel::pipe, .out = channel::pipe});
                seen = cat.communicate(text).out;
            })) {
            CHECK(seen == text);
        }
    });
}

TEST_CASE("a program is killed and waited for, or that is told") {
    fail_each_call({{closed_read, 1}, {"close", 3}}, [&](patient&, failing_calls& calls) {
        bool killed = false;
        if (!told(calls, {"", "cat"}, [&] {
                // Ends with its input too, where it cannot be killed.
                sluice::process cat({"cat"}, {.in = sluice::channel::pipe});
                cat.kill();
                const auto status = cat.wait_for(std::chrono::minutes(1));
                killed = status && status->signaled(SIGKILL);
            })) {
            CHECK(killed);
        }
    });
}

TEST_CASE("what a file is besides its content is set or told") {
    fail_each_call({{closed_directory, 20}}, [&](patient&, failing_calls& calls) {
        const place file;
        const sluice::fs::file_time_type time{};
        if (!told(calls, {file.directory / "", "/", "/file"}, [&] {
                sluice::fs::disk disk;
                sluice::fs::rooted root(disk, file.directory / "");
                root.permissions("/file", std::filesystem::perms::owner_read);
                root.last_write_time("/file", time);
            })) {
            CHECK(std::filesystem::status(file.path()).permissions() ==
                  std::filesystem::perms::owner_read);
            CHECK((std::filesystem::last_write_time(file.path()) == time));
        }
    });
}

TEST_CASE("the calls on a directory of the disk are done or told") {
    fail_each_call({{closed_directory, 6}, {closed_read, 1}}, [&](patient&, failing_calls& calls) {
        const place file;
        std::string seen;
        if (!told(calls, {file.directory / "", "/", "new", "new/file", "new/link", "moved"}, [&] {
                sluice::fs::disk disk;
                sluice::fs::rooted root(disk, file.directory / "");
                root.create_directory("new");
                root.write_bytes("new/file", text);
                root.create_symlink("file", "new/link");
                seen = root.read_bytes("new/link");
                root.rename("new/file", "moved");
                seen += std::to_string(root.list("/").size());
                seen += std::to_string(root.remove_all("new"));
            })) {
            CHECK(seen == text + "32");
            CHECK(support::content_of(file.directory / "moved") == text);
        }
    });
}

TEST_CASE("a tree of the disk is made, copied and removed, or that is told") {
    fail_each_call({{closed_directory, 8}, {closed_read, 2}}, [&](patient&, failing_calls& calls) {
        const place file;
        const std::string top = (file.directory / "").native();
        const std::string copy = (file.directory / "a/b/copy").native();
        std::string seen;
        if (!told(calls, {top, top + "a*", file.path()}, [&] {
                sluice::fs::disk disk;
                disk.create_directories(top + "a/b");
                disk.copy_file(file.path(), copy);
                seen = disk.read_bytes(copy);
                seen += std::to_string(disk.remove_all(top + "a"));
            })) {
            CHECK(seen == old_text + "3");
            CHECK_FALSE(std::filesystem::exists(top + "a"));
        }
    });
}

TEST_CASE("a directory under another stays as it was, and a change is made or told") {
    fail_each_call({{closed_directory, 20}, {closed_read, 20}}, [&](patient&,
                                                                    failing_calls& calls) {
        const place file;
        const place changed;
        std::string seen;
        if (!told(calls, {file.directory / "", changed.directory / "", "/", "/file", "/new"}, [&] {
                sluice::fs::disk disk;
                sluice::fs::rooted below(disk, file.directory / "");
                sluice::fs::overlay files(
                    below, std::make_unique<sluice::fs::rooted>(disk, changed.directory / ""));
                files.write_bytes("/new", text);
                seen = files.read_bytes("/new");
                files.remove("/file");
                seen += std::to_string(files.list("/").size());
            })) {
            CHECK(seen == text + "1");
        }
        CHECK(file.content() == old_text);
    });
}

TEST_CASE("a FILE of C's on a buffer writes all or reports") {
    fail_each_call([&](patient&, failing_calls& calls) {
        const place file;
        if (!told(calls, {file.path()}, [&] {
                sluice::filebuf buf;
                if (buf.open(file.path(), ios::out) == nullptr) {
                    throw buf.reason();
                }
                sluice::stdio_file c_file(buf, "w");
                std::fputs(text.c_str(), c_file.get());
                c_file.close();
                if (buf.close() == nullptr) {
                    throw buf.reason();
                }
            })) {
            CHECK(file.content() == text);
        }
    });
}

TEST_CASE("a copy to a pipe and from it is whole or told") {
    fail_each_call([&](patient&, failing_calls& calls) {
        const place file;
        // Each part that is spliced takes one of a pipe's 16 places, and nobody drains it.
        const std::string few = text.substr(0, 40);
        support::write_file(file.path(), few);
        std::streamoff count = 0;
        if (!told(calls, {file.path(), file.directory / "copy", ""}, [&] {
                sluice::stream in = sluice::open(file.path(), "rb");
                auto ends = sluice::pipe();
                count = sluice::copy(in, ends.writer);
                ends.writer.close();
                sluice::stream out = sluice::open(file.directory / "copy", "wb");
                count += sluice::copy(ends.reader, out);
                out.close();
                in.close();
                ends.reader.close();
            })) {
            CHECK(count == 2 * 40);
            CHECK(support::content_of(file.directory / "copy") == few);
        }
    });
}

TEST_CASE("a copy from file to file is whole or told") {
    fail_each_call([&](patient&, failing_calls& calls) {
        const place file;
        std::streamoff count = 0;
        if (!told(calls, {file.path(), file.directory / "copy"}, [&] {
                sluice::stream in = sluice::open(file.path(), "rb");
                sluice::stream out = sluice::open(file.directory / "copy", "wb");
                count = sluice::copy(in, out);
                out.close();
                in.close();
            })) {
            CHECK(count == 700);
            CHECK(support::content_of(file.directory / "copy") == old_text);
        }
    });
}

TEST_CASE("a compressed text is written and read whole, or that is told") {
    fail_each_call({{closed_read, 1}}, [&](patient&, failing_calls& calls) {
        const place file;
        const auto path = file.directory / "file.gz";
        std::string seen;
        if (!told(calls, {path}, [&] {
                sluice::stream out =
                    sluice::open(path, "w", {.compression = sluice::compression::gzip});
                out.write(text);
                out.close();
                seen = sluice::open(path, "r", {.compression = sluice::compression::infer}).read();
            })) {
            CHECK(seen == text);
        }
    });
}

TEST_SUITE_END();
