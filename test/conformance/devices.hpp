// The devices of the conformance suite, and the lists of those that keep a rule.
//
// A device is one struct: it is made with its content and stands at the front; `buf` is the buffer
// under test, and content() what the device really holds. A new device is one struct, its name, and
// its place in the lists.

#ifndef CONFORMANCE_DEVICES_HPP
#define CONFORMANCE_DEVICES_HPP

#include <sluice/device/container.hpp>
#include <sluice/device/file.hpp>
#include <sluice/device/mapped.hpp>
#include <sluice/device/memory.hpp>
#include <sluice/device/span.hpp>
#include <sluice/device/spooled.hpp>
#include <sluice/filter/pair.hpp>
#include <sluice/filter/text.hpp>
#include <sluice/sstream.hpp>
#include <sluice/testing/conformance/subject.hpp>

#include <conformance/boost_devices.hpp>
#include <conformance/compressed_devices.hpp>
#include <conformance/filesystem_devices.hpp>
#include <conformance/layer_devices.hpp>
#include <conformance/stdio_devices.hpp>
#include <conformance/testing_devices.hpp>
#include <conformance/transfer.hpp>
#include <support/temporary.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <fstream>
#include <locale>
#include <memory>
#include <memory_resource>
#include <sstream>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <vector>

namespace conformance {

// -- memory -----------------------------------------------------------------------------------

template <class CharT>
struct memory_device {
    using char_type = CharT;
    using buf_type = sluice::basic_membuf<CharT>;

    explicit memory_device(std::string_view content) : buf(widen<CharT>(content)) {}
    [[nodiscard]] std::string content() const { return narrow(buf.view()); }

    buf_type buf;
};

/// A writable span, with room for more than its content.
template <class CharT>
struct span_device {
    using char_type = CharT;
    using buf_type = sluice::basic_spanbuf<CharT>;
    static constexpr std::size_t spare = std::size_t(1) << 16;

    explicit span_device(std::string_view content)
        : memory(content.size() + spare, CharT('?')), buf(memory, ios::in | ios::out | ios::trunc) {
        write(buf, content);
        seek(buf, 0);
    }
    [[nodiscard]] std::string content() const { return narrow(buf.view()); }

    std::basic_string<CharT> memory;
    buf_type buf;
};

/// A string or a vector of the test's.
template <class Container, ios::openmode Mode = both>
struct container_device {
    using buf_type = sluice::containerbuf<Container>;
    using char_type = typename buf_type::char_type;

    explicit container_device(std::string_view content) : container(filled(content)) {}
    [[nodiscard]] std::string content() {
        buf.pubsync();
        return stored();
    }
    /// What is there for others to see; the buffer is not touched.
    [[nodiscard]] std::string stored() const {
        return narrow(std::basic_string_view<char_type>(
            reinterpret_cast<const char_type*>(container.data()), container.size()));
    }
    static Container filled(std::string_view content) {
        Container result;
        for (const char c : content) {
            result.push_back(static_cast<typename Container::value_type>(widen<char_type>(c)));
        }
        return result;
    }

    Container container;
    buf_type buf{container, Mode};
};

/// Reads a string_view.
template <class CharT>
struct view_device {
    using char_type = CharT;
    using buf_type = sluice::basic_spanbuf<CharT>;

    explicit view_device(std::string_view content) : memory(widen<CharT>(content)) {}
    [[nodiscard]] std::string content() const {
        return narrow(std::basic_string_view<CharT>(memory));
    }

    const std::basic_string<CharT> memory;
    buf_type buf{memory};
};

/// A std::basic_stringbuf, the standard's or sluice's.
template <class Buf, ios::openmode Mode = both>
struct stringbuf_device {
    using char_type = typename Buf::char_type;
    using buf_type = Buf;

    explicit stringbuf_device(std::string_view content) : buf(widen<char_type>(content), Mode) {}
    [[nodiscard]] std::string content() const {
        return narrow(std::basic_string_view<char_type>(buf.view()));
    }

    buf_type buf;
};

// -- files ------------------------------------------------------------------------------------

inline constexpr std::size_t default_size = std::size_t(128) << 10;  // of a filebuf of char

/// What stands between bytes and characters.
enum class coding {
    classic,  // the "C" locale: one byte a character
    utf8,     // C.UTF-8: characters differ in size, so only positions that were told can be sought
};

[[nodiscard]] inline const std::locale& locale_of(coding how) {
    static const std::locale utf8("C.UTF-8");
    return how == coding::utf8 ? utf8 : std::locale::classic();
}

/// A file on disk, with a buffer of `Size` characters; a filebuf of sluice's or the standard's.
template <class Buf, std::size_t Size, coding Coding = coding::classic, ios::openmode Mode = both>
struct file_device {
    using char_type = typename Buf::char_type;
    using buf_type = Buf;
    static constexpr std::size_t buffer_size =
        Size == default_size ? default_size / sizeof(char_type) : Size;

    explicit file_device(std::string_view content) : file(content) {
        if (Size != default_size) {
            buf.pubsetbuf(nullptr, static_cast<std::streamsize>(Size));
        }
        buf.pubimbue(locale_of(Coding));
        buf.open(file.path(), Mode | ios::binary);
    }
    [[nodiscard]] std::string content() {
        buf.pubsync();
        return stored();
    }
    [[nodiscard]] std::string stored() const { return file.content(); }

    support::temporary_file file;
    buf_type buf;
};

template <std::size_t Size>
using char_file_device = file_device<sluice::filebuf, Size>;
template <std::size_t Size, coding Coding>
using wide_file_device = file_device<sluice::wfilebuf, Size, Coding>;

/// A descriptor that the test opened, and lent to the buffer.
struct descriptor_device {
    using char_type = char;
    using buf_type = sluice::filebuf;

    explicit descriptor_device(std::string_view content) : file(content) {}
    [[nodiscard]] std::string content() {
        buf.pubsync();
        return stored();
    }
    [[nodiscard]] std::string stored() const { return file.content(); }

    support::temporary_file file;
    support::descriptor lent{file.path(), O_RDWR};
    buf_type buf{lent.number(), both};
};

// -- both -------------------------------------------------------------------------------------

/// A spooledbuf that goes to its file as soon as it holds more than `MaxSize`; then with a buffer
/// of `Size` characters.
template <std::size_t MaxSize, std::size_t Size = default_size>
struct spooled_device {
    using char_type = char;
    using buf_type = sluice::spooledbuf;
    static constexpr std::size_t buffer_size = Size;

    explicit spooled_device(std::string_view content) {
        if (Size != default_size) {
            buf.pubsetbuf(nullptr, static_cast<std::streamsize>(Size));
        }
        write(buf, content);
        seek(buf, 0);
    }
    [[nodiscard]] std::string content() {
        buf.pubsync();
        const auto here = seek(buf, 0, ios::cur);
        seek(buf, 0);
        std::string all = read_all(buf);
        seek(buf, here);
        return all;
    }

    buf_type buf{MaxSize};
};

// -- text -------------------------------------------------------------------------------------

/// UTF-8 over bytes in memory. All characters of the rules are ASCII, so that positions, which are
/// the bytes', count characters too; but only those that were told can be relied on.
template <class CharT, std::size_t Size>
struct text_device {
    using char_type = CharT;
    using buf_type = sluice::basic_textbuf<CharT>;
    static constexpr std::size_t buffer_size =
        Size == default_size ? default_size / sizeof(CharT) : Size;

    explicit text_device(std::string_view content)
        : bytes(std::make_unique<sluice::membuf>(content)) {
        if (Size != default_size) {
            buf.pubsetbuf(nullptr, static_cast<std::streamsize>(Size));
        }
    }
    [[nodiscard]] std::string content() {
        buf.pubsync();
        return stored();
    }
    [[nodiscard]] std::string stored() const { return bytes->getvalue(); }

    std::unique_ptr<sluice::membuf> bytes;  // which stays in its place where the device moves
    buf_type buf{*bytes, {.newline = sluice::newline::lf}};
};

/// A mapping of a file, as long as its content.
template <sluice::map_access Access>
struct mapped_device {
    using char_type = char;
    using buf_type = sluice::mappedbuf;

    explicit mapped_device(std::string_view content) : file(content) {}
    [[nodiscard]] std::string content() const { return file.content(); }

    support::temporary_file file;
    buf_type buf{file.path(), Access};
};

// -- layers -----------------------------------------------------------------------------------

/// Two buffers of `Part`, of which one is read and the other written.
template <class Part>
struct pair_device {
    using char_type = typename Part::char_type;
    using buf_type = sluice::basic_pairbuf<char_type>;

    explicit pair_device(std::string_view content) : reader(widen<char_type>(content)) {}
    [[nodiscard]] std::string content() {
        buf.pubsync();
        return narrow(std::basic_string_view<char_type>(writer.view()));
    }

    Part reader;
    Part writer;
    buf_type buf{reader, writer};
};

inline constexpr std::size_t in_ram = sluice::spooledbuf::unlimited;

// -- the lists --------------------------------------------------------------------------------

template <class... Lists>
struct joining;
template <class... A>
struct joining<std::tuple<A...>> {
    using type = std::tuple<A...>;
};
template <class... A, class... B, class... Rest>
struct joining<std::tuple<A...>, std::tuple<B...>, Rest...> {
    using type = typename joining<std::tuple<A..., B...>, Rest...>::type;
};
template <class... Lists>
using joined = typename joining<Lists...>::type;

using bytes_vector = std::vector<std::byte>;
using pmr_bytes_vector = std::pmr::vector<std::byte>;

using memory_devices =
    std::tuple<memory_device<char>, memory_device<wchar_t>, span_device<char>, span_device<wchar_t>,
               container_device<std::string>, container_device<std::wstring>,
               container_device<std::vector<char>>, container_device<std::vector<wchar_t>>,
               container_device<std::vector<unsigned char>>, container_device<bytes_vector>,
               container_device<std::pmr::string>, container_device<pmr_bytes_vector>>;

/// Files of which each place can be read at any time.
using addressable_files =
    std::tuple<char_file_device<0>, char_file_device<1>, char_file_device<2>, char_file_device<7>,
               char_file_device<4096>, char_file_device<default_size>, memory_file_device<char, 7>>;

/// In RAM, on disk, and on the way from one to the other.
using spooled_devices =
    std::tuple<spooled_device<in_ram>, spooled_device<0>, spooled_device<0, 7>, spooled_device<5>,
               spooled_device<1000>, spooled_device<3000, 0>>;

/// Files used at the kernel's own position, or through a facet.
using sequential_files = joined<
    std::tuple<descriptor_device, wide_file_device<7, coding::classic>,
               wide_file_device<default_size, coding::classic>, memory_file_device<wchar_t, 50>>,
    stdio_devices>;

using utf8_files =
    std::tuple<wide_file_device<0, coding::utf8>, wide_file_device<1, coding::utf8>,
               wide_file_device<7, coding::utf8>, wide_file_device<default_size, coding::utf8>>;

using text_devices = std::tuple<text_device<char, 7>, text_device<char, default_size>,
                                text_device<wchar_t, 1>, text_device<wchar_t, default_size>>;

using string_devices =
    std::tuple<stringbuf_device<sluice::stringbuf>, stringbuf_device<sluice::wstringbuf>>;

/// The oracles.
using std_string_devices =
    std::tuple<stringbuf_device<std::stringbuf>, stringbuf_device<std::wstringbuf>>;
using std_file_devices = std::tuple<file_device<std::filebuf, default_size>>;
using std_wide_file_devices = std::tuple<file_device<std::wfilebuf, default_size, coding::utf8>>;

using read_only_devices = joined<
    std::tuple<view_device<char>, view_device<wchar_t>, container_device<std::string, ios::in>,
               mapped_device<sluice::map_access::read_only>,
               file_device<sluice::filebuf, default_size, coding::classic, ios::in>,
               chain_device<char>>,
    compressed_devices>;
using read_only_string_devices = std::tuple<stringbuf_device<sluice::stringbuf, ios::in>>;

using owning_addressable_devices =
    joined<memory_devices, addressable_files, spooled_devices, boost_devices>;

/// Read, written, and sought by any offset. They have one position.
using addressable_devices =
    joined<owning_addressable_devices, layer_devices, hash_devices, testing_devices>;
using random_access_devices = joined<addressable_devices, sequential_files>;

/// Read and written at one position.
using one_position_devices =
    joined<random_access_devices, utf8_files, text_devices, returned_devices>;

/// Those of them that own what they hold. Not text and layers, which borrow it here.
using owning_devices = joined<owning_addressable_devices, sequential_files, utf8_files>;

/// Written in place, and never longer than they are.
using fixed_devices = std::tuple<mapped_device<sluice::map_access::shared>,
                                 mapped_device<sluice::map_access::copy_on_write>, bounded_slice>;

/// Read, and sought by any offset. std::filebuf agrees where one direction is used.
using seekable_devices = joined<random_access_devices, returned_devices, read_only_devices,
                                fixed_devices, std_file_devices>;

using readable_devices =
    joined<one_position_devices, string_devices, read_only_devices, fixed_devices,
           read_only_string_devices, std_string_devices, std_file_devices, std_wide_file_devices>;
using writable_devices = joined<one_position_devices, string_devices, std_string_devices,
                                std_file_devices, std_wide_file_devices>;

/// Read once, from the front to the end.
using pair_devices = std::tuple<pair_device<sluice::membuf>, pair_device<sluice::wmembuf>,
                                pair_device<std::stringbuf>, pair_device<std::wstringbuf>>;

using devices_in_order =
    joined<readable_devices, pair_devices, compressed_sources, std::tuple<appending_memory_file>>;

/// Those of them that hold whatever a character can be: text of char is UTF-8.
using devices_of_bytes =
    joined<random_access_devices, utf8_files, string_devices, read_only_devices,
           read_only_string_devices, std_string_devices, std_file_devices, pair_devices>;

/// Where what was written can be seen without the buffer.
using external_devices =
    joined<std::tuple<container_device<std::string>, container_device<std::wstring>,
                      container_device<bytes_vector>>,
           addressable_files, sequential_files, utf8_files, text_devices, boost_devices,
           returned_devices, external_layers>;

using sluice::testing::conformance::chunks;
using sluice::testing::conformance::known_buffer_size;
using sluice::testing::conformance::long_sample;

}  // namespace conformance

TYPE_TO_STRING_AS("membuf", conformance::memory_device<char>);
TYPE_TO_STRING_AS("wmembuf", conformance::memory_device<wchar_t>);
TYPE_TO_STRING_AS("spanbuf", conformance::span_device<char>);
TYPE_TO_STRING_AS("wspanbuf", conformance::span_device<wchar_t>);
TYPE_TO_STRING_AS("spanbuf of a view", conformance::view_device<char>);
TYPE_TO_STRING_AS("wspanbuf of a view", conformance::view_device<wchar_t>);
TYPE_TO_STRING_AS("containerbuf of string", conformance::container_device<std::string>);
TYPE_TO_STRING_AS("containerbuf of string for reading",
                  conformance::container_device<std::string, std::ios_base::in>);
TYPE_TO_STRING_AS("containerbuf of wstring", conformance::container_device<std::wstring>);
TYPE_TO_STRING_AS("containerbuf of vector of char",
                  conformance::container_device<std::vector<char>>);
TYPE_TO_STRING_AS("containerbuf of vector of wchar_t",
                  conformance::container_device<std::vector<wchar_t>>);
TYPE_TO_STRING_AS("containerbuf of vector of unsigned char",
                  conformance::container_device<std::vector<unsigned char>>);
TYPE_TO_STRING_AS("containerbuf of vector of byte",
                  conformance::container_device<conformance::bytes_vector>);
TYPE_TO_STRING_AS("containerbuf of pmr string", conformance::container_device<std::pmr::string>);
TYPE_TO_STRING_AS("containerbuf of pmr vector of byte",
                  conformance::container_device<conformance::pmr_bytes_vector>);
TYPE_TO_STRING_AS("stringbuf", conformance::stringbuf_device<sluice::stringbuf>);
TYPE_TO_STRING_AS("wstringbuf", conformance::stringbuf_device<sluice::wstringbuf>);
TYPE_TO_STRING_AS("stringbuf for reading",
                  conformance::stringbuf_device<sluice::stringbuf, std::ios_base::in>);
TYPE_TO_STRING_AS("std stringbuf", conformance::stringbuf_device<std::stringbuf>);
TYPE_TO_STRING_AS("std wstringbuf", conformance::stringbuf_device<std::wstringbuf>);
TYPE_TO_STRING_AS("filebuf without a buffer", conformance::char_file_device<0>);
TYPE_TO_STRING_AS("filebuf of 1", conformance::char_file_device<1>);
TYPE_TO_STRING_AS("filebuf of 2", conformance::char_file_device<2>);
TYPE_TO_STRING_AS("filebuf of 7", conformance::char_file_device<7>);
TYPE_TO_STRING_AS("filebuf of 4096", conformance::char_file_device<4096>);
TYPE_TO_STRING_AS("filebuf", conformance::char_file_device<conformance::default_size>);
TYPE_TO_STRING_AS("filebuf for reading",
                  conformance::file_device<sluice::filebuf, conformance::default_size,
                                           conformance::coding::classic, std::ios_base::in>);
TYPE_TO_STRING_AS("filebuf on a lent descriptor", conformance::descriptor_device);
TYPE_TO_STRING_AS("wfilebuf of 7", conformance::wide_file_device<7, conformance::coding::classic>);
TYPE_TO_STRING_AS(
    "wfilebuf",
    conformance::wide_file_device<conformance::default_size, conformance::coding::classic>);
TYPE_TO_STRING_AS("wfilebuf of UTF-8 without a buffer",
                  conformance::wide_file_device<0, conformance::coding::utf8>);
TYPE_TO_STRING_AS("wfilebuf of UTF-8 of 1",
                  conformance::wide_file_device<1, conformance::coding::utf8>);
TYPE_TO_STRING_AS("wfilebuf of UTF-8 of 7",
                  conformance::wide_file_device<7, conformance::coding::utf8>);
TYPE_TO_STRING_AS(
    "wfilebuf of UTF-8",
    conformance::wide_file_device<conformance::default_size, conformance::coding::utf8>);
TYPE_TO_STRING_AS("spooledbuf in RAM", conformance::spooled_device<conformance::in_ram>);
TYPE_TO_STRING_AS("spooledbuf on disk", conformance::spooled_device<0>);
TYPE_TO_STRING_AS("spooledbuf on disk with a buffer of 7", conformance::spooled_device<0, 7>);
TYPE_TO_STRING_AS("spooledbuf of 5", conformance::spooled_device<5>);
TYPE_TO_STRING_AS("spooledbuf of 1000", conformance::spooled_device<1000>);
TYPE_TO_STRING_AS("spooledbuf of 3000 and no buffer", conformance::spooled_device<3000, 0>);
TYPE_TO_STRING_AS("textbuf of 7", conformance::text_device<char, 7>);
TYPE_TO_STRING_AS("textbuf", conformance::text_device<char, conformance::default_size>);
TYPE_TO_STRING_AS("wtextbuf of 1", conformance::text_device<wchar_t, 1>);
TYPE_TO_STRING_AS("wtextbuf", conformance::text_device<wchar_t, conformance::default_size>);
TYPE_TO_STRING_AS("mappedbuf", conformance::mapped_device<sluice::map_access::read_only>);
TYPE_TO_STRING_AS("mappedbuf, shared", conformance::mapped_device<sluice::map_access::shared>);
TYPE_TO_STRING_AS("mappedbuf, a copy",
                  conformance::mapped_device<sluice::map_access::copy_on_write>);
TYPE_TO_STRING_AS("pairbuf of membuf", conformance::pair_device<sluice::membuf>);
TYPE_TO_STRING_AS("wpairbuf of wmembuf", conformance::pair_device<sluice::wmembuf>);
TYPE_TO_STRING_AS("pairbuf of std stringbuf", conformance::pair_device<std::stringbuf>);
TYPE_TO_STRING_AS("wpairbuf of std wstringbuf", conformance::pair_device<std::wstringbuf>);
TYPE_TO_STRING_AS("std filebuf", conformance::file_device<std::filebuf, conformance::default_size>);
TYPE_TO_STRING_AS(
    "std wfilebuf of UTF-8",
    conformance::file_device<std::wfilebuf, conformance::default_size, conformance::coding::utf8>);

#endif  // CONFORMANCE_DEVICES_HPP
