#include <sluice/testing/conformance/report.hpp>

#include <algorithm>
#include <ostream>

namespace sluice::testing {

std::ostream& operator<<(std::ostream& out, const failed_check& failed) {
    out << failed.file << ':' << failed.line << ": " << failed.check;
    if (!failed.thrown.empty()) {
        out << "\n    threw " << failed.thrown;
    }
    if (!failed.wanted.empty()) {
        out << "\n    got " << failed.got << ", wanted " << failed.wanted;
    }
    if (!failed.notes.empty()) {
        out << "\n    where " << failed.notes;
    }
    return out;
}

conformance_report::operator bool() const noexcept {
    return broken_.empty() && !kept_.empty();
}

bool conformance_report::breaks(std::string_view rule) const {
    return std::find(broken_.begin(), broken_.end(), rule) != broken_.end();
}

void conformance_report::add_skipped(std::string_view rule) {
    skipped_.emplace_back(rule);
}

void conformance_report::add_run(std::string_view rule, std::size_t checks, std::size_t failed,
                                 const std::vector<failed_check>& failures) {
    (failed == 0 ? kept_ : broken_).emplace_back(rule);
    checks_ += checks;
    failed_ += failed;
    failures_.insert(failures_.end(), failures.begin(), failures.end());
}

std::ostream& operator<<(std::ostream& out, const conformance_report& report) {
    auto failed = report.failures().begin();
    for (const std::string& rule : report.broken()) {
        out << "broken: " << rule << '\n';
        for (; failed != report.failures().end() && failed->rule == rule; ++failed) {
            out << "  " << *failed << '\n';
        }
    }
    const std::size_t run = report.kept().size() + report.broken().size();
    if (run == 0) {
        return out << "no rule applies\n";
    }
    return out << report.broken().size() << " of " << run << " rules broken, by " << report.failed()
               << " of " << report.checks() << " checks; " << report.skipped().size()
               << " rules do not apply\n";
}

}  // namespace sluice::testing
