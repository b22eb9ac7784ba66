//! Comma-separated values as spreadsheets read them (RFC 4180): lines end in CR LF, quotes are doubled.

/// Writes one row.
pub fn row<T: AsRef<str>>(out: &mut String, cells: impl IntoIterator<Item = T>) {
    for (index, value) in cells.into_iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        cell(out, value.as_ref());
    }
    out.push_str("\r\n");
}

/// A spreadsheet takes what begins with these for a formula and may run it; an apostrophe before it makes it
/// a text. (promises.md E16)
const DANGEROUS: [char; 7] = ['=', '+', '-', '@', '\t', '\r', '\0'];

fn cell(out: &mut String, value: &str) {
    let guarded = value.starts_with(DANGEROUS);
    let quoted = guarded || value.contains(['"', ',', '\n', '\r']);
    if quoted {
        out.push('"');
    }
    if guarded {
        out.push('\'');
    }
    if quoted {
        out.push_str(&value.replace('"', "\"\""));
        out.push('"');
    } else {
        out.push_str(value);
    }
}

/// A row as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The line of the file on which it begins, from 1.
    pub line: usize,
    /// Its cells, as they were before [`row`] wrote them.
    pub cells: Vec<String>,
}

/// Reads a file. The cells are parted by commas, or by semicolons where the first line has more of these, as
/// spreadsheets write them in half of Europe. Lines with nothing in them are left out; a byte order mark as well. A
/// quote that is never closed takes the rest of the file into its cell.
pub fn read(text: &str) -> Vec<Row> {
    let text = text.trim_start_matches('\u{feff}');
    let first = text.lines().next().unwrap_or_default();
    let count = |sign| first.matches(sign).count();
    let part = if count(';') > count(',') { ';' } else { ',' };
    let (mut rows, mut cells, mut cell) = (Vec::new(), Vec::new(), String::new());
    let (mut line, mut begins, mut is_quoted) = (1, 1, false);
    let mut signs = text.chars().peekable();
    while let Some(sign) = signs.next() {
        line += usize::from(sign == '\n');
        match sign {
            '"' if is_quoted && signs.peek() == Some(&'"') => {
                signs.next();
                cell.push('"');
            }
            '"' if is_quoted => is_quoted = false,
            '"' if cell.is_empty() => is_quoted = true,
            sign if is_quoted => cell.push(sign),
            '\r' => {}
            '\n' => {
                cells.push(unguarded(std::mem::take(&mut cell)));
                finish(&mut rows, &mut cells, begins);
                begins = line;
            }
            sign if sign == part => cells.push(unguarded(std::mem::take(&mut cell))),
            sign => cell.push(sign),
        }
    }
    cells.push(unguarded(cell));
    finish(&mut rows, &mut cells, begins);
    rows
}

fn finish(rows: &mut Vec<Row>, cells: &mut Vec<String>, line: usize) {
    let cells = std::mem::take(cells);
    if cells.iter().any(|cell| !cell.trim().is_empty()) {
        rows.push(Row { line, cells });
    }
}

/// Takes the apostrophe away that [`cell`] put before a formula.
fn unguarded(cell: String) -> String {
    match cell.strip_prefix('\'') {
        Some(guarded) if guarded.starts_with(DANGEROUS) => guarded.to_owned(),
        _ => cell,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_file_is_read_as_spreadsheets_write_it() {
        for (text, expected) in [
            (
                "a,b\r\nc,d\r\n",
                &[(1, &["a", "b"][..]), (2, &["c", "d"])][..],
            ),
            (
                "\u{feff}a;b;c\n\n1;2,5;3",
                &[(1, &["a", "b", "c"]), (3, &["1", "2,5", "3"])],
            ),
            (
                "a,\"b\nc \"\"d\"\"\"\ne,f",
                &[(1, &["a", "b\nc \"d\""]), (3, &["e", "f"])],
            ),
            ("a,\"open", &[(1, &["a", "open"])]),
            ("", &[]),
        ] {
            let rows = read(text);
            let rows: Vec<(usize, Vec<&str>)> = rows
                .iter()
                .map(|row| (row.line, row.cells.iter().map(String::as_str).collect()))
                .collect();
            let expected: Vec<_> = expected
                .iter()
                .map(|(line, cells)| (*line, cells.to_vec()))
                .collect();
            assert_eq!(rows, expected, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(cells in prop::collection::vec("[a-c,;\"\n=@+' 王]{1,12}", 2..5)) {
            prop_assume!(cells.iter().any(|cell| !cell.trim().is_empty()));
            // An apostrophe before a formula is ours.
            prop_assume!(!cells.iter().any(|cell| cell.starts_with('\'')));
            let mut text = String::new();
            row(&mut text, ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n"]);
            row(&mut text, &cells);
            let rows = read(&text);
            prop_assert_eq!(&rows[1].cells, &cells);
        }
    }

    #[test]
    fn a_row_is_read_back_as_it_was_and_no_cell_is_a_formula() {
        for (cells, written) in [
            (&["a", "", "c"][..], "a,,c\r\n"),
            (
                &["Müller, Söhne", "say \"hello\""],
                "\"Müller, Söhne\",\"say \"\"hello\"\"\"\r\n",
            ),
            (&["two\nlines"], "\"two\nlines\"\r\n"),
            (
                &["=1+1", "-5", "@x", "+y", "\tz"],
                "\"'=1+1\",\"'-5\",\"'@x\",\"'+y\",\"'\tz\"\r\n",
            ),
            (&["a=b"], "a=b\r\n"),
        ] {
            let mut out = String::new();
            row(&mut out, cells);
            assert_eq!(out, written);
        }
    }
}
