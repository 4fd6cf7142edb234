#include <sluice/detail/held_exceptions.hpp>
#include <sluice/filter/tee.hpp>

#include "below.hpp"

#include <algorithm>
#include <string>

namespace sluice {
namespace {

// Another try may succeed.
bool passes_by(const error& said) {
    return said.code() == std::errc::operation_would_block || said.code() == errc::timed_out;
}

error of_record(const error& said) noexcept {
    return detail::prefixed(said, [] { return std::string("record"); });
}

}  // namespace

// -- to several -------------------------------------------------------------------------------

template <class CharT>
basic_teebuf<CharT>::basic_teebuf(std::vector<lower_type> outputs) : base(false, true) {
    outputs_.reserve(outputs.size());
    for (lower_type& each : outputs) {
        if (!each.writable()) {
            throw error("open", errc::not_writable,
                        each.device() != nullptr ? each.device()->path() : "");
        }
        outputs_.push_back({std::move(each)});
    }
}

template <class CharT>
auto basic_teebuf<CharT>::operator=(basic_teebuf&& other) noexcept(false) -> basic_teebuf& {
    if (this != &other) {
        this->close();
        basic_teebuf taken(std::move(other));
        swap(taken);
    }
    return *this;
}

template <class CharT>
basic_teebuf<CharT>::~basic_teebuf() {
    if (this->is_open()) {
        this->set_owner(nullptr);
        static_cast<void>(basic_teebuf::do_close());  // keeps quiet; close() reports
    }
}

template <class CharT>
void basic_teebuf<CharT>::swap(basic_teebuf& other) noexcept {
    base::swap(other);
    outputs_.swap(other.outputs_);
}

template <class CharT>
std::size_t basic_teebuf<CharT>::live() const noexcept {
    return static_cast<std::size_t>(
        std::count_if(outputs_.begin(), outputs_.end(),
                      [](const output& each) { return !each.failure.has_value(); }));
}

// An output has failed: it gets nothing more, unless it is the last, or only has to wait.
template <class CharT>
error basic_teebuf<CharT>::give_up(std::size_t index, const error& said) {
    const error why = detail::named(said, "output", index);
    if (!passes_by(why) && live() > 1) {
        outputs_[index].failure = why;
    }
    return why;
}

template <class CharT>
auto basic_teebuf<CharT>::device_write(const CharT* source, std::size_t count,
                                       off_type /*position*/) -> transfer {
    std::size_t least = count;
    std::optional<error> first;
    for (std::size_t i = 0; i < outputs_.size(); ++i) {
        output& each = outputs_[i];
        if (each.failure) {
            continue;
        }
        if (each.ahead < count) {
            std::optional<error> said;
            each.ahead += detail::write_below(*each.below.get(), source + each.ahead,
                                              count - each.ahead, said);
            if (said) {
                const error why = give_up(i, *said);
                first = first ? first : why;
            }
        }
        if (!each.failure) {
            least = std::min(least, each.ahead);
        }
    }
    for (output& each : outputs_) {
        each.ahead -= each.failure ? each.ahead : least;
    }
    if (!first) {
        return {least, {}};
    }
    this->note_below(*first);
    return {least, first->code()};
}

template <class CharT>
auto basic_teebuf<CharT>::device_read(CharT* /*target*/, std::size_t /*count*/,
                                      off_type /*position*/) -> transfer {
    return {0, errc::not_readable};
}

// The failure of one keeps no other from being flushed.
template <class CharT>
int basic_teebuf<CharT>::sync() {
    std::optional<error> first;
    if (const detail::held_exceptions quiet(this->owner()); base::sync() != 0) {
        first = this->latest("sync");
    }
    for (std::size_t i = 0; i < outputs_.size() && this->is_open(); ++i) {
        if (outputs_[i].failure) {
            continue;
        }
        const auto said =
            detail::failure_in("sync", [&] { detail::flush_below(*outputs_[i].below.get()); });
        if (said) {
            const error why = give_up(i, *said);
            first = first ? first : why;
        }
    }
    if (first) {
        this->fail_as(*first);
    }
    return first ? -1 : 0;
}

template <class CharT>
std::error_code basic_teebuf<CharT>::do_sync_to_disk() {
    for (output& each : outputs_) {
        const auto said = each.failure ? each.failure : detail::unsynced_below(each.below.get());
        if (said) {
            this->record_as(*said);
            return said->code();
        }
    }
    return {};
}

template <class CharT>
bool basic_teebuf<CharT>::do_is_terminal() {
    return std::any_of(outputs_.begin(), outputs_.end(),
                       [](const output& each) { return detail::is_terminal(*each.below.get()); });
}

template <class CharT>
std::error_code basic_teebuf<CharT>::do_close() noexcept {
    std::error_code code = this->flush_pending();
    std::optional<error> first;
    for (std::size_t i = 0; i < outputs_.size(); ++i) {
        lower_type& below = outputs_[i].below;
        std::optional<error> said;
        const std::error_code closed =
            detail::finish_below(*below.get(), below.is_owned(), !outputs_[i].failure, said);
        if (closed == errc::pinned) {
            return closed;
        }
        if (said && !first && !outputs_[i].failure) {
            first = detail::named(*said, "output", i);
        }
    }
    this->set_position(0);
    if (!code && first) {
        code = first->code();
        this->record_as(*first);
    }
    return code;
}

template <class CharT>
auto basic_teebuf<CharT>::detach() -> std::vector<owner_type> {
    if (!this->is_open()) {
        throw error("detach", errc::closed);
    }
    if (basic_teebuf::sync() != 0) {
        throw this->latest("detach");
    }
    std::vector<owner_type> owned;
    owned.reserve(outputs_.size());
    for (output& each : outputs_) {
        owned.push_back(each.below.release());
    }
    this->set_position(0);
    this->set_closed();
    outputs_.clear();
    return owned;
}

// -- the record -------------------------------------------------------------------------------

template <class CharT>
basic_recordbuf<CharT>::basic_recordbuf(lower_type below, lower_type record)
    : base(std::move(below)), record_(std::move(record)) {
    if (!record_->writable()) {
        throw error("open", errc::not_writable,
                    record_->device() != nullptr ? record_->device()->path() : "");
    }
}

template <class CharT>
auto basic_recordbuf<CharT>::operator=(basic_recordbuf&& other) noexcept(false)
    -> basic_recordbuf& {
    if (this != &other) {
        this->close();
        basic_recordbuf taken(std::move(other));
        swap(taken);
    }
    return *this;
}

template <class CharT>
basic_recordbuf<CharT>::~basic_recordbuf() {
    this->set_owner(nullptr);
    this->settle();
}

template <class CharT>
void basic_recordbuf<CharT>::swap(basic_recordbuf& other) noexcept {
    base::swap(other);
    record_.swap(other.record_);
    std::swap(failed_, other.failed_);
}

template <class CharT>
void basic_recordbuf<CharT>::has_read(const CharT* text, std::size_t count) {
    if (!recording()) {
        return;
    }
    std::optional<error> said;
    static_cast<void>(detail::write_below(*record_->get(), text, count, said));
    if (said) {
        failed_ = true;
        this->fail_quietly_as(of_record(*said));
    }
}

template <class CharT>
int basic_recordbuf<CharT>::sync() {
    if (base::sync() != 0) {
        return -1;
    }
    if (!this->is_open() || !recording()) {
        return 0;
    }
    if (const auto said =
            detail::failure_in("sync", [&] { detail::flush_below(*record_->get()); })) {
        this->fail_as(of_record(*said));
        return -1;
    }
    return 0;
}

// Ends the record, but where it is pinned.
template <class CharT>
std::optional<error> basic_recordbuf<CharT>::finish_record() noexcept {
    if (!record_) {
        return std::nullopt;
    }
    std::optional<error> said;
    const std::error_code code =
        detail::finish_below(*record_->get(), record_->is_owned(), recording(), said);
    if (code != errc::pinned) {
        record_.reset();
    }
    return said ? std::optional<error>(of_record(*said)) : std::nullopt;
}

template <class CharT>
auto basic_recordbuf<CharT>::detach() -> owner_type {
    if (!this->is_open()) {
        throw error("detach", errc::closed);
    }
    if (basic_recordbuf::sync() != 0) {
        throw this->latest("detach");
    }
    if (const std::optional<error> said = finish_record()) {
        this->fail_quietly_as(*said);
        throw error(*said);
    }
    return base::detach();
}

template <class CharT>
std::error_code basic_recordbuf<CharT>::do_close() noexcept {
    this->settle();
    const std::optional<error> first = finish_record();
    if (first && first->code() == errc::pinned) {
        return first->code();
    }
    const std::error_code second = base::do_close();
    if (first) {
        second == errc::pinned ? this->fail_quietly_as(*first) : this->record_as(*first);
    }
    return first && second != errc::pinned ? first->code() : second;
}

template class basic_teebuf<char>;
template class basic_teebuf<wchar_t>;
template class basic_recordbuf<char>;
template class basic_recordbuf<wchar_t>;

}  // namespace sluice
