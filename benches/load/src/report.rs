//! What came out: one JSON object, and the first unexpected reply.
use crate::crowd::Outcome;
use serde_json::{Map, Value, json};
use std::process::ExitCode;

/// The result of one work.
pub(crate) struct Report {
    /// The work's name.
    pub(crate) work: &'static str,
    /// What every work has.
    pub(crate) outcome: Outcome,
    /// What only this work has.
    pub(crate) fields: Map<String, Value>,
}

impl Report {
    /// A report without fields of its own.
    pub(crate) fn new(work: &'static str, outcome: Outcome) -> Self {
        Self { work, outcome, fields: Map::new() }
    }

    /// Adds a field.
    pub(crate) fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.fields.insert(name.to_owned(), value.into());
        self
    }

    /// Prints the object, and on standard error the first reply that was not expected.
    pub(crate) fn print(mut self) -> ExitCode {
        println!("{}", self.json());
        match self.outcome.first_error {
            Some(error) => {
                eprintln!("load: {error}");
                ExitCode::FAILURE
            }
            None => ExitCode::SUCCESS,
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "no count comes near 2^52")]
    fn json(&mut self) -> Value {
        let outcome = &mut self.outcome;
        let rate = if outcome.seconds > 0.0 { outcome.operations as f64 / outcome.seconds } else { 0.0 };
        let mut object = std::mem::take(&mut self.fields);
        object.insert("work".into(), self.work.into());
        object.insert("operations".into(), outcome.operations.into());
        object.insert("errors".into(), outcome.errors.into());
        object.insert("seconds".into(), rounded(outcome.seconds));
        object.insert("per_second".into(), rounded(rate));
        object.insert("load_cpu_seconds".into(), rounded(outcome.processor_seconds));
        outcome.latencies.sort_unstable();
        if let Some(max) = outcome.latencies.last() {
            let at = |share| rounded(milliseconds(percentile(&outcome.latencies, share)));
            object.insert(
                "latency_ms".into(),
                json!({"p50": at(500), "p90": at(900), "p99": at(990), "max": rounded(milliseconds(*max))}),
            );
        }
        Value::Object(object)
    }
}

/// The smallest of `sorted` that at least `thousandths` of all do not exceed (nearest rank); 0 of none.
pub(crate) fn percentile(sorted: &[u64], thousandths: usize) -> u64 {
    let rank = (sorted.len() * thousandths).div_ceil(1000);
    sorted.get(rank.saturating_sub(1)).or(sorted.last()).copied().unwrap_or_default()
}

/// Nanoseconds in milliseconds.
#[expect(clippy::cast_precision_loss, reason = "no wait comes near 2^52 ns")]
pub(crate) fn milliseconds(nanoseconds: u64) -> f64 {
    nanoseconds as f64 / 1e6
}

/// To a ten-thousandth: more digits say nothing.
pub(crate) fn rounded(number: f64) -> Value {
    json!((number * 1e4).round() / 1e4)
}

#[cfg(test)]
mod tests {
    use super::percentile;

    #[test]
    fn percentiles_are_nearest_ranks() {
        let hundred: Vec<u64> = (1..=100).collect();
        assert_eq!(percentile(&hundred, 500), 50);
        assert_eq!(percentile(&hundred, 900), 90);
        assert_eq!(percentile(&hundred, 990), 99);
        assert_eq!(percentile(&hundred, 1000), 100);
        assert_eq!(percentile(&[7], 990), 7);
        assert_eq!(percentile(&[1, 2], 500), 1);
        assert_eq!(percentile(&[1, 2, 3], 500), 2);
        assert_eq!(percentile(&[], 500), 0);
    }
}
