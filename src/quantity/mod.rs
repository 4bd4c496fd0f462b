//! Numbers as Chinese reports write them.

pub use rust_decimal::Decimal;
