//! The lists of the admin center: a search box, columns that sort, pages, and what is shown when there is
//! nothing. All of it is plain links and one form, so it works without scripts, can be bookmarked, and Back
//! goes back.
//!
//! How to make one (the list of accounts is an example, `admin::accounts`):
//!
//! ```text
//! const COLUMNS: &[Column<Queue>] = &[
//!     Column::sorting("queues-column-name", "name", |a, b| list::by_words(&a.name, &b.name)),
//!     Column::sorting("queues-column-members", "members", |a, b| a.members.cmp(&b.members)),
//!     Column::plain("queues-column-hours"),
//! ];
//!
//! #[get("/admin/queues?<state>&<view..>")]
//! fn index(…, state: Option<&str>, view: View) -> Answer<Page<Index>> {
//!     let all = app.store.read(queues::all)?;
//!     let list = List::new("/admin/queues", COLUMNS, view)
//!         .filter("state", state.unwrap_or_default())      // stays in every link of the list
//!         .of(all, |queue, words| list::finds(words, [&queue.name]));
//!     Ok(Page::ok(Index { list }))
//! }
//! ```
//!
//! and in the template:
//!
//! ```text
//! {% if list.is_empty() %}{% call ui::empty(…) %}…{% endcall %}
//! {% else %}
//! <div class="toolbar">{{ list.search_box("queues-search", "queues-search-hint") }}…</div>
//! {% if list.found == 0 %}{{ list.no_match() }}
//! {% else %}
//! <div class="table-wrap"><table class="table table--stack" role="table">{{ list.head() }}<tbody>
//! {% for queue in list.rows %}<tr role="row"><td role="cell">…</td>…</tr>{% endfor %}
//! </tbody></table></div>
//! {{ list.pages() }}
//! {% endif %}{% endif %}
//! ```
//!
//! The first sorting column is the order at the start; a column's first click sorts it upwards, the next
//! downwards. On a phone `table--stack` makes a card of every row. The whole list is read, searched and sorted
//! in memory: for things that people make by hand, of which there are hundreds at most. What grows by itself
//! (the audit log, customers) is read by keyset instead: see `admin::audit`, and [`address`] for its links.

use std::borrow::Cow;
use std::cmp::Ordering;

use askama::Template;
use askama::filters::HtmlSafe;
use rocket::form::FromForm;

use super::page::filters;

/// Rows on one page of a list.
const PAGE_SIZE: usize = 50;

/// What the address says about how a list is looked at.
#[derive(Debug, Default, FromForm)]
pub struct View {
    search: Option<String>,
    sort: Option<String>,
    page: Option<usize>,
}

/// A column of a list.
pub struct Column<T> {
    /// Locale key of its head; empty for the column of buttons.
    title: &'static str,
    sorting: Option<Sorting<T>>,
}

struct Sorting<T> {
    /// In the address: `sort=name`, downwards `sort=-name`.
    name: &'static str,
    compare: fn(&T, &T) -> Ordering,
}

impl<T> Column<T> {
    /// A column that the list can be sorted by.
    pub const fn sorting(
        title: &'static str,
        name: &'static str,
        compare: fn(&T, &T) -> Ordering,
    ) -> Column<T> {
        Column {
            title,
            sorting: Some(Sorting { name, compare }),
        }
    }

    /// A column that it cannot be sorted by.
    pub const fn plain(title: &'static str) -> Column<T> {
        Column {
            title,
            sorting: None,
        }
    }

    /// The column of buttons at the end of each row.
    pub const fn actions() -> Column<T> {
        Column::plain("")
    }
}

/// A list as it is looked at. See the module's documentation.
pub struct List<T: 'static> {
    path: Cow<'static, str>,
    columns: &'static [Column<T>],
    filters: Vec<(&'static str, String)>,
    search: String,
    /// The name of the column and whether it goes downwards.
    sort: (&'static str, bool),
    page: usize,
    /// The rows of this page.
    pub rows: Vec<T>,
    /// How many there are at all, whatever is searched.
    pub total: usize,
    /// How many match.
    pub found: usize,
}

impl<T> List<T> {
    /// The list at `path`, without rows yet.
    pub fn new(
        path: impl Into<Cow<'static, str>>,
        columns: &'static [Column<T>],
        view: View,
    ) -> List<T> {
        let asked = view.sort.unwrap_or_default();
        let (name, downwards) = match asked.strip_prefix('-') {
            Some(name) => (name, true),
            None => (asked.as_str(), false),
        };
        let mut sortings = columns.iter().filter_map(|column| column.sorting.as_ref());
        let first = sortings.clone().next().map_or("", |sorting| sorting.name);
        let sort = sortings
            .find(|sorting| sorting.name == name)
            .map_or((first, false), |sorting| (sorting.name, downwards));
        List {
            path: path.into(),
            columns,
            filters: Vec::new(),
            search: view.search.unwrap_or_default().trim().to_owned(),
            sort,
            page: view.page.unwrap_or(1).max(1),
            rows: Vec::new(),
            total: 0,
            found: 0,
        }
    }

    /// Something else that the list is filtered by: every link of the list keeps it. Leave an empty value out.
    #[must_use]
    pub fn filter(mut self, name: &'static str, value: impl Into<String>) -> List<T> {
        self.filters.push((name, value.into()));
        self
    }

    /// Puts in the rows: those that `matches` finds for the words of the search, sorted, this page of them.
    /// Rows that another filter leaves out count as there: hand over all, and let `matches` look at the filter.
    #[must_use]
    pub fn of(mut self, all: Vec<T>, matches: impl Fn(&T, &str) -> bool) -> List<T> {
        self.total = all.len();
        let mut found: Vec<T> = all
            .into_iter()
            .filter(|row| matches(row, &self.search))
            .collect();
        self.found = found.len();
        if let Some(sorting) = self.sorting() {
            let compare = sorting.compare;
            // Stable both ways: equals keep the order of the database.
            found.sort_by(|a, b| match self.sort.1 {
                false => compare(a, b),
                true => compare(b, a),
            });
        }
        self.page = self.page.min(self.last_page());
        self.rows = found
            .into_iter()
            .skip((self.page - 1) * PAGE_SIZE)
            .take(PAGE_SIZE)
            .collect();
        self
    }

    fn sorting(&self) -> Option<&'static Sorting<T>> {
        self.columns
            .iter()
            .filter_map(|column| column.sorting.as_ref())
            .find(|sorting| sorting.name == self.sort.0)
    }

    fn last_page(&self) -> usize {
        self.found.div_ceil(PAGE_SIZE).max(1)
    }

    /// Whether there is nothing at all, so that the page says what it is for.
    pub fn is_empty(&self) -> bool {
        self.total == 0
    }

    /// The words of the search.
    pub fn search(&self) -> &str {
        &self.search
    }

    /// The address of this list, as it is looked at now, with another value of one of its filters.
    pub fn with(&self, name: &str, value: &str) -> String {
        let sort = self.sort_word(self.sort);
        let kept = self.filters.iter().map(|(filter, kept)| {
            let value = if *filter == name { value } else { kept };
            (*filter, value)
        });
        let view = [("search", self.search.as_str()), ("sort", &sort)];
        address(&self.path, kept.chain(view))
    }

    /// The address of this list as it is looked at now.
    pub fn here(&self) -> String {
        self.href(self.sort, self.page)
    }

    fn href(&self, sort: (&str, bool), page: usize) -> String {
        let page = if page > 1 {
            page.to_string()
        } else {
            String::new()
        };
        let sort = self.sort_word(sort);
        let filters = self.filters.iter().map(|(name, value)| (*name, &**value));
        let view = [("search", &*self.search), ("sort", &sort), ("page", &page)];
        address(&self.path, filters.chain(view))
    }

    /// A sort as the address says it; empty for the order at the start.
    fn sort_word(&self, (name, downwards): (&str, bool)) -> String {
        let first = self
            .columns
            .iter()
            .find_map(|column| column.sorting.as_ref());
        match (downwards, first) {
            (true, _) => format!("-{name}"),
            (false, Some(first)) if first.name == name => String::new(),
            (false, _) => name.to_owned(),
        }
    }

    /// The search box. `label` and `hint` are locale keys: what it searches, and an example of what to type.
    pub fn search_box(&self, label: &'static str, hint: &'static str) -> SearchBox<'_> {
        let mut kept: Vec<(&str, String)> = self
            .filters
            .iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| (*name, value.clone()))
            .collect();
        let sort = self.sort_word(self.sort);
        if !sort.is_empty() {
            kept.push(("sort", sort));
        }
        SearchBox {
            path: &self.path,
            search: &self.search,
            label,
            hint,
            kept,
        }
    }

    /// The head of the table.
    pub fn head(&self) -> Head {
        let columns = self.columns.iter().map(|column| {
            let sorting = column.sorting.as_ref();
            let current = sorting.filter(|sorting| sorting.name == self.sort.0);
            ShownColumn {
                title: column.title,
                href: sorting.map(|sorting| {
                    let downwards = current.is_some() && !self.sort.1;
                    self.href((sorting.name, downwards), 1)
                }),
                order: current.map(|_| {
                    if self.sort.1 {
                        "descending"
                    } else {
                        "ascending"
                    }
                }),
            }
        });
        Head {
            columns: columns.collect(),
        }
    }

    /// What stands in the table's place when nothing matches.
    pub fn no_match(&self) -> NoMatch {
        no_match(self.path.clone())
    }

    /// The way to the other pages; nothing when there is one page.
    pub fn pages(&self) -> Pages {
        let first = (self.page - 1) * PAGE_SIZE;
        Pages {
            from: first + 1,
            to: first + self.rows.len(),
            of: self.found,
            earlier: (self.page > 1).then(|| self.href(self.sort, self.page - 1)),
            later: (self.page < self.last_page()).then(|| self.href(self.sort, self.page + 1)),
        }
    }
}

/// `path` with those of the pairs that have a value.
pub fn address<'a>(path: &str, pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in pairs {
        if !value.is_empty() {
            query.append_pair(name, value);
        }
    }
    match query.finish() {
        query if query.is_empty() => path.to_owned(),
        query => format!("{path}?{query}"),
    }
}

/// The order of two texts as people look for them: capitals do not matter.
pub fn by_words(a: &str, b: &str) -> Ordering {
    a.to_lowercase().cmp(&b.to_lowercase())
}

/// Whether one of the texts has the words of a search in it, whatever their capitals.
pub fn finds<T: AsRef<str>>(words: &str, texts: impl IntoIterator<Item = T>) -> bool {
    let words = words.to_lowercase();
    texts
        .into_iter()
        .any(|text| text.as_ref().to_lowercase().contains(&words))
}

/// A search box without a [`List`], for what has an order of its own.
pub fn search_box<'a>(
    path: &'a str,
    search: &'a str,
    label: &'static str,
    hint: &'static str,
) -> SearchBox<'a> {
    SearchBox {
        path,
        search,
        label,
        hint,
        kept: Vec::new(),
    }
}

/// See [`List::search_box`].
#[derive(Template)]
#[template(path = "ui/list/search_box.html")]
pub struct SearchBox<'a> {
    path: &'a str,
    search: &'a str,
    label: &'static str,
    hint: &'static str,
    kept: Vec<(&'a str, String)>,
}

impl HtmlSafe for SearchBox<'_> {}

/// See [`List::head`].
#[derive(Template)]
#[template(path = "ui/list/head.html")]
pub struct Head {
    columns: Vec<ShownColumn>,
}

struct ShownColumn {
    title: &'static str,
    href: Option<String>,
    order: Option<&'static str>,
}

impl HtmlSafe for Head {}

/// See [`List::no_match`].
#[derive(Template)]
#[template(path = "ui/list/no_match.html")]
pub struct NoMatch {
    clear: Cow<'static, str>,
}

impl HtmlSafe for NoMatch {}

/// What stands in a list's place when nothing matches, with the way back to all of it at `path`.
pub fn no_match(path: impl Into<Cow<'static, str>>) -> NoMatch {
    NoMatch { clear: path.into() }
}

/// See [`List::pages`].
#[derive(Template)]
#[template(path = "ui/list/pages.html")]
pub struct Pages {
    from: usize,
    to: usize,
    of: usize,
    earlier: Option<String>,
    later: Option<String>,
}

impl HtmlSafe for Pages {}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: &[Column<(String, usize)>] = &[
        Column::sorting("name", "name", |a, b| by_words(&a.0, &b.0)),
        Column::sorting("size", "size", |a, b| a.1.cmp(&b.1)),
        Column::actions(),
    ];

    fn list(search: &str, sort: &str, page: usize, rows: usize) -> List<(String, usize)> {
        let view = View {
            search: Some(search.to_owned()),
            sort: Some(sort.to_owned()),
            page: Some(page),
        };
        let all = (0..rows)
            .map(|n| (format!("Row {:03}", rows - n), n))
            .collect();
        List::new("/rows", COLUMNS, view)
            .filter("state", "new")
            .of(all, |row, words| finds(words, [&row.0]))
    }

    #[test]
    fn rows_are_searched_sorted_and_cut_into_pages() {
        for (search, sort, page, first, shown, found) in [
            ("", "", 1, "Row 001", 50, 120),
            ("", "name", 3, "Row 101", 20, 120),
            ("", "-name", 1, "Row 120", 50, 120),
            ("", "size", 1, "Row 120", 50, 120),
            ("", "-size", 1, "Row 001", 50, 120),
            ("", "nonsense", 1, "Row 001", 50, 120),
            ("ROW 11", "", 1, "Row 110", 10, 10),
            ("", "", 99, "Row 101", 20, 120),
            ("", "", 0, "Row 001", 50, 120),
        ] {
            let list = list(search, sort, page, 120);
            assert_eq!(
                (list.rows[0].0.as_str(), list.rows.len(), list.found),
                (first, shown, found),
                "{search:?} {sort:?} {page}"
            );
        }
        let nothing = list("nobody", "", 1, 120);
        assert!(!nothing.is_empty() && nothing.found == 0);
        assert!(list("", "", 1, 0).is_empty());
    }

    #[test]
    fn a_head_sorts_upwards_and_then_downwards_and_keeps_what_is_looked_for() {
        let hrefs = |sort| -> Vec<(Option<String>, Option<&'static str>)> {
            let head = list("a b", sort, 2, 120).head();
            let columns = head.columns.into_iter();
            columns.map(|column| (column.href, column.order)).collect()
        };
        let href = |end: &str| Some(format!("/rows?state=new&search=a+b{end}"));
        assert_eq!(
            hrefs(""),
            [
                (href("&sort=-name"), Some("ascending")),
                (href("&sort=size"), None),
                (None, None)
            ]
        );
        assert_eq!(
            hrefs("-size"),
            [
                (href(""), None),
                (href("&sort=size"), Some("descending")),
                (None, None)
            ]
        );
    }

    #[test]
    fn a_list_leads_to_its_other_pages_and_filters() {
        let list = list("", "-name", 2, 120);
        let pages = list.pages();
        assert_eq!((pages.from, pages.to, pages.of), (51, 100, 120));
        assert_eq!(pages.earlier.as_deref(), Some("/rows?state=new&sort=-name"));
        assert_eq!(
            pages.later.as_deref(),
            Some("/rows?state=new&sort=-name&page=3")
        );
        assert_eq!(list.with("state", ""), "/rows?sort=-name");
        assert_eq!(list.with("state", "old"), "/rows?state=old&sort=-name");
    }
}
