#include <sluice/algorithm/copy.hpp>
#include <sluice/algorithm/lines.hpp>
#include <sluice/algorithm/numeric.hpp>
#include <sluice/bridge/memory_file.hpp>
#include <sluice/bridge/stdio.hpp>
#include <sluice/bytes.hpp>
#include <sluice/device/atomic.hpp>
#include <sluice/device/container.hpp>
#include <sluice/device/mapped.hpp>
#include <sluice/device/memory.hpp>
#include <sluice/device/pipe.hpp>
#include <sluice/device/process.hpp>
#include <sluice/device/span.hpp>
#include <sluice/device/spooled.hpp>
#include <sluice/device/temporary.hpp>
#include <sluice/filter/chain.hpp>
#include <sluice/filter/count.hpp>
#include <sluice/filter/limit.hpp>
#include <sluice/filter/pair.hpp>
#include <sluice/filter/progress.hpp>
#include <sluice/filter/redirect.hpp>
#include <sluice/filter/ring.hpp>
#include <sluice/filter/slice.hpp>
#include <sluice/filter/tee.hpp>
#include <sluice/filter/text.hpp>
#include <sluice/fs/disk.hpp>
#include <sluice/fs/memory.hpp>
#include <sluice/fs/overlay.hpp>
#include <sluice/fs/read_only.hpp>
#include <sluice/fs/rooted.hpp>
#include <sluice/fs/tree.hpp>
#include <sluice/fstream.hpp>
#include <sluice/open.hpp>
#include <sluice/sstream.hpp>

#include "threads.hpp"
#include <conformance/failing.hpp>
#include <conformance/transfer.hpp>
#include <support/temporary.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <locale>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

// What headers say of threads and distinct objects, and of what is const, for the thread sanitizer
// to see.

using conformance::code_thrown_by;
using conformance::sample;
using thread_tests::in_threads;
using thread_tests::many;
using thread_tests::require;
using thread_tests::write_and_read;
using ios = std::ios_base;
namespace fs = sluice::fs;

TEST_SUITE_BEGIN("threads");

namespace {

void use_memory(int seed) {
    sluice::bytes_io bytes;
    write_and_read(bytes, seed, "bytes_io");
    sluice::string_io text(sluice::newline::universal);
    write_and_read(text, seed, "string_io");
    sluice::stringstream strings;
    write_and_read(strings, seed, "stringstream");
    std::vector<char> vector;
    sluice::containerbuf container(vector);
    std::iostream on_container(&container);
    write_and_read(on_container, seed, "containerbuf");
    std::array<char, 5000> memory{};
    sluice::spanbuf span(memory, ios::in | ios::out | ios::trunc);
    std::iostream on_span(&span);
    write_and_read(on_span, seed, "spanbuf");
}

void use_files(int seed, const support::temporary_directory& place) {
    const auto path = place / std::to_string(seed);
    sluice::fstream file(path, ios::in | ios::out | ios::trunc);
    write_and_read(file, seed, "fstream");
    file.close();
    sluice::mapped_file mapped(path, sluice::map_access::shared);
    require(mapped.view().size() > 3000, "mapped_file");
    mapped << "over";
    mapped.close();
    require(support::content_of(path).starts_with("over"), "mapped_file");
    sluice::temporary_file unnamed;
    write_and_read(unnamed, seed, "temporary_file");
    sluice::named_temporary_file named;
    write_and_read(named, seed, "named_temporary_file");
    sluice::spooled_file spooled(1000);
    write_and_read(spooled, seed, "spooled_file");
    sluice::stream opened = sluice::open(path, "w+b");
    write_and_read(opened, seed, "open");
    sluice::atomic_ofstream saved(path);
    saved << seed;
    saved.commit();
    require(support::content_of(path) == std::to_string(seed), "atomic_ofstream");
}

void use_layers(int seed) {
    for (const char* const encoding : {"utf-8", "utf-16", "latin-1", "cp1252"}) {
        sluice::bytes_io below;
        sluice::text_io text(below, {.encoding = encoding});
        write_and_read(text, seed, encoding);
    }
    sluice::bytes_io below;
    sluice::bytes_io copy;
    sluice::count_io counted(below);
    write_and_read(counted, seed, "count");
    sluice::slice_io part(below, 5, sluice::slicebuf::to_end);
    write_and_read(part, seed, "slice");
    sluice::bytes_io other;
    sluice::limit_io limited(other, 100'000);
    write_and_read(limited, seed, "limit");
    sluice::tee_io tee(copy, below);
    tee << sample(2000) << std::flush;
    require(copy.view() == sample(2000), "tee");
}

void use_file_systems(int seed) {
    fs::memory files;
    sluice::stream f = files.open("/f", ios::in | ios::out | ios::trunc);
    write_and_read(f, seed, "fs::memory");
    files.rename("/f", "/g");
    require(files.exists("/g") && !files.exists("/f"), "rename");
    auto [in, out] = sluice::ring(64);
    out << "by ring\n" << std::flush;
    require(in.readline() == "by ring\n", "ring");
    auto ends = sluice::pipe();
    ends.writer << "by pipe\n" << std::flush;
    require(ends.reader.readline() == "by pipe\n", "pipe");
}

/// Files of C's, and such as others open by their names.
void use_bridges(int seed) {
    const std::string text = sample(static_cast<std::size_t>(3000 + seed));
    sluice::bytes_io written;
    sluice::stdio_file to(written, "w");
    require(std::fputs(text.c_str(), to.get()) >= 0, "fputs");
    to.close();
    require(written.view() == text, "stdio_file");
    sluice::stdio_stream both(std::tmpfile(), std::fclose);
    write_and_read(both, seed, "stdio_stream");
    sluice::memory_file memory(text);
    require(support::content_of(memory.path()) == text, "memory_file by its path");
    sluice::stream inside = memory.stream(ios::in | ios::out | ios::trunc);
    write_and_read(inside, seed, "memory_file");
    require(memory.view().starts_with(sample(1000)), "memory_file");
}

void use_process(int seed) {
    using sluice::channel;
    const std::string text = sample(static_cast<std::size_t>(100'000 + seed));
    sluice::process cat({"cat"}, {.in = channel::pipe, .out = channel::pipe});
    require(cat.communicate(text).out == text, "process");
    sluice::process ends({"sh", "-c", "exit " + std::to_string(seed)});
    require(ends.wait().exited(seed), "exit_status");
}

/// A tree of its own on the disk, with RAM over it.
void use_disk(int seed, const support::temporary_directory& place) {
    const auto path = place / ("tree" + std::to_string(seed));
    fs::disk disk;
    disk.create_directory(path);
    fs::rooted root(disk, path);
    root.write_bytes("f", "below");
    sluice::stream file = root.open("g", ios::in | ios::out | ios::trunc);
    write_and_read(file, seed, "fs::rooted");
    file.close();
    fs::overlay changed(root, std::make_unique<fs::memory>());
    changed.write_bytes("/f", "above");
    changed.remove("/g");
    require(changed.read_bytes("/f") == "above" && changed.list("/").size() == 1, "fs::overlay");
    fs::read_only fixed(root);
    std::error_code code;
    fixed.remove("/f", code);
    require(code == std::errc::read_only_file_system, "fs::read_only");
    fs::memory copy;
    require(fs::copy_tree(root, "/", copy, "/") == 2, "copy_tree");
    require(copy.read_bytes("/f") == "below", "copy_tree");
    require(root.remove_all("/f") == 1 && disk.remove_all(path) == 2, "remove_all");
}

void use_more_layers(int seed) {
    const std::string text = sample(static_cast<std::size_t>(3000 + seed));
    sluice::chain_io all(sluice::bytes_io(text), sluice::bytes_io("the end"));
    require(all.read() == text + "the end", "chain");
    sluice::bytes_io from(text);
    sluice::bytes_io to;
    sluice::pair_stream pair(from, to);
    pair << "asked" << std::flush;
    require(pair.read(10) == text.substr(0, 10) && to.view() == "asked", "pair");
    std::uint64_t told = 0;
    sluice::progress_io seen(sluice::bytes_io(text),
                             [&](const sluice::progress& now) { told = now.done; });
    require(seen.read() == text, "progress");
    seen.close();
    require(told == text.size(), "progress");
    std::ostringstream elsewhere;
    sluice::bytes_io caught;
    {
        const sluice::redirect now(static_cast<std::ostream&>(elsewhere), *caught.rdbuf());
        elsewhere << text;
    }
    require(caught.view() == text && elsewhere.str().empty(), "redirect");
    sluice::bytes_io again;
    sluice::bytes_io source(text);
    require(sluice::copy(source, again) == std::streamoff(text.size()), "copy");
    int count = 0;
    again.seek(0);
    for (const std::string_view line : sluice::lines(again)) {
        count += line.empty() ? 0 : 1;
    }
    require(count > 0, "lines");
}

void fail_and_throw() {
    sluice::ifstream none("/no/such/file");
    const sluice::error why = sluice::error_of(none);
    require(why.path() == "/no/such/file", "error");
    require(code_thrown_by([] { static_cast<void>(sluice::open("/no/such/file", "r")); }) ==
                std::errc::no_such_file_or_directory,
            "open");
}

}  // namespace

// -- what each thread has for itself ------------------------------------------------------------

TEST_CASE("distinct objects do not disturb each other in sixteen threads") {
    const support::temporary_directory place;
    CHECK(in_threads(many, [&](int i) {
              use_memory(i);
              use_files(i, place);
              use_layers(i);
              use_more_layers(i);
              use_bridges(i);
              use_process(i);
              use_file_systems(i);
              use_disk(i, place);
              fail_and_throw();
          }) == "");
}

TEST_CASE("streams are made in one thread and used in another") {
    std::vector<sluice::bytes_io> made(many);
    CHECK(in_threads(many, [&](int i) {
              auto& own = made[static_cast<std::size_t>(i)];
              own << "thread " << i;
              sluice::bytes_io moved(std::move(own));
              own = std::move(moved);
          }) == "");
    for (int i = 0; i < many; ++i) {
        CHECK(made[static_cast<std::size_t>(i)].view() == "thread " + std::to_string(i));
    }
}

// -- what all may look at -----------------------------------------------------------------------

TEST_CASE("what is const may be called by many threads at once") {
    const std::string text = sample(5000);
    sluice::bytes_io filled(text);
    filled.seek(0, ios::end);
    filled << "pending";
    const sluice::bytes_io& io = filled;
    const sluice::membuf& buf = *filled.rdbuf();
    const sluice::bytes bytes{std::string(text)};
    sluice::ifstream none("/no/such/file");
    const std::istream& failed = none;
    const sluice::error why = sluice::error_of(failed);
    const std::locale numbers = sluice::fast_numeric(std::locale::classic());
    CHECK(in_threads(many, [&](int i) {
              for (int round = 0; round < 200; ++round) {
                  require(io.view().size() == text.size() + 7 && io.getvalue() == io.view(), "io");
                  require(buf.view() == io.view() && buf.is_open() && buf.writable(), "buf");
                  require(buf.capacity() >= buf.view().size() && !bool(buf.reason()), "buf");
                  require(bytes.view() == text, "bytes");
                  const sluice::error copy = i % 2 == 0 ? why : sluice::error_of(failed);
                  require(std::string_view(copy.what()) == why.what(), "error");
                  std::ostringstream out;
                  out.imbue(numbers);
                  out << 0.25;
                  require(out.str() == "0.25", "numbers");
                  sluice::spanbuf own(io.view());  // each reads the same memory
                  require(conformance::read(own, 5) == text.substr(0, 5), "spanbuf");
              }
          }) == "");
}

TEST_CASE("what is const may be called at once of files and layers, too") {
    const support::temporary_directory place;
    const std::string path = (place / "f").string();
    support::write_file(path, sample(5000));
    sluice::filebuf opened;
    REQUIRE(opened.open(path, ios::in) != nullptr);
    opened.sgetc();
    const sluice::filebuf& file = opened;
    const sluice::mapped_file mapped(path);
    sluice::spooledbuf rolling(10);
    rolling.sputn("more than ten", 13);
    const sluice::spooledbuf& spooled = rolling;
    const sluice::memory_file memory(sample(100));
    sluice::bytes_io below;
    const sluice::text_io text(below, {.encoding = "utf-16"});
    const sluice::count_io counted(sluice::bytes_io("abc"));
    const auto listed = fs::disk().list(place / "");
    CHECK(in_threads(many, [&](int) {
              for (int round = 0; round < 200; ++round) {
                  require(file.is_open() && file.readable() && !file.writable(), "file");
                  require(!file.reason(), "file");
                  require(mapped.view().size() == 5000, "mapped");
                  require(spooled.rolled() && spooled.max_size() == 10, "spooled");
                  require(memory.is_open() && memory.size() == 100, "memory_file");
                  require(support::content_of(memory.path()).size() == 100, "memory_file");
                  require(memory.stream(ios::in).read() == sample(100), "memory_file");
                  require(text.encoding() == "utf-16", "text");
                  require(counted.rdbuf()->characters_read() == 0, "count");
                  require(listed.size() == 1 && listed[0].is_regular_file(), "list");
              }
          }) == "");
}

TEST_SUITE_END();
