//! The privacy notice that an administrator acknowledges before an account is connected.

/// The version of its text. Raised with every change of what the text says: who agreed to which version is
/// kept. The texts are the locale keys `channel-<name>-privacy` and `privacy-1` to `privacy-3`.
pub const TEXT_VERSION: &str = "2026-11";
