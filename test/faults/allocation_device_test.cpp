// Files, mappings, temporary files, pipes and programs.

#include <sluice/device/atomic.hpp>
#include <sluice/device/file.hpp>
#include <sluice/device/mapped.hpp>
#include <sluice/device/pipe.hpp>
#include <sluice/device/process.hpp>
#include <sluice/device/spooled.hpp>
#include <sluice/device/temporary.hpp>
#include <sluice/fstream.hpp>
#include <sluice/open.hpp>

#include <support/temporary.hpp>

#include <doctest/doctest.h>

#include <fcntl.h>

#include <csignal>
#include <exception>
#include <faults/allocation.hpp>
#include <filesystem>
#include <locale>
#include <memory>
#include <string>
#include <utility>

using faults::check;
using faults::fail_each;
using faults::look_at;
using faults::look_at_buffer_of;
using faults::look_at_stream;
using faults::picture;
using faults::read_in_part;
using faults::sample;
using faults::sweep;
using faults::whole_or_not;
using faults::written_in_part;
using ios = std::ios_base;

namespace {

/// A file, and what was told of it.
struct disk {
    disk() { support::write_file(path(), sample); }
    [[nodiscard]] std::filesystem::path path() const { return directory / "file"; }
    support::temporary_directory directory;
    std::string result;
    faults::resumed_write write;
};

std::unique_ptr<disk> new_disk() {
    return std::make_unique<disk>();
}

/// The file and what was told; and that there is nothing else.
const auto look_at_disk = [](const auto& object) -> picture {
    std::size_t files = 0;
    for (const auto& entry : std::filesystem::directory_iterator(object->directory / "")) {
        files += entry.path().empty() ? 0 : 1;
    }
    return {support::content_of(object->path()), -1,
            object->result + (files == 1 ? "" : ", and litter")};
};

/// An open file.
struct open_file : disk {
    sluice::stream stream = sluice::open(path(), "r+b", {.buffering = 1000});
};

std::unique_ptr<open_file> new_open_file() {
    return std::make_unique<open_file>();
}

picture look_at_open_file(const std::unique_ptr<open_file>& object) {
    return look_at_buffer_of(object->stream, object->result);
}

/// An empty directory, and what was seen in it.
struct directory {
    [[nodiscard]] std::filesystem::path where() const { return place / ""; }
    support::temporary_directory place;
    std::string result;
};

std::unique_ptr<directory> new_directory() {
    return std::make_unique<directory>();
}

picture look_at_directory(const std::unique_ptr<directory>& object) {
    return object->result + (std::filesystem::is_empty(object->where()) ? "" : ", and litter");
}

// gcc 12 does not find these in a generic lambda.
const sluice::channel piped(sluice::channel::pipe);
const sluice::channel nothing(sluice::channel::null);
const sluice::channel where_out_goes(sluice::channel::to_out);

template <class Stream>
void require_open(Stream& stream) {
    if (!stream.is_open()) {
        throw sluice::error_of(stream);
    }
}

}  // namespace

TEST_SUITE_BEGIN("allocation");

TEST_CASE("an open file") {
    const sweep fail{new_open_file, look_at_open_file};
    fail([](auto& s) { s->result = s->stream.read(); });
    fail([](auto& s) { s->result = s->stream.read(2000); }, {.leaves = read_in_part});
    fail([](auto& s) { s->result = s->stream.read1(); });
    fail([](auto& s) { s->result = s->stream.readline(); });
    fail([](auto& s) { s->result = s->stream.readlines().back(); });
    fail([](auto& s) { s->result = s->stream.peek(100).substr(0, 20); });
    fail([](auto& s) { s->write(s->stream, sample + sample); },
         {.leaves = written_in_part, .resumes = true});
    fail(
        [](auto& s) {
            s->stream.seek(0, ios::end);
            s->write(s->stream, sample);
        },
        {.leaves =
             [](const picture& before, const picture& left, const picture& after) {
                 return left.mode == before.mode && after.content.starts_with(left.content);
             },
         .resumes = true});
    fail([](auto& s) {
        s->stream.put('x');
        check(s->stream);
    });
    fail([](auto& s) { s->stream.truncate(100); });
    fail([](auto& s) { s->stream.truncate(10'000); });
    fail([](auto& s) { s->stream.sync_to_disk(); });
    fail([](auto& s) { s->result = std::to_string(s->stream.rdbuf()->size()); });
    fail([](auto& s) { s->stream.close(); });
    fail([](auto& s) { static_cast<void>(s->stream.detach()); });
    fail([](auto& s) { s->stream = sluice::stream(std::move(s->stream)); });
    fail([](auto& s) { s->stream.rdbuf()->pubsetbuf(nullptr, 5000); });
    fail([](auto& s) { s->stream.rdbuf()->pubimbue(std::locale::classic()); });
    // What is pending when there is no memory left goes out all the same.
    fail_each(
        [] {
            auto object = new_open_file();
            object->stream.write("pending");
            return object;
        },
        [](auto& s) { s->stream.close(); }, look_at_disk);
}

TEST_CASE("files that are opened") {
    const sweep fail{new_disk, look_at_disk};
    fail([](auto& s) {
        sluice::ifstream in(s->path());
        require_open(in);
        std::string line;
        std::getline(in, line);
        check(in);
        s->result = std::move(line);
    });
    fail([](auto& s) {
        sluice::ofstream out(s->path(), ios::app);
        require_open(out);
        out << "more";
        check(out);
        out.close();
        check(out);
    });
    fail(
        [](auto& s) {
            sluice::ofstream out(s->path());
            require_open(out);
        },
        {.leaves = whole_or_not, .resumes = true});
    fail([](auto& s) {
        sluice::fstream both(s->path());
        require_open(both);
        sluice::fstream moved(std::move(both));
        moved << "over";
        check(moved);
        moved.close();
    });
    fail([](auto& s) {
        sluice::wifstream in;
        in.imbue(std::locale("C.UTF-8"));
        in.open(s->path());
        require_open(in);
        std::wstring line;
        std::getline(in, line);
        check(in);
        s->result.assign(line.begin(), line.end());
    });
    fail([](auto& s) {
        sluice::wofstream out;
        out.imbue(std::locale("C.UTF-8"));
        out.open(s->path(), ios::app);
        require_open(out);
        out << L"wide \u20ac";
        check(out);
        out.close();
        check(out);
    });
    fail([](auto& s) {
        std::string said;
        const sluice::ifstream in((s->directory / "no such file of this name, which is long"));
        const sluice::error why = sluice::error_of(in);
        if (in.is_open() || why.code() != std::errc::no_such_file_or_directory) {
            throw why;
        }
        said = why.operation();
        s->result = said;
    });
}

TEST_CASE("open, of all kinds") {
    const sweep fail{new_disk, look_at_disk};
    fail([](auto& s) { s->result = sluice::open(s->path(), "rb").read(); });
    fail([](auto& s) { s->result = sluice::open(s->path(), "r").readline(); });
    fail([](auto& s) {
        s->result = sluice::open(s->path(), "r", {.encoding = "utf-16-le"}).read(10);
    });
    fail([](auto& s) {
        const std::wstring line = sluice::wopen(s->path()).readline();
        s->result.assign(line.begin(), line.end());
    });
    fail(
        [](auto& s) {
            sluice::stream out = sluice::open(s->path(), "r+b", {.buffering = 7});
            s->write(out, "0123456789");
            out.close();
        },
        {.leaves = written_in_part, .resumes = true});
    // What close() or write() could not write is not there, or has been written by the end.
    fail(
        [](auto& s) {
            sluice::stream out = sluice::open(s->path(), "a");
            out.write("more\n");
            out.close();
        },
        {.leaves = whole_or_not});
    fail(
        [](auto& s) {
            sluice::stream out = sluice::open(s->path(), "w");
            out.write("new\n");
            out.close();
        },
        {.leaves =
             [](const picture& before, const picture& left, const picture& after) {
                 return left == before ||
                        (after.content.starts_with(left.content) && left.mode == after.mode);
             },
         .resumes = true});
    // What is to be created is there once it is open.
    fail(
        [](auto& s) {
            std::filesystem::remove(s->directory / "fresh");
            sluice::stream out = sluice::open(s->directory / "fresh", "x");
            out.close();
            std::filesystem::remove(s->directory / "fresh");
        },
        {.leaves = [](const picture& before, const picture& left, const picture&) {
            return left.content == before.content;
        }});
    fail([](auto& s) {
        const support::descriptor file(s->path().native(), O_RDONLY);
        s->result = sluice::open(file.number(), "rb", {.closefd = false}).read();
    });
    fail([](auto& s) {
        s->result = sluice::open(s->path(), "rb",
                                 {.opener = [](const auto& path,
                                               int flags) { return ::open(path.c_str(), flags); }})
                        .read();
    });
    fail([](auto& s) {
        std::string said;
        try {
            static_cast<void>(sluice::open(s->path(), "q"));
        } catch (const sluice::error& why) {
            if (why.code() != sluice::errc::bad_mode) {
                throw;
            }
            said = why.detail();
        }
        s->result = said;
    });
    for (const char* const name : {"packed.gz", "packed.xz"}) {
        fail(
            [&](auto& s) {
                {
                    sluice::stream out = sluice::open(s->directory / name, "w",
                                                      {.compression = sluice::compression::infer});
                    out.write(sample);
                    out.close();
                }
                s->result = sluice::open(s->directory / name, "r",
                                         {.compression = sluice::compression::infer})
                                .read();
                std::filesystem::remove(s->directory / name);
            },
            {.leaves = [](const picture& before, const picture& left, const picture&) {
                return left.content == before.content;
            }});
    }
}

TEST_CASE("files that are saved as a whole") {
    const sweep fail{new_disk, look_at_disk};
    const faults::promise old_or_new{.leaves = whole_or_not, .resumes = true};
    fail([](auto& s) {
        sluice::atomic_ofstream out(s->path());
        require_open(out);
        out << "whole";
        out.commit();
    });
    fail(
        [](auto& s) {
            sluice::atomic_ofstream out(s->path(), {.durable = true});
            require_open(out);
            out << sample << sample;
            out.commit();
        },
        old_or_new);
    fail([](auto& s) {
        sluice::atomic_ofstream out(s->path());
        require_open(out);
        out << "nobody wants it";
        out.discard();
    });
    fail([](auto& s) {
        sluice::atomic_filebuf out(s->path());
        out.sputn("text", 4);
        sluice::atomic_filebuf moved(std::move(out));
        moved.commit();
    });
    fail([](auto& s) {
        sluice::stream out = sluice::open(s->path(), "w", {.atomic = true});
        out.write("text\n" + sample);
        sluice::commit(out);
    });
    fail(
        [](auto& s) {
            sluice::stream out = sluice::open(s->path(), "wb", {.atomic = true, .durable = true});
            out.write("bytes");
            sluice::commit(out);
        },
        old_or_new);
    fail([](auto& s) {
        sluice::stream out = sluice::open(
            s->path(), "w", {.atomic = true, .compression = sluice::compression::gzip});
        out.write(sample);
        sluice::commit(out);
    });
    fail([](auto& s) {
        sluice::wstream out = sluice::wopen(s->path(), "w", {.encoding = "utf-16", .atomic = true});
        out.write(L"wide");
        sluice::commit(out);
    });
    fail([](auto& s) {
        sluice::stream out = sluice::open(s->path(), "w", {.atomic = true});
        out.write(sample);
        out.close();  // throws it away
    });
    fail_each(
        [] {
            auto object = new_disk();
            std::filesystem::create_symlink("file", object->directory / "link");
            return object;
        },
        [](auto& s) {
            sluice::atomic_ofstream out(s->directory / "link");
            require_open(out);
            out << "through a link";
            out.commit();
        },
        look_at_disk);
}

TEST_CASE("mapped files") {
    const sweep fail{new_disk, look_at_disk};
    fail([](auto& s) { s->result = sluice::mapped_file(s->path()).read(); });
    fail([](auto& s) {
        sluice::mapped_file file(s->path(), sluice::map_access::copy_on_write, 100, 1000);
        file.write("not for the file");
        s->result = file.view();
    });
    struct mapping : disk {
        sluice::mapped_file file{path(), sluice::map_access::shared};
    };
    const sweep fail_open{[] { return std::make_unique<mapping>(); },
                          [](const auto& s) { return look_at_buffer_of(s->file, s->result); }};
    fail_open([](auto& s) { s->file.write("over"); });
    fail_open([](auto& s) { s->file.truncate(100'000); });
    fail_open([](auto& s) { s->file.truncate(10); });
    fail_open([](auto& s) { s->file.flush(); });
    fail_open([](auto& s) { s->file.sync_to_disk(); });
    fail_open([](auto& s) { s->file.verify(); });
    fail_open([](auto& s) { static_cast<void>(s->file.getbuffer()); });
    fail_open([](auto& s) { s->file.close(); });
    fail_open([](auto& s) { s->result = s->file.read(100); }, {.leaves = read_in_part});
}

TEST_CASE("mappings that failed leave their places to the next") {
    const support::temporary_file file("content");
    const auto fail_at_each_allocation = [&] {
        bool failed = true;
        for (long good = 0; failed; ++good) {
            const faults::failing_allocations scope(good, faults::failing_allocations::how::once);
            try {
                const sluice::mappedbuf buf(file.path());
            } catch (const std::exception&) {
                // of which this is not about
            }
            failed = scope.failed();
        }
    };
    fail_at_each_allocation();
    const long blocks = faults::live_blocks();
    for (int i = 0; i < 100; ++i) {  // a list of those that are watched has 64
        fail_at_each_allocation();
    }
    CHECK(faults::live_blocks() == blocks);
}

TEST_CASE("temporary files") {
    // What is made is seen, and gone with its maker, whether or not that failed.
    const sweep fail{new_directory, look_at_directory};
    fail([](auto& object) {
        sluice::temporary_file file(object->where());
        file.write("text");
        file.seek(0);
        object->result = file.read();
    });
    fail([](auto& object) {
        sluice::named_temporary_file file({.directory = object->where()});
        file.write("text");
        file.flush();
        std::string seen = support::content_of(file.path());
        file.close();
        object->result = std::move(seen);
    });
    // To list what goes takes memory: the destructor keeps quiet where there is none, and the
    // directory stays.
    fail(
        [](auto& object) {
            sluice::temporary_directory inner({.directory = object->where()});
            const bool is_there = std::filesystem::is_directory(inner.path());
            inner.remove();
            object->result = is_there ? "there" : "";
        },
        {.leaves = [](const picture& before, const picture& left, const picture&) {
            return left == before || left.content == ", and litter";
        }});
    struct full {
        full() {
            support::write_file(inner.path() / "file", "text");
            std::filesystem::create_directories(inner.path() / "a/b/c");
        }
        sluice::temporary_directory inner;
    };
    fail_each([] { return std::make_unique<full>(); }, [](auto& object) { object->inner.remove(); },
              [](const auto& object) -> picture {
                  return {"", -1, object->inner.path().empty() ? "gone" : "there"};
              });
}

TEST_CASE("content that goes to the disk on the way") {
    struct spooled {
        sluice::spooled_file file{3000};
        std::string result;
        faults::resumed_write write;
    };
    struct small : spooled {
        small() { file.write("small"); }
    };
    const auto look = [](const auto& s) { return look_at_buffer_of(s->file, s->result); };
    const sweep fail{[] { return std::make_unique<small>(); }, look};
    fail([](auto& s) { s->write(s->file, sample); }, {.leaves = written_in_part, .resumes = true});
    fail([](auto& s) { s->write(s->file, "more"); }, {.leaves = written_in_part, .resumes = true});
    fail([](auto& s) { s->file.rollover(); });
    fail([](auto& s) { s->file.truncate(5000); });
    fail([](auto& s) { s->file.truncate(2); });
    fail([](auto& s) { s->file.close(); });
    struct rolled : spooled {
        rolled() {
            file.write(sample);
            file.seek(0);
        }
    };
    const sweep fail_rolled{[] { return std::make_unique<rolled>(); }, look};
    fail_rolled([](auto& s) { s->result = s->file.read(); });
    fail_rolled([](auto& s) { s->result = s->file.readline(); });
    fail_rolled([](auto& s) { s->write(s->file, sample + sample); },
                {.leaves = written_in_part, .resumes = true});
    fail_rolled([](auto& s) { s->file.close(); });
    fail_rolled([](auto& s) { s->file.sync_to_disk(); });
    fail_rolled([](auto& s) { sluice::spooled_file(std::move(s->file)).swap(s->file); },
                {.leaves = [](const picture&, const picture&, const picture&) { return true; }});
}

TEST_CASE("a pipe") {
    struct parts {
        sluice::pipe_streams ends = sluice::pipe();
        std::string result;
        faults::resumed_write write;
    };
    const sweep fail{[] { return std::make_unique<parts>(); },
                     [](const auto& s) -> picture {
                         return {s->result, -1,
                                 std::string(s->ends.reader.closed() ? "-" : "r") +
                                     (s->ends.writer.closed() ? "-" : "w")};
                     }};
    fail(
        [](auto& s) {
            if (!s->ends.writer.closed()) {
                s->write(s->ends.writer, sample);
                s->ends.writer.close();
            }
            s->result += s->ends.reader.read();
        },
        {.leaves = [](const picture& before, const picture& left, const picture&) {
            return left.content.empty() && left.mode[0] == before.mode[0];
        }});
    fail([](auto& s) { s->ends.writer.close(); });
    fail([](auto& s) { s->ends.reader.close(); });
    fail([](auto& s) {
        static_cast<void>(sluice::pipe());
        s->result = "another";
    });
    // What a pipe has delivered is not lost with the memory that it was to go to.
    fail_each(
        [] {
            auto object = std::make_unique<parts>();
            object->ends.writer.write(sample);
            object->ends.writer.close();
            return object;
        },
        [](auto& s) { s->result = s->ends.reader.readline(); },
        [](const auto& s) { return picture(s->result); });
}

TEST_CASE("programs") {
    const sweep fail{[] { return std::make_unique<std::string>("before"); },
                     [](const auto& object) { return picture(*object); }};
    fail([](auto& object) {
        sluice::process cat({"cat"}, {.in = nothing});
        *object = cat.wait().exited(0) ? "well" : "ill";
    });
    fail([](auto& object) {
        sluice::process cat({"cat"}, {.in = piped, .out = piped});
        cat.in().write("text");
        cat.close_in();
        std::string said = cat.out().read();
        *object = cat.wait().exited(0) ? std::move(said) : "ill";
    });
    fail([](auto& object) {
        sluice::process shell({"sh", "-c", "echo \"$WORD\"; pwd"},
                              {.in = nothing,
                               .out = piped,
                               .err = where_out_goes,
                               .directory = "/",
                               .environment = sluice::environment_map{{"WORD", "a word"}}});
        *object = shell.communicate().out;
    });
    fail([](auto& object) {
        const support::temporary_file to;
        sluice::process echo({"echo", "text"}, {.out = sluice::channel(to.path())});
        static_cast<void>(echo.wait());
        *object = to.content();
    });
    fail([](auto& object) {
        sluice::process cat({"cat"}, {.in = piped});
        cat.send_signal(SIGTERM);
        *object = cat.wait().signaled(SIGTERM) ? "ended" : "ill";
    });
    fail([](auto& object) { *object = sluice::environment().empty() ? "none" : "some"; });
    fail([](auto& object) {
        std::string said;
        try {
            const sluice::process none({"/no such program/of this name"});
        } catch (const sluice::error& why) {
            if (why.code() != std::errc::no_such_file_or_directory) {
                throw;
            }
            said = why.path();
        }
        *object = said;
    });
}

TEST_SUITE_END();
