#include <sluice/sluice.hpp>

#include <fcntl.h>

#include <iostream>
#include <string>
#include <string_view>

int main() {
    const std::string content(1 << 20, 'x');
    auto [in, out] = sluice::pipe();
    ::fcntl(out.fileno(), F_SETFL, O_NONBLOCK);
    std::string received;
    // [README]
    std::string_view rest = content;  // more than the pipe holds
    while (!rest.empty()) {
        try {
            rest.remove_prefix(out.write(rest));
        } catch (const sluice::error& e) {
            if (e.code() != sluice::errc::would_block) {  // Python: BlockingIOError
                throw;
            }
            rest.remove_prefix(static_cast<std::size_t>(e.count()));  // characters_written
            out.clear();
            received += in.read1();  // here the other end makes room; elsewhere poll() waits
        }
    }
    // [end]
    std::cout << received.size() << " bytes before the last write\n";
    return received == content.substr(0, received.size()) ? 0 : 1;
}
