// redirect: a stream's output, or input, goes elsewhere for the length of a scope.
//
//     sluice::string_io said;
//     {
//         sluice::redirect to(std::cout, said);     // any stream or buffer
//         print_report();                           // writes to std::cout
//     }
//     assert(said.view() == "all is well\n");
//
// A stream is redirected for all threads that use it; redirecting it while another thread uses it
// needs a lock, as std::basic_ios::rdbuf() does. What writes past the stream, to the descriptor,
// is not caught.

#ifndef SLUICE_FILTER_REDIRECT_HPP
#define SLUICE_FILTER_REDIRECT_HPP

#include <sluice/buf.hpp>

#include <ios>
#include <ostream>
#include <streambuf>
#include <utility>

namespace sluice {

namespace detail {

/// One of the redirects that live, in the order in which they began.
class live_redirect {
public:
    live_redirect(const live_redirect&) = delete;
    live_redirect& operator=(const live_redirect&) = delete;

protected:
    explicit live_redirect(const void* stream);
    ~live_redirect() { leave(); }

    /// Lives no longer. A second call does nothing.
    ///
    /// Returns: the redirect of the same stream that began next after this one; null, if there is
    ///          none.
    live_redirect* leave() noexcept;

    /// What leave() would return.
    [[nodiscard]] live_redirect* next() const noexcept;

    /// The redirect of `stream` that began first; null, if there is none.
    [[nodiscard]] static live_redirect* first(const void* stream) noexcept;

private:
    [[nodiscard]] live_redirect* find_next() const noexcept;

    const void* stream_;  // null for one that lives no longer
    live_redirect* before_ = nullptr;
    live_redirect* after_ = nullptr;
};

}  // namespace detail

/// Gives a stream another buffer, and its own back at the end, however the scope is left.
///
/// Redirects of one stream may nest, and may end in any order: one that ends inside of another
/// hands on what it would have given back. The stream must outlive the redirect, and so must the
/// target, which is borrowed.
///
/// - What was written before is flushed to the stream's own buffer first, and what was written
///   since to the target at the end, for streams that can write. What was read ahead stays with the
///   buffer that read it.
/// - The target starts with a clear state. At the end rdstate() is again what it was at the start:
///   what failed since then failed on the target. exceptions(), flags and tie() are the stream's
///   own and stay as they are set meanwhile.
/// - A stream that is more than its rdbuf(), such as a basic_stream or a std::ofstream, is
///   redirected for << and >>, but not for its own calls.
///
/// Source: contextlib.redirect_stdout, which does not flush.
template <class CharT, class Traits = std::char_traits<CharT>>
class redirect : private detail::live_redirect {
public:
    using stream_type = std::basic_ios<CharT, Traits>;
    using buf_type = std::basic_streambuf<CharT, Traits>;

    [[nodiscard]] redirect(stream_type& redirected, buf_type& target)
        : live_redirect(&redirected), stream_(&redirected), target_(&target) {
        begin();
    }

    /// To where `target` writes, or from where it reads, now.
    ///
    /// Errors: throws error(errc::closed) where it has no buffer.
    [[nodiscard]] redirect(stream_type& redirected, stream_type& target)
        : redirect(redirected, buffer_of(target)) {}

    redirect(const redirect&) = delete;
    redirect& operator=(const redirect&) = delete;

    /// The errors of flushing the target are lost; call restore() to know. Nothing comes out of it
    /// but the end of a thread that is cancelled meanwhile, which must not be stopped.
    ~redirect() noexcept(false) {
        try {
            end();
        } catch (const std::ios_base::failure&) {
            // exceptions() on the state that is put back: it was so before
        }
    }

    /// Ends the redirect early. A second call does nothing.
    ///
    /// Errors: throws error where the target failed since the start, or cannot be flushed; with the
    ///         reason where it is a sluice buffer. The stream has its buffer back then too.
    void restore() {
        buf_type* const target = target_;
        if (!end()) {
            const auto* const device = dynamic_cast<const basic_buf<CharT, Traits>*>(target);
            throw device != nullptr ? device->latest("write")
                                    : error("write", std::make_error_code(std::errc::io_error));
        }
    }

private:
    static buf_type& buffer_of(stream_type& target) {
        if (target.rdbuf() == nullptr) {
            throw error("redirect", errc::closed);
        }
        return *target.rdbuf();
    }

    // Whether the stream writes, and no failure is known.
    [[nodiscard]] static bool flush(stream_type& what) {
        auto* const out = dynamic_cast<std::basic_ostream<CharT, Traits>*>(&what);
        if (out != nullptr && what.rdbuf() != nullptr) {
            out->flush();
        }
        return !what.bad();
    }

    void begin() {
        static_cast<void>(flush(*stream_));  // which sets badbit, and throws, as the stream does
        state_ = stream_->rdstate();
        before_ = stream_->rdbuf(target_);
    }

    // Returns: false where the target has failed.
    bool end() {
        if (target_ == nullptr) {
            return true;
        }
        if (auto* const inner = static_cast<redirect*>(this->leave())) {
            inner->before_ = before_;
            inner->state_ = state_;
            std::basic_ostream<CharT, Traits> rest(std::exchange(target_, nullptr));
            return flush(rest);
        }
        const std::ios_base::iostate throws = stream_->exceptions();
        bool sound = false;
        {
            const giving_back at_end(*this);
            sound = flush(*stream_);
        }
        stream_->exceptions(throws);
        return sound;
    }

    // Also where a thread ends in the flush; the stream catches all else.
    class giving_back {
    public:
        explicit giving_back(redirect& whole)
            : whole_(whole), throws_(whole.stream_->exceptions()) {
            whole_.stream_->exceptions(std::ios_base::goodbit);
        }
        giving_back(const giving_back&) = delete;
        giving_back& operator=(const giving_back&) = delete;
        ~giving_back() {
            whole_.stream_->rdbuf(whole_.before_);
            whole_.stream_->clear(whole_.state_);
            whole_.target_ = nullptr;
            try {
                whole_.stream_->exceptions(throws_);
            } catch (const std::ios_base::failure&) {
                // they are set; end() throws it, unless the thread ends
            }
        }

    private:
        redirect& whole_;
        std::ios_base::iostate throws_;
    };

    stream_type* stream_;
    buf_type* target_;  // null once the redirect has ended
    buf_type* before_ = nullptr;
    std::ios_base::iostate state_ = std::ios_base::goodbit;
};

template <class CharT, class Traits>
redirect(std::basic_ios<CharT, Traits>&, std::basic_streambuf<CharT, Traits>&)
    -> redirect<CharT, Traits>;
template <class CharT, class Traits>
redirect(std::basic_ios<CharT, Traits>&, std::basic_ios<CharT, Traits>&) -> redirect<CharT, Traits>;

}  // namespace sluice

#endif  // SLUICE_FILTER_REDIRECT_HPP
