#include "devices.hpp"

#include <sluice/bridge/memory_file.hpp>
#include <sluice/bridge/stdio.hpp>
#include <sluice/device/container.hpp>
#include <sluice/device/memory.hpp>
#include <sluice/device/spooled.hpp>
#include <sluice/filter/compressed.hpp>
#include <sluice/filter/text.hpp>
#include <sluice/fs/memory.hpp>
#include <sluice/fstream.hpp>
#include <sluice/testing/faults.hpp>

#include <support/limits.hpp>
#include <support/temporary.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdio>
#include <exception>
#include <fstream>
#include <iterator>
#include <locale>
#include <set>
#include <sstream>
#include <system_error>
#include <type_traits>
#include <utility>

namespace integration {
namespace {

using ios = std::ios_base;

template <class CharT>
using saver = std::function<void(std::basic_ostream<CharT>&)>;
template <class CharT>
using loader = std::function<void(std::basic_istream<CharT>&)>;

// In which a wide file holds UTF-8.
const std::locale& file_locale() {
    static const std::locale utf8("C.UTF-8");
    return utf8;
}

template <class CharT>
std::basic_string<CharT> all_of(std::basic_istream<CharT>& in) {
    return {std::istreambuf_iterator<CharT>(in), {}};
}

template <class CharT>
class memory : public basic_device<CharT> {
public:
    [[nodiscard]] std::string name() const override {
        return std::is_same_v<CharT, char> ? "bytes_io" : "wstring_io";
    }
    void write(const saver<CharT>& save) override {
        stream_ = decltype(stream_)();
        save(stream_);
        CHECK(stream_.good());
    }
    void read(const loader<CharT>& load) override {
        stream_.clear();
        stream_.seek(0);
        load(stream_);
    }
    [[nodiscard]] std::basic_string<CharT> content() override { return stream_.getvalue(); }

private:
    std::conditional_t<std::is_same_v<CharT, char>, sluice::bytes_io, sluice::wstring_io> stream_;
};

// Behind the standard's own streams, as whoever has only a buffer does it.
template <class CharT>
class container : public basic_device<CharT> {
public:
    [[nodiscard]] std::string name() const override { return "containerbuf"; }
    void write(const saver<CharT>& save) override {
        sluice::containerbuf buf(content_, ios::out);
        std::basic_ostream<CharT> out(&buf);
        save(out);
        out.flush();
        CHECK(out.good());
    }
    void read(const loader<CharT>& load) override {
        sluice::containerbuf buf(content_, ios::in);
        std::basic_istream<CharT> in(&buf);
        load(in);
    }
    [[nodiscard]] std::basic_string<CharT> content() override { return content_; }

private:
    std::basic_string<CharT> content_;
};

template <class CharT>
class file : public basic_device<CharT> {
public:
    [[nodiscard]] std::string name() const override { return "filebuf"; }
    void write(const saver<CharT>& save) override {
        sluice::basic_ofstream<CharT> out(file_.path(), ios::binary);
        localize(out);
        save(out);
        out.close();
        CHECK(out.good());
    }
    void read(const loader<CharT>& load) override {
        sluice::basic_ifstream<CharT> in(file_.path(), ios::binary);
        localize(in);
        load(in);
    }
    [[nodiscard]] std::basic_string<CharT> content() override {
        std::basic_ifstream<CharT> in(file_.path(), ios::binary);
        localize(in);
        return all_of(in);
    }

    // A char is a byte in any locale, and a number should not be written as the user's is.
    static void localize(std::basic_ios<CharT>& stream) {
        if (!std::is_same_v<CharT, char>) {
            stream.imbue(file_locale());
        }
    }

private:
    support::temporary_file file_;
};

class spooled : public byte_device {
public:
    explicit spooled(std::size_t max_size) : max_size_(max_size), stream_(max_size) {}

    [[nodiscard]] std::string name() const override {
        return "spooled_file of " + std::to_string(max_size_);
    }
    void write(const saver<char>& save) override {
        stream_ = sluice::spooled_file(max_size_);
        save(stream_);
        stream_.flush();
        CHECK(stream_.good());
        CHECK(stream_.rolled() == (max_size_ < 1000));
    }
    void read(const loader<char>& load) override {
        stream_.clear();
        stream_.seek(0);
        load(stream_);
    }
    [[nodiscard]] std::string content() override {
        stream_.clear();
        stream_.seek(0);
        return stream_.read();
    }

private:
    std::size_t max_size_;
    sluice::spooled_file stream_;
};

class gzip : public byte_device {
public:
    [[nodiscard]] std::string name() const override { return "gzip"; }
    [[nodiscard]] bool rewritable() const override { return false; }
    void write(const saver<char>& save) override {
        bytes_.clear();
        sluice::compressed_io out(bytes_, {.compression = sluice::compression::gzip}, ios::out);
        save(out);
        out.close();
        CHECK(out.good());
    }
    void read(const loader<char>& load) override {
        bytes_.pubseekpos(0);
        sluice::compressed_io in(bytes_, {.compression = sluice::compression::gzip});
        load(in);
    }
    [[nodiscard]] std::string content() override {
        std::string content;
        read([&](std::istream& in) { content = all_of(in); });
        return content;
    }

private:
    sluice::membuf bytes_;
};

class memory_file_system : public byte_device {
public:
    [[nodiscard]] std::string name() const override { return "fs::memory"; }
    void write(const saver<char>& save) override {
        sluice::stream out = files_.open("/file", ios::out | ios::trunc);
        save(out);
        out.close();
        CHECK(out.good());
    }
    void read(const loader<char>& load) override {
        sluice::stream in = files_.open("/file", ios::in);
        load(in);
    }
    [[nodiscard]] std::string content() override { return files_.read_bytes("/file"); }

private:
    sluice::fs::memory files_;
};

// By its path, and the standard's own streams.
class path_to_memory : public byte_device {
public:
    [[nodiscard]] std::string name() const override { return "memory_file"; }
    void write(const saver<char>& save) override {
        std::ofstream out(file_.path(), ios::binary);
        save(out);
        out.close();
        CHECK(out.good());
    }
    void read(const loader<char>& load) override {
        std::ifstream in(file_.path(), ios::binary);
        load(in);
    }
    [[nodiscard]] std::string content() override { return std::string(file_.view()); }

private:
    sluice::memory_file file_;
};

// Wide characters where there are bytes.
class text_over : public basic_device<wchar_t> {
public:
    explicit text_over(std::unique_ptr<byte_device> bytes) : bytes_(std::move(bytes)) {}

    [[nodiscard]] std::string name() const override { return "textbuf over " + bytes_->name(); }
    [[nodiscard]] bool rewritable() const override { return bytes_->rewritable(); }
    void write(const saver<wchar_t>& save) override {
        bytes_->write([&](std::ostream& bytes) {
            sluice::wtext_io out(bytes, {.newline = sluice::newline::lf});
            save(out);
            out.close();
            CHECK(out.good());
        });
    }
    void read(const loader<wchar_t>& load) override {
        bytes_->read([&](std::istream& bytes) {
            sluice::wtext_io in(bytes, {.newline = sluice::newline::lf});
            load(in);
        });
    }
    [[nodiscard]] std::wstring content() override {
        std::wstring content;
        read([&](std::wistream& in) { content = all_of(in); });
        return content;
    }

private:
    std::unique_ptr<byte_device> bytes_;
};

template <class CharT, class Device, class... Args>
void add(std::vector<std::unique_ptr<basic_device<CharT>>>& to, Args&&... args) {
    auto bytes = std::make_unique<Device>(std::forward<Args>(args)...);
    if constexpr (std::is_same_v<CharT, char>) {
        to.push_back(std::move(bytes));
    } else {
        to.push_back(std::make_unique<text_over>(std::move(bytes)));
    }
}

/// What the library leaves in a std::basic_ostringstream, having checked that it leaves the same in
/// a std::basic_ofstream, and reads it from a std::basic_istringstream.
template <class CharT>
std::basic_string<CharT> saved_by_std(const basic_codec<CharT>& library) {
    std::basic_ostringstream<CharT> out;
    library.save(out);
    CHECK(out.good());

    const support::temporary_file path;
    std::basic_ofstream<CharT> on_disk(path.path(), ios::binary);
    file<CharT>::localize(on_disk);
    library.save(on_disk);
    on_disk.close();
    CHECK(on_disk.good());
    std::basic_ifstream<CharT> in(path.path(), ios::binary);
    file<CharT>::localize(in);
    CHECK((all_of(in) == out.str()));

    std::basic_istringstream<CharT> again(out.str());
    CHECK(library.load(again));
    return out.str();
}

/// Empty, where nothing is.
template <class Call>
std::string what_is_thrown_by(const Call& call) {
    try {
        call();
    } catch (const std::exception& thrown) {
        return thrown.what();
    }
    return {};
}

struct closes_file {
    void operator()(std::FILE* file) const { std::fclose(file); }
};
using c_file = std::unique_ptr<std::FILE, closes_file>;

// What fopen() opens.
std::string through_path(const file_codec& library, const std::string& path) {
    {
        const c_file out(std::fopen(path.c_str(), "wb"));
        REQUIRE(out != nullptr);
        library.save(out.get());
    }
    const c_file in(std::fopen(path.c_str(), "rb"));
    REQUIRE(in != nullptr);
    CHECK(library.load(in.get()));
    return support::content_of(path);
}

codec over_buffers(const file_codec& library) {
    return {.save =
                [library](std::ostream& out) {
                    sluice::stdio_file file(out);
                    library.save(file.get());
                    file.close();
                },
            .load =
                [library](std::istream& in) {
                    const sluice::stdio_file file(in);
                    return library.load(file.get());
                },
            .save_seeks = library.save_seeks,
            .unneeded = library.unneeded};
}

/// The first byte, the second, one in the midst, the last.
std::set<std::size_t> places_in(std::size_t size) {
    return {0, 1, size / 2, size - 1};
}

template <class CharT>
using fault_io = sluice::basic_layer_io<sluice::testing::basic_faultbuf<CharT>>;
using sluice::testing::fault;
using sluice::testing::fault_options;

template <class CharT, class Stream>
void check_save_fails(const basic_codec<CharT>& library, Stream& out, std::errc reason) {
    const std::string thrown = what_is_thrown_by([&] { library.save(out); });
    CAPTURE(thrown);
    std::basic_ostream<CharT>& base = out;
    base.flush();
    CHECK(out.bad());
    CHECK(sluice::error_of(out).code() == reason);
}

// A buffer that refuses what comes after, in one piece or a character at a time.
template <class CharT>
void check_save_to_fault(const basic_codec<CharT>& library,
                         const std::basic_string<CharT>& expected, std::size_t place,
                         std::size_t most_written) {
    sluice::basic_membuf<CharT> bytes;
    fault_io<CharT> out(
        bytes, fault_options{
                   .faults = {{.on = fault::write, .after = place, .reason = std::errc::io_error}},
                   .most_written = most_written});
    check_save_fails(library, out, std::errc::io_error);
    if (!library.save_seeks) {
        CHECK((bytes.view() == expected.substr(0, place)));
    }
}

// Devices that are full there, which shows when the stream's buffer is, or at its end.
void check_save_to_full_devices(const codec& library, const std::string& expected,
                                std::size_t place) {
    const support::temporary_file file;
    sluice::ofstream out(file.path(), ios::binary);
    {
        const support::file_size_limit limit(place);
        check_save_fails(library, out, std::errc::file_too_large);
    }
    sluice::fs::memory files({.capacity = place});
    sluice::stream in_memory = files.open("/file", ios::out);
    check_save_fails(library, in_memory, std::errc::no_space_on_device);
    if (!library.save_seeks) {
        CHECK((file.content() == expected.substr(0, place)));
        CHECK((files.read_bytes("/file") == expected.substr(0, place)));
    }
}

template <class CharT>
void check_load_from_fault(const basic_codec<CharT>& library,
                           const std::basic_string<CharT>& content, std::size_t place) {
    sluice::basic_membuf<CharT> bytes(content);
    fault_io<CharT> in(bytes, fault_options{.faults = {{.on = fault::read, .after = place}}});
    bool loaded = false;
    const std::string thrown = what_is_thrown_by([&] { loaded = library.load(in); });
    CAPTURE(thrown);
    CHECK_FALSE(loaded);
    const sluice::error reason = sluice::error_of(in);
    CHECK(reason.code() == std::errc::io_error);
    // nlohmann-json clears what it does not use, and throws the reason.
    CHECK((in.bad() || thrown == reason.what()));
}

}  // namespace

template <class CharT>
std::vector<std::unique_ptr<basic_device<CharT>>> devices() {
    std::vector<std::unique_ptr<basic_device<CharT>>> all;
    all.push_back(std::make_unique<memory<CharT>>());
    all.push_back(std::make_unique<container<CharT>>());
    all.push_back(std::make_unique<file<CharT>>());
    add<CharT, spooled>(all, 1 << 20);
    add<CharT, spooled>(all, 100);
    add<CharT, gzip>(all);
    add<CharT, memory_file_system>(all);
    add<CharT, path_to_memory>(all);
    return all;
}

template <class CharT>
void check_round_trip(const basic_codec<CharT>& library) {
    const std::basic_string<CharT> expected = saved_by_std(library);
    REQUIRE(expected.size() > 1000);
    for (const auto& device : devices<CharT>()) {
        CAPTURE(device->name());
        if (library.save_seeks && !device->rewritable()) {
            device->write([&](std::basic_ostream<CharT>& out) {
                out.write(expected.data(), static_cast<std::streamsize>(expected.size()));
            });
        } else {
            device->write(library.save);
        }
        CHECK((device->content() == expected));
        bool loaded = false;
        device->read([&](std::basic_istream<CharT>& in) { loaded = library.load(in); });
        CHECK(loaded);
    }
}

template <class CharT>
void check_failures(const basic_codec<CharT>& library) {
    const std::basic_string<CharT> expected = saved_by_std(library);
    for (const std::size_t place : places_in(expected.size() - library.unneeded)) {
        CAPTURE(place);
        check_save_to_fault(library, expected, place, expected.size());
        check_save_to_fault(library, expected, place, 1);
        if constexpr (std::is_same_v<CharT, char>) {
            check_save_to_full_devices(library, expected, place);
        }
        check_load_from_fault(library, expected, place);
    }
}

void check_round_trip(const file_codec& library) {
    const codec on_buffers = over_buffers(library);
    const std::string expected = saved_by_std(on_buffers);
    const support::temporary_file on_disk;
    CHECK((through_path(library, on_disk.path()) == expected));
    const sluice::memory_file in_memory;
    CHECK((through_path(library, in_memory.path()) == expected));

    check_round_trip(on_buffers);
}

void check_failures(const file_codec& library) {
    check_failures(over_buffers(library));
}

void check_refused(const codec& library) {
    sluice::membuf bytes;
    sluice::compressed_io out(bytes, {.compression = sluice::compression::gzip}, ios::out);
    const std::string thrown = what_is_thrown_by([&] { library.save(out); });
    CAPTURE(thrown);
    CHECK((out.fail() || !thrown.empty()));
    CHECK(sluice::error_of(out).code() == sluice::errc::not_seekable);
}

template std::vector<std::unique_ptr<basic_device<char>>> devices();
template std::vector<std::unique_ptr<basic_device<wchar_t>>> devices();
template void check_round_trip(const codec&);
template void check_round_trip(const wcodec&);
template void check_failures(const codec&);
template void check_failures(const wcodec&);

}  // namespace integration
