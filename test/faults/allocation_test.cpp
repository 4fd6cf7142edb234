// Streams, memory and algorithms.

#include <sluice/algorithm/chunks.hpp>
#include <sluice/algorithm/copy.hpp>
#include <sluice/algorithm/getline.hpp>
#include <sluice/algorithm/lines.hpp>
#include <sluice/algorithm/numeric.hpp>
#include <sluice/algorithm/read_all.hpp>
#include <sluice/bytes.hpp>
#include <sluice/device/container.hpp>
#include <sluice/device/memory.hpp>
#include <sluice/device/span.hpp>
#include <sluice/fstream.hpp>
#include <sluice/sstream.hpp>

#include <support/temporary.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <faults/allocation.hpp>
#include <locale>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using faults::check;
using faults::fail_each;
using faults::look_at;
using faults::look_at_buffer_of;
using faults::look_at_stream;
using faults::picture;
using faults::read_in_part;
using faults::sample;
using faults::sweep;
using faults::whole_or_not;
using faults::written_in_part;
using ios = std::ios_base;

namespace {

/// Something to use, a text it gave, and how much of another it has taken.
template <class Used>
struct with_result {
    template <class... Arguments>
    explicit with_result(Arguments&&... arguments) : used(std::forward<Arguments>(arguments)...) {}
    Used used;
    std::string result;
    faults::resumed_write write;
};

struct ram : with_result<sluice::membuf> {
    ram() : with_result(sample) { used.pubseekoff(0, ios::end); }
};

std::unique_ptr<ram> new_ram() {
    return std::make_unique<ram>();
}

picture look_at_ram(const std::unique_ptr<ram>& object) {
    picture seen = look_at(object->used);
    seen.mode += object->result;
    return seen;
}

using io = with_result<sluice::bytes_io>;

std::unique_ptr<io> new_io() {
    return std::make_unique<io>(sample);
}

picture look_at_io(const std::unique_ptr<io>& object) {
    return look_at_buffer_of(object->used, object->result);
}

}  // namespace

TEST_SUITE_BEGIN("allocation");

TEST_CASE("memory") {
    const sweep fail{new_ram, look_at_ram};
    fail([](auto& object) {
        if (object->used.sputn(sample.data(), 3000) != 3000) {
            throw object->used.reason();
        }
    });
    fail(
        [](auto& object) {
            for (const char c : sample) {
                if (object->used.sputc(c) != c) {
                    object->used.pubseekoff(
                        -std::streamoff(object->used.view().size() - sample.size()), ios::end);
                    throw object->used.reason();
                }
            }
        },
        {.leaves = written_in_part});
    fail([](auto& object) { object->used.truncate(100'000); });
    fail([](auto& object) { object->used.truncate(10); });
    fail([](auto& object) { object->used.truncate(1'000'000); });  // in pages
    fail([](auto& object) {
        object->used.reserve(1'000'000);
        object->used.reserve(3'000'000);
    });
    fail([](auto& object) { object->result = object->used.getvalue(); });
    fail([](auto& object) { object->result = object->used.take().view(); },
         {.leaves = [](const picture& before, const picture& left, const picture& after) {
             // What was taken is its taker's, who had no room for the copy.
             return left == before || (left.content.empty() && after.content.empty());
         }});
    fail([](auto& object) { static_cast<void>(object->used.getbuffer()); });
    fail([](auto& object) { object->used.clear(); });
    fail([](auto& object) { object->result = std::to_string(object->used.size()); });
    fail([](auto& object) { object->used.pubseekoff(100'000, ios::beg); });
    fail([](auto& object) {
        if (object->used.pubseekoff(-100'000, ios::beg) != std::streampos(-1)) {
            throw sluice::error();
        }
        object->result = object->used.reason().what();
    });
    fail([](auto& object) { sluice::membuf(std::move(object->used)).swap(object->used); });
    fail([](auto& object) { object->used.close(); });
    fail_each([] { return std::make_unique<sluice::membuf>(); },
              [](auto& buf) {
                  if (buf->sputn("out of the small one, which is a part of the object", 51) != 51 ||
                      buf->sputn(sample.data(), 1000) != 1000) {
                      throw buf->reason();
                  }
              },
              [](const auto& buf) { return look_at(*buf); }, {.leaves = written_in_part});
    fail_each([] { return std::make_unique<sluice::membuf>("small"); },
              [](auto& buf) {
                  const sluice::bytes taken = buf->take();
                  static_cast<void>(taken);
              },
              [](const auto& buf) { return look_at(*buf); });
    fail_each([] { return std::make_unique<sluice::wmembuf>(std::wstring(3000, L'x')); },
              [](auto& buf) { buf->truncate(50'000); },
              [](const auto& buf) { return look_at(*buf); });
}

TEST_CASE("bytes") {
    struct parts {
        std::string text = sample;
        std::vector<unsigned char> vector = std::vector<unsigned char>(1000, 'x');
        sluice::bytes held;
    };
    const sweep fail{[] { return std::make_unique<parts>(); },
                     [](const auto& object) -> picture {
                         return {object->text + std::string(object->held.view()),
                                 std::streamoff(object->vector.size()), ""};
                     }};
    fail([](auto& object) { object->held = sluice::bytes(std::move(object->text)); });
    fail([](auto& object) { object->held = sluice::bytes(std::move(object->vector)); });
}

TEST_CASE("python's calls on memory") {
    const sweep fail{new_io, look_at_io};
    fail([](auto& s) { s->result = s->used.read(); });
    fail([](auto& s) { s->result = s->used.read(1000); });
    fail([](auto& s) { s->result = s->used.read1(1000); });
    fail([](auto& s) { s->result = s->used.readline(); });
    fail([](auto& s) { s->result = s->used.readlines().back(); });
    fail([](auto& s) { s->result = s->used.readlines(500).back(); });
    fail(
        [](auto& s) {
            std::string into(100, ' ');
            s->used.readinto(into);
            s->result = std::move(into);
        },
        {.leaves = read_in_part});
    fail([](auto& s) { s->result = s->used.peek(100); });
    fail(
        [](auto& s) {
            std::string all;
            for (const std::string& line : s->used) {
                all += line;
            }
            s->result = std::move(all);
        },
        {.leaves = read_in_part});
    fail([](auto& s) { s->write(s->used, sample + sample); },
         {.leaves = written_in_part, .resumes = true});
    fail([](auto& s) { s->used.writelines(std::vector<std::string>(500, "a line\n")); },
         {.leaves = written_in_part});
    fail(
        [](auto& s) {
            s->used.seek(50'000);
            s->used.write("x");
        },
        {.leaves =
             [](const picture& before, const picture& left, const picture& /*after*/) {
                 return left.content == before.content;  // the seek has been done
             },
         .resumes = true});
    fail([](auto& s) { s->used.truncate(50'000); });
    fail([](auto& s) { s->used.reserve(50'000); });
    fail([](auto& s) { s->result = s->used.getvalue(); });
    fail([](auto& s) { static_cast<void>(s->used.getbuffer()); });
    fail([](auto& s) { s->used.clear_content(); });
    fail([](auto& s) { s->used.close(); });
    fail(
        [](auto& s) {
            s->used << 12345 << "text" << 3.25;
            check(s->used);
        },
        {.leaves = written_in_part});
    fail(
        [](auto& s) {
            std::string word;
            s->used >> word;
            check(s->used);
            s->result = std::move(word);
        },
        {.leaves = read_in_part});
    fail([](auto& s) { sluice::bytes_io copy(s->used.view()); });
    fail([](auto& s) { sluice::bytes_io(std::move(s->used)).swap(s->used); });
    fail([](auto& s) { sluice::stream taken(std::move(s->used)); });  // to a place of its own
    fail([](auto& s) { static_cast<void>(s->used.detach()); });
    const support::temporary_file file(sample + sample);
    fail([&](auto& s) { s->used.load(file.path()); },
         {.leaves =
              [](const picture& before, const picture& left, const picture& after) {
                  return left == before || after.content.starts_with(left.content);
              },
          .resumes = true});
    fail([&](auto& s) {
        s->used.save(file.path());
        s->result = file.content();
    });
}

TEST_CASE("what fails is told") {
    const sweep fail{new_io, look_at_io};
    fail([](auto& s) {
        std::string said;
        try {
            s->used.seek(-1);
        } catch (const sluice::error& why) {
            said = why.operation();
            if (why.code() != sluice::errc::bad_position) {
                throw;
            }
        }
        s->result = std::move(said);
    });
    fail(
        [](auto& s) {
            s->used.set_max_size(sample.size());
            s->used.seek(0, ios::end);
            std::string said = "nothing";
            try {
                s->used.write("more");
            } catch (const sluice::error& why) {
                if (why.code() != sluice::errc::no_space) {
                    throw;
                }
                said = why.operation();
            }
            const sluice::error why = sluice::error_of(s->used);
            s->result = said + why.operation();
        },
        {.leaves = read_in_part});
    fail_each(
        [] { return std::make_unique<sluice::error>("open", sluice::errc::closed, "/a/path"); },
        [](auto& why) {
            *why = sluice::error("read", sluice::errc::pinned, "another/and/longer/path");
        },
        [](const auto& why) { return std::string(why->what()) + why->path(); });
}

TEST_CASE("text in memory") {
    fail_each(
        [] {
            auto object = std::make_unique<with_result<sluice::string_io>>(
                std::string_view("a\r\nb"), sluice::newline::crlf);
            object->used.seek(0, ios::end);
            return object;
        },
        [](auto& s) { s->write(s->used, sample); },
        [](const auto& s) {
            s->used.clear();
            return look_at(*s->used.rdbuf());
        },
        {.leaves = written_in_part, .resumes = true});
    fail_each([] { return std::make_unique<sluice::wstring_io>(L"text"); },
              [](auto& s) { s->write(std::wstring(1000, L'x')); },
              look_at_stream<sluice::wstring_io>);
    fail_each([] { return std::make_unique<sluice::string_io>(sample); },
              [](auto& s) { *s = sluice::string_io(sample + sample, sluice::newline::crlf); },
              look_at_stream<sluice::string_io>);
    const support::temporary_file file(sample);
    fail_each([] { return std::make_unique<sluice::string_io>("old", sluice::newline::crlf); },
              [&](auto& s) { s->load(file.path()); }, look_at_stream<sluice::string_io>,
              {.leaves =
                   [](const picture& before, const picture& left, const picture& after) {
                       return left == before || after.content.starts_with(left.content);
                   },
               .resumes = true});
}

TEST_CASE("a container of the caller's") {
    struct held {
        held() { buf.pubseekoff(0, ios::end); }
        std::string content = sample;
        sluice::containerbuf<std::string> buf{content};
    };
    const sweep fail{[] { return std::make_unique<held>(); },
                     [](const auto& object) {
                         object->buf.pubsync();
                         picture seen = look_at(object->buf);
                         seen.mode +=
                             object->content == seen.content ? "" : ", but not the caller's";
                         return seen;
                     }};
    fail([](auto& object) {
        if (object->buf.sputn(sample.data(), 3000) != 3000) {
            throw object->buf.reason();
        }
        object->buf.pubsync();
    });
    fail([](auto& object) { object->buf.truncate(50'000); });
    fail([](auto& object) { object->buf.truncate(50); });
    fail([](auto& object) { object->buf.close(); });
}

TEST_CASE("memory of the caller's") {
    struct held {
        std::string memory = sample;
        sluice::spanbuf buf{memory, ios::in | ios::out};
        std::string result;
    };
    const sweep fail{[] { return std::make_unique<held>(); },
                     [](const auto& object) {
                         picture seen = look_at(object->buf);
                         seen.mode += object->result;
                         return seen;
                     }};
    fail([](auto& object) {
        object->result = object->buf.view().substr(0, 100);
        object->buf.sputn("over", 4);
    });
    fail([](auto& object) {
        std::string said;
        try {
            object->buf.truncate(100'000);
        } catch (const sluice::error& why) {
            if (why.code() != sluice::errc::no_space) {
                throw;
            }
            said = "no space";
        }
        object->result = said;
    });
}

TEST_CASE("the streams of strings") {
    const sweep fail{[] { return std::make_unique<with_result<sluice::stringstream>>(sample); },
                     [](const auto& s) -> picture {
                         return {s->used.str(),
                                 std::streamoff(s->used.rdbuf()->pubseekoff(0, ios::cur, ios::in)),
                                 s->result};
                     }};
    fail(
        [](auto& s) {
            s->used.seekp(0, ios::end);
            s->used << sample << 12345;
            check(s->used);
        },
        {.leaves = written_in_part});
    fail([](auto& s) { s->used.str(sample + sample); });
    fail([](auto& s) { s->result = s->used.str(); });
    fail([](auto& s) { s->result = std::string(s->used.view()); });
    fail(
        [](auto& s) {
            std::string line;
            std::getline(s->used, line);
            check(s->used);
            s->result = std::move(line);
        },
        {.leaves = read_in_part});
    fail([](auto& s) { s->used = sluice::stringstream(std::move(s->used)); });
    fail([](auto& s) {
        s->result =
            sluice::ostringstream("x", ios::ate).str() + sluice::istringstream(sample).str();
    });
}

TEST_CASE("algorithms") {
    const sweep fail{new_io, look_at_io};
    fail([](auto& s) { s->result = sluice::read_all(s->used); }, {.leaves = read_in_part});
    fail([](auto& s) { s->result = sluice::read_all(s->used, 100); }, {.leaves = read_in_part});
    fail(
        [](auto& s) {
            const auto all = sluice::read_all<std::vector<char>>(s->used);
            s->result.assign(all.begin(), all.end());
        },
        {.leaves = read_in_part});
    fail([](auto& s) { s->result = sluice::read_all<sluice::bytes>(s->used).view(); },
         {.leaves = read_in_part});
    fail(
        [](auto& s) {
            sluice::bytes_io out;
            sluice::copy(s->used, out);
            s->result = out.getvalue();
        },
        {.leaves = read_in_part});
    fail(
        [](auto& s) {
            std::string all;
            for (const std::string_view line : sluice::lines(s->used)) {
                all += line;
            }
            check(s->used);
            s->result = std::move(all);
        },
        {.leaves = read_in_part});
    fail(
        [](auto& s) {
            std::string line;
            sluice::getline(s->used, line, 100);
            check(s->used);
            s->result = std::move(line);
        },
        {.leaves = read_in_part});
    fail(
        [](auto& s) {
            std::string all;
            for (const std::string_view chunk : sluice::chunks(s->used, 1000)) {
                all += chunk;
            }
            check(s->used);
            s->result = std::move(all);
        },
        {.leaves = read_in_part});
    fail(
        [](auto& s) {
            s->used.imbue(sluice::fast_numeric());
            s->used << 12345 << ' ' << 3.25;
            check(s->used);
        },
        {.leaves = written_in_part});
}

TEST_CASE("copies and lines of what is not memory") {
    const support::temporary_file file(sample);
    struct open_file {
        explicit open_file(const std::string& path) : in(path) {}
        sluice::ifstream in;
        sluice::bytes_io out;
        std::string result;
    };
    const sweep fail{[&] { return std::make_unique<open_file>(file.path()); },
                     [](const auto& object) {
                         return look_at_buffer_of(object->in,
                                                  std::to_string(object->out.view().size()) +
                                                      object->result);
                     }};
    // `in` stands behind what `out` has taken.
    fail(
        [](auto& object) {
            object->in.clear();
            object->out.clear();
            sluice::copy(object->in, object->out);
        },
        {.leaves =
             [](const picture& before, const picture& left, const picture& /*after*/) {
                 return left.content == before.content &&
                        left.mode == "r-" + std::to_string(left.position);
             },
         .resumes = true});
    fail([](auto& object) { object->result = sluice::read_all(object->in); });
    fail(
        [](auto& object) {
            std::string all;
            auto lines = sluice::lines(object->in);
            for (const std::string_view line : lines) {
                all += line;
            }
            check(object->in);
            object->result = std::move(all);
        },
        {.leaves = read_in_part});
}

TEST_SUITE_END();
