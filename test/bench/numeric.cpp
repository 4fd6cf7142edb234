// Numbers, written and read by the locale of the standard library and by the fast one.

#include <sluice/algorithm/numeric.hpp>

#include "bench.hpp"

#include <cstddef>
#include <random>
#include <sstream>
#include <string>
#include <type_traits>
#include <vector>

namespace bench {
namespace {

constexpr std::size_t number_count = 100'000;

template <class Number>
const std::vector<Number>& numbers() {
    static const std::vector<Number> result = [] {
        std::mt19937_64 random(1);
        std::vector<Number> filled(number_count);
        for (Number& number : filled) {
            if constexpr (std::is_floating_point_v<Number>) {
                number = std::uniform_real_distribution<Number>(-1000, 1000)(random);
            } else {
                number = static_cast<Number>(random()) >> random() % 31;  // of all lengths
            }
        }
        return filled;
    }();
    return result;
}

template <class Number, int Precision>
const std::string& text() {
    static const std::string result = [] {
        std::ostringstream out;
        out.precision(Precision);
        for (const Number number : numbers<Number>()) {
            out << number << '\n';
        }
        return out.str();
    }();
    return result;
}

template <class Number, int Precision, bool Fast>
void write_numbers(benchmark::State& state) {
    const auto& all = numbers<Number>();
    for (auto _ : state) {
        std::ostringstream out;
        out.precision(Precision);
        if (Fast) {
            out.imbue(sluice::fast_numeric());
        }
        for (const Number number : all) {
            out << number << '\n';
        }
        const auto size = static_cast<std::size_t>(out.tellp());
        require(state, size == text<Number, Precision>().size(), "other characters");
    }
}

template <class Number, int Precision, bool Fast>
void read_numbers(benchmark::State& state) {
    std::istringstream in(text<Number, Precision>());
    if (Fast) {
        in.imbue(sluice::fast_numeric());
    }
    for (auto _ : state) {
        in.clear();
        in.seekg(0);
        std::size_t count = 0;
        for (Number number{}; in >> number;) {
            benchmark::DoNotOptimize(number);
            ++count;
        }
        require(state, count == number_count, "not all was read");
    }
}

}  // namespace

void numeric_rows(table& rows) {
    const amount calls = nanoseconds(number_count);
    rows.add("<< double", calls)
        .peer("std", write_numbers<double, 6, false>)
        .ours("fast_numeric()", write_numbers<double, 6, true>, at_least(2.5));
    rows.add("<< double, 17 digits", calls)
        .peer("std", write_numbers<double, 17, false>)
        .ours("fast_numeric()", write_numbers<double, 17, true>);
    rows.add("<< int", calls)
        .peer("std", write_numbers<int, 6, false>)
        .ours("fast_numeric()", write_numbers<int, 6, true>);
    rows.add(">> double", calls)
        .peer("std", read_numbers<double, 6, false>)
        .ours("fast_numeric()", read_numbers<double, 6, true>, at_least(4));
    rows.add(">> double, 17 digits", calls)
        .peer("std", read_numbers<double, 17, false>)
        .ours("fast_numeric()", read_numbers<double, 17, true>);
    rows.add(">> int", calls)
        .peer("std", read_numbers<int, 6, false>)
        .ours("fast_numeric()", read_numbers<int, 6, true>, at_least(1.5));
}

}  // namespace bench
