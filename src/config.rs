//! Settings: flag beats environment beats `tiski.toml` in the data directory beats default.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use url::Url;

use crate::crypto::Secret;
use crate::locale::Text;

/// Where the two platforms are. Other than https only towards loopback.
#[derive(Clone, Debug)]
pub struct Platforms {
    /// Base of every Graph call, without a trailing slash.
    pub graph_api: String,
    /// Base of LINE's calls, without a trailing slash.
    pub line_api: String,
    /// Base of LINE's message content, without a trailing slash.
    pub line_data_api: String,
    /// Downloads may reach private addresses, by plain http too: for tests and simulators only.
    pub allow_private_fetch: bool,
}

impl Default for Platforms {
    fn default() -> Self {
        Self {
            graph_api: "https://graph.facebook.com".to_owned(),
            line_api: "https://api.line.me".to_owned(),
            line_data_api: "https://api-data.line.me".to_owned(),
            allow_private_fetch: false,
        }
    }
}

/// Everything that can be set.
#[derive(Clone, Debug)]
pub struct Config {
    /// The data directory.
    pub data: PathBuf,
    /// Where the server listens; port 0 takes a free one.
    pub listen: SocketAddr,
    /// What Facebook and LINE call, without a trailing slash; `None`: `http://<listen>`.
    pub public_url: Option<String>,
    /// The key in base64 from the environment; `None`: the file `secret.key`.
    pub secret_key: Option<Secret>,
    /// Guards `/setup`; `None`: a random one is printed.
    pub setup_code: Option<Secret>,
    /// The platforms' addresses.
    pub platforms: Platforms,
    /// A header that carries the client's address, set by a proxy in front, and the proxy's address from which it is
    /// believed; `None`: the peer's address counts.
    pub proxy: Option<Proxy>,
    /// The mail server that tells administrators what needs them; `None`: nothing is sent by e-mail.
    pub smtp: Option<Smtp>,
    /// Log level and format.
    pub log: Log,
}

/// A proxy in front of the server.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proxy {
    /// Addresses of the proxy itself.
    pub addresses: Vec<std::net::IpAddr>,
    /// The header it sets, e.g. `X-Forwarded-For`.
    pub header: String,
}

/// A mail server.
#[derive(Clone, Debug)]
pub struct Smtp {
    /// Its name, which its certificate must carry.
    pub host: String,
    /// Where it listens.
    pub port: u16,
    /// How the connection is protected.
    pub security: Security,
    /// Who signs in; `None`: nobody does.
    pub user: Option<String>,
    /// With this.
    pub password: Option<Secret>,
    /// The sender, e.g. `Tiski <tiski@shop.example>`.
    pub from: String,
}

/// How the connection to a mail server is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Security {
    /// By TLS from the first byte.
    Tls,
    /// By TLS before anything is said.
    Starttls,
    /// Not at all: only towards this machine.
    None,
}

impl Security {
    /// Where such servers listen, when nobody says otherwise.
    const fn port(self) -> u16 {
        match self {
            Security::Tls => 465,
            Security::Starttls => 587,
            Security::None => 25,
        }
    }
}

/// How to log.
#[derive(Clone, Debug)]
pub struct Log {
    /// `error`, `warn`, `info`, `debug`, `trace`.
    pub level: String,
    /// JSON lines instead of text.
    pub json: bool,
}

/// What the command line may set.
#[derive(Clone, Debug, Default)]
pub struct Flags {
    /// `--data`.
    pub data: Option<PathBuf>,
    /// `--listen`.
    pub listen: Option<String>,
    /// `--public-url`.
    pub public_url: Option<String>,
}

/// Why the settings cannot be used: a sentence that says what to do.
#[derive(Clone, Debug)]
pub struct ConfigError(pub Text);

impl ConfigError {
    /// A sentence about what stands where a setting was expected.
    fn of(key: &str, found: &str) -> ConfigError {
        ConfigError(Text::new(key).arg("found", format!("{found:?}")))
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    listen: Option<String>,
    public_url: Option<String>,
    log: Option<String>,
    log_format: Option<String>,
    proxy: Option<Proxy>,
    smtp: Option<SmtpFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SmtpFile {
    host: String,
    port: Option<u16>,
    security: Option<Security>,
    user: Option<String>,
    password: Option<String>,
    from: String,
}

/// Says which settings there are, and not what the password is.
impl std::fmt::Debug for SmtpFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut shown = f.debug_struct("SmtpFile");
        shown.field("host", &self.host).finish_non_exhaustive()
    }
}

impl Config {
    /// Puts the settings together. `environment` gives a variable by name; the file is read from the
    /// data directory when it is there.
    ///
    /// # Errors
    /// A sentence naming the setting and what it must look like.
    pub fn load(
        flags: Flags,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Config, ConfigError> {
        let set = |name: &str| environment(name).filter(|value| !value.is_empty());
        let data = flags
            .data
            .or_else(|| set("TISKI_DATA").map(PathBuf::from))
            .unwrap_or_else(|| PathBuf::from("tiski-data"));
        let file = read_file(&data.join("tiski.toml"))?;

        let listen = flags
            .listen
            .or_else(|| set("TISKI_LISTEN"))
            .or(file.listen)
            .unwrap_or_else(|| "127.0.0.1:8000".to_owned());
        let listen = listen
            .parse()
            .map_err(|_| ConfigError::of("config-listen-wrong", &listen))?;
        let public_url = flags
            .public_url
            .or_else(|| set("TISKI_PUBLIC_URL"))
            .or(file.public_url)
            .map(|text| public_url(&text))
            .transpose()?;

        let default = Platforms::default();
        let platform = |name: &str, default: String| match set(name) {
            Some(text) => platform_url(name, &text),
            None => Ok(default),
        };
        let level = set("TISKI_LOG")
            .or(file.log)
            .unwrap_or_else(|| "info".to_owned());
        if !["error", "warn", "info", "debug", "trace"].contains(&level.as_str()) {
            return Err(ConfigError::of("config-log-wrong", &level));
        }
        let format = set("TISKI_LOG_FORMAT")
            .or(file.log_format)
            .unwrap_or_else(|| "text".to_owned());
        if !["text", "json"].contains(&format.as_str()) {
            return Err(ConfigError::of("config-log-format-wrong", &format));
        }
        Ok(Config {
            data,
            listen,
            public_url,
            secret_key: set("TISKI_SECRET_KEY").map(Secret::new),
            setup_code: set("TISKI_SETUP_CODE").map(Secret::new),
            platforms: Platforms {
                graph_api: platform("TISKI_GRAPH_API_URL", default.graph_api)?,
                line_api: platform("TISKI_LINE_API_URL", default.line_api)?,
                line_data_api: platform("TISKI_LINE_DATA_API_URL", default.line_data_api)?,
                allow_private_fetch: switch(set("TISKI_ALLOW_PRIVATE_FETCH").as_deref())?,
            },
            proxy: file.proxy,
            smtp: file
                .smtp
                .map(|given| smtp(given, set("TISKI_SMTP_PASSWORD")))
                .transpose()?,
            log: Log {
                level,
                json: format == "json",
            },
        })
    }
}

/// The password may stand in the environment instead of the file. Without protection nothing leaves this machine.
fn smtp(given: SmtpFile, password: Option<String>) -> Result<Smtp, ConfigError> {
    let security = given.security.unwrap_or(Security::Starttls);
    let password = password.or(given.password).map(Secret::new);
    let is_here = ["localhost", "127.0.0.1", "::1"].contains(&given.host.as_str());
    if security == Security::None && !is_here {
        return Err(ConfigError::of("config-smtp-open", &given.host));
    }
    if given.user.is_some() != password.is_some() {
        return Err(ConfigError::of("config-smtp-half-signed-in", &given.host));
    }
    if given.from.parse::<lettre::message::Mailbox>().is_err() {
        return Err(ConfigError::of("config-smtp-from-wrong", &given.from));
    }
    Ok(Smtp {
        port: given.port.unwrap_or(security.port()),
        host: given.host,
        security,
        user: given.user,
        password,
        from: given.from,
    })
}

fn read_file(path: &Path) -> Result<File, ConfigError> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(File::default()),
        Err(error) => {
            return Err(about_file("config-file-unread", path, &error.to_string()));
        }
    };
    toml::from_str(&text)
        .map_err(|error| about_file("config-file-not-understood", path, error.message()))
}

fn about_file(key: &str, path: &Path, error: &str) -> ConfigError {
    let sentence = Text::new(key).arg("path", path.display().to_string());
    ConfigError(sentence.arg("error", error.to_owned()))
}

fn public_url(text: &str) -> Result<String, ConfigError> {
    let refused = || ConfigError::of("config-public-url-wrong", text);
    let url = Url::parse(text).map_err(|_| refused())?;
    let plain = url.path() == "/"
        && url.query().is_none()
        && url.fragment().is_none()
        && url.username().is_empty();
    if !plain || !["http", "https"].contains(&url.scheme()) || url.host_str().is_none() {
        return Err(refused());
    }
    if url.scheme() == "http" && !is_loopback(&url) {
        return Err(ConfigError::of("config-public-url-open", text));
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

fn platform_url(name: &str, text: &str) -> Result<String, ConfigError> {
    let refused = || {
        let ConfigError(sentence) = ConfigError::of("config-platform-wrong", text);
        ConfigError(sentence.arg("name", name.to_owned()))
    };
    let url = Url::parse(text).map_err(|_| refused())?;
    let allowed = url.scheme() == "https" || (url.scheme() == "http" && is_loopback(&url));
    if !allowed {
        return Err(refused());
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

fn switch(text: Option<&str>) -> Result<bool, ConfigError> {
    match text {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(other) => Err(ConfigError::of("config-private-fetch-wrong", other)),
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        Some(url::Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(flags: Flags, environment: &[(&str, &str)]) -> Result<Config, ConfigError> {
        Config::load(flags, &|name| {
            environment
                .iter()
                .find(|(key, _)| *key == name)
                .map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn flag_beats_environment_beats_file_beats_default() {
        let folder = tempfile::tempdir().unwrap();
        let data = Some(folder.path().to_owned());
        let flags = || Flags {
            data: data.clone(),
            ..Flags::default()
        };
        assert_eq!(load(flags(), &[]).unwrap().listen.port(), 8000);
        std::fs::write(folder.path().join("tiski.toml"), "listen = '127.0.0.1:1'").unwrap();
        assert_eq!(load(flags(), &[]).unwrap().listen.port(), 1);
        let environment = [("TISKI_LISTEN", "127.0.0.1:2")];
        assert_eq!(load(flags(), &environment).unwrap().listen.port(), 2);
        let flags = Flags {
            listen: Some("127.0.0.1:3".to_owned()),
            ..flags()
        };
        assert_eq!(load(flags, &environment).unwrap().listen.port(), 3);
    }

    #[test]
    fn addresses_that_would_leak_are_refused() {
        for (name, value) in [
            ("TISKI_PUBLIC_URL", "http://shop.example"),
            ("TISKI_PUBLIC_URL", "https://shop.example/path"),
            ("TISKI_PUBLIC_URL", "shop.example"),
            ("TISKI_GRAPH_API_URL", "http://graph.example"),
            ("TISKI_LOG", "loud"),
        ] {
            assert!(load(Flags::default(), &[(name, value)]).is_err(), "{value}");
        }
        for (name, value) in [
            ("TISKI_PUBLIC_URL", "https://shop.example/"),
            ("TISKI_PUBLIC_URL", "http://localhost:8000"),
            ("TISKI_GRAPH_API_URL", "http://127.0.0.1:9999"),
        ] {
            assert!(load(Flags::default(), &[(name, value)]).is_ok(), "{value}");
        }
    }
    #[test]
    fn a_mail_server_is_signed_in_to_in_full_and_only_over_protected_connections() {
        let folder = tempfile::tempdir().unwrap();
        let read = |smtp: &str, environment: &[(&str, &str)]| {
            let text = format!("[smtp]\n{smtp}");
            std::fs::write(folder.path().join("tiski.toml"), text).unwrap();
            let data = Some(folder.path().to_owned());
            load(
                Flags {
                    data,
                    ..Flags::default()
                },
                environment,
            )
        };
        let whole = "host = 'mail.shop.example'\nuser = 'tiski'\npassword = 'very secret'\n\
                     from = 'Tiski <tiski@shop.example>'";
        let smtp = read(whole, &[]).unwrap().smtp.unwrap();
        assert_eq!((smtp.port, smtp.security), (587, Security::Starttls));
        assert!(!format!("{smtp:?}").contains("very secret"));
        let beside = "host = 'mail.shop.example'\nuser = 'tiski'\nfrom = 'a@shop.example'";
        let password = [("TISKI_SMTP_PASSWORD", "in the environment")];
        assert!(read(beside, &password).unwrap().smtp.is_some());
        for wrong in [
            beside,
            "host = 'mail.shop.example'\nfrom = 'nobody'",
            "host = 'mail.shop.example'\nsecurity = 'none'\nfrom = 'a@shop.example'",
            "host = 'mail.shop.example'\nsecurity = 'maybe'\nfrom = 'a@shop.example'",
            "host = 'mail.shop.example'\nfrom = 'a@shop.example'\npasswort = 'x'",
        ] {
            let error = read(wrong, &[]).unwrap_err();
            assert!(!format!("{error:?}").contains("very secret"), "{wrong}");
        }
        let local = "host = 'localhost'\nport = 2525\nsecurity = 'none'\nfrom = 'a@shop.example'";
        assert_eq!(read(local, &[]).unwrap().smtp.unwrap().port, 2525);
    }
}
