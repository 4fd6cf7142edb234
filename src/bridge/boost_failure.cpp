#include "boost_failure.hpp"

#include <new>
#include <string>
#include <system_error>

namespace sluice::detail {
namespace {

struct meaning {
    std::error_code code;
    std::string detail;
};

const std::error_code unknown = std::make_error_code(std::errc::io_error);

// The message without what the standard adds to it: that of the code.
std::string message_of(const std::system_error& thrown) {
    std::string text = thrown.what();
    const std::string reason = thrown.code().message();
    if (text == reason) {
        return {};
    }
    const std::string added = ": " + reason;
    if (text.ends_with(added)) {
        text.resize(text.size() - added.size());
    }
    return text;
}

// Boost puts the text of the errno at the end of its message, and the number nowhere.
meaning system_failure(std::string text) {
    constexpr int most = 133;  // Linux's
    for (int number = 1; number <= most; ++number) {
        const std::error_code code(number, std::system_category());
        const std::string reason = ": " + code.message();
        if (text.ends_with(reason)) {
            text.resize(text.size() - reason.size());
            return {code, std::move(text)};
        }
    }
    return {unknown, std::move(text)};
}

meaning meaning_of(const std::exception_ptr& thrown) {
    try {
        std::rethrow_exception(thrown);
    } catch (const std::ios_base::failure& e) {
#ifdef SLUICE_HAS_COMPRESSION
        if (const std::error_code code = filter_code(e)) {
            return {code, message_of(e)};
        }
#endif
        const bool bare = e.code() == std::io_errc::stream;
        return bare ? system_failure(message_of(e)) : meaning{e.code(), message_of(e)};
    } catch (const std::system_error& e) {
        return {e.code(), message_of(e)};
    } catch (const std::bad_alloc&) {
        return {std::make_error_code(std::errc::not_enough_memory), {}};
    } catch (const std::exception& e) {
        return {unknown, e.what()};
    } catch (...) {
        return {unknown, {}};
    }
}

}  // namespace

error boost_failure(const std::exception_ptr& thrown, std::string_view operation,
                    std::string_view path, std::streamoff position) {
    try {
        std::rethrow_exception(thrown);
    } catch (const error& e) {
        return e ? e : error(operation, unknown, path, position);
    } catch (...) {
        const meaning why = meaning_of(std::current_exception());
        return {operation, why.code ? why.code : unknown, path, position, why.detail};
    }
}

}  // namespace sluice::detail
