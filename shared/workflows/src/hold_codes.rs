//! Where buyers' codes come from: six digits, drawn so that nobody can tell them from an order's number.

use commerce::hold_terms::HoldCode;
use std::sync::Arc;

/// Draws a code; that nobody else of the shop has it is for the write to say.
pub type Draw = Arc<dyn Fn() -> HoldCode + Send + Sync>;

/// Draws from the operating system's randomness.
pub fn drawn() -> Draw {
    Arc::new(|| HoldCode::from_number(rand::random_range(0..HoldCode::COUNT)))
}
