// claims: what a stream buffer says of itself, so that it is held to those rules which apply to it.
//
//     using sluice::testing::claims;
//     claims mine = claims::source();             // read once, from the front to the end
//     mine.seeks = sluice::testing::seeking::positions;
//
// Values, for any thread. Positions and counts are in characters.

#ifndef SLUICE_TESTING_CONFORMANCE_CLAIMS_HPP
#define SLUICE_TESTING_CONFORMANCE_CLAIMS_HPP

namespace sluice::testing {

/// Where a buffer can be sent. Each includes those before it.
enum class seeking {
    none,
    told,       // where a tell was, by seekpos
    positions,  // any count of characters by seekpos, and each end by seekoff
    offsets,    // any offset from the front, from where it stands, and from the end
};

/// What can be read again by sungetc. Each includes those before it.
enum class ungetting {
    none,
    last,        // what was just read, while more follows
    kept,        // the same, at the end and after a failed read too
    everywhere,  // all that stands before the position, also after a seek
};

/// What sputbackc does with a character other than the one that was read.
enum class putting_back {
    refused,
    seen_once,  // it is read once, and never in the content
    stored,     // it replaces what the content has, as in a std::stringbuf
};

/// All false or none says of a buffer that nothing is to be checked. The defaults are a buffer that
/// is read once, of which the last character can be ungot.
struct claims {
    bool reads = true;
    bool writes = false;

    /// It begins at the front of its content, which writes replace. Otherwise what is written is
    /// all that content() is to have: a sink.
    bool replaces = false;
    bool grows = false;  // writes go on past the end

    /// The position for reading is not the one for writing, as in a std::stringbuf.
    bool two_positions = false;
    bool switches = false;  // between reading and writing, with no seek, at one position

    seeking seeks = seeking::none;
    bool past_end = false;   // seeks there too
    bool zero_gaps = false;  // a write past the end fills what is between with zeros

    ungetting ungets = ungetting::last;
    putting_back puts_back = putting_back::refused;

    bool any_character = true;       // each value of a char; not text, of which each must be one
    bool counts_all = false;         // in_avail() is all that is left
    bool negative_counts = false;    // sgetn() and sputn() of one are 0
    bool shows_after_sync = false;   // the device's stored() has what was written before a sync
    bool does_as_stringbuf = false;  // each call has the result that it has on a std::stringbuf

    /// As a std::basic_stringbuf for reading and writing.
    [[nodiscard]] static constexpr claims stringbuf() {
        claims result = replacing();
        result.two_positions = true;
        result.seeks = seeking::offsets;
        result.ungets = ungetting::everywhere;
        result.puts_back = putting_back::stored;
        result.does_as_stringbuf = true;
        return result;
    }

    /// As a std::basic_filebuf for reading and writing, which needs a seek between the two.
    [[nodiscard]] static constexpr claims filebuf() {
        claims result = replacing();
        result.seeks = seeking::offsets;
        result.past_end = true;
        result.zero_gaps = true;
        result.puts_back = putting_back::seen_once;
        return result;
    }

    /// As a buffer of sluice's on a file: one position, and no seek between reading and writing.
    [[nodiscard]] static constexpr claims file() {
        claims result = filebuf();
        result.switches = true;
        result.ungets = ungetting::everywhere;
        result.negative_counts = true;
        return result;
    }

    /// As a buffer of sluice's on memory.
    [[nodiscard]] static constexpr claims memory() {
        claims result = file();
        result.counts_all = true;
        return result;
    }

    /// As text of UTF-8: characters differ in size, so it has no offsets.
    [[nodiscard]] static constexpr claims text() {
        claims result = file();
        result.seeks = seeking::positions;
        result.ungets = ungetting::last;
        result.puts_back = putting_back::refused;
        result.any_character = false;
        return result;
    }

    /// Read once, from the front to the end.
    [[nodiscard]] static constexpr claims source() { return {}; }

    /// Written once, from nothing.
    [[nodiscard]] static constexpr claims sink() {
        claims result;
        result.reads = false;
        result.writes = true;
        result.grows = true;
        result.ungets = ungetting::none;
        return result;
    }

    /// The same, but nothing can be written.
    [[nodiscard]] constexpr claims for_reading() const {
        claims result = *this;
        result.writes = result.replaces = result.grows = result.switches = false;
        result.zero_gaps = result.shows_after_sync = result.does_as_stringbuf = false;
        return result;
    }

private:
    [[nodiscard]] static constexpr claims replacing() {
        claims result;
        result.writes = true;
        result.replaces = true;
        result.grows = true;
        return result;
    }
};

}  // namespace sluice::testing

// What the rules need of a buffer.
namespace sluice::testing::conformance {

[[nodiscard]] constexpr bool readable(const claims& c) {
    return c.reads && c.seeks >= seeking::positions;
}

[[nodiscard]] constexpr bool seekable(const claims& c) {
    return c.reads && c.seeks == seeking::offsets && !c.two_positions;
}

/// Written from nothing.
[[nodiscard]] constexpr bool filling(const claims& c) {
    return c.writes && c.grows;
}

[[nodiscard]] constexpr bool writable(const claims& c) {
    return filling(c) && c.replaces;
}

[[nodiscard]] constexpr bool filling_gaps(const claims& c) {
    return readable(c) && writable(c) && !c.two_positions && c.past_end && c.zero_gaps;
}

/// Read and written at one position.
[[nodiscard]] constexpr bool one_position(const claims& c) {
    return readable(c) && writable(c) && !c.two_positions && c.switches;
}

[[nodiscard]] constexpr bool setting_aside(const claims& c) {
    return readable(c) && c.ungets >= ungetting::last && c.puts_back == putting_back::seen_once;
}

[[nodiscard]] constexpr bool rereading(const claims& c) {
    return readable(c) && !c.two_positions && c.ungets == ungetting::everywhere;
}

[[nodiscard]] constexpr bool rereads_all(const claims& c) {
    return rereading(c) && c.puts_back == putting_back::seen_once;
}

/// What the model of the rules at random does, but for its seeks and ungets.
[[nodiscard]] constexpr bool as_model(const claims& c) {
    return one_position(c) && filling_gaps(c) && c.puts_back != putting_back::stored;
}

}  // namespace sluice::testing::conformance

#endif  // SLUICE_TESTING_CONFORMANCE_CLAIMS_HPP
