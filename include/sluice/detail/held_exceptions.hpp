// exceptions() of a stream, held back for a scope.

#ifndef SLUICE_DETAIL_HELD_EXCEPTIONS_HPP
#define SLUICE_DETAIL_HELD_EXCEPTIONS_HPP

#include <exception>
#include <ios>

namespace sluice::detail {

/// While this lives, no state makes `stream` throw. At the end it would again, but for a state that
/// has come meanwhile, or was there before: who held the mask back reports that.
template <class CharT, class Traits>
class held_exceptions {
public:
    using stream_type = std::basic_ios<CharT, Traits>;

    /// Null: there is nothing to hold. Nor is there where the stream throws nothing: it is not
    /// touched then, and other threads may be printing to it.
    explicit held_exceptions(stream_type* stream)
        : stream_(stream != nullptr && stream->exceptions() != std::ios_base::goodbit ? stream
                                                                                      : nullptr) {
        if (stream_ != nullptr) {
            mask_ = stream_->exceptions();
            stream_->exceptions(std::ios_base::goodbit);
        }
    }
    held_exceptions(const held_exceptions&) = delete;
    held_exceptions& operator=(const held_exceptions&) = delete;
    ~held_exceptions() {
        if (stream_ == nullptr) {
            return;
        }
        try {
            stream_->exceptions(mask_);
        } catch (const std::exception&) {  // or std::bad_alloc, in making that
            // the mask is set all the same
        }
    }

private:
    stream_type* stream_;
    std::ios_base::iostate mask_ = std::ios_base::goodbit;
};

}  // namespace sluice::detail

#endif  // SLUICE_DETAIL_HELD_EXCEPTIONS_HPP
