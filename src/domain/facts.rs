//! What is known about a conversation when it is routed, under the names that rules use. (Specification
//! §3.2, §3.3.)

use std::collections::BTreeMap;

use super::ids::{OperatingHoursId, PageId, SkillId};
use super::skills::{self, Need};

/// The longest name and value of a context variable, in characters. (Specification §1.19.)
pub const VARIABLE_NAME: usize = 100;
/// See [`VARIABLE_NAME`].
pub const VARIABLE_VALUE: usize = 4_000;

/// A value that a rule compares.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Value {
    /// Words.
    Text(String),
    /// A number; never a NaN.
    Number(f64),
    /// Yes or no.
    Flag(bool),
}

impl Value {
    /// The number; also of a text that is one. `None` for any other.
    pub fn number(&self) -> Option<f64> {
        match self {
            Value::Number(number) => Some(*number),
            Value::Text(text) => text
                .trim()
                .parse()
                .ok()
                .filter(|number: &f64| number.is_finite()),
            Value::Flag(_) => None,
        }
    }

    /// The text; also of a number, as a person writes it. `None` for a flag.
    pub fn text(&self) -> Option<String> {
        match self {
            Value::Text(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            Value::Flag(_) => None,
        }
    }
}

/// Whether a name may be a context variable's: letters, digits and underscores, at most
/// [`VARIABLE_NAME`].
pub fn is_variable_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= VARIABLE_NAME
        && name
            .bytes()
            .all(|sign| sign.is_ascii_alphanumeric() || sign == b'_')
}

/// How urgent a conversation is.
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
#[serde(rename_all = "kebab-case")]
pub enum Priority {
    /// Can wait.
    Low,
    /// Most are.
    #[default]
    Normal,
    /// Before the others.
    High,
}

impl Priority {
    /// Every one, the least urgent first.
    pub const ALL: [Priority; 3] = [Priority::Low, Priority::Normal, Priority::High];

    /// The word in the database and in locale keys.
    pub const fn word(self) -> &'static str {
        match self {
            Priority::Low => "low",
            Priority::Normal => "normal",
            Priority::High => "high",
        }
    }

    /// The one of a word; `None` for any other word.
    pub fn from_word(word: &str) -> Option<Priority> {
        Priority::ALL.into_iter().find(|one| one.word() == word)
    }
}

/// What a rule asks about.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Attribute {
    /// The text of the message that the conversation began with.
    MessageText,
    /// The channel's name.
    Channel,
    /// The page's row id, as a number.
    Page,
    /// The language that the platform tells of the customer, else the page's (BCP 47).
    Language,
    /// Whether these operating hours are open at the moment.
    IsOpen(OperatingHoursId),
    /// Low, normal or high, as text.
    Priority,
    /// How many earlier conversations the customer had.
    EarlierConversations,
    /// Whether it is a group or room and not one person.
    IsGroup,
    /// The customer's name as the platform tells it.
    ProfileName,
    /// Messenger's locale, e.g. `fi_FI`.
    ProfileLocale,
    /// Hours from GMT, e.g. 5.5.
    ProfileTimeZone,
    /// The platform's id of the customer.
    ProfileId,
    /// A field of the linked contact.
    Contact(ContactField),
    /// A context variable.
    Variable(String),
    /// The rating that is needed of a skill.
    Skill(SkillId),
}

/// A field of the linked contact.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum ContactField {
    /// Whether there is one.
    IsLinked,
    /// First name.
    FirstName,
    /// Last name.
    LastName,
    /// Both, as it is shown.
    FullName,
    /// Company.
    Company,
    /// E-mail address.
    Email,
    /// Phone number.
    Phone,
}

impl ContactField {
    /// Every field.
    pub const ALL: [ContactField; 7] = [
        ContactField::IsLinked,
        ContactField::FirstName,
        ContactField::LastName,
        ContactField::FullName,
        ContactField::Company,
        ContactField::Email,
        ContactField::Phone,
    ];

    /// The word in forms and in locale keys.
    pub const fn word(self) -> &'static str {
        match self {
            ContactField::IsLinked => "is-linked",
            ContactField::FirstName => "first-name",
            ContactField::LastName => "last-name",
            ContactField::FullName => "full-name",
            ContactField::Company => "company",
            ContactField::Email => "email",
            ContactField::Phone => "phone",
        }
    }

    /// The one of a word; `None` for any other word.
    pub fn from_word(word: &str) -> Option<ContactField> {
        ContactField::ALL.into_iter().find(|one| one.word() == word)
    }
}

/// What kind of value an attribute has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Words.
    Text,
    /// A number.
    Number,
    /// Yes or no.
    Flag,
    /// Words or a number, as the variable was made.
    Any,
}

/// The attributes that are only a word in forms; the others carry an id, a name or a field behind it.
const PLAIN: [(&str, Attribute); 11] = [
    ("message-text", Attribute::MessageText),
    ("channel", Attribute::Channel),
    ("page", Attribute::Page),
    ("language", Attribute::Language),
    ("priority", Attribute::Priority),
    ("earlier-conversations", Attribute::EarlierConversations),
    ("is-group", Attribute::IsGroup),
    ("profile-name", Attribute::ProfileName),
    ("profile-locale", Attribute::ProfileLocale),
    ("profile-time-zone", Attribute::ProfileTimeZone),
    ("profile-id", Attribute::ProfileId),
];

impl Attribute {
    /// The word in forms: `message-text`, `contact-email`, `open:3`, `skill:3`, `variable:order_no`.
    pub fn word(&self) -> String {
        match self {
            Attribute::IsOpen(hours) => format!("open:{hours}"),
            Attribute::Skill(skill) => format!("skill:{skill}"),
            Attribute::Variable(name) => format!("variable:{name}"),
            Attribute::Contact(field) => format!("contact-{}", field.word()),
            plain => PLAIN
                .iter()
                .find(|(_, one)| one == plain)
                .map_or("", |(word, _)| word)
                .to_owned(),
        }
    }

    /// The attribute of a word in a form; `None` for any other word.
    pub fn from_word(word: &str) -> Option<Attribute> {
        let id = |behind: &str| behind.parse().ok();
        if let Some(hours) = word.strip_prefix("open:") {
            return id(hours).map(|id| Attribute::IsOpen(OperatingHoursId(id)));
        }
        if let Some(skill) = word.strip_prefix("skill:") {
            return id(skill).map(|id| Attribute::Skill(SkillId(id)));
        }
        if let Some(name) = word.strip_prefix("variable:") {
            return is_variable_name(name).then(|| Attribute::Variable(name.to_owned()));
        }
        if let Some(field) = word.strip_prefix("contact-") {
            return ContactField::from_word(field).map(Attribute::Contact);
        }
        let found = PLAIN.iter().find(|(plain, _)| *plain == word);
        found.map(|(_, attribute)| attribute.clone())
    }

    /// Whether it is known only after the platform was asked about the customer, which happens after his first
    /// message has come.
    pub const fn is_asked_for(&self) -> bool {
        matches!(
            self,
            Attribute::Language
                | Attribute::ProfileName
                | Attribute::ProfileLocale
                | Attribute::ProfileTimeZone
        )
    }

    /// What kind of value it has.
    pub const fn kind(&self) -> Kind {
        match self {
            Attribute::MessageText
            | Attribute::Channel
            | Attribute::Language
            | Attribute::Priority
            | Attribute::ProfileName
            | Attribute::ProfileLocale
            | Attribute::ProfileId => Kind::Text,
            Attribute::Page
            | Attribute::EarlierConversations
            | Attribute::ProfileTimeZone
            | Attribute::Skill(_) => Kind::Number,
            Attribute::IsOpen(_) | Attribute::IsGroup => Kind::Flag,
            Attribute::Contact(ContactField::IsLinked) => Kind::Flag,
            Attribute::Contact(_) => Kind::Text,
            Attribute::Variable(_) => Kind::Any,
        }
    }

    /// Whether its value is the customer's own data. A trace does not copy it: it would outlive the customer's
    /// wish to be erased.
    pub const fn is_personal(&self) -> bool {
        match self {
            Attribute::MessageText
            | Attribute::ProfileName
            | Attribute::ProfileId
            | Attribute::Variable(_) => true,
            Attribute::Contact(field) => !matches!(field, ContactField::IsLinked),
            Attribute::Channel
            | Attribute::Page
            | Attribute::Language
            | Attribute::IsOpen(_)
            | Attribute::Priority
            | Attribute::EarlierConversations
            | Attribute::IsGroup
            | Attribute::ProfileLocale
            | Attribute::ProfileTimeZone
            | Attribute::Skill(_) => false,
        }
    }
}

/// What is known about a conversation. Classification adds to it, so that later rules can ask.
#[derive(Clone, Debug, PartialEq)]
pub struct Facts {
    /// The text of the message that it began with; empty for a picture alone.
    pub message_text: String,
    /// The channel's name.
    pub channel: String,
    /// The page.
    pub page: PageId,
    /// The customer's language, else the page's.
    pub language: Option<String>,
    /// Which operating hours are open now, and which are not.
    pub open: BTreeMap<OperatingHoursId, bool>,
    /// How many earlier conversations the customer had.
    pub earlier_conversations: u32,
    /// A group or room, not one person.
    pub is_group: bool,
    /// The customer's name, as far as the platform has told it.
    pub profile_name: Option<String>,
    /// Messenger's locale.
    pub profile_locale: Option<String>,
    /// Hours from GMT.
    pub profile_time_zone: Option<f64>,
    /// The platform's id of the customer.
    pub profile_id: String,
    /// The linked contact's fields that are filled; `None`: nobody is linked.
    pub contact: Option<BTreeMap<ContactField, String>>,
    /// How urgent it is.
    pub priority: Priority,
    /// The skills that it needs.
    pub needs: Vec<Need>,
    /// Context variables, names with their case.
    pub variables: BTreeMap<String, Value>,
}

impl Facts {
    /// A conversation of which nothing is known but where it came in, what it said, and the platform's id of
    /// the customer.
    pub fn new(channel: &str, page: PageId, profile_id: &str, message_text: &str) -> Facts {
        Facts {
            message_text: message_text.to_owned(),
            channel: channel.to_owned(),
            page,
            language: None,
            open: BTreeMap::new(),
            earlier_conversations: 0,
            is_group: false,
            profile_name: None,
            profile_locale: None,
            profile_time_zone: None,
            profile_id: profile_id.to_owned(),
            contact: None,
            priority: Priority::default(),
            needs: Vec::new(),
            variables: BTreeMap::new(),
        }
    }

    /// The value of an attribute; `None` when it is not known or empty.
    pub fn value(&self, attribute: &Attribute) -> Option<Value> {
        let text = |text: &str| (!text.trim().is_empty()).then(|| Value::Text(text.to_owned()));
        match attribute {
            Attribute::MessageText => text(&self.message_text),
            Attribute::Channel => text(&self.channel),
            Attribute::Page => Some(Value::Number(self.page.0 as f64)),
            Attribute::Language => text(self.language.as_deref()?),
            Attribute::IsOpen(hours) => self.open.get(hours).copied().map(Value::Flag),
            Attribute::Priority => text(self.priority.word()),
            Attribute::EarlierConversations => {
                Some(Value::Number(f64::from(self.earlier_conversations)))
            }
            Attribute::IsGroup => Some(Value::Flag(self.is_group)),
            Attribute::ProfileName => text(self.profile_name.as_deref()?),
            Attribute::ProfileLocale => text(self.profile_locale.as_deref()?),
            Attribute::ProfileTimeZone => self.profile_time_zone.map(Value::Number),
            Attribute::ProfileId => text(&self.profile_id),
            Attribute::Contact(ContactField::IsLinked) => Some(Value::Flag(self.contact.is_some())),
            Attribute::Contact(field) => text(self.contact.as_ref()?.get(field)?),
            Attribute::Variable(name) => match self.variables.get(name)? {
                Value::Text(words) => text(words),
                other => Some(other.clone()),
            },
            Attribute::Skill(skill) => {
                let need = self.needs.iter().find(|need| need.skill == *skill)?;
                Some(Value::Number(f64::from(need.rating.unwrap_or(0))))
            }
        }
    }

    /// Adds needs to those that are there.
    pub fn need(&mut self, more: &[Need]) {
        skills::add(&mut self.needs, more);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_known_or_empty_has_no_value() {
        let mut facts = Facts::new("messenger", PageId(3), "123", "  ");
        for attribute in [
            Attribute::MessageText,
            Attribute::Language,
            Attribute::IsOpen(OperatingHoursId(1)),
            Attribute::ProfileName,
            Attribute::Contact(ContactField::Email),
            Attribute::Variable("order".to_owned()),
            Attribute::Skill(SkillId(1)),
        ] {
            assert_eq!(facts.value(&attribute), None, "{attribute:?}");
        }
        facts.contact = Some(BTreeMap::from([(ContactField::Email, String::new())]));
        assert_eq!(facts.value(&Attribute::Contact(ContactField::Email)), None);
        facts
            .variables
            .insert("order".to_owned(), Value::Text(" ".to_owned()));
        assert_eq!(facts.value(&Attribute::Variable("order".to_owned())), None);
    }

    #[test]
    fn what_is_known_has_the_kind_of_its_attribute() {
        let mut facts = Facts::new("messenger", PageId(3), "123", "Hello");
        facts.profile_time_zone = Some(5.5);
        facts.contact = Some(BTreeMap::from([(
            ContactField::Company,
            "Bakery".to_owned(),
        )]));
        facts
            .variables
            .insert("Order".to_owned(), Value::Number(7.0));
        facts.need(&[Need {
            skill: SkillId(1),
            rating: Some(4),
        }]);
        for (attribute, value) in [
            (Attribute::Page, Value::Number(3.0)),
            (Attribute::ProfileTimeZone, Value::Number(5.5)),
            (Attribute::IsGroup, Value::Flag(false)),
            (
                Attribute::Contact(ContactField::IsLinked),
                Value::Flag(true),
            ),
            (
                Attribute::Contact(ContactField::Company),
                Value::Text("Bakery".to_owned()),
            ),
            (Attribute::Variable("Order".to_owned()), Value::Number(7.0)),
            (Attribute::Skill(SkillId(1)), Value::Number(4.0)),
            (Attribute::Priority, Value::Text("normal".to_owned())),
        ] {
            assert_eq!(facts.value(&attribute), Some(value), "{attribute:?}");
        }
        let other_case = Attribute::Variable("order".to_owned());
        assert_eq!(facts.value(&other_case), None, "names have their case");
    }

    #[test]
    fn every_word_leads_back_to_its_attribute() {
        let carrying = [
            Attribute::IsOpen(OperatingHoursId(3)),
            Attribute::Skill(SkillId(4)),
            Attribute::Variable("Order_2".to_owned()),
        ];
        let plain = PLAIN.iter().map(|(_, attribute)| attribute.clone());
        let contact = ContactField::ALL.into_iter().map(Attribute::Contact);
        for attribute in plain.chain(contact).chain(carrying) {
            let word = attribute.word();
            assert_eq!(Attribute::from_word(&word), Some(attribute), "{word}");
        }
        for word in [
            "",
            "name",
            "open:",
            "skill:x",
            "variable:a b",
            "contact-shoe",
        ] {
            assert_eq!(Attribute::from_word(word), None, "{word}");
        }
    }

    #[test]
    fn names_of_variables_are_letters_digits_and_underscores() {
        for (name, is_one) in [
            ("order_2", true),
            ("", false),
            ("order no", false),
            ("tilausnumerö", false),
            (&"x".repeat(100), true),
            (&"x".repeat(101), false),
        ] {
            assert_eq!(is_variable_name(name), is_one, "{name}");
        }
    }
}
