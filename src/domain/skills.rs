//! Skills: what a conversation needs, what an agent has, and how far apart the two are.
//! (Specification §1.8, §3.5.)

use super::ids::SkillId;

/// A skill that a conversation needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Need {
    /// The skill.
    pub skill: SkillId,
    /// The lowest rating that is enough, on the skill's scale of positive numbers; `None`: any.
    pub rating: Option<u8>,
}

/// A skill that an agent has. One that is switched off is not in the agent's list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Skill {
    /// The skill.
    pub skill: SkillId,
    /// How good the agent is at it.
    pub rating: u8,
}

/// How the skills of agents are compared with what a conversation needs.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Matching {
    /// Not at all.
    #[default]
    None,
    /// Every skill with the rating or a higher one; without such an agent the conversation waits.
    Exact,
    /// Everybody may get it; whoever comes closest is asked first.
    Closest,
}

impl Matching {
    /// Every way.
    pub const ALL: [Matching; 3] = [Matching::None, Matching::Exact, Matching::Closest];

    /// The word in the database and in locale keys.
    pub const fn word(self) -> &'static str {
        match self {
            Matching::None => "none",
            Matching::Exact => "exact",
            Matching::Closest => "closest",
        }
    }

    /// The way of a word; `None` for any other word.
    pub fn from_word(word: &str) -> Option<Matching> {
        Matching::ALL.into_iter().find(|way| way.word() == word)
    }
}

/// How far an agent is from what is needed; the smallest is the closest. A missing skill weighs more than
/// any lack of rating, and a lack more than any surplus: exact before over-qualified before under-qualified.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    serde::Serialize,
    serde::Deserialize,
)]
pub struct Distance {
    /// Needed skills that the agent does not have.
    pub missing: u16,
    /// How much rating is lacking, over all needed skills that the agent has.
    pub lacking: u16,
    /// How much rating is more than needed.
    pub surplus: u16,
}

impl Distance {
    /// Whether the agent has all that is needed.
    pub const fn is_enough(self) -> bool {
        self.missing == 0 && self.lacking == 0
    }
}

/// How far an agent with the skills `has` is from `needs`. Needing nothing, everybody is at no distance. A
/// skill that is needed without a rating knows no surplus.
pub fn distance(needs: &[Need], has: &[Skill]) -> Distance {
    let mut distance = Distance::default();
    for need in needs {
        let rating = has
            .iter()
            .find(|skill| skill.skill == need.skill)
            .map(|skill| skill.rating);
        match (rating, need.rating) {
            (None, _) => distance.missing += 1,
            (Some(_), None) => {}
            (Some(rating), Some(wanted)) => {
                distance.lacking += u16::from(wanted.saturating_sub(rating));
                distance.surplus += u16::from(rating.saturating_sub(wanted));
            }
        }
    }
    distance
}

/// Adds needs to those that are there (re-routing appends). A skill that is needed twice keeps the higher
/// rating.
pub fn add(needs: &mut Vec<Need>, more: &[Need]) {
    for new in more {
        match needs.iter_mut().find(|need| need.skill == new.skill) {
            Some(need) => need.rating = need.rating.max(new.rating),
            None => needs.push(*new),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FINNISH: SkillId = SkillId(1);
    const BREAD: SkillId = SkillId(2);

    fn need(skill: SkillId, rating: u8) -> Need {
        Need {
            skill,
            rating: Some(rating),
        }
    }

    fn has(skill: SkillId, rating: u8) -> Skill {
        Skill { skill, rating }
    }

    #[test]
    fn exact_comes_before_over_qualified_before_under_qualified_before_missing() {
        let needs = [need(FINNISH, 5), need(BREAD, 3)];
        let mut agents = [
            ("missing", vec![has(FINNISH, 9)]),
            ("under", vec![has(FINNISH, 4), has(BREAD, 9)]),
            ("over", vec![has(FINNISH, 10), has(BREAD, 10)]),
            ("exact", vec![has(BREAD, 3), has(FINNISH, 5)]),
            ("nothing", vec![]),
        ];
        agents.sort_by_key(|(_, skills)| distance(&needs, skills));
        let order = agents.each_ref().map(|(name, _)| *name);
        assert_eq!(order, ["exact", "over", "under", "missing", "nothing"]);
        let enough = agents.map(|(_, skills)| distance(&needs, &skills).is_enough());
        assert_eq!(enough, [true, true, false, false, false]);
    }

    #[test]
    fn a_skill_without_a_rating_is_had_or_not() {
        let any = [Need {
            skill: BREAD,
            rating: None,
        }];
        assert_eq!(distance(&any, &[has(BREAD, 9)]), Distance::default());
        assert!(!distance(&any, &[has(FINNISH, 9)]).is_enough());
        assert!(distance(&[], &[]).is_enough());
    }

    #[test]
    fn new_needs_are_appended_and_the_higher_rating_holds() {
        let mut needs = vec![need(FINNISH, 5)];
        add(&mut needs, &[need(BREAD, 2), need(FINNISH, 3)]);
        add(&mut needs, &[need(BREAD, 4)]);
        assert_eq!(needs, [need(FINNISH, 5), need(BREAD, 4)]);
    }

    #[test]
    fn every_word_leads_back_to_its_way() {
        for way in Matching::ALL {
            assert_eq!(Matching::from_word(way.word()), Some(way));
        }
    }
}
