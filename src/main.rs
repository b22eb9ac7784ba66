//! The program: see the crate docs in `lib.rs` for the map.

use std::process::ExitCode;

fn main() -> ExitCode {
    tiski::cli::run()
}
