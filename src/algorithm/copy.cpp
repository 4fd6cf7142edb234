#include <sluice/algorithm/copy.hpp>
#include <sluice/algorithm/read_all.hpp>
#include <sluice/buf.hpp>
#include <sluice/detail/held_exceptions.hpp>
#include <sluice/detail/looking.hpp>
#include <sluice/device/mapped.hpp>
#include <sluice/filter/layer.hpp>

#include "filter/below.hpp"
#include "os/os.hpp"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <string>
#include <string_view>

namespace sluice {
namespace {

constexpr std::streamoff step = std::streamoff(1) << 20;  // between two calls of `progress`

// basic_buf keeps these for derived classes; see detail::areas.
template <class CharT>
class system_ends : private basic_buf<CharT> {
    using buf_type = basic_buf<CharT>;

public:
    system_ends() = delete;

    using end = typename buf_type::system_end;
    using use = typename buf_type::system_use;

    static end of(std::basic_streambuf<CharT>& buf, use how) {
        auto* const device = dynamic_cast<buf_type*>(&buf);
        return device != nullptr ? (device->*&system_ends::do_system_end)(how) : end{};
    }
    static void moved(std::basic_streambuf<CharT>& buf, std::streamoff count) {
        (dynamic_cast<buf_type&>(buf).*&system_ends::do_system_moved)(count);
    }
};

// What the layers of a stack end in; null where that is not sluice's.
template <class Device>
void find_bottom(std::streambuf* top, Device found) {
    while (auto* const layer = dynamic_cast<basic_layer<char>*>(top)) {
        top = layer->below();
    }
    found(dynamic_cast<buf*>(top));
}
template <class Device>
void find_bottom(std::wstreambuf* top, Device found) {
    if (auto* const text = dynamic_cast<basic_layer<char>*>(top)) {
        find_bottom(text->below(), found);
    } else if (auto* const layer = dynamic_cast<basic_layer<wchar_t>*>(top)) {
        find_bottom(layer->below(), found);
    } else {
        found(dynamic_cast<wbuf*>(top));
    }
}

// What can be read again after it was written: a buffer, and its file where it has one.
struct content_identity {
    const void* buffer = nullptr;
    int descriptor = -1;
};

template <class CharT>
content_identity identity_of(std::basic_streambuf<CharT>& top) {
    content_identity identity;
    find_bottom(&top, [&identity](auto* bottom) {
        if (bottom == nullptr || !bottom->seekable()) {
            return;
        }
        using char_type = typename std::remove_pointer_t<decltype(bottom)>::char_type;
        using ends = system_ends<char_type>;
        identity.buffer = bottom;
        auto* const mapping = dynamic_cast<mappedbuf*>(bottom);
        identity.descriptor = mapping != nullptr ? mapping->native_handle()
                                                 : ends::of(*bottom, ends::use::look).descriptor;
    });
    return identity;
}

template <class CharT>
class copier {
    using ends = system_ends<CharT>;
    using use = typename ends::use;
    using view_type = std::basic_string_view<CharT>;

public:
    copier(std::basic_istream<CharT>& in, std::basic_ostream<CharT>& out,
           const copy_options& options)
        : in_(in),
          out_(out),
          from_(*in.rdbuf()),
          to_(*out.rdbuf()),
          options_(options),
          limit_(options.limit.value_or(std::numeric_limits<std::streamoff>::max())) {}

    // Returns: whether the end of `in` was seen.
    bool run() {
        if (meets_itself() || shares_content()) {
            through_memory();
        } else {
            by_system();
        }
        const bool at_end = !finished() && by_pieces();
        report();
        return at_end || (ends_by_size_ && done_ == limit_);
    }

    [[nodiscard]] std::streamoff done() const noexcept { return done_; }

private:
    [[nodiscard]] bool finished() const noexcept { return stopped_ || done_ == limit_; }

    // How much to move next.
    [[nodiscard]] std::size_t wanted() const noexcept {
        const std::streamoff left = limit_ - done_;
        return static_cast<std::size_t>(options_.progress ? std::min(left, step) : left);
    }

    void moved(std::size_t count) {
        done_ += static_cast<std::streamoff>(count);
        if (done_ - reported_ >= step) {
            report();
        }
    }

    void report() {
        if (options_.progress && !stopped_ && done_ != reported_) {
            reported_ = done_;
            stopped_ = !options_.progress(done_);
        }
    }

    // -- one file for both --------------------------------------------------------------------

    // Where both are one file: sets the limit to what it holds now, and says whether the target
    // would overwrite what has not been read.
    bool meets_itself() {
        std::error_code code;
        const int source = ends::of(from_, use::look).descriptor;
        const int target = source < 0 ? -1 : ends::of(to_, use::look).descriptor;
        if (target < 0) {
            return false;
        }
        from_status_ = os::status_of(source, code);
        to_status_ = os::status_of(target, code);
        if (code || !from_status_.regular || !(from_status_.file == to_status_.file)) {
            return false;
        }
        if (to_.pubsync() != 0) {
            fail_write();
        }
        const std::streamoff here = from_.pubseekoff(0, std::ios_base::cur, std::ios_base::in);
        const std::streamoff there = to_.pubseekoff(0, std::ios_base::cur, std::ios_base::out);
        const std::streamoff size = os::status_of(source, code).size;
        limit_ = std::min(limit_, std::max<std::streamoff>(size - here, 0));
        ends_by_size_ = !options_.limit || limit_ < *options_.limit;
        return !os::appends(target, code) && there > here && there - here < limit_;
    }

    // Whether what is written may be what is still to be read, below a layer or a mapping, where
    // positions do not tell which part.
    bool shares_content() {
        const content_identity source = identity_of(from_);
        const content_identity target = identity_of(to_);
        if (source.buffer == nullptr || target.buffer == nullptr) {
            return false;
        }
        if (source.buffer == &from_ && target.buffer == &to_ && source.descriptor >= 0 &&
            target.descriptor >= 0 && !is_mapping(from_) && !is_mapping(to_)) {
            return false;  // meets_itself() knows better
        }
        std::error_code code;
        const bool one_file = source.descriptor >= 0 && target.descriptor >= 0 &&
                              os::status_of(source.descriptor, code).file ==
                                  os::status_of(target.descriptor, code).file &&
                              !code;
        if (source.buffer != target.buffer && !one_file) {
            return false;
        }
        if (to_.pubsync() != 0) {
            fail_write();
        }
        return true;
    }

    static bool is_mapping(const std::basic_streambuf<CharT>& buffer) {
        return dynamic_cast<const mappedbuf*>(&buffer) != nullptr;
    }

    void through_memory() {
        const auto begin = from_.pubseekoff(0, std::ios_base::cur, std::ios_base::in);
        std::basic_string<CharT> content;
        read([&] { detail::appending(in_, content).up_to(static_cast<std::size_t>(limit_)); });
        const auto size = static_cast<std::streamsize>(content.size());
        const std::streamsize put = std::min(to_.sputn(content.data(), size), size);
        done_ += put;
        if (put < size) {
            from_.pubseekoff(std::streamoff(begin) + put, std::ios_base::beg, std::ios_base::in);
            fail_write();
        }
        ends_by_size_ = !options_.limit || done_ < *options_.limit;
        limit_ = done_;
    }

    // -- by the system ------------------------------------------------------------------------

    // Moves what the system can move. Whatever ends it, by_pieces() goes on, and finds the end of
    // the content, also of a file that only read() reads, or what is wrong and with which end.
    void by_system() {
        if (finished() || ends::of(from_, use::look).descriptor < 0 ||
            ends::of(to_, use::look).descriptor < 0) {
            return;
        }
        auto source = ends::of(from_, use::read);
        if (source.descriptor < 0) {
            take_ready();
            source = ends::of(from_, use::read);
        }
        auto target = source.descriptor < 0 ? source : ends::of(to_, use::write);
        while (target.descriptor >= 0 && !finished()) {
            const std::size_t count = move(source, target).count;
            if (count == 0) {
                return;
            }
            const auto size = static_cast<std::streamoff>(count);
            source.position += source.position < 0 ? 0 : size;
            target.position += target.position < 0 ? 0 : size;
            ends::moved(from_, size);
            ends::moved(to_, size);
            moved(count);
        }
    }

    // What cannot be given back to where it came from goes by hand.
    void take_ready() {
        const auto ready = looking_type::ready(from_);
        if (!ready.empty()) {
            put(ready.substr(0, wanted()));
        }
    }

    os::transfer move(const typename ends::end& source, const typename ends::end& target) const {
        const os::place from{source.descriptor, source.position};
        const os::place to{target.descriptor, target.position};
        if (from_status_.regular && to_status_.regular) {
            return os::copy_range(from, to, wanted());
        }
        if (from_status_.pipe || to_status_.pipe) {
            return os::splice(from, to, wanted());
        }
        return from_status_.regular && to.position < 0 ? os::send_file(from, to.file, wanted())
                                                       : os::transfer{};
    }

    // -- by hand ------------------------------------------------------------------------------

    bool by_pieces() {
        for (;;) {
            view_type text;
            read([&] { text = source_.look(from_); });
            if (text.empty()) {
                return true;
            }
            put(text.substr(0, wanted()));
            if (finished()) {
                return false;
            }
        }
    }

    template <class Call>
    void read(Call call) {
        try {
            call();
        } catch (const error& thrown) {
            detail::set_quietly(in_, std::ios_base::badbit);
            throw_counted(thrown);
        } catch (...) {
            detail::set_quietly(in_, std::ios_base::badbit);
            throw;
        }
    }

    // Takes from the source what the target has taken.
    void put(view_type text) {
        const bool was_bad = out_.bad();
        std::streamsize written = 0;
        try {
            written = to_.sputn(text.data(), static_cast<std::streamsize>(text.size()));
        } catch (...) {
            detail::set_quietly(out_, std::ios_base::badbit);
            throw;
        }
        const auto count = static_cast<std::size_t>(std::max<std::streamsize>(written, 0));
        source_.take(from_, count);
        if (count < text.size() || (out_.bad() && !was_bad)) {
            done_ += static_cast<std::streamoff>(count);
            fail_write();
        }
        moved(count);
    }

    [[noreturn]] void fail_write() {
        detail::set_quietly(out_, std::ios_base::badbit);
        throw_counted(detail::failure_of(to_, "write"));
    }

    [[noreturn]] void throw_counted(const error& reason) const {
        throw error(reason.operation(), reason.code(), reason.path(), reason.position(),
                    reason.detail(), done_);
    }

    using looking_type = detail::looking<CharT, std::char_traits<CharT>>;

    std::basic_istream<CharT>& in_;
    std::basic_ostream<CharT>& out_;
    std::basic_streambuf<CharT>& from_;
    std::basic_streambuf<CharT>& to_;
    const copy_options& options_;
    std::streamoff limit_;
    std::streamoff done_ = 0;
    std::streamoff reported_ = 0;
    bool stopped_ = false;
    bool ends_by_size_ = false;
    os::status from_status_;
    os::status to_status_;
    looking_type source_;
};

}  // namespace

template <class CharT>
std::streamoff copy(std::basic_istream<CharT>& in, std::basic_ostream<CharT>& out,
                    const copy_options& options) {
    detail::require_unfailed(in, "read");
    detail::require_unfailed(out, "write");
    if ((options.limit && *options.limit < 0) || in.rdbuf() == out.rdbuf()) {
        throw error("copy", std::make_error_code(std::errc::invalid_argument));
    }
    if (in.eof()) {
        return 0;
    }
    const typename std::basic_istream<CharT>::sentry reading(in, true);
    const typename std::basic_ostream<CharT>::sentry writing(out);
    copier<CharT> work(in, out, options);
    bool at_end = false;
    {
        const detail::held_exceptions<CharT, std::char_traits<CharT>> held_in(&in);
        const detail::held_exceptions<CharT, std::char_traits<CharT>> held_out(&out);
        at_end = work.run();
    }
    if (at_end) {
        in.setstate(std::ios_base::eofbit);
    }
    return work.done();
}

template std::streamoff copy(std::istream&, std::ostream&, const copy_options&);
template std::streamoff copy(std::wistream&, std::wostream&, const copy_options&);

}  // namespace sluice
