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

#[cfg(test)]
mod tests {
    use super::*;

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
