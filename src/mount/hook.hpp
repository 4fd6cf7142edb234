// hook: how a function of the C library is taken over, in one line:
//
//     SLUICE_HOOK(int, chmod, changed, mode_t)
//     SLUICE_HOOK(int, fstatat, directory, path, void*, at_flags)
//
// defines chmod() and fstatat() for the program. A parameter is written as its type, or, where it
// has to do with paths, as one of the kinds below. What concerns no mount goes straight on to the
// C library; otherwise each path is replaced by where it leads.
//
// Functions are defined under another name than they are exported by, so that no header's
// declaration of them, with its attributes, is in the way.

#ifndef SLUICE_MOUNT_HOOK_HPP
#define SLUICE_MOUNT_HOOK_HPP

#include "kernel.hpp"
#include "process.hpp"
#include "route.hpp"

#include <dlfcn.h>
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <tuple>
#include <type_traits>
#include <utility>

namespace sluice::mount {

// What a call does to what a path leads to, where that may not be written.
enum class effect {
    none,
    changes,     // an error unless it is there
    creates,     // an error where it is there
    may_create,  // only where it is not there
    writes,      // there or not
};

// -- the kinds of parameters ------------------------------------------------------------------

template <bool Follows, effect Effect>
struct path_parameter {
    using passed = const char*;
    static constexpr bool follows = Follows;  // a symbolic link at the end
    static constexpr effect does = Effect;
};
using path = path_parameter<true, effect::none>;
using entry = path_parameter<false, effect::none>;
using changed = path_parameter<true, effect::changes>;
using changed_entry = path_parameter<false, effect::changes>;
using new_entry = path_parameter<false, effect::creates>;
using written = path_parameter<true, effect::writes>;
using renamed = path_parameter<false, effect::writes>;

template <class T>
struct passed_as {
    using passed = T;
};
struct directory : passed_as<int> {};  // of the path that comes next
struct changed_file : passed_as<int> {};
// What says more about the paths of the call:
struct at_flags : passed_as<int> {};
struct open_flags : passed_as<int> {};
struct access_mode : passed_as<int> {};
struct fopen_mode : passed_as<const char*> {};
// As a result: an errno. Elsewhere that is in errno.
struct error_number : passed_as<int> {};

template <class Kind, class = void>
struct as_passed : passed_as<Kind> {};
template <class Kind>
struct as_passed<Kind, std::void_t<typename Kind::passed>> : passed_as<typename Kind::passed> {};
template <class Kind>
using passed = typename as_passed<Kind>::passed;

template <class Kind>
inline constexpr bool is_path = false;
template <bool Follows, effect Effect>
inline constexpr bool is_path<path_parameter<Follows, Effect>> = true;

/// The result by which a function says that it failed; errno is set, where it is not the result.
template <class Result>
passed<Result> failure(int error) noexcept {
    if constexpr (std::is_same_v<Result, error_number>) {
        return error;
    } else {
        errno = error;
        if constexpr (std::is_pointer_v<Result>) {
            return nullptr;
        } else {
            return -1;
        }
    }
}

// -- the C library's own functions ------------------------------------------------------------

/// The function that would have been called without the library. It is looked up when the library
/// is loaded, as looking up is nothing for a signal handler; sooner, where it is called sooner.
template <class Function>
class original {
public:
    constexpr explicit original(const char* name) noexcept : name_(name) {}

    /// Null: the C library has none.
    [[nodiscard]] Function* get() noexcept {
        Function* const known = function_.load(std::memory_order_relaxed);
        return known != nullptr ? known : look_up();
    }

    Function* look_up() noexcept {
        auto* const found = reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name_));
        function_.store(found, std::memory_order_relaxed);
        return found;
    }

private:
    const char* name_;
    std::atomic<Function*> function_ = nullptr;
};

// -- a call -----------------------------------------------------------------------------------

/// Looks at the parameters in their order: may the call have to do with a mount?
class first_look {
public:
    template <class Kind>
    [[nodiscard]] bool concerned(passed<Kind> value) noexcept {
        if constexpr (is_path<Kind>) {
            return may_concern(std::exchange(directory_, AT_FDCWD), value);
        } else if constexpr (std::is_same_v<Kind, directory>) {
            directory_ = value;
        } else if constexpr (std::is_same_v<Kind, changed_file>) {
            return mounts().has_read_only() && may_concern(value);
        }
        return false;
    }

private:
    int directory_ = AT_FDCWD;
};

/// What the other parameters say of the paths.
class intention {
public:
    template <class Kind>
    void hear(passed<Kind> value) noexcept {
        if constexpr (std::is_same_v<Kind, at_flags>) {
            hear_at_flags(value);
        } else if constexpr (std::is_same_v<Kind, open_flags>) {
            hear_open_flags(value);
        } else if constexpr (std::is_same_v<Kind, access_mode>) {
            does_ = (value & W_OK) != 0 ? effect::changes : effect::none;
        } else if constexpr (std::is_same_v<Kind, fopen_mode>) {
            hear_fopen_mode(value);
        }
    }

    template <class Kind>
    [[nodiscard]] bool follows() const noexcept {
        return (Kind::follows || (follows_ && Kind::does == effect::none)) && !keeps_;
    }
    template <class Kind>
    [[nodiscard]] effect does() const noexcept {
        return Kind::does == effect::none ? does_ : Kind::does;
    }

private:
    void hear_at_flags(int flags) noexcept;
    void hear_open_flags(int flags) noexcept;
    void hear_fopen_mode(const char* mode) noexcept;

    bool follows_ = false;
    bool keeps_ = false;
    effect does_ = effect::none;
};

/// Where one path of a call leads, and what the call is to be given for it.
class translated_path {
public:
    translated_path() noexcept : route_(mounts()) {}

    /// Returns: 0, or the errno that the call is to fail with.
    int translate(int directory, const char* name, bool follows, effect does) noexcept;

    [[nodiscard]] const char* get() const noexcept { return path_; }
    [[nodiscard]] const mounted* end() const noexcept { return route_.end(); }

private:
    route route_;
    const char* path_ = nullptr;
};

/// The errno with which a descriptor's file may not be changed; 0: it may.
int refusal_of(int file) noexcept;

/// Translates the parameters of one call.
template <std::size_t Paths>
class translation {
public:
    explicit translation(intention intended) noexcept : intention_(intended) {}

    template <class Kind>
    passed<Kind> operator()(passed<Kind> value) noexcept {
        if constexpr (is_path<Kind>) {
            translated_path& one = paths_[count_++];
            note(one.translate(std::exchange(directory_, AT_FDCWD), value,
                               intention_.follows<Kind>(), intention_.does<Kind>()));
            return one.get();
        } else {
            if constexpr (std::is_same_v<Kind, directory>) {
                directory_ = value;
            } else if constexpr (std::is_same_v<Kind, changed_file>) {
                note(refusal_of(value));
            }
            return value;
        }
    }

    [[nodiscard]] int error() const noexcept { return error_; }

private:
    void note(int error) noexcept { error_ = error_ == 0 ? error : error_; }

    intention intention_;
    std::array<translated_path, Paths> paths_;
    std::size_t count_ = 0;
    int directory_ = AT_FDCWD;
    int error_ = 0;
};

/// Apart, so that only a call that has to do with a mount needs room for paths on its stack.
template <class Result, class... Kinds>
[[gnu::noinline]] passed<Result> call_translated(passed<Result> (*function)(passed<Kinds>...),
                                                 passed<Kinds>... arguments) noexcept(false) {
    intention intended;
    (intended.hear<Kinds>(arguments), ...);
    translation<(std::size_t(is_path<Kinds>) + ...)> translate(intended);
    // In braces, so that they are translated in their order.
    const std::tuple<passed<Kinds>...> translated{
        translate.template operator()<Kinds>(arguments)...};
    if (translate.error() != 0) {
        return failure<Result>(translate.error());
    }
    return std::apply(function, translated);
}

template <class Result, class... Kinds>
passed<Result> call(passed<Result> (*function)(passed<Kinds>...), passed<Kinds>... arguments) {
    if (function == nullptr) {
        return failure<Result>(ENOSYS);
    }
    first_look look;
    if ((look.concerned<Kinds>(arguments) || ...)) {
        return call_translated<Result, Kinds...>(function, arguments...);
    }
    return function(arguments...);
}

}  // namespace sluice::mount

// -- the line ---------------------------------------------------------------------------------

#define SLUICE_PASTE_TEXT(a, b) a##b
#define SLUICE_PASTE(a, b) SLUICE_PASTE_TEXT(a, b)
#define SLUICE_SEVENTH(a, b, c, d, e, f, g, ...) g
#define SLUICE_COUNT(...) SLUICE_SEVENTH(__VA_ARGS__, 6, 5, 4, 3, 2, 1, 0)

// passed<A> a, passed<B> b …
#define SLUICE_PARAMETERS_1(A) passed<A> a
#define SLUICE_PARAMETERS_2(A, B) SLUICE_PARAMETERS_1(A), passed<B> b
#define SLUICE_PARAMETERS_3(A, B, C) SLUICE_PARAMETERS_2(A, B), passed<C> c
#define SLUICE_PARAMETERS_4(A, B, C, D) SLUICE_PARAMETERS_3(A, B, C), passed<D> d
#define SLUICE_PARAMETERS_5(A, B, C, D, E) SLUICE_PARAMETERS_4(A, B, C, D), passed<E> e
#define SLUICE_PARAMETERS_6(A, B, C, D, E, F) SLUICE_PARAMETERS_5(A, B, C, D, E), passed<F> f
#define SLUICE_PARAMETERS(...)                                                                     \
    SLUICE_PASTE(SLUICE_PARAMETERS_, SLUICE_COUNT(__VA_ARGS__))(__VA_ARGS__)

#define SLUICE_ARGUMENTS_1 a
#define SLUICE_ARGUMENTS_2 a, b
#define SLUICE_ARGUMENTS_3 a, b, c
#define SLUICE_ARGUMENTS_4 a, b, c, d
#define SLUICE_ARGUMENTS_5 a, b, c, d, e
#define SLUICE_ARGUMENTS_6 a, b, c, d, e, f
#define SLUICE_ARGUMENTS(...) SLUICE_PASTE(SLUICE_ARGUMENTS_, SLUICE_COUNT(__VA_ARGS__))

// Begins the definition of hook_NAME, which the program calls as NAME.
#define SLUICE_EXPORT(RESULT, NAME, PARAMETERS)                                                    \
    extern "C" [[gnu::visibility("default")]] RESULT hook_##NAME PARAMETERS __asm__(#NAME);        \
    RESULT hook_##NAME PARAMETERS

// The same where it needs the C library's own, original_NAME.
#define SLUICE_DEFINE(RESULT, NAME, PARAMETERS)                                                    \
    constinit static original<RESULT PARAMETERS> original_##NAME(#NAME);                           \
    [[gnu::constructor]] static void look_up_##NAME() {                                            \
        original_##NAME.look_up();                                                                 \
    }                                                                                              \
    SLUICE_EXPORT(RESULT, NAME, PARAMETERS)

#define SLUICE_HOOK(RESULT, NAME, ...)                                                             \
    SLUICE_DEFINE(passed<RESULT>, NAME, (SLUICE_PARAMETERS(__VA_ARGS__))) {                        \
        return call<RESULT, __VA_ARGS__>(original_##NAME.get(), SLUICE_ARGUMENTS(__VA_ARGS__));    \
    }

// The function and its twin for large files, which is the same one where off_t has 64 bits.
#define SLUICE_HOOK_64(RESULT, NAME, ...)                                                          \
    SLUICE_HOOK(RESULT, NAME, __VA_ARGS__)                                                         \
    SLUICE_HOOK(RESULT, NAME##64, __VA_ARGS__)

#endif  // SLUICE_MOUNT_HOOK_HPP
