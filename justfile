# The verbs of this repository. CI calls the same scripts; nothing here is needed to build or test.

# Formatting, lints, documentation, spelling.
check:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets --features sickbay/failpoints
    cargo doc --workspace --no-deps --quiet
    typos

# Every test, or those whose name contains NAME: just test guard
test *NAME:
    tests/run {{NAME}}

# The stories on real lab hosts (root).
e2e:
    tests/run lab

# The program, from source: just run diagnose localhost
run *ARGS:
    cargo run --release -- {{ARGS}}

# Licences, advisories, and which room may use which library.
deny:
    cargo deny check

# The figures of README's performance section, measured again on this machine (root).
bench *ARGS:
    tests/bench/run {{ARGS}}

# Kills the program at every durable boundary and at random, for some minutes (root): just soak 10
soak MINUTES="10":
    SICKBAY_SOAK_SECONDS=$(({{MINUTES}} * 60)) SICKBAY_TEST_KILLS=$(({{MINUTES}} * 100)) tests/run killed_at_random

# A release binary without fail points, and its checksum.
release:
    cargo build --release --locked --bin sickbay
    sha256sum target/release/sickbay
