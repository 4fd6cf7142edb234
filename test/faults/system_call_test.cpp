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

#include <cstdio>
#include <faults/each_call.hpp>
#include <faults/system_calls.hpp>
#include <filesystem>
#include <locale>
#include <memory>
#include <string>

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

}  // namespace

TEST_SUITE_BEGIN("system calls");

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

TEST_CASE("what is opened and closed at once reports or is whole") {
    SUBCASE("a mapping") {
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
    SUBCASE("a load and a save") {
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
    SUBCASE("temporary files") {
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
    SUBCASE("a pipe") {
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
    for (const bool durable : {true, false}) {
        // Besides, one looks whether the old file may be written, and one only holds the lock of
        // what has been closed well.
        SUBCASE(durable ? "a durable atomic save" : "an atomic save") {
            fail_each_call({{closed_directory, 2}, {"close", 2}, {"getxattr", 1}},
                           [&](patient&, failing_calls& calls) {
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
                                       CHECK((file.content() ==
                                              (why.detail() == "published" ? text : old_text)));
                                       throw;
                                   }
                               });
                               CHECK((file.content() == text || failed));
                               CHECK((file.content() == text || file.content() == old_text));
                           });
        }
    }
    SUBCASE("an atomic save through a link") {
        fail_each_call(
            {{closed_directory, 2}, {"close", 2}, {"getxattr", 1}},
            [&](patient&, failing_calls& calls) {
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
    SUBCASE("a file in RAM with a path") {
        fail_each_call({{closed_read, 1}, {"munmap", 1}, {"close", 1}},
                       [&](patient&, failing_calls& calls) {
                           std::string seen;
                           if (!told(calls, {"memory:sluice", "/proc/*/fd/*"}, [&] {
                                   sluice::memory_file file(text);
                                   seen = file.view();
                               })) {
                               CHECK(seen == text);
                           }
                       });
    }
    SUBCASE("a program that is fed and drained") {
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
    SUBCASE("a directory of the disk") {
        fail_each_call(
            {{closed_directory, 6}, {closed_read, 1}}, [&](patient&, failing_calls& calls) {
                const place file;
                std::string seen;
                if (!told(calls, {file.directory / "", "/", "new", "new/file", "new/link", "moved"},
                          [&] {
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
    SUBCASE("a tree of the disk") {
        fail_each_call({{closed_directory, 8}, {closed_read, 2}},
                       [&](patient&, failing_calls& calls) {
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
    SUBCASE("a directory under another, where the changes go") {
        fail_each_call(
            {{closed_directory, 20}, {closed_read, 20}}, [&](patient&, failing_calls& calls) {
                const place file;
                const place changed;
                std::string seen;
                if (!told(calls,
                          {file.directory / "", changed.directory / "", "/", "/file", "/new"}, [&] {
                              sluice::fs::disk disk;
                              sluice::fs::rooted below(disk, file.directory / "");
                              sluice::fs::overlay files(below, std::make_unique<sluice::fs::rooted>(
                                                                   disk, changed.directory / ""));
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
    SUBCASE("a FILE of C's") {
        fail_each_call([&](patient&, failing_calls& calls) {
            const place file;
            if (!told(calls, {file.path()}, [&] {
                    sluice::filebuf buf;
                    if (buf.open(file.path(), ios::out) == nullptr) {
                        throw buf.reason();
                    }
                    sluice::stdio_file both(buf, "w");
                    std::fputs(text.c_str(), both.get());
                    both.close();
                    if (buf.close() == nullptr) {
                        throw buf.reason();
                    }
                })) {
                CHECK(file.content() == text);
            }
        });
    }
    SUBCASE("a copy to a pipe and from it") {
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
    SUBCASE("a copy") {
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
    SUBCASE("text and gzip") {
        fail_each_call({{closed_read, 1}}, [&](patient&, failing_calls& calls) {
            const place file;
            const auto path = file.directory / "file.gz";
            std::string seen;
            if (!told(calls, {path}, [&] {
                    sluice::stream out =
                        sluice::open(path, "w", {.compression = sluice::compression::gzip});
                    out.write(text);
                    out.close();
                    seen =
                        sluice::open(path, "r", {.compression = sluice::compression::infer}).read();
                })) {
                CHECK(seen == text);
            }
        });
    }
}

TEST_SUITE_END();
