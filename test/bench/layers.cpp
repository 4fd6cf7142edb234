// Layers, against what lies below them alone (counting lines reads it all again); and the ring,
// against other pipes between threads.

#include <sluice/device/file.hpp>
#include <sluice/device/memory.hpp>
#include <sluice/device/pipe.hpp>
#include <sluice/filter/count.hpp>
#include <sluice/filter/ring.hpp>

#include "bench.hpp"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <streambuf>
#include <string>
#include <thread>
#include <utility>

namespace bench {
namespace {

constexpr std::size_t piece_size = 64;
constexpr std::size_t counted = 64 * MiB;

void put_pieces(benchmark::State& state, std::streambuf& to) {
    const std::string piece(piece_size - 1, 'x');
    const std::string line = piece + '\n';
    for (std::size_t done = 0; done < counted; done += piece_size) {
        to.sputn(line.data(), static_cast<std::streamsize>(piece_size));
    }
    require(state, to.pubsync() == 0, "not all was written");
}

void get_pieces(benchmark::State& state, std::streambuf& from) {
    std::string piece(piece_size, '\0');
    std::size_t got = 0;
    for (std::streamsize part = 1; part > 0;) {
        part = from.sgetn(piece.data(), static_cast<std::streamsize>(piece_size));
        got += static_cast<std::size_t>(part);
    }
    require(state, got == counted, "not all was read");
}

void write_memory(benchmark::State& state) {
    for (auto _ : state) {
        sluice::membuf memory;
        put_pieces(state, memory);
    }
}

void write_counted(benchmark::State& state) {
    for (auto _ : state) {
        sluice::membuf memory;
        sluice::countbuf layer(memory);
        put_pieces(state, layer);
        require(state, layer.lines_written() == counted / piece_size, "lines were lost");
    }
}

const std::string& content() {
    static const std::string all(counted, 'x');
    return all;
}

void read_memory(benchmark::State& state) {
    sluice::membuf memory(content());
    for (auto _ : state) {
        memory.pubseekpos(0);
        get_pieces(state, memory);
    }
}

void read_counted(benchmark::State& state) {
    sluice::membuf memory(content());
    for (auto _ : state) {
        memory.pubseekpos(0);
        sluice::countbuf layer(memory);
        get_pieces(state, layer);
        require(state, layer.characters_read() == counted, "characters were lost");
    }
}

// -- pipes ------------------------------------------------------------------------------------

constexpr std::size_t piped = 256 * MiB;
constexpr std::size_t block = 16 * KiB;

/// What people write for themselves: blocks in a queue, so many at most.
class queue_pipe {
public:
    void write(const std::string& text) {
        std::unique_lock lock(mutex_);
        has_room_.wait(lock, [&] { return blocks_.size() < 16; });
        blocks_.push_back(text);
        has_data_.notify_one();
    }
    void close() { write({}); }
    std::size_t read(std::string& target) {
        std::unique_lock lock(mutex_);
        has_data_.wait(lock, [&] { return !blocks_.empty(); });
        target = std::move(blocks_.front());
        blocks_.pop_front();
        has_room_.notify_one();
        return target.size();
    }

private:
    std::mutex mutex_;
    std::condition_variable has_data_;
    std::condition_variable has_room_;
    std::deque<std::string> blocks_;
};

/// One thread writes, this one reads.
template <class Ends>
void pass(benchmark::State& state) {
    const std::string text(block, 'x');
    for (auto _ : state) {
        Ends ends;
        const auto start = std::chrono::steady_clock::now();
        std::thread writer([&] {
            for (std::size_t done = 0; done < piped; done += block) {
                ends.write(text);
            }
            ends.close();
        });
        std::string target(block, '\0');
        std::size_t got = 0;
        for (std::size_t part = 1; part > 0;) {
            part = ends.read(target);
            got += part;
        }
        writer.join();
        state.SetIterationTime(
            std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
        require(state, got == piped, "not all was read");
    }
}

template <class Streams>
struct stream_ends {
    explicit stream_ends(Streams made) : streams(std::move(made)) {}
    void write(const std::string& text) {
        streams.writer.rdbuf()->sputn(text.data(), static_cast<std::streamsize>(text.size()));
    }
    void close() { streams.writer.close(); }
    std::size_t read(std::string& target) {
        return static_cast<std::size_t>(streams.reader.rdbuf()->sgetn(
            target.data(), static_cast<std::streamsize>(target.size())));
    }

    Streams streams;
};
struct ring_ends : stream_ends<sluice::ring_streams> {
    ring_ends() : stream_ends(sluice::ring()) {}
};
struct system_ends : stream_ends<sluice::pipe_streams> {
    system_ends() : stream_ends(sluice::pipe()) {}
};

}  // namespace

void layer_rows(table& rows) {
    rows.add("count over memory: append 64 B pieces, 64 MiB", gigabytes(counted))
        .peer("membuf", write_memory)
        .ours("countbuf", write_counted, at_least(0.8));
    rows.add("count over memory: read 64 B pieces, 64 MiB", gigabytes(counted))
        .peer("membuf", read_memory)
        .ours("countbuf", read_counted, at_least(0.2));
    rows.add("16 KiB pieces from thread to thread, 256 MiB", gigabytes(piped))
        .timed_by_hand()
        .peer("the system's pipe", pass<system_ends>)
        .peer("std::deque and std::mutex", pass<queue_pipe>)
        .ours("ring", pass<ring_ends>, at_least(1.5));
}

}  // namespace bench
