// fstream: the standard's file streams, as sluice has them.
//
//     using sluice::ifstream;                   // in place of std::ifstream
//     ifstream in("app.conf");
//     if (!in) {
//         std::cerr << sluice::error_of(in).what() << '\n';
//     }
//
// Beyond the standard: the reason of a failure (error_of), construction from a descriptor,
// native_handle(), noreplace. With exceptions() set, sluice::error is thrown, with the reason. How
// the buffer differs on purpose stands at basic_filebuf in device/file.hpp; one difference shows
// here: reading a stream that is closed, or not open for reading, sets badbit and not eofbit.
//
// Positions are in bytes. Distinct streams may be used from distinct threads.

#ifndef SLUICE_FSTREAM_HPP
#define SLUICE_FSTREAM_HPP

#include <sluice/device/file.hpp>

#include <filesystem>
#include <istream>
#include <ostream>
#include <string>
#include <utility>

namespace sluice {

namespace detail {

/// What the three file streams share; `Stream` is the standard's class they derive from.
template <class Stream, std::ios_base::openmode Default, std::ios_base::openmode Always>
class file_stream : public Stream {
public:
    using char_type = typename Stream::char_type;
    using traits_type = typename Stream::traits_type;
    using int_type = typename traits_type::int_type;
    using pos_type = typename traits_type::pos_type;
    using off_type = typename traits_type::off_type;
    using filebuf_type = basic_filebuf<char_type, traits_type>;

    // The buffer is only pointed to before it is made.
    file_stream() : Stream(&buffer_) { buffer_.set_owner(this); }
    explicit file_stream(const char* path, std::ios_base::openmode mode = Default) : file_stream() {
        open(path, mode);
    }
    explicit file_stream(const std::string& path, std::ios_base::openmode mode = Default)
        : file_stream() {
        open(path, mode);
    }
    explicit file_stream(const std::filesystem::path& path, std::ios_base::openmode mode = Default)
        : file_stream(path.native(), mode) {}

    /// Uses an open descriptor; sets failbit where there is none.
    explicit file_stream(int descriptor, std::ios_base::openmode mode = Default,
                         ownership owner = ownership::borrowed)
        : file_stream() {
        if (buffer_.attach(descriptor, mode | Always, owner) == nullptr) {
            report_failure();
        }
    }

    file_stream(file_stream&& other) noexcept
        : Stream(static_cast<Stream&&>(other)), buffer_(std::move(other.buffer_)) {
        this->set_rdbuf(&buffer_);
        buffer_.set_owner(this);
    }
    // As the buffer's: what could not be written here is given up in silence.
    file_stream& operator=(file_stream&& other) noexcept(false) {
        Stream::operator=(static_cast<Stream&&>(other));
        buffer_ = std::move(other.buffer_);
        return *this;
    }
    file_stream(const file_stream&) = delete;
    file_stream& operator=(const file_stream&) = delete;
    ~file_stream() override = default;

    void swap(file_stream& other) noexcept {
        Stream::swap(other);
        buffer_.swap(other.buffer_);
    }

    [[nodiscard]] filebuf_type* rdbuf() const { return const_cast<filebuf_type*>(&buffer_); }
    [[nodiscard]] bool is_open() const { return buffer_.is_open(); }

    /// The descriptor; see basic_buf::native_handle.
    [[nodiscard]] int native_handle() { return buffer_.native_handle(); }

    /// Hands what is pending to the disk; see basic_buf::sync_to_disk.
    void sync_to_disk() { buffer_.sync_to_disk(); }

    void open(const std::string& path, std::ios_base::openmode mode = Default) {
        if (buffer_.open(path, mode | Always) == nullptr) {
            report_failure();
        } else {
            this->clear();
        }
    }
    void open(const char* path, std::ios_base::openmode mode = Default) {
        open(std::string(path), mode);
    }
    void open(const std::filesystem::path& path, std::ios_base::openmode mode = Default) {
        open(path.native(), mode);
    }

    void close() {
        if (buffer_.close() == nullptr) {
            report_failure();
        }
    }

private:
    void report_failure() {
        if ((this->exceptions() & std::ios_base::failbit) == std::ios_base::goodbit) {
            this->setstate(std::ios_base::failbit);
            return;
        }
        try {
            this->setstate(std::ios_base::failbit);
        } catch (const std::ios_base::failure&) {
            throw buffer_.reason();  // in place of a bare "iostream error"
        }
    }

    filebuf_type buffer_;
};

}  // namespace detail

/// Source: [ifstream].
template <class CharT, class Traits = std::char_traits<CharT>>
class basic_ifstream : public detail::file_stream<std::basic_istream<CharT, Traits>,
                                                  std::ios_base::in, std::ios_base::in> {
public:
    using basic_ifstream::file_stream::file_stream;
    basic_ifstream() = default;
    basic_ifstream(basic_ifstream&& other) noexcept
        : basic_ifstream::file_stream(std::move(other)) {}
    basic_ifstream& operator=(basic_ifstream&& other) noexcept(false) = default;
    basic_ifstream(const basic_ifstream&) = delete;
    basic_ifstream& operator=(const basic_ifstream&) = delete;
    ~basic_ifstream() override = default;
};

/// Source: [ofstream].
template <class CharT, class Traits = std::char_traits<CharT>>
class basic_ofstream : public detail::file_stream<std::basic_ostream<CharT, Traits>,
                                                  std::ios_base::out, std::ios_base::out> {
public:
    using basic_ofstream::file_stream::file_stream;
    basic_ofstream() = default;
    basic_ofstream(basic_ofstream&& other) noexcept
        : basic_ofstream::file_stream(std::move(other)) {}
    basic_ofstream& operator=(basic_ofstream&& other) noexcept(false) = default;
    basic_ofstream(const basic_ofstream&) = delete;
    basic_ofstream& operator=(const basic_ofstream&) = delete;
    ~basic_ofstream() override = default;
};

/// Source: [fstream].
template <class CharT, class Traits = std::char_traits<CharT>>
class basic_fstream : public detail::file_stream<std::basic_iostream<CharT, Traits>,
                                                 std::ios_base::in | std::ios_base::out,
                                                 std::ios_base::openmode{}> {
public:
    using basic_fstream::file_stream::file_stream;
    basic_fstream() = default;
    basic_fstream(basic_fstream&& other) noexcept : basic_fstream::file_stream(std::move(other)) {}
    basic_fstream& operator=(basic_fstream&& other) noexcept(false) = default;
    basic_fstream(const basic_fstream&) = delete;
    basic_fstream& operator=(const basic_fstream&) = delete;
    ~basic_fstream() override = default;
};

using ifstream = basic_ifstream<char>;
using ofstream = basic_ofstream<char>;
using fstream = basic_fstream<char>;
using wifstream = basic_ifstream<wchar_t>;
using wofstream = basic_ofstream<wchar_t>;
using wfstream = basic_fstream<wchar_t>;

template <class CharT, class Traits>
void swap(basic_ifstream<CharT, Traits>& a, basic_ifstream<CharT, Traits>& b) noexcept {
    a.swap(b);
}
template <class CharT, class Traits>
void swap(basic_ofstream<CharT, Traits>& a, basic_ofstream<CharT, Traits>& b) noexcept {
    a.swap(b);
}
template <class CharT, class Traits>
void swap(basic_fstream<CharT, Traits>& a, basic_fstream<CharT, Traits>& b) noexcept {
    a.swap(b);
}

extern template class basic_ifstream<char>;
extern template class basic_ofstream<char>;
extern template class basic_fstream<char>;
extern template class basic_ifstream<wchar_t>;
extern template class basic_ofstream<wchar_t>;
extern template class basic_fstream<wchar_t>;

}  // namespace sluice

#endif  // SLUICE_FSTREAM_HPP
