// Devices of Boost.Iostreams that do what a test says.

#ifndef SUPPORT_BOOST_DEVICES_HPP
#define SUPPORT_BOOST_DEVICES_HPP

#include <boost/iostreams/categories.hpp>
#include <boost/iostreams/operations.hpp>
#include <boost/iostreams/positioning.hpp>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <ios>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

namespace support {

/// Content in memory, shared by all copies, that can be read, written and sought up to its end; it
/// refuses to stand behind that.
template <class CharT>
class growing_device {
public:
    using char_type = CharT;
    struct category : boost::iostreams::seekable_device_tag {};

    explicit growing_device(std::basic_string<CharT> content)
        : content_(std::make_shared<std::basic_string<CharT>>(std::move(content))) {}

    [[nodiscard]] const std::shared_ptr<std::basic_string<CharT>>& content() const {
        return content_;
    }

    std::streamsize read(CharT* target, std::streamsize count) {
        const std::size_t part =
            content_->copy(target, static_cast<std::size_t>(count), *position_);
        *position_ += part;
        return part == 0 ? -1 : static_cast<std::streamsize>(part);
    }
    std::streamsize write(const CharT* source, std::streamsize count) {
        const auto size = static_cast<std::size_t>(count);
        const std::size_t over = std::min(size, content_->size() - *position_);
        content_->replace(*position_, over, source, size);
        *position_ += size;
        return count;
    }
    std::streampos seek(boost::iostreams::stream_offset offset, std::ios_base::seekdir whence) {
        const auto size = static_cast<boost::iostreams::stream_offset>(content_->size());
        const auto target =
            offset + (whence == std::ios_base::beg ? 0
                      : whence == std::ios_base::end
                          ? size
                          : static_cast<boost::iostreams::stream_offset>(*position_));
        if (target < 0 || target > size) {
            throw std::ios_base::failure("bad seek");
        }
        *position_ = static_cast<std::size_t>(target);
        return target;
    }
    void truncate(boost::iostreams::stream_offset size) {
        content_->resize(static_cast<std::size_t>(size));
        *position_ = std::min(*position_, content_->size());
    }

private:
    std::shared_ptr<std::basic_string<CharT>> content_;
    std::shared_ptr<std::size_t> position_ = std::make_shared<std::size_t>(0);
};

/// What the calls of a scripted device do; empty: nothing special. Shared by its copies.
struct script {
    std::string source;  // what is read, at most `most` at a time
    std::string sink;    // what was written
    std::string log;     // r, w, s, f and c for each call that was made
    std::streamsize most = 1 << 20;
    std::function<void()> before_read;
    std::function<void()> before_write;
    std::function<void()> before_flush;
    std::function<void()> before_close;
};

template <class Mode>
class scripted_device {
public:
    using char_type = char;
    struct category : Mode,
                      boost::iostreams::device_tag,
                      boost::iostreams::closable_tag,
                      boost::iostreams::flushable_tag {};

    explicit scripted_device(std::shared_ptr<script> what) : script_(std::move(what)) {}

    std::streamsize read(char* target, std::streamsize count) {
        step('r', script_->before_read);
        const auto part = static_cast<std::size_t>(std::min(count, script_->most));
        const std::size_t got = script_->source.copy(target, part);
        script_->source.erase(0, got);
        return got == 0 && part != 0 ? -1 : static_cast<std::streamsize>(got);
    }
    std::streamsize write(const char* source, std::streamsize count) {
        step('w', script_->before_write);
        const std::streamsize part = std::min(count, script_->most);
        script_->sink.insert(script_->sink.end(), source, source + part);
        return part;
    }
    bool flush() {
        step('f', script_->before_flush);
        return true;
    }
    void close() { step('c', script_->before_close); }
    void close(std::ios_base::openmode which) {
        step(which == std::ios_base::in ? 'i' : 'o', script_->before_close);
    }

private:
    void step(char name, const std::function<void()>& before) {
        script_->log += name;
        if (before) {
            before();
        }
    }

    std::shared_ptr<script> script_;
};

/// A filter that passes everything on, and throws where it is told to.
class scripted_filter {
public:
    using char_type = char;
    struct category : boost::iostreams::dual_use,
                      boost::iostreams::filter_tag,
                      boost::iostreams::multichar_tag,
                      boost::iostreams::closable_tag {};

    explicit scripted_filter(std::shared_ptr<script> what) : script_(std::move(what)) {}

    template <class Source>
    std::streamsize read(Source& source, char* target, std::streamsize count) {
        call(script_->before_read);
        return boost::iostreams::read(source, target, count);
    }
    template <class Sink>
    std::streamsize write(Sink& sink, const char* source, std::streamsize count) {
        call(script_->before_write);
        return boost::iostreams::write(sink, source, count);
    }
    template <class Device>
    void close(Device&, std::ios_base::openmode) {
        call(script_->before_close);
    }

private:
    static void call(const std::function<void()>& what) {
        if (what) {
            what();
        }
    }

    std::shared_ptr<script> script_;
};

}  // namespace support

#endif  // SUPPORT_BOOST_DEVICES_HPP
