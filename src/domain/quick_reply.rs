//! Quick replies: texts that are kept because they are written often, and what is filled into them.
//! (Specification §1.16, §4.5.)

use super::languages;

/// Longest title, in characters.
pub const TITLE_LIMIT: usize = 100;
/// Longest text, in characters.
pub const TEXT_LIMIT: usize = 4_000;
/// How many tags a reply may have.
pub const MOST_TAGS: usize = 10;
const TAG_LIMIT: usize = 40;

/// A quick reply, as far as it is looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// What agents know it by.
    pub title: String,
    /// The text, with variables: see [`fill`].
    pub text: String,
    /// BCP 47; empty: for every language.
    pub language: String,
    /// Small words without `#`, each once.
    pub tags: Vec<String>,
}

/// The tags that somebody typed, parted by blanks or commas, with or without their `#`: each once, in small
/// letters.
///
/// # Errors
/// The first that cannot be one (a `#` inside, longer than 40 characters); an empty text when there are more than
/// [`MOST_TAGS`].
pub fn typed_tags(typed: &str) -> Result<Vec<String>, String> {
    let mut tags: Vec<String> = Vec::new();
    let parts = typed.split(|sign: char| sign.is_whitespace() || matches!(sign, ',' | ';'));
    for part in parts.filter(|part| !part.is_empty()) {
        let tag = part.strip_prefix('#').unwrap_or(part).to_lowercase();
        if tag.is_empty() || tag.contains('#') || tag.chars().count() > TAG_LIMIT {
            return Err(part.to_owned());
        }
        if !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    match tags.len() > MOST_TAGS {
        true => Err(String::new()),
        false => Ok(tags),
    }
}

impl Reply {
    /// How well it suits what an agent typed behind the slash: `None` when it does not, smaller is better. Every
    /// word has to be found: one with `#` as the beginning of a tag, any other in title, tags or text.
    pub fn rank(&self, typed: &str) -> Option<u8> {
        let mut worst = 0;
        for word in command(typed).to_lowercase().split_whitespace() {
            worst = worst.max(self.rank_of(word)?);
        }
        Some(worst)
    }

    fn rank_of(&self, word: &str) -> Option<u8> {
        if let Some(tag) = word.strip_prefix('#') {
            return self.tags.iter().any(|it| it.starts_with(tag)).then_some(0);
        }
        let title = self.title.to_lowercase();
        if title.starts_with(word) {
            Some(0)
        } else if title.contains(word) || self.tags.iter().any(|tag| tag.starts_with(word)) {
            Some(1)
        } else {
            self.text.to_lowercase().contains(word).then_some(2)
        }
    }
}

/// What is looked for: without `q` or `1`, which agents type after the slash out of habit.
fn command(typed: &str) -> &str {
    let typed = typed.trim_start();
    ["q", "1"]
        .into_iter()
        .find_map(|command| match typed.strip_prefix(command)? {
            rest if rest.is_empty() || rest.starts_with(' ') => Some(rest),
            _ => None,
        })
        .unwrap_or(typed)
}

/// Those for a page that speaks `page`: of its language, and those for every language. All of them when there is
/// none of its language, or it is not known: a reply in another language is better than none.
pub fn for_language<T>(
    replies: Vec<T>,
    page: Option<&str>,
    language: impl for<'a> Fn(&'a T) -> &'a str,
) -> Vec<T> {
    let Some(page) = page else {
        return replies;
    };
    if !replies.iter().any(|it| languages::same(language(it), page)) {
        return replies;
    }
    let suits = |it: &T| language(it).is_empty() || languages::same(language(it), page);
    replies.into_iter().filter(|it| suits(it)).collect()
}

/// What is filled into a reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Values {
    /// The customer's name; empty when it is not known.
    pub customer: String,
    /// The agent's name.
    pub agent: String,
    /// The agent's nickname; may be empty.
    pub nickname: String,
    /// The conversation's context variables: name, as it is written, and value.
    pub context: Vec<(String, String)>,
}

/// The text with its variables filled in: `{FullName{Customer}}`, `{FirstName{…}}`, `{LastName{…}}` of `Customer` and
/// `Agent`, `{Nickname{Agent}}`, `{OCContext.name}` and `{$name$}`. One that is not known becomes empty. Everything is
/// filled in one pass: a variable within a value stays what it is. What is no variable (`{`, `{x}`) stays.
pub fn fill(text: &str, values: &Values) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('{') {
        filled.push_str(&rest[..start]);
        rest = &rest[start..];
        match variable(rest, values) {
            Some((length, value)) => {
                filled.push_str(value);
                rest = &rest[length..];
            }
            None => {
                filled.push('{');
                rest = &rest[1..];
            }
        }
    }
    filled.push_str(rest);
    filled
}

/// The variable that a text begins with: how long it is, and its value.
fn variable<'v>(text: &str, values: &'v Values) -> Option<(usize, &'v str)> {
    let inside = text.strip_prefix('{')?;
    let context = |name: &str| {
        let found = values.context.iter().find(|(known, _)| known == name);
        found.map_or("", |(_, value)| value.as_str())
    };
    if let Some(named) = inside.strip_prefix('$') {
        let name = &named[..named.find("$}")?];
        return is_name(name).then(|| (name.len() + 4, context(name)));
    }
    if let Some(named) = inside.strip_prefix("OCContext.") {
        let name = &named[..named.find('}')?];
        return is_name(name).then(|| (name.len() + "{OCContext.}".len(), context(name)));
    }
    let slug = &inside[..inside.find("}}")?];
    let (part, whose) = slug.split_once('{')?;
    let name = match whose {
        "Customer" => &values.customer,
        "Agent" => &values.agent,
        _ => return None,
    };
    let value = match (part, whose) {
        ("FullName", _) => name.as_str(),
        ("FirstName", _) => name.split_whitespace().next().unwrap_or_default(),
        ("LastName", _) => name.split_whitespace().skip(1).last().unwrap_or_default(),
        ("Nickname", "Agent") => &values.nickname,
        _ => return None,
    };
    Some((slug.len() + 3, value))
}

fn is_name(name: &str) -> bool {
    let is_fine = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    !name.is_empty() && name.bytes().all(is_fine)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(title: &str, language: &str, tags: &[&str], text: &str) -> Reply {
        Reply {
            title: title.to_owned(),
            text: text.to_owned(),
            language: language.to_owned(),
            tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
        }
    }

    #[test]
    fn variables_are_filled_once_and_unknown_ones_become_empty() {
        let values = Values {
            customer: "Anna Maria Virtanen".to_owned(),
            agent: "林怡君".to_owned(),
            nickname: "Mei {$order$}".to_owned(),
            context: vec![("order".to_owned(), "TK-1".to_owned())],
        };
        for (text, expected) in [
            ("Hi {FirstName{Customer}}!", "Hi Anna!"),
            (
                "{LastName{Customer}}, {FullName{Customer}}",
                "Virtanen, Anna Maria Virtanen",
            ),
            ("{FirstName{Agent}}{LastName{Agent}}", "林怡君"),
            ("{Nickname{Agent}}", "Mei {$order$}"),
            ("{$order$} {OCContext.order} {$Order$}", "TK-1 TK-1 "),
            ("{OCContext.other}.", "."),
            (
                "{ {} {x} {Nickname{Customer}} {$a b$} {",
                "{ {} {x} {Nickname{Customer}} {$a b$} {",
            ),
            ("{FullName{Customer", "{FullName{Customer"),
            ("{{FirstName{Customer}}}", "{Anna}"),
        ] {
            assert_eq!(fill(text, &values), expected, "{text}");
        }
        assert_eq!(
            fill("Dear {FullName{Customer}},", &Values::default()),
            "Dear ,"
        );
    }

    #[test]
    fn what_is_typed_behind_the_slash_finds_by_title_tag_and_text() {
        let refund = reply("Refund", "en", &["money", "returns"], "It takes five days.");
        for (typed, expected) in [
            ("", Some(0)),
            ("ref", Some(0)),
            ("FUND", Some(1)),
            ("mon", Some(1)),
            ("#mon", Some(0)),
            ("#mon ref", Some(0)),
            ("#mon #ret", Some(0)),
            ("#other ref", None),
            ("five", Some(2)),
            ("ref five", Some(2)),
            ("q ref", Some(0)),
            ("q", Some(0)),
            ("1 ref", Some(0)),
            ("quick", None),
            ("zip", None),
        ] {
            assert_eq!(refund.rank(typed), expected, "{typed}");
        }
    }

    #[test]
    fn a_french_page_shows_french_replies_and_every_other_one_when_there_is_none() {
        let all = || {
            vec![
                reply("a", "fr", &[], ""),
                reply("b", "en", &[], ""),
                reply("c", "", &[], ""),
            ]
        };
        for (page, expected) in [
            (Some("fr-CA"), "ac"),
            (Some("en"), "bc"),
            (Some("fi"), "abc"),
            (None, "abc"),
        ] {
            let found = for_language(all(), page, |it: &Reply| it.language.as_str());
            let titles: String = found.iter().map(|it| it.title.as_str()).collect();
            assert_eq!(titles, expected, "{page:?}");
        }
    }

    #[test]
    fn tags_are_read_as_people_type_them() {
        assert_eq!(
            typed_tags("#Money returns,money").unwrap(),
            ["money", "returns"]
        );
        assert!(typed_tags("").unwrap().is_empty());
        for wrong in ["a#b", "##", "#"] {
            assert_eq!(typed_tags(wrong), Err(wrong.to_owned()));
        }
        let many: String = (0..=MOST_TAGS).map(|n| format!("t{n} ")).collect();
        assert_eq!(typed_tags(&many), Err(String::new()));
    }
}
