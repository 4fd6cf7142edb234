#include <sluice/detail/held_exceptions.hpp>
#include <sluice/error.hpp>
#include <sluice/testing/capture.hpp>

#include "os/os.hpp"
#include "os/owned_handle.hpp"
#include "standard_redirect.hpp"

#include <cstdint>
#include <cstdio>
#include <exception>
#include <iostream>
#include <optional>

namespace sluice::testing {
namespace {

constexpr os::handle standard_output = 1;
constexpr os::handle standard_error = 2;

// The buffer itself: flush() does nothing on a stream that has failed.
template <class CharT>
void flush(std::basic_ostream<CharT>& stream) {
    if (stream.rdbuf() == nullptr) {
        return;
    }
    const sluice::detail::held_exceptions quiet(&stream);
    bool flushed = false;
    try {
        flushed = stream.rdbuf()->pubsync() == 0;
    } catch (...) {
        // a buffer that is somebody's own, and throws what it likes
    }
    if (!flushed) {
        stream.setstate(std::ios_base::badbit);
    }
}

// First the streams, for where they are synchronized with stdio they write there.
void flush_standard_outputs() {
    for (std::ostream* const stream : {&std::cout, &std::cerr, &std::clog}) {
        flush(*stream);
    }
    for (std::wostream* const stream : {&std::wcout, &std::wcerr, &std::wclog}) {
        flush(*stream);
    }
    std::fflush(stdout);
    std::fflush(stderr);
}

// What one of the outputs prints, or both.
class content {
public:
    explicit content(os::owned_handle file) : file_(std::move(file)) {
        // Past the end, whoever else has it open, and at which position.
        if (const std::error_code code = os::set_appending(file_.get())) {
            throw error("capture", code);
        }
    }

    [[nodiscard]] os::handle file() const noexcept { return file_.get(); }
    [[nodiscard]] std::string text() const { return detail::content_from(file_.get(), begin()); }
    [[nodiscard]] std::string take() {
        from_ = begin();
        std::string result = text();
        from_ += static_cast<std::int64_t>(result.size());
        return result;
    }

    // What has not been shown before.
    [[nodiscard]] std::error_code show(os::handle to) {
        if (to == os::no_handle) {
            return {};
        }
        const std::string text = detail::content_from(file_.get(), shown_);
        shown_ += static_cast<std::int64_t>(text.size());  // perhaps in part: never twice
        return detail::write_all(to, text);
    }

private:
    // Somebody may have truncated what was taken.
    [[nodiscard]] std::int64_t begin() const {
        std::error_code code;
        const std::int64_t size = os::status_of(file_.get(), code).size;
        return code || size >= from_ ? from_ : 0;
    }

    os::owned_handle file_;
    std::int64_t from_ = 0;
    std::int64_t shown_ = 0;
};

}  // namespace

class capture::implementation {
public:
    explicit implementation(const capture_options& options)
        : shown_(options.shown), out_(detail::create_content("capture")) {
        if (!options.interleaved) {
            err_.emplace(detail::create_content("capture"));
        }
        flush_standard_outputs();
        redirected_out_.emplace(standard_output, out_.file(), "capture");
        redirected_err_.emplace(standard_error, err_ ? err_->file() : out_.file(), "capture");
    }

    [[nodiscard]] bool is_active() const noexcept {
        return redirected_out_->lives() || redirected_err_->lives();
    }
    [[nodiscard]] bool is_interleaved() const noexcept { return !err_; }

    void flush() const {
        if (is_active()) {
            flush_standard_outputs();
        }
    }
    [[nodiscard]] content& out() noexcept { return out_; }
    [[nodiscard]] content& err() noexcept { return *err_; }

    // Returns: the first failure.
    std::error_code stop() {
        if (!is_active()) {
            return {};
        }
        flush_standard_outputs();
        std::error_code first = shown_ ? show() : std::error_code();
        for (auto* const redirected : {&redirected_err_, &redirected_out_}) {
            const std::error_code code = (*redirected)->end();
            first = first ? first : code;
        }
        return first;
    }

private:
    [[nodiscard]] std::error_code show() noexcept {
        try {
            const std::error_code code = out_.show(redirected_out_->before());
            const std::error_code then = err_ ? err_->show(redirected_err_->before()) : code;
            return code ? code : then;
        } catch (const std::system_error& failed) {  // that of reading it
            return failed.code();
        } catch (const std::exception&) {
            return std::make_error_code(std::errc::not_enough_memory);
        }
    }

    bool shown_;
    content out_;
    std::optional<content> err_;  // none where the two are interleaved
    std::optional<detail::standard_redirect> redirected_out_;
    std::optional<detail::standard_redirect> redirected_err_;
};

capture::capture(capture_options options) : self_(std::make_unique<implementation>(options)) {}

capture::~capture() {
    try {
        static_cast<void>(self_->stop());
    } catch (...) {
        // the members put back what is still to be
    }
}

void capture::stop() {
    if (const std::error_code code = self_->stop()) {
        throw error("capture", code);
    }
}

bool capture::is_active() const noexcept {
    return self_->is_active();
}

std::string capture::out() {
    if (self_->is_interleaved()) {
        throw error("capture", errc::unsupported, {}, -1, "out() of interleaved outputs");
    }
    self_->flush();
    return self_->out().text();
}

std::string capture::err() {
    if (self_->is_interleaved()) {
        throw error("capture", errc::unsupported, {}, -1, "err() of interleaved outputs");
    }
    self_->flush();
    return self_->err().text();
}

std::string capture::str() {
    self_->flush();
    return self_->out().text() + (self_->is_interleaved() ? std::string() : self_->err().text());
}

std::vector<std::string> capture::lines() {
    return split_lines(std::string_view(str()));
}

std::string capture::take() {
    self_->flush();
    std::string out = self_->out().take();
    return self_->is_interleaved() ? out : out + self_->err().take();
}

void capture::reset() {
    static_cast<void>(take());
}

// -- past what is captured --------------------------------------------------------------------

class uncaptured::implementation {
public:
    implementation() {
        flush_standard_outputs();
        start(out_, standard_output);
        start(err_, standard_error);
    }
    implementation(const implementation&) = delete;
    implementation& operator=(const implementation&) = delete;
    ~implementation() {
        try {
            flush_standard_outputs();
        } catch (...) {
            // nothing is to be known here
        }
    }

private:
    static void start(std::optional<detail::standard_redirect>& redirected, os::handle which) {
        const os::handle outermost = detail::standard_redirect::outermost(which);
        if (outermost != os::no_handle) {
            redirected.emplace(which, outermost, "uncaptured");
        }
    }

    std::optional<detail::standard_redirect> out_;
    std::optional<detail::standard_redirect> err_;
};

uncaptured::uncaptured() : self_(std::make_unique<implementation>()) {}
uncaptured::~uncaptured() = default;

ofstream uncaptured_output() {
    std::error_code code;
    os::owned_handle file(os::duplicate(standard_output, code));
    if (code) {
        throw error("open", code, {}, -1, "descriptor 1");
    }
    ofstream stream(file.get(), std::ios_base::out, ownership::owned);
    if (!stream) {
        throw error_of(stream);
    }
    file.release();
    return stream;
}

template class capture_stream<char>;
template class capture_stream<wchar_t>;

}  // namespace sluice::testing
