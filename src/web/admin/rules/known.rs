//! What the rules of a workstream can ask about and write, by the names that people gave.

use crate::domain::facts::{Attribute, ContactField, Kind, Priority};
use crate::domain::ids::{
    CapacityProfileId, OperatingHoursId, PageId, QueueId, SkillId, WorkstreamId,
};
use crate::domain::workstream::VariableKind;
use crate::locale::Text;
use crate::store::queues::{self, QueueName};
use crate::store::workstreams::settings::Workstream;
use crate::store::workstreams::variables::{self, Variable};
use crate::store::{capacity_profiles, operating_hours, pages, skills, workstreams};
use crate::web::App;
use crate::web::failure::Answer;
use crate::web::fields::{Item, Said};

/// Everything that a rule of a workstream can name.
pub struct Known {
    /// The channel's name.
    channel: String,
    channels: Vec<&'static str>,
    /// What the channel may tell of a customer.
    tells: Vec<Attribute>,
    pages: Vec<(PageId, String)>,
    hours: Vec<(OperatingHoursId, String)>,
    skills: Vec<(SkillId, String)>,
    profiles: Vec<(CapacityProfileId, String)>,
    variables: Vec<Variable>,
    /// The queues, the default one first.
    pub queues: Vec<QueueName>,
}

/// Outputs that are capacity profiles begin with this in forms.
const PROFILE: &str = "profile:";

/// Attributes that stand together in a list.
pub struct Group {
    /// What they have in common.
    pub title: Text,
    /// The attributes, by their words.
    pub items: Vec<Item>,
}

impl Known {
    /// What the rules of a workstream can name.
    ///
    /// # Errors
    /// What the database says.
    pub fn load(app: &App, workstream: &Workstream) -> Answer<Known> {
        Known::of(app, workstream.id, &workstream.channel)
    }

    /// What the rules of a workstream of this channel can name, also of one that is gone.
    ///
    /// # Errors
    /// What the database says.
    pub fn of(app: &App, workstream: WorkstreamId, name: &str) -> Answer<Known> {
        let channel = app.channels.get(name);
        let channels = app.channels.all();
        Ok(app.store.read(|reader| {
            let pages = pages::all(reader)?.into_iter();
            let pages = pages.filter(|page| page.channel == name);
            let hours = operating_hours::all(reader)?.into_iter();
            let skills = skills::all(reader)?.into_iter();
            let profiles = capacity_profiles::all(reader)?.into_iter();
            let variables = variables::of(reader, workstream)?.into_iter();
            Ok(Known {
                channel: name.to_owned(),
                channels: channels.map(|channel| channel.name()).collect(),
                tells: channel.map_or(Vec::new(), |channel| channel.tells().to_vec()),
                pages: pages.map(|page| (page.id, page.name)).collect(),
                hours: hours.map(|hours| (hours.id, hours.name)).collect(),
                skills: skills.map(|skill| (skill.id, skill.draft.name)).collect(),
                profiles: profiles.map(|it| (it.id, it.draft.name)).collect(),
                variables: variables.map(|(_, variable)| variable).collect(),
                queues: queues::names(reader)?,
            })
        })?)
    }

    /// The names of everything that any rule can name, whatever its workstream: for telling, not for choosing.
    ///
    /// # Errors
    /// What the database says.
    pub fn of_all(app: &App) -> Answer<Known> {
        Ok(app.store.read(|reader| {
            let hours = operating_hours::all(reader)?.into_iter();
            let skills = skills::all(reader)?.into_iter();
            let pages = pages::all(reader)?.into_iter();
            let profiles = capacity_profiles::all(reader)?.into_iter();
            Ok(Known {
                channel: String::new(),
                channels: app.channels.all().map(|channel| channel.name()).collect(),
                tells: Vec::new(),
                pages: pages.map(|page| (page.id, page.name)).collect(),
                hours: hours.map(|hours| (hours.id, hours.name)).collect(),
                skills: skills.map(|skill| (skill.id, skill.draft.name)).collect(),
                profiles: profiles.map(|it| (it.id, it.draft.name)).collect(),
                variables: Vec::new(),
                queues: queues::names(reader)?,
            })
        })?)
    }

    /// What the rules of queues can name: conversations of every channel and workstream come into a queue.
    ///
    /// # Errors
    /// What the database says.
    pub fn of_queues(app: &App) -> Answer<Known> {
        let mut known = Known::of(app, WorkstreamId(0), "")?;
        for channel in app.channels.all() {
            for attribute in channel.tells() {
                if !known.tells.contains(attribute) {
                    known.tells.push(attribute.clone());
                }
            }
        }
        let (pages, variables) = app.store.read(|reader| {
            let mut found = Vec::new();
            for workstream in workstreams::all(reader)? {
                let of_one = variables::of(reader, workstream.id)?.into_iter();
                found.extend(of_one.map(|(_, variable)| variable));
            }
            Ok((pages::all(reader)?, found))
        })?;
        known.pages = pages.into_iter().map(|page| (page.id, page.name)).collect();
        for variable in variables {
            // The same name may stand for a text in one workstream and for a number in another.
            match known
                .variables
                .iter_mut()
                .find(|it| it.name == variable.name)
            {
                Some(there) if there.kind != variable.kind => there.kind = VariableKind::Text,
                Some(_) => {}
                None => known.variables.push(variable),
            }
        }
        Ok(known)
    }

    /// What a condition can ask about, in the order of the list.
    pub fn attributes(&self) -> Vec<Group> {
        let plain = [
            Attribute::MessageText,
            Attribute::Page,
            Attribute::Channel,
            Attribute::Language,
            Attribute::Priority,
            Attribute::IsGroup,
        ];
        let customer = self.tells.iter().cloned();
        let variables = self.variables.iter();
        let mut groups = vec![
            self.group("rule-group-conversation", plain),
            self.group(
                "rule-group-customer",
                customer.chain([Attribute::EarlierConversations]),
            ),
            self.group(
                "rule-group-contact",
                ContactField::ALL.into_iter().map(Attribute::Contact),
            ),
            self.group(
                "rule-group-variables",
                variables.map(|variable| Attribute::Variable(variable.name.clone())),
            ),
            self.group(
                "rule-group-hours",
                self.hours.iter().map(|(id, _)| Attribute::IsOpen(*id)),
            ),
            self.group(
                "rule-group-skills",
                self.skills.iter().map(|(id, _)| Attribute::Skill(*id)),
            ),
        ];
        groups.retain(|group| !group.items.is_empty());
        groups
    }

    fn group(&self, title: &str, of: impl IntoIterator<Item = Attribute>) -> Group {
        let items = of.into_iter().map(|attribute| Item {
            value: attribute.word(),
            said: Said::Text(self.said(&attribute)),
        });
        Group {
            title: Text::new(title),
            items: items.collect(),
        }
    }

    /// The attribute of a word in a form; `None` when rules of this workstream cannot ask about it.
    pub fn attribute(&self, word: &str) -> Option<Attribute> {
        let groups = self.attributes();
        let mut items = groups.iter().flat_map(|group| &group.items);
        items
            .any(|item| item.value == word)
            .then(|| Attribute::from_word(word))
            .flatten()
    }

    /// How an attribute is called.
    pub fn said(&self, attribute: &Attribute) -> Text {
        match attribute {
            Attribute::IsOpen(id) => {
                Text::new("rule-attribute-open").arg("name", named(&self.hours, id))
            }
            Attribute::Skill(id) => Text::new("rule-attribute-skill").arg("name", self.skill(*id)),
            Attribute::Variable(name) => {
                Text::new("rule-attribute-variable").arg("name", name.clone())
            }
            // The channel's own name for its customers' ids.
            Attribute::ProfileId if !self.channel.is_empty() => {
                Text::new(format!("channel-{}-customer-id", self.channel))
            }
            plain => Text::new(format!("rule-attribute-{}", plain.word())),
        }
    }

    /// What kind of value an attribute has; a variable's is the one that it was made for.
    pub fn kind(&self, attribute: &Attribute) -> Kind {
        let variable = match attribute {
            Attribute::Variable(name) => self.variables.iter().find(|it| it.name == *name),
            _ => None,
        };
        match variable.map(|variable| variable.kind) {
            Some(VariableKind::Number) => Kind::Number,
            Some(VariableKind::Text) => Kind::Text,
            None => attribute.kind(),
        }
    }

    /// The values that an attribute can have, where they can be counted.
    pub fn values(&self, attribute: &Attribute) -> Option<Vec<Item>> {
        if self.kind(attribute) == Kind::Flag {
            return Some(vec![yes_or_no(true), yes_or_no(false)]);
        }
        match attribute {
            Attribute::Page => {
                let pages = self.pages.iter();
                Some(pages.map(|(id, name)| Item::named(id, name)).collect())
            }
            Attribute::Channel => {
                let channels = self.channels.iter();
                Some(channels.map(|name| Item::word("channel", name)).collect())
            }
            Attribute::Priority => Some(priorities()),
            _ => None,
        }
    }

    /// The name of a skill; empty when it is gone.
    pub fn skill(&self, skill: SkillId) -> String {
        named(&self.skills, &skill)
    }

    /// The name of a capacity profile; empty when it is gone.
    pub fn profile(&self, profile: CapacityProfileId) -> String {
        named(&self.profiles, &profile)
    }

    /// The capacity profile that an output of a form names: `profile:3`. `None` when there is none.
    pub fn profile_of(&self, word: &str) -> Option<CapacityProfileId> {
        let id = word.strip_prefix(PROFILE)?.parse().ok()?;
        let id = CapacityProfileId(id);
        self.profiles
            .iter()
            .any(|(one, _)| *one == id)
            .then_some(id)
    }

    /// The word of a capacity profile as an output of a form.
    pub fn profile_word(profile: CapacityProfileId) -> String {
        format!("{PROFILE}{profile}")
    }

    /// What a classification rule can write.
    pub fn outputs(&self) -> Vec<Group> {
        let variables = self.variables.iter();
        let profiles = self.profiles.iter().map(|(id, name)| Item {
            value: Known::profile_word(*id),
            said: Said::Text(Text::new("rule-output-profile").arg("name", name.clone())),
        });
        let mut groups = vec![
            self.group("rule-group-conversation", [Attribute::Priority]),
            self.group(
                "rule-group-skills",
                self.skills.iter().map(|(id, _)| Attribute::Skill(*id)),
            ),
            self.group(
                "rule-group-variables",
                variables.map(|variable| Attribute::Variable(variable.name.clone())),
            ),
            Group {
                title: Text::new("rule-group-profiles"),
                items: profiles.collect(),
            },
        ];
        groups.retain(|group| !group.items.is_empty());
        groups
    }

    /// The skills as a list.
    pub fn skill_items(&self) -> Vec<Item> {
        let skills = self.skills.iter();
        skills.map(|(id, name)| Item::named(id, name)).collect()
    }

    /// The queues as a list, with nothing chosen first.
    pub fn queue_items(&self) -> Vec<Item> {
        let queues = self.queues.iter();
        std::iter::once(Item::none("queue-overflow-queue-choose"))
            .chain(queues.map(|queue| Item::named(queue.id, &queue.name)))
            .collect()
    }

    /// The name of a queue; empty when it is gone.
    pub fn queue(&self, queue: QueueId) -> String {
        let found = self.queues.iter().find(|it| it.id == queue);
        found.map(|queue| queue.name.clone()).unwrap_or_default()
    }

    /// The pages as a list.
    pub fn page_items(&self) -> Vec<Item> {
        self.values(&Attribute::Page).unwrap_or_default()
    }

    /// Whether there is such a page.
    pub fn has_page(&self, page: PageId) -> bool {
        self.pages.iter().any(|(id, _)| *id == page)
    }

    /// Whether the channel may tell this of a customer.
    pub fn tells(&self, attribute: &Attribute) -> bool {
        self.tells.contains(attribute)
    }
}

/// The priorities as a list.
pub fn priorities() -> Vec<Item> {
    let priorities = Priority::ALL.iter().rev();
    priorities
        .map(|priority| Item::word("rule-priority", priority.word()))
        .collect()
}

fn yes_or_no(flag: bool) -> Item {
    Item {
        value: flag.to_string(),
        said: Said::Text(Text::new(if flag { "yes" } else { "no" })),
    }
}

fn named<I: PartialEq>(list: &[(I, String)], id: &I) -> String {
    let found = list.iter().find(|(one, _)| one == id);
    found.map(|(_, name)| name.clone()).unwrap_or_default()
}
