//! The list of what was not accepted, at the top of a form, names each field as the page itself names it: taken
//! from the field's own label, so that the two never differ.

use crate::locale::{Locale, Text};

/// How the list and each of its links begin in `templates/_macros.html`.
const LIST: &str = "id=\"error-summary\"";
const LINK: &str = "<li><a href=\"#";

/// Puts the label of its field before every sentence of the list. A field whose label is a whole sentence (a
/// check box), or that has none, stays as it is.
pub fn name_fields(html: String, locale: Locale) -> String {
    let Some((head, rest)) = html.split_once(LIST) else {
        return html;
    };
    let Some((list, tail)) = rest.split_once("</ul>") else {
        return html;
    };
    let mut links = list.split(LINK);
    let mut named = links.next().unwrap_or_default().to_owned();
    for link in links {
        named.push_str(LINK);
        match name(link, &html, locale) {
            Some(link) => named.push_str(&link),
            None => named.push_str(link),
        }
    }
    format!("{head}{LIST}{named}</ul>{tail}")
}

/// `name">Fill this in.</a></li>` as `name">Name: Fill this in.</a></li>`.
fn name(link: &str, html: &str, locale: Locale) -> Option<String> {
    let (field, said) = link.split_once("\">")?;
    let (why, end) = said.split_once("</a>")?;
    // Both are HTML already.
    let text = Text::new("form-problem")
        .arg("field", label(html, field)?.to_owned())
        .arg("why", why.to_owned());
    Some(format!("{field}\">{}</a>{end}", text.say(locale)))
}

/// What stands in a field's label, or in the legend of a group of fields, without what follows it in small.
fn label<'a>(html: &'a str, field: &str) -> Option<&'a str> {
    let of_field = format!("<label class=\"field__label\" for=\"{field}\">");
    let of_group = format!("id=\"{field}\"><legend class=\"field__label\">");
    [of_field, of_group].iter().find_map(|mark| {
        let (_, text) = html.split_once(mark.as_str())?;
        let text = text.split('<').next()?.trim();
        (!text.is_empty()).then_some(text)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(form: &str) -> String {
        let list = "<ul><li><a href=\"#name\">Fill this in.</a></li><li><a href=\"#role\">Choose.</a></li>\
                    <li><a href=\"#yes\">Tick this.</a></li></ul>";
        format!("<div class=\"banner\" id=\"error-summary\">{list}</div>{form}")
    }

    #[test]
    fn each_link_names_its_field_by_the_label_on_the_page() {
        let form = "<label class=\"field__label\" for=\"name\">Name &amp; place <span>optional</span></label>\
                    <fieldset class=\"field\" id=\"role\"><legend class=\"field__label\">Role</legend></fieldset>\
                    <label for=\"yes\">I have read it</label>";
        let said = name_fields(page(form), Locale::English);
        for link in [
            "<a href=\"#name\">Name &amp; place: Fill this in.</a>",
            "<a href=\"#role\">Role: Choose.</a>",
            "<a href=\"#yes\">Tick this.</a>",
        ] {
            assert!(said.contains(link), "{said}");
        }
        assert!(said.ends_with(form));
    }

    #[test]
    fn a_page_without_the_list_stays_as_it_is() {
        let html = "<label class=\"field__label\" for=\"name\">Name</label>".to_owned();
        assert_eq!(name_fields(html.clone(), Locale::English), html);
    }
}
