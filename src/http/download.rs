//! Fetching a file from an address that a stranger may have written: only from the platform's own hosts, never
//! from an address inside, however the name or a redirect leads there; counted while it streams. (promises.md E6)

use std::io::{Read as _, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use ureq::config::Config;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};
use url::{Host, Url};

/// Whoever has not begun to answer by then has nothing for us.
const FIRST_BYTE: Duration = Duration::from_secs(15);
const PIECE: usize = 64 * 1024;

/// Where downloads may go.
#[derive(Clone, Debug)]
pub struct Reach {
    /// Hosts, with everything below them.
    pub hosts: Vec<String>,
    /// Private addresses too, by plain http and without being listed: for tests and simulators, and for a platform
    /// that was configured to be on this machine.
    pub private: bool,
    /// How many redirects are followed; each is judged as the first address was.
    pub redirects: u32,
}

/// Fetches files. Cheap to clone.
#[derive(Clone)]
pub struct Downloader {
    agent: ureq::Agent,
    reach: Reach,
}

/// Why there is no file. The texts hold no address, so no token can be in them.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DownloadError {
    /// The address, or where it leads, is none of [`Reach`].
    #[error("the address leads to where nothing is fetched from")]
    Forbidden,
    /// It is longer than allowed. What was written so far is part of it.
    #[error("the file is too large")]
    TooLarge,
    /// The server was not reached, or the connection broke.
    #[error("{0}")]
    Broken(String),
    /// What was fetched could not be written.
    #[error("{0}")]
    NotWritten(String),
}

/// What a server answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Downloaded {
    /// HTTP status. Only a body that came with 200 was written.
    pub status: u16,
    /// How long it was.
    pub bytes: u64,
}

/// Resolves a name to addresses that may be reached, and to nothing when one of them may not: the connection is
/// made to the very addresses that were looked at, so that a name cannot change its mind in between.
#[derive(Debug)]
struct Guarded {
    names: DefaultResolver,
    private: bool,
}

#[derive(Debug, thiserror::Error)]
#[error("an address inside")]
struct Inside;

impl Resolver for Guarded {
    fn resolve(
        &self,
        uri: &ureq::http::Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let found = self.names.resolve(uri, config, timeout)?;
        let is_public = found.iter().all(|address| is_public(address.ip()));
        match self.private || is_public {
            true => Ok(found),
            false => Err(ureq::Error::Other(Box::new(Inside))),
        }
    }
}

impl Downloader {
    /// Fetches from where `reach` allows; each file takes at most `limit`.
    pub fn new(reach: Reach, limit: Duration) -> Self {
        let config = ureq::Agent::config_builder()
            .timeout_global(Some(limit))
            .timeout_connect(Some(Duration::from_secs(5)))
            .timeout_resolve(Some(Duration::from_secs(5)))
            .timeout_recv_response(Some(FIRST_BYTE))
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .max_idle_connections(0)
            .https_only(!reach.private)
            .proxy(None)
            .user_agent(concat!("Tiski/", env!("CARGO_PKG_VERSION")))
            .build();
        let resolver = Guarded {
            names: DefaultResolver::default(),
            private: reach.private,
        };
        Self {
            agent: ureq::Agent::with_parts(config, DefaultConnector::new(), resolver),
            reach,
        }
    }

    /// Fetches `address` into `to`, at most `most` bytes. `bearer` goes to the first address only: one that is
    /// redirected to elsewhere is nobody to whom it belongs. Blocks up to the downloader's limit (each redirect
    /// begins it anew).
    ///
    /// # Errors
    /// See [`DownloadError`]. A status of 400 and more is an answer, not an error.
    pub fn fetch(
        &self,
        address: &str,
        bearer: Option<&str>,
        most: u64,
        to: &mut dyn Write,
    ) -> Result<Downloaded, DownloadError> {
        let mut url = Url::parse(address).map_err(|_| DownloadError::Forbidden)?;
        let mut bearer = bearer;
        for _ in 0..=self.reach.redirects {
            self.admit(&url)?;
            let mut request = self.agent.get(url.as_str());
            if let Some(bearer) = bearer.take() {
                request = request.header("authorization", bearer);
            }
            let answer = request.call().map_err(|error| fault(&error))?;
            let status = answer.status().as_u16();
            let location = answer.headers().get("location");
            let location = location.and_then(|value| value.to_str().ok());
            match (status, location) {
                (301 | 302 | 303 | 307 | 308, Some(location)) => {
                    url = url.join(location).map_err(|_| DownloadError::Forbidden)?;
                }
                (200, _) => {
                    let bytes = pour(answer.into_body(), most, to)?;
                    return Ok(Downloaded { status, bytes });
                }
                _ => return Ok(Downloaded { status, bytes: 0 }),
            }
        }
        Err(DownloadError::Forbidden)
    }

    fn admit(&self, url: &Url) -> Result<(), DownloadError> {
        let host = match url.host() {
            Some(Host::Domain(name)) => name.trim_end_matches('.').to_owned(),
            Some(Host::Ipv4(address)) => address.to_string(),
            Some(Host::Ipv6(address)) => address.to_string(),
            None => return Err(DownloadError::Forbidden),
        };
        let is_inside = match url.host() {
            Some(Host::Ipv4(address)) => !is_public(address.into()),
            Some(Host::Ipv6(address)) => !is_public(address.into()),
            _ => host == "localhost",
        };
        let is_listed = self.reach.hosts.iter().any(|listed| {
            host == *listed
                || host
                    .strip_suffix(listed.as_str())
                    .is_some_and(|rest| rest.ends_with('.'))
        });
        let is_safe = url.scheme() == "https" && url.port().is_none() && is_listed;
        let is_private =
            self.reach.private && is_inside && ["http", "https"].contains(&url.scheme());
        let is_plain = url.username().is_empty() && url.password().is_none();
        match is_plain && (is_safe || is_private) {
            true => Ok(()),
            false => Err(DownloadError::Forbidden),
        }
    }
}

fn pour(body: ureq::Body, most: u64, to: &mut dyn Write) -> Result<u64, DownloadError> {
    if body.content_length().is_some_and(|length| length > most) {
        return Err(DownloadError::TooLarge);
    }
    let expected = body.content_length();
    let mut reader = body.into_reader();
    let mut piece = vec![0; PIECE];
    let mut bytes = 0;
    loop {
        let read = reader.read(&mut piece).map_err(|error| {
            DownloadError::Broken(format!("the file broke off: {}", error.kind()))
        })?;
        if read == 0 {
            break;
        }
        bytes += read as u64;
        if bytes > most {
            return Err(DownloadError::TooLarge);
        }
        to.write_all(&piece[..read])
            .map_err(|error| DownloadError::NotWritten(error.kind().to_string()))?;
    }
    match expected {
        Some(expected) if expected != bytes => {
            Err(DownloadError::Broken("the file broke off".to_owned()))
        }
        _ => Ok(bytes),
    }
}

fn fault(error: &ureq::Error) -> DownloadError {
    match error {
        ureq::Error::Other(other) if other.is::<Inside>() => DownloadError::Forbidden,
        ureq::Error::RequireHttpsOnly(_) => DownloadError::Forbidden,
        ureq::Error::HostNotFound => DownloadError::Broken("the host name is not known".to_owned()),
        ureq::Error::Timeout(_) => DownloadError::Broken("no answer in time".to_owned()),
        ureq::Error::Io(error) => {
            DownloadError::Broken(format!("the connection broke: {}", error.kind()))
        }
        _ => DownloadError::Broken("the answer was not understood".to_owned()),
    }
}

/// Whether an address is one of the public internet: not this machine, its network, its provider's, nor one that
/// stands for any of these in another notation. (IANA's special-purpose registries, read in August 2026.)
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let is_special = address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_broadcast()
        || address.is_documentation()
        || address.is_multicast()
        || a == 0
        || (a == 100 && (64..128).contains(&b))
        || (a, b, c) == (192, 0, 0)
        || (a, b, c) == (192, 88, 99)
        || (a == 198 && (18..20).contains(&b))
        || a >= 240;
    !is_special
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let parts = address.segments();
    let embedded = |high: u16, low: u16| {
        let [a, b] = high.to_be_bytes();
        let [c, d] = low.to_be_bytes();
        is_public_v4(Ipv4Addr::new(a, b, c, d))
    };
    match parts {
        // Mapped, NAT64 and 6to4 stand for an address of the old kind.
        [0, 0, 0, 0, 0, 0xFFFF, high, low] => embedded(high, low),
        [0x64, 0xFF9B, 0, 0, 0, 0, high, low] => embedded(high, low),
        [0x2002, high, low, ..] => embedded(high, low),
        // Teredo, benchmarks, ORCHID, documentation.
        [0x2001, second, ..] if second < 0x200 || second == 0xDB8 => false,
        [0x3FFF, second, ..] if second < 0x1000 => false,
        // All that is given out begins like this.
        [first, ..] => first & 0xE000 == 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead as _, BufReader};
    use std::net::TcpListener;

    use super::*;

    fn downloader(private: bool) -> Downloader {
        let reach = Reach {
            hosts: vec!["fbcdn.net".to_owned()],
            private,
            redirects: 3,
        };
        Downloader::new(reach, Duration::from_secs(20))
    }

    /// A server that gives these answers, one a connection; its address, and what it was asked.
    fn server(answers: Vec<String>) -> (String, std::thread::JoinHandle<Vec<String>>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let thread = std::thread::spawn(move || {
            let mut asked = Vec::new();
            for answer in answers {
                let (stream, _) = listener.accept().unwrap();
                let mut lines = BufReader::new(&stream).lines();
                let head: Vec<String> = lines
                    .by_ref()
                    .map(Result::unwrap)
                    .take_while(|line| !line.is_empty())
                    .collect();
                asked.push(head.join("\n"));
                let _ = (&stream).write_all(answer.as_bytes());
            }
            asked
        });
        (address, thread)
    }

    fn answer(status: &str, headers: &str, body: &str) -> String {
        let length = body.len();
        format!(
            "HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n{headers}\r\n{body}"
        )
    }

    #[test]
    fn addresses_inside_are_told_from_the_internet_in_every_notation() {
        for (address, expected) in [
            ("157.240.1.1", true),
            ("127.0.0.1", false),
            ("10.1.2.3", false),
            ("172.16.0.1", false),
            ("192.168.1.1", false),
            ("169.254.169.254", false),
            ("100.64.0.1", false),
            ("0.0.0.0", false),
            ("198.18.0.1", false),
            ("224.0.0.1", false),
            ("255.255.255.255", false),
            ("2a03:2880:f003::1", true),
            ("::1", false),
            ("::", false),
            ("::ffff:127.0.0.1", false),
            ("::ffff:157.240.1.1", true),
            ("::127.0.0.1", false),
            ("64:ff9b::7f00:1", false),
            ("2002:7f00:1::", false),
            ("2001::1", false),
            ("fd00::1", false),
            ("fe80::1", false),
            ("ff02::1", false),
        ] {
            assert_eq!(is_public(address.parse().unwrap()), expected, "{address}");
        }
    }

    #[test]
    fn only_the_platforms_hosts_are_visited_and_only_safely() {
        let downloader = downloader(false);
        for (address, expected) in [
            ("https://scontent.xx.fbcdn.net/v/1.jpg?oe=6A606A07", true),
            ("https://fbcdn.net/a", true),
            ("https://fbcdn.net./a", true),
            ("http://scontent.xx.fbcdn.net/a", false),
            ("https://scontent.xx.fbcdn.net:8443/a", false),
            ("https://user@scontent.xx.fbcdn.net/a", false),
            ("https://evilfbcdn.net/a", false),
            ("https://fbcdn.net.evil.example/a", false),
            ("https://127.0.0.1/a", false),
            ("https://localhost/a", false),
            ("file:///etc/passwd", false),
        ] {
            let admitted = downloader.admit(&Url::parse(address).unwrap());
            assert_eq!(admitted.is_ok(), expected, "{address}");
        }
    }

    #[test]
    fn a_name_that_leads_inside_is_not_followed() {
        // The name is allowed; it is its address that is not.
        let reach = Reach {
            hosts: vec!["localhost".to_owned()],
            private: false,
            redirects: 0,
        };
        let downloader = Downloader::new(reach, Duration::from_secs(5));
        let came = downloader.fetch("https://localhost/a", None, 10, &mut Vec::new());
        assert_eq!(came, Err(DownloadError::Forbidden));
    }

    #[test]
    fn a_redirect_is_judged_like_the_first_address_and_gets_no_token() {
        for location in [
            "https://evil.example/",
            "file:///etc/passwd",
            "https://metadata.fbcdn.net.evil/",
        ] {
            let redirect = answer("302 Found", &format!("Location: {location}\r\n"), "");
            let (address, asked) = server(vec![redirect]);
            let came = downloader(true).fetch(&address, Some("Bearer t"), 10, &mut Vec::new());
            assert_eq!(came, Err(DownloadError::Forbidden), "{location}");
            assert_eq!(asked.join().unwrap().len(), 1);
        }
        let redirect = answer("302 Found", "Location: /there\r\n", "");
        let (address, asked) = server(vec![redirect, answer("200 OK", "", "here")]);
        let mut file = Vec::new();
        downloader(true)
            .fetch(&address, Some("Bearer t"), 10, &mut file)
            .unwrap();
        assert_eq!(file, b"here");
        let asked = asked.join().unwrap();
        assert!(
            asked[0].contains("Bearer t") && !asked[1].contains("Bearer t"),
            "{asked:?}"
        );
    }

    #[test]
    fn a_file_is_counted_while_it_comes_whatever_was_said_of_its_length() {
        let told = answer("200 OK", "", "12345678901");
        let untold = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n12345678901".to_owned();
        for long in [told, untold] {
            let (address, _) = server(vec![long]);
            let came = downloader(true).fetch(&address, None, 10, &mut Vec::new());
            assert_eq!(came, Err(DownloadError::TooLarge));
        }
        let short =
            "HTTP/1.1 200 OK\r\nContent-Length: 9\r\nConnection: close\r\n\r\n1234".to_owned();
        let (address, _) = server(vec![short]);
        let came = downloader(true).fetch(&address, None, 10, &mut Vec::new());
        assert!(matches!(came, Err(DownloadError::Broken(_))), "{came:?}");
    }
}
