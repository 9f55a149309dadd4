//! Whom to believe: HELO names and sending rates.
