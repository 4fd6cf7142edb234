#include <sluice/filter/hash.hpp>

#include <openssl/evp.h>
#include <zlib.h>

#include <span>
#include <utility>

namespace sluice {

class hashbuf::state {
public:
    state() = default;
    state(const state&) = delete;
    state& operator=(const state&) = delete;
    virtual ~state() = default;

    virtual void add(std::span<const char> text) noexcept = 0;

    /// As if `first` and `second` had been added.
    [[nodiscard]] virtual std::vector<std::byte> digest(std::span<const char> first,
                                                        std::span<const char> second) const = 0;
};

class hashbuf::crc32_state : public state {
public:
    void add(std::span<const char> text) noexcept override { sum_ = next(sum_, text); }

    [[nodiscard]] std::vector<std::byte> digest(std::span<const char> first,
                                                std::span<const char> second) const override {
        const uLong sum = next(next(sum_, first), second);
        std::vector<std::byte> result;
        for (int shift = 24; shift >= 0; shift -= 8) {
            result.push_back(static_cast<std::byte>(sum >> shift & 0xff));
        }
        return result;
    }

private:
    [[nodiscard]] static uLong next(uLong sum, std::span<const char> text) noexcept {
        // A null would begin anew.
        return text.empty()
                   ? sum
                   : ::crc32_z(sum, reinterpret_cast<const Bytef*>(text.data()), text.size());
    }

    uLong sum_ = 0;
};

class hashbuf::sha256_state : public state {
public:
    sha256_state() : context_(EVP_MD_CTX_new()) {
        require(context_ != nullptr &&
                EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) == 1);
    }

    void add(std::span<const char> text) noexcept override { add(*context_, text); }

    [[nodiscard]] std::vector<std::byte> digest(std::span<const char> first,
                                                std::span<const char> second) const override {
        const context copy(EVP_MD_CTX_new());
        require(copy != nullptr && EVP_MD_CTX_copy_ex(copy.get(), context_.get()) == 1);
        add(*copy, first);
        add(*copy, second);
        std::vector<std::byte> result(EVP_MAX_MD_SIZE);
        unsigned int size = 0;
        require(EVP_DigestFinal_ex(copy.get(), reinterpret_cast<unsigned char*>(result.data()),
                                   &size) == 1);
        result.resize(size);
        return result;
    }

private:
    struct freeing {
        void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
    };
    using context = std::unique_ptr<EVP_MD_CTX, freeing>;

    static void require(bool done) {
        if (!done) {
            throw error("open", errc::unsupported, {}, -1, "sha256");
        }
    }

    // Fails for a context that has ended alone, which these have not.
    static void add(EVP_MD_CTX& to, std::span<const char> text) noexcept {
        static_cast<void>(EVP_DigestUpdate(&to, text.data(), text.size()));
    }

    context context_;
};

hashbuf::hashbuf(lower_type below, hash_algorithm algorithm) : base(std::move(below)) {
    if (algorithm == hash_algorithm::crc32) {
        state_ = std::make_unique<crc32_state>();
    } else {
        state_ = std::make_unique<sha256_state>();
    }
}

hashbuf::hashbuf(hashbuf&& other) noexcept {
    swap(other);
}

hashbuf& hashbuf::operator=(hashbuf&& other) noexcept(false) {
    if (this != &other) {
        this->close();
        hashbuf taken(std::move(other));
        swap(taken);
    }
    return *this;
}

hashbuf::~hashbuf() = default;

void hashbuf::swap(hashbuf& other) noexcept {
    base::swap(other);
    state_.swap(other.state_);
}

std::vector<std::byte> hashbuf::digest() const {
    return state_ == nullptr ? std::vector<std::byte>()
                             : state_->digest(unseen_read(), unseen_written());
}

std::string hashbuf::hex() const {
    constexpr const char* digits = "0123456789abcdef";
    std::string result;
    for (const std::byte each : digest()) {
        result += digits[std::to_integer<int>(each) >> 4];
        result += digits[std::to_integer<int>(each) & 15];
    }
    return result;
}

void hashbuf::has_read(const char* text, std::size_t count) {
    state_->add({text, count});
}

void hashbuf::has_written(const char* text, std::size_t count) {
    state_->add({text, count});
}

}  // namespace sluice
