//! Work classification: rules that find out what a conversation needs, before it is routed. (Specification
//! §3.1 step 3, §3.2.)
//!
//! Rulesets run in order. In each the first rule that matches writes its outputs; rules of later rulesets can
//! ask for what was written.

use super::capacity::Demand;
use super::condition::{Asked, Condition, Fault};
use super::facts::{Facts, Priority, VARIABLE_VALUE, Value, is_variable_name};
use super::ids::{CapacityProfileId, ClassificationRuleId, RulesetId};
use super::skills::Need;

/// Rulesets of a workstream at most.
pub const MAX_RULESETS: usize = 10;
/// Rules of a ruleset at most.
pub const MAX_RULES: usize = 100;
/// Outputs of a rule at most.
pub const MAX_OUTPUTS: usize = 5;

/// Rules of which the first that matches holds.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Ruleset {
    /// Row id.
    pub id: RulesetId,
    /// Its name.
    pub name: String,
    /// In order.
    pub rules: Vec<Rule>,
}

/// IF a condition holds THEN these outputs are written.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Rule {
    /// Row id.
    pub id: ClassificationRuleId,
    /// Its name.
    pub name: String,
    /// Switched on.
    pub is_active: bool,
    /// The IF.
    pub condition: Condition,
    /// The THEN: 1 to [`MAX_OUTPUTS`].
    pub outputs: Vec<Output>,
}

/// Something that a rule writes.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Output {
    /// How urgent it is.
    Priority(Priority),
    /// A skill that it needs, beside those that are needed already.
    Skill(Need),
    /// A capacity profile that it takes, beside the workstream's.
    Profile(CapacityProfileId),
    /// A context variable.
    Variable {
        /// Its name, with its case.
        name: String,
        /// Its new value.
        value: Value,
    },
}

/// Why rulesets cannot be saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mistake {
    /// More than [`MAX_RULESETS`].
    TooManyRulesets,
    /// More than [`MAX_RULES`] in one ruleset.
    TooManyRules,
    /// A rule that writes nothing.
    NoOutput,
    /// More than [`MAX_OUTPUTS`] of a rule.
    TooManyOutputs,
    /// A variable's name or value is none.
    Variable,
    /// A test that cannot be asked.
    Condition(Fault),
}

/// Whether a workstream's rulesets are within the limits and make sense.
///
/// # Errors
/// The first mistake, rules in order.
pub fn check(rulesets: &[Ruleset]) -> Result<(), Mistake> {
    if rulesets.len() > MAX_RULESETS {
        return Err(Mistake::TooManyRulesets);
    }
    for ruleset in rulesets {
        if ruleset.rules.len() > MAX_RULES {
            return Err(Mistake::TooManyRules);
        }
        ruleset.rules.iter().try_for_each(Rule::check)?;
    }
    Ok(())
}

impl Rule {
    /// Whether this rule makes sense.
    ///
    /// # Errors
    /// The first mistake.
    pub fn check(&self) -> Result<(), Mistake> {
        check_outputs(&self.outputs)?;
        self.condition.check().map_err(Mistake::Condition)
    }
}

/// Whether what a rule writes makes sense.
///
/// # Errors
/// The first mistake.
pub fn check_outputs(outputs: &[Output]) -> Result<(), Mistake> {
    match outputs.len() {
        0 => return Err(Mistake::NoOutput),
        1..=MAX_OUTPUTS => {}
        _ => return Err(Mistake::TooManyOutputs),
    }
    for output in outputs {
        if let Output::Variable { name, value } = output {
            let is_short = value
                .text()
                .is_some_and(|text| text.chars().count() <= VARIABLE_VALUE);
            if !is_variable_name(name) || !is_short {
                return Err(Mistake::Variable);
            }
        }
    }
    Ok(())
}

/// One rule in the trace.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Considered {
    /// Of which ruleset.
    pub ruleset: RulesetId,
    /// Its name then.
    pub ruleset_name: String,
    /// The rule.
    pub rule: ClassificationRuleId,
    /// Its name then.
    pub rule_name: String,
    /// What came of it.
    pub outcome: Outcome,
}

/// What came of a rule.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It matched, and this was written.
    Matched {
        /// Its tests.
        asked: Vec<Asked>,
        /// What it wrote.
        wrote: Vec<Output>,
    },
    /// Its condition did not hold.
    NotMatched {
        /// Its tests.
        asked: Vec<Asked>,
    },
    /// A rule before it matched.
    NotReached,
    /// It is switched off.
    Inactive,
    /// It cannot be asked.
    Broken(Fault),
}

/// What classification found out.
#[derive(Clone, Debug, PartialEq)]
pub struct Classified {
    /// What is known now: priority, skills and variables as the rules wrote them.
    pub facts: Facts,
    /// What the conversation takes of its agent: the workstream's demand with the profiles of the rules.
    pub demand: Demand,
    /// A rule could not be asked: the conversation goes to the fallback queue.
    pub is_broken: bool,
    /// Every rule, in order.
    pub trace: Vec<Considered>,
}

/// Classifies a conversation. `demand` is what the workstream says a conversation takes.
pub fn classify(rulesets: &[Ruleset], facts: Facts, demand: Demand) -> Classified {
    let mut classified = Classified {
        facts,
        demand,
        is_broken: false,
        trace: Vec::new(),
    };
    for ruleset in rulesets {
        let mut is_decided = false;
        for rule in &ruleset.rules {
            let outcome = match is_decided {
                true => Outcome::NotReached,
                false => consider(rule, &mut classified),
            };
            is_decided |= matches!(outcome, Outcome::Matched { .. });
            classified.trace.push(Considered {
                ruleset: ruleset.id,
                ruleset_name: ruleset.name.clone(),
                rule: rule.id,
                rule_name: rule.name.clone(),
                outcome,
            });
        }
    }
    classified
}

fn consider(rule: &Rule, classified: &mut Classified) -> Outcome {
    if !rule.is_active {
        return Outcome::Inactive;
    }
    match rule.condition.ask(&classified.facts) {
        Err(fault) => {
            classified.is_broken = true;
            Outcome::Broken(fault)
        }
        Ok(answer) if !answer.holds => Outcome::NotMatched {
            asked: answer.asked,
        },
        Ok(answer) => {
            for output in &rule.outputs {
                classified.write(output);
            }
            Outcome::Matched {
                asked: answer.asked,
                wrote: rule.outputs.clone(),
            }
        }
    }
}

impl Classified {
    fn write(&mut self, output: &Output) {
        match output {
            Output::Priority(priority) => self.facts.priority = *priority,
            Output::Skill(need) => self.facts.need(&[*need]),
            Output::Profile(profile) => self.demand.add(*profile),
            Output::Variable { name, value } => {
                self.facts.variables.insert(name.clone(), value.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests;
