//! What was measured, for people and for machines.

use serde::Serialize;

use crate::cli::say;
use crate::locale::Text;

/// A figure beside its goal.
#[derive(Debug, Serialize)]
pub struct Figure {
    /// The goal's number (see the README).
    pub goal: u8,
    /// What was measured: the word of a locale key `cli-bench-of-…`.
    pub what: &'static str,
    /// The value.
    pub value: f64,
    /// Its unit: the word of a locale key `cli-bench-unit-…`.
    pub unit: &'static str,
    /// What it should be; `None` for a figure that others are compared with.
    pub bound: Option<Bound>,
}

/// What a figure should be.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Bound {
    /// This or more.
    AtLeast(f64),
    /// This or less.
    AtMost(f64),
}

impl Figure {
    /// Whether the goal is met.
    pub fn is_met(&self) -> bool {
        match self.bound {
            None => true,
            Some(Bound::AtLeast(least)) => self.value >= least,
            Some(Bound::AtMost(most)) => self.value <= most,
        }
    }

    fn goal_text(&self) -> String {
        match self.bound {
            None => String::new(),
            Some(Bound::AtLeast(least)) => {
                say(Text::new("cli-bench-at-least").arg("value", number(least)))
            }
            Some(Bound::AtMost(most)) => {
                say(Text::new("cli-bench-at-most").arg("value", number(most)))
            }
        }
    }
}

/// Everything that was measured, with the machine.
#[derive(Debug, Serialize)]
pub struct Report {
    /// Processor and memory.
    pub machine: String,
    /// Customer messages that this machine can take in an hour, all the way to the agents' screens.
    pub messages_an_hour: u64,
    /// Customer messages of the last 24 hours in the data directory; `None` when there is none.
    pub messages_of_the_last_day: Option<u64>,
    /// The figures.
    pub figures: Vec<Figure>,
}

impl Report {
    /// Prints it for people: first what it means, then the figures.
    pub fn print(&self) {
        let carried = number((self.messages_an_hour / 1000 * 1000) as f64);
        match self.messages_of_the_last_day {
            Some(yesterday) => println!(
                "{}",
                say(Text::new("cli-bench-carries-yours")
                    .arg("carried", carried)
                    .arg("yours", number(yesterday as f64)))
            ),
            None => println!(
                "{}",
                say(Text::new("cli-bench-carries").arg("carried", carried))
            ),
        }
        println!("\n{}\n", self.machine);
        for figure in &self.figures {
            let mark = match (&figure.bound, figure.is_met()) {
                (None, _) => " ",
                (Some(_), true) => "✓",
                (Some(_), false) => "✗",
            };
            println!(
                "{mark} {}  {:<58} {:>10} {:<12} {}",
                figure.goal,
                say(Text::new(format!("cli-bench-of-{}", figure.what))),
                number(figure.value),
                say(Text::new(format!("cli-bench-unit-{}", figure.unit))),
                figure.goal_text()
            );
        }
    }
}

/// Thousands apart; decimals only where they matter.
fn number(value: f64) -> String {
    if value < 10.0 {
        return format!("{value:.2}");
    }
    if value < 100.0 {
        return format!("{value:.1}");
    }
    let digits = format!("{value:.0}");
    let mut grouped = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// Processor and memory of this machine, as far as the system tells.
pub fn machine() -> String {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let cpu = read("/proc/cpuinfo");
    let model = cpu
        .lines()
        .find_map(|line| {
            line.strip_prefix("model name")?
                .split_once(": ")
                .map(|it| it.1)
        })
        .map_or_else(
            || say(Text::new("cli-bench-processor-unknown")),
            str::to_owned,
        );
    let memory = read("/proc/meminfo");
    let gigabytes = memory
        .lines()
        .find_map(|line| line.strip_prefix("MemTotal:"))
        .and_then(|value| value.trim().strip_suffix(" kB")?.trim().parse::<f64>().ok())
        .map_or(0.0, |kilobytes| kilobytes / 1024.0 / 1024.0);
    say(Text::new("cli-bench-machine")
        .arg("processors", processors.to_string())
        .arg("model", model)
        .arg("memory", format!("{gigabytes:.0}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_easy_to_read() {
        for (value, text) in [
            (0.453, "0.45"),
            (12.34, "12.3"),
            (312.0, "312"),
            (40_000.4, "40,000"),
            (1_234_567.0, "1,234,567"),
        ] {
            assert_eq!(number(value), text);
        }
    }
}
