//! The house stays as it was drawn: dependency edges, templates beside their handlers, a complete
//! catalog, numbered migrations, no text or style where it does not belong.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every file below `folder` with one of the endings, with its path from the root and its text.
fn files(folder: &str, endings: &[&str]) -> Vec<(String, String)> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap_or_else(|error| panic!("{folder:?}: {error}")) {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else {
                found.push(path);
            }
        }
    }
    let mut paths = Vec::new();
    walk(&root().join(folder), &mut paths);
    paths.sort();
    paths
        .into_iter()
        .filter(|path| {
            path.extension()
                .is_some_and(|ending| endings.iter().any(|wanted| ending == *wanted))
        })
        .map(|path| {
            let text = fs::read_to_string(&path).unwrap();
            let name = path.strip_prefix(root()).unwrap().display().to_string();
            (name, text)
        })
        .collect()
}

/// The program's own source files: those of unit tests are left out.
fn sources() -> Vec<(String, String)> {
    let mut sources = files("src", &["rs"]);
    sources.retain(|(name, _)| !name.ends_with("/tests.rs") && !name.ends_with("/testing.rs"));
    sources
}

/// The code of a file without its unit tests and its comments.
fn code(text: &str) -> String {
    let until_tests = text.split("#[cfg(test)]").next().unwrap_or_default();
    until_tests
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect::<Vec<_>>()
        .join("\n")
}

/// The words after `crate::` and `super::super::` chains that name our modules.
fn modules_used(code: &str) -> BTreeSet<String> {
    let mut used = BTreeSet::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        if let Some(list) = rest.strip_prefix('{') {
            let list = &list[..list.find(';').unwrap_or(list.len())];
            let mut depth = 0;
            let mut word = String::new();
            for sign in list.chars() {
                match sign {
                    '{' => depth += 1,
                    '}' => depth -= 1,
                    ',' if depth == 0 => word.clear(),
                    sign if sign.is_alphanumeric() || sign == '_' => {
                        word.push(sign);
                        continue;
                    }
                    ':' if depth == 0 && !word.is_empty() => {
                        used.insert(std::mem::take(&mut word));
                    }
                    _ => {}
                }
            }
            for word in list.split([',', '}']).map(str::trim) {
                if !word.is_empty() && word.chars().all(|c| c.is_alphanumeric() || c == '_') {
                    used.insert(word.to_owned());
                }
            }
        } else {
            let end = rest
                .find(|sign: char| !(sign.is_alphanumeric() || sign == '_'))
                .unwrap_or(rest.len());
            used.insert(rest[..end].to_owned());
        }
    }
    used
}

/// The table in the crate docs.
fn edges() -> BTreeMap<String, BTreeSet<String>> {
    let docs = fs::read_to_string(root().join("src/lib.rs")).unwrap();
    docs.lines()
        .filter_map(|line| line.strip_prefix("//! | `"))
        .flat_map(|line| {
            let (modules, rest) = line.split_once(" | ").expect("a row has two cells");
            let words = |cell: &str| -> BTreeSet<String> {
                cell.split('`')
                    .map(|word| word.trim_matches(['(', ')']))
                    .map(|word| word.split("::").next().unwrap_or_default())
                    .filter(|word| !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase()))
                    .map(str::to_owned)
                    .collect()
            };
            let may = words(rest);
            words(&format!("`{modules}"))
                .into_iter()
                .map(move |module| (module, may.clone()))
        })
        .collect()
}

#[test]
fn modules_use_only_what_the_crate_docs_allow() {
    let edges = edges();
    let modules: BTreeSet<&str> = edges.keys().map(String::as_str).collect();
    assert!(
        modules.contains("store") && modules.contains("web"),
        "{modules:?}"
    );
    let mut broken = Vec::new();
    for (name, text) in sources() {
        let path = name.trim_start_matches("src/");
        let module = path.split(['/', '.']).next().unwrap();
        if ["lib", "main", "cli"].contains(&module) {
            continue;
        }
        let Some(allowed) = edges.get(module) else {
            broken.push(format!(
                "{name}: `{module}` has no row in the table of src/lib.rs"
            ));
            continue;
        };
        for used in modules_used(&code(&text)) {
            if used != module && modules.contains(used.as_str()) && !allowed.contains(&used) {
                broken.push(format!("{name} uses {used}"));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn core_code_never_names_a_platform() {
    let mut broken = Vec::new();
    for (name, text) in sources() {
        let core = [
            "src/domain/",
            "src/store/",
            "src/work/",
            "src/live/",
            "src/web/",
        ];
        if !core.iter().any(|folder| name.starts_with(folder)) {
            continue;
        }
        for line in code(&text).lines() {
            let says = |word: &str| line.to_lowercase().contains(word);
            if says("facebook")
                || says("messenger")
                || line.contains("\"line\"")
                || line.contains("Line::")
            {
                broken.push(format!("{name}: {}", line.trim()));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn migrations_are_numbered_without_gaps_and_all_of_them_run() {
    let listed = fs::read_to_string(root().join("src/store/migrate.rs")).unwrap();
    for (index, (name, _)) in files("migrations", &["sql"]).iter().enumerate() {
        let number = format!("migrations/{:04}_", index + 1);
        assert!(
            name.starts_with(&number),
            "{name} should begin with {number}"
        );
        assert!(
            listed.contains(name),
            "{name} is not in src/store/migrate.rs"
        );
    }
}

#[test]
fn every_text_that_is_used_is_in_the_catalog_and_every_text_in_the_catalog_is_used() {
    let catalog = fs::read_to_string(root().join("src/locale/en.ftl")).unwrap();
    let keys: BTreeSet<&str> = catalog
        .lines()
        .filter(|line| line.starts_with(|first: char| first.is_ascii_lowercase()))
        .filter_map(|line| line.split_once('='))
        .map(|(key, _)| key.trim())
        .collect();
    let rust = files("src", &["rs"])
        .into_iter()
        .map(|(name, text)| (name, code(&text)));
    let pages = files("templates", &["html"])
        .into_iter()
        .map(|(name, text)| (name, without_comments(&text)));
    let sources: Vec<(String, String)> = rust.chain(pages).collect();

    let mut missing = Vec::new();
    for (name, text) in &sources {
        let mut used: Vec<&str> = Vec::new();
        for mark in ["\"|t", "\" | t"] {
            for (at, _) in text.match_indices(mark) {
                let start = text[..at].rfind('"').map_or(0, |quote| quote + 1);
                used.push(&text[start..at]);
            }
        }
        for (at, mark) in text.match_indices("Text::new(\"") {
            let rest = &text[at + mark.len()..];
            used.push(&rest[..rest.find('"').unwrap_or(0)]);
        }
        for key in used {
            if !keys.contains(key) && !key.contains('{') {
                missing.push(format!("{name}: {key}"));
            }
        }
    }
    assert!(missing.is_empty(), "not in the catalog: {missing:#?}");

    // Unit tests count as well: some texts are there to prove the plurals.
    let everything: String = [files("src", &["rs"]), files("templates", &["html"])]
        .concat()
        .into_iter()
        .map(|(_, text)| text)
        .collect();
    let unused: Vec<&&str> = keys
        .iter()
        .filter(|key| {
            let built = |prefix: &str| everything.contains(&format!("\"{prefix}-"));
            let prefixes = key.match_indices('-').map(|(at, _)| &key[..at]);
            !everything.contains(&format!("\"{key}\"")) && !prefixes.into_iter().any(built)
        })
        .collect();
    assert!(
        unused.is_empty(),
        "in the catalog and nowhere used: {unused:#?}"
    );
}

#[test]
fn templates_hold_no_style_no_script_and_no_escape_hatch() {
    let mut broken = Vec::new();
    for (name, text) in files("templates", &["html"]) {
        for (number, line) in text.lines().enumerate() {
            let inline_script = line.contains("<script") && !line.contains("src=");
            let handler = line.split_whitespace().any(|word| {
                word.starts_with("on")
                    && word.contains("=\"")
                    && word.chars().nth(2).is_some_and(char::is_alphabetic)
            });
            if line.contains(" style=")
                || line.contains("<style")
                || inline_script
                || handler
                || line.contains("|safe")
                || line.contains("hx-on")
                || line.contains("js:")
            {
                broken.push(format!("{name}:{}: {}", number + 1, line.trim()));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn templates_hold_no_english() {
    let mut broken = Vec::new();
    for (name, text) in files("templates", &["html"]) {
        let text = remove_tags(&without_comments(&text));
        let mut is_example = false;
        for piece in text.split('>') {
            let (outside, tag) = piece.split_once('<').unwrap_or((piece, ""));
            // What is marked as another language is not ours to translate.
            if std::mem::replace(
                &mut is_example,
                tag.contains(" lang=\"") && !tag.contains(" lang=\"\""),
            ) {
                continue;
            }
            let letters = outside.trim().chars().filter(|c| c.is_alphabetic()).count();
            // The name of a class that a page gives its layout.
            let is_class = outside.contains("--") && !outside.trim().contains(' ');
            let is_name = ["Tiski", "Facebook", "LINE"].contains(&outside.trim());
            if letters > 2 && !is_class && !is_name {
                broken.push(format!("{name}: {}", outside.trim()));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

/// What may stand in English in the code: it reaches no screen, or it is a platform's or the system's words.
const ENGLISH_ALLOWED: &[(&str, &str)] = &[
    ("src/cli/bench/", "names of measurements"),
    ("src/demo/", "what the sample shop's people write"),
    ("src/simulator/", "what the platforms say"),
    (
        "src/http",
        "what the network says, in small print beside a sentence",
    ),
    ("src/web/webhooks/", "answers to a platform"),
    ("src/web/health.rs", "an answer to a monitor"),
    ("src/web/admin/reach.rs", "what a key is derived for"),
    ("src/web/workspace/work_items.rs", "for the log"),
    (
        "src/channels/json.rs",
        "an error of which only the place is kept",
    ),
    (
        "src/channels/facebook/send.rs",
        "a mistake of ours, for the log",
    ),
    ("src/channels/facebook/profile.rs", "for the log"),
    ("src/channels/line/profile.rs", "for the log"),
    ("src/work/names.rs", "for the log"),
    ("src/work/media.rs", "for the log"),
    ("src/domain/simulation", "the simulated shop is a test"),
    (
        "src/store/",
        "an error for the log, or a name that is the shop's to change",
    ),
];

/// The texts in quotation marks of a piece of Rust, each with what stands before it.
fn quoted(code: &str) -> Vec<(&str, &str)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = code[at..].find('"').map(|start| at + start) {
        // A sign in single quotes is none.
        if code[..start].ends_with('\'') && code[start + 1..].starts_with('\'') {
            at = start + 1;
            continue;
        }
        let raw = code[..start].ends_with('#');
        let rest = &code[start + 1..];
        let mut is_escaped = false;
        let end = match raw {
            true => rest.find("\"#"),
            false => rest.char_indices().find_map(|(at, sign)| {
                let ends = sign == '"' && !is_escaped;
                is_escaped = sign == '\\' && !is_escaped;
                ends.then_some(at)
            }),
        };
        let Some(end) = end else { break };
        found.push((&code[..start], &rest[..end]));
        at = start + 1 + end + 1;
    }
    found
}

/// Three words in a row, written small.
fn is_sentence(text: &str) -> bool {
    let words: Vec<&str> = text.split(' ').collect();
    let is_word = |word: &&str| !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase());
    words.windows(3).any(|three| three.iter().all(is_word))
}

/// Whether a text goes to the log, to a panic or to an error that is logged.
fn is_for_the_log(before: &str) -> bool {
    let statement = before.rsplit([';', '{', '}']).next().unwrap_or_default();
    let open = |call: &str| statement.contains(call);
    before.trim_end().ends_with("expect(")
        || [
            "tracing::",
            "panic!(",
            "assert",
            "unreachable!(",
            "#[error(",
            "concat!(",
        ]
        .into_iter()
        .any(open)
}

#[test]
fn the_program_holds_no_english() {
    let mut broken = Vec::new();
    let mut looked_at = 0;
    for (name, text) in sources() {
        if ENGLISH_ALLOWED
            .iter()
            .any(|(place, _)| name.starts_with(place))
        {
            continue;
        }
        let code = code(&text);
        for (before, text) in quoted(&code) {
            looked_at += 1;
            if is_sentence(text) && !is_for_the_log(before) {
                broken.push(format!("{name}: {text}"));
            }
        }
    }
    assert!(looked_at > 2000, "the premise: {looked_at} texts");
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn english_in_the_program_would_be_found() {
    let code = r##"let a = '"'; fail("the message has no id"); tracing::warn!("it is for the log");
        let key = "obstacle-no-message-id"; let sql = "SELECT a FROM b";"##;
    let found: Vec<&str> = quoted(code)
        .into_iter()
        .filter(|(before, text)| is_sentence(text) && !is_for_the_log(before))
        .map(|(_, text)| text)
        .collect();
    assert_eq!(found, ["the message has no id"]);
}

#[test]
fn options_of_the_command_line_are_explained_in_the_catalog_only() {
    for (name, text) in sources() {
        let is_option = |line: &str| line.trim_start().starts_with("#[arg(");
        let lines: Vec<&str> = text.lines().collect();
        for pair in lines.windows(2) {
            assert!(
                !(pair[0].trim_start().starts_with("///") && is_option(pair[1])),
                "{name}: clap would say {:?}",
                pair[0].trim()
            );
        }
    }
}

/// Without `{# … #}`.
fn without_comments(text: &str) -> String {
    let mut parts = text.split("{#");
    let mut kept = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        kept.push_str(part.split_once("#}").map_or("", |(_, rest)| rest));
    }
    kept
}

/// Without `{{ … }}` and `{% … %}`.
fn remove_tags(text: &str) -> String {
    let mut rest = text;
    let mut outside = String::new();
    while let Some(start) = rest.find("{{").into_iter().chain(rest.find("{%")).min() {
        outside.push_str(&rest[..start]);
        let close = if rest[start..].starts_with("{{") {
            "}}"
        } else {
            "%}"
        };
        match rest[start..].find(close) {
            Some(end) => rest = &rest[start + end + 2..],
            None => return outside,
        }
    }
    outside.push_str(rest);
    outside
}

#[test]
fn what_administrators_change_is_written_in_somebodys_name() {
    // `reach` notes by which address the world comes in: nobody's act.
    let mut broken = Vec::new();
    let mut written = 0;
    for (name, text) in sources() {
        if !name.starts_with("src/web/admin/") || name.ends_with("/reach.rs") {
            continue;
        }
        let code = code(&text);
        written += code.matches(".write_by(").count();
        for (at, _) in code.match_indices(".write(") {
            let before = code[..at].trim_end();
            let line = before.lines().last().unwrap_or_default().trim();
            broken.push(format!("{name}: {line}.write( instead of write_by"));
        }
        if code.contains(".write_blocking(") {
            broken.push(format!("{name}: write_blocking"));
        }
    }
    assert!(
        written > 20,
        "the premise: handlers write by `write_by`, {written} times"
    );
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn every_template_stands_beside_its_handlers() {
    for (name, _) in files("templates", &["html"]) {
        let parts: Vec<&str> = name.split('/').skip(1).collect();
        if parts.len() < 2 || ["layout", "errors"].contains(&parts[0]) {
            continue;
        }
        let area = parts[0];
        let places = [
            format!("src/web/{area}.rs"),
            format!("src/web/{area}/mod.rs"),
            format!("src/{area}/mod.rs"),
        ];
        assert!(
            places.iter().any(|place| root().join(place).exists()),
            "{name} has no handlers at {places:?}"
        );
    }
}
