//! What surrounds every page. A layout is written out anew in every page that extends it, so it holds only
//! what pages fill in; the rest are these parts, rendered by a call. (Written out a hundred times, the
//! sidebar alone was a fifth of the program.)

use askama::Template;
use askama::filters::HtmlSafe;

// For the templates.
use super::page::filters;

macro_rules! parts {
    ($($(#[$doc:meta])* $name:ident($path:literal))*) => {$(
        $(#[$doc])*
        #[derive(Template)]
        #[template(path = $path)]
        pub struct $name;

        impl HtmlSafe for $name {}
    )*};
}

parts! {
    /// What every page loads, and what its scripts want to know.
    Head("layout/head.html")
    /// Said while the live stream is away.
    LiveBar("layout/live_bar.html")
    /// What needs an administrator, above every page.
    AlarmBar("layout/alarm.html")
    /// The tab's live stream.
    Stream("layout/stream.html")
    /// Every place of the admin center that this person may see.
    Sidebar("layout/sidebar.html")
    /// Opens the sidebar on a phone.
    MenuButton("layout/menu_button.html")
    /// The end of the line above a page.
    TopbarEnd("layout/topbar_end.html")
    /// The places of the workspace on a wide screen.
    Rail("layout/rail.html")
    /// The same on a phone.
    Tabs("layout/tabs.html")
    /// What it is all about, beside the forms before the sign-in.
    Vignette("layout/vignette.html")
}
