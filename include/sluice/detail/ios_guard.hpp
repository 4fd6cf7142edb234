// What lets the std::ios of a stream end where the stream could not be made.

#ifndef SLUICE_DETAIL_IOS_GUARD_HPP
#define SLUICE_DETAIL_IOS_GUARD_HPP

#include <ios>

namespace sluice::detail {

/// A virtual base of a stream, made before any argument of the other bases is evaluated. What that
/// throws destroys an std::basic_ios that nobody has initialized, which is undefined behaviour
/// ([ios.base.cons]/1); libc++ crashes there, libstdc++ initializes what it destroys.
template <class CharT, class Traits>
#ifdef __GLIBCXX__
class ios_guard {
protected:
    static void has_been_initialized() noexcept {}
};
#else
class ios_guard : public virtual std::basic_ios<CharT, Traits> {
public:
    ios_guard(const ios_guard&) = delete;
    ios_guard& operator=(const ios_guard&) = delete;

protected:
    ios_guard() = default;
    ~ios_guard() override {
        if (!initialized_) {
            this->init(nullptr);
        }
    }

    /// The rest of the stream has been made.
    void has_been_initialized() noexcept {
        initialized_ = true;
    }

private:
    bool initialized_ = false;
};
#endif

}  // namespace sluice::detail

#endif  // SLUICE_DETAIL_IOS_GUARD_HPP
