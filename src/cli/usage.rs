//! What `--help` says, and what is said when the command line is not understood: from the catalog, also the
//! words that clap would say by itself.

use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, Command, CommandFactory as _, FromArgMatches as _};

use super::{Arguments, say};
use crate::locale::Text;

/// Wrong usage.
const EXIT: i32 = 2;

/// Reads the command line. Ends the process when help is asked for, or when it is not understood.
pub fn read() -> Arguments {
    let read = command()
        .try_get_matches()
        .and_then(|matches| Arguments::from_arg_matches(&matches));
    read.unwrap_or_else(|error| match error.kind() {
        ErrorKind::DisplayHelp
        | ErrorKind::DisplayVersion
        | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => error.exit(),
        _ => {
            eprintln!("{}", sentence(&error));
            std::process::exit(EXIT)
        }
    })
}

/// A whole number, for options.
pub fn number(typed: &str) -> Result<u64, String> {
    typed
        .parse()
        .map_err(|_| say(Text::new("usage-not-a-number")))
}

/// The command line with every word from the catalog.
fn command() -> Command {
    let mut command = Arguments::command()
        .disable_help_subcommand(true)
        .mut_subcommand("user", |user| user.disable_help_subcommand(true))
        .mut_subcommand("config", |config| config.disable_help_subcommand(true));
    // Options that every command takes, `--help` and the names in the usage lines are there only then.
    command.build();
    worded(command, "help-about".to_owned())
}

fn worded(command: Command, about: String) -> Command {
    let prefix = match about.as_str() {
        "help-about" => "help-command",
        about => about,
    };
    let mut command = command
        .about(say(Text::new(about.clone())))
        .help_template(format!(
            "{{about-with-newline}}\n{} {{usage}}\n\n{{all-args}}",
            say(Text::new("help-usage"))
        ))
        .subcommand_help_heading(say(Text::new("help-commands")))
        .subcommand_value_name(say(Text::new("help-value-command")))
        .mut_args(option)
        .mut_subcommands(|it| {
            let about = format!("{prefix}-{}", it.get_name());
            worded(it, about)
        });
    let usage = usage(&command.render_usage());
    command.override_usage(usage)
}

fn option(option: Arg) -> Arg {
    let key = format!("help-option-{}", option.get_id().as_str().replace('_', "-"));
    let default = option.get_default_values().first();
    let text = match default.and_then(|default| default.to_str()) {
        Some(default) => Text::new(key).arg("default", default.to_owned()),
        None => Text::new(key),
    };
    let placeholder = option
        .get_value_names()
        .and_then(|names| names.first())
        .map(|name| format!("help-value-{}", name.to_lowercase()));
    let option = option
        .help(say(text))
        .hide_default_value(true)
        .help_heading(say(Text::new("help-options")));
    match placeholder {
        Some(key) if option.get_action().takes_values() => option.value_name(say(Text::new(key))),
        _ => option,
    }
}

/// The usage line without clap's own words.
fn usage(line: &StyledStr) -> String {
    let line = line.to_string();
    let options = format!("[{}]", say(Text::new("help-value-options")));
    line.trim_start_matches("Usage:")
        .trim()
        .replace("[OPTIONS]", &options)
}

/// What is wrong with the command line, and where the right one is described.
fn sentence(error: &clap::Error) -> String {
    let part = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        Some(ContextValue::Strings(texts)) => texts.join(", "),
        _ => String::new(),
    };
    let option = part(ContextKind::InvalidArg);
    let text = match error.kind() {
        ErrorKind::UnknownArgument => Text::new("usage-unknown").arg("word", option),
        ErrorKind::InvalidSubcommand => {
            Text::new("usage-unknown").arg("word", part(ContextKind::InvalidSubcommand))
        }
        ErrorKind::MissingRequiredArgument => Text::new("usage-missing").arg("options", option),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            let why = std::error::Error::source(error).map(ToString::to_string);
            Text::new("usage-value")
                .arg("value", part(ContextKind::InvalidValue))
                .arg("option", option)
                .arg("why", why.unwrap_or_default())
        }
        ErrorKind::ArgumentConflict => Text::new("usage-twice").arg("option", option),
        _ => Text::new("usage-wrong"),
    };
    say(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::locale;

    fn walk(command: &Command, seen: &mut impl FnMut(&Command)) {
        seen(command);
        command.get_subcommands().for_each(|it| walk(it, seen));
    }

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn every_command_and_option_is_explained_from_the_catalog() {
        let mut explained = 0;
        walk(&command(), &mut |it| {
            let help = it.clone().render_long_help().to_string();
            assert!(!help.contains('⟨'), "{help}");
            for option in it.get_arguments().filter(|it| !it.is_hide_set()) {
                explained += 1;
                assert!(option.get_help().is_some(), "{option}");
            }
        });
        assert!(explained > 20, "the premise: {explained} options");
    }

    #[test]
    fn what_is_not_understood_is_said_in_words_of_ours() {
        for (typed, key, part) in [
            (&["dance"][..], "usage-unknown", "dance"),
            (&["serve", "--quickly"], "usage-unknown", "--quickly"),
            (&["user", "disable"], "usage-missing", "--email"),
            (
                &["check", "--idle", "--timeout", "soon"],
                "usage-value",
                "soon",
            ),
            (&["--data", "a", "--data", "b"], "usage-twice", "--data"),
        ] {
            let typed = std::iter::once(&"tiski").chain(typed);
            let error = command().try_get_matches_from(typed).unwrap_err();
            let said = sentence(&error);
            assert!(locale::has(key) && said.contains(part), "{key}: {said}");
            assert!(!said.contains("error:") && !said.contains('⟨'), "{said}");
        }
    }
}
