//! `tiski demo`: the product on a throw-away folder, with simulated platforms.

use super::{Failure, say, serve};
use crate::config::Config;
use crate::demo::{Demo, opening, shop};
use crate::locale::Text;

/// Runs the demo until it is told to stop; nothing stays behind.
pub fn run(mut config: Config) -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    let demo = Demo::start()?;
    config.data = folder.path().to_owned();
    config.platforms = demo.platforms();

    let (people, mounted) = (demo.clone(), demo.clone());
    serve::run_with(
        config,
        serve::Extras {
            demo: true,
            prepared: Some(Box::new(move |store| {
                Ok(opening::people_and_accounts(&people, store)?)
            })),
            shape: Some(Box::new(move |rocket| mounted.mount(rocket))),
            running: Some(Box::new(move |app| {
                say_where(&app.public_url);
                let opened = opening::connect(&demo, &app)
                    .and_then(|()| opening::conversations(&demo, &app));
                if let Err(error) = opened {
                    tracing::error!(%error, "the sample shop is not complete");
                }
            })),
        },
    )
}

fn say_where(url: &str) {
    println!();
    for (key, path) in [
        ("cli-demo-workspace", "/workspace"),
        ("cli-demo-phone", "/demo"),
    ] {
        println!("  {:<20} {url}{path}", say(Text::new(key)));
    }
    println!();
    for sign_in in shop::SIGN_INS {
        println!(
            "  {:<26} {} ({})",
            sign_in.email,
            sign_in.name,
            sign_in.role.word()
        );
    }
    let password = Text::new("cli-demo-password").arg("password", shop::PASSWORD);
    println!("  {}", say(password));
    println!();
    println!("{}", say(Text::new("cli-demo-stop")));
}
