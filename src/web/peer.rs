//! Where a request comes from. A header says so only when a proxy of ours wrote it: anybody else would
//! choose the address that a throttle counts. (promises.md E2)

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr};

use rocket::Request;
use rocket::request::{FromRequest, Outcome};

use crate::config::Proxy;

/// The client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Peer {
    /// Where it is.
    pub address: IpAddr,
    /// What it calls itself, cut to a length that is worth keeping.
    pub user_agent: String,
}

/// In characters.
const USER_AGENT_LENGTH: usize = 300;

impl Peer {
    /// What a throttle counts: the address, or of IPv6 the network of 64 bits that one customer of a
    /// provider gets.
    pub fn network(&self) -> String {
        match self.address {
            IpAddr::V4(address) => address.to_string(),
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
            }
        }
    }
}

/// Which proxy is believed; managed by the server.
pub struct Trusted(pub Option<Proxy>);

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Peer {
    type Error = Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Peer, Infallible> {
        let user_agent = request.headers().get_one("User-Agent").unwrap_or_default();
        Outcome::Success(Peer {
            address: address(request),
            user_agent: user_agent.chars().take(USER_AGENT_LENGTH).collect(),
        })
    }
}

/// Where the client of a request is.
pub fn address(request: &Request<'_>) -> IpAddr {
    let proxy = request
        .rocket()
        .state::<Trusted>()
        .and_then(|trusted| trusted.0.as_ref());
    let connected = request
        .remote()
        // Only requests of tests have none.
        .map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |remote| remote.ip());
    let told = |header: &str| {
        let lines = request.headers().get(header);
        lines
            .flat_map(|line| line.split(','))
            .map(|word| word.trim().to_owned())
            .collect()
    };
    client(connected, proxy, told)
}

/// The client behind a connection. Of a list that several proxies wrote, the last address that is not
/// a proxy of ours counts: what stands before it, the client may have written itself.
fn client(
    connected: IpAddr,
    proxy: Option<&Proxy>,
    told: impl FnOnce(&str) -> Vec<String>,
) -> IpAddr {
    let connected = connected.to_canonical();
    let Some(proxy) = proxy.filter(|proxy| is_ours(proxy, connected)) else {
        return connected;
    };
    told(&proxy.header)
        .iter()
        .rev()
        .map_while(|word| word.parse::<IpAddr>().ok())
        .map(|address| address.to_canonical())
        .find(|address| !is_ours(proxy, *address))
        .unwrap_or(connected)
}

fn is_ours(proxy: &Proxy, address: IpAddr) -> bool {
    proxy
        .addresses
        .iter()
        .any(|ours| ours.to_canonical() == address)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told_by(connected: &str, header: &[&str]) -> String {
        let proxy = Proxy {
            addresses: vec!["10.0.0.1".parse().unwrap(), "10.0.0.2".parse().unwrap()],
            header: "X-Forwarded-For".to_owned(),
        };
        client(connected.parse().unwrap(), Some(&proxy), |_| {
            header.iter().map(|word| (*word).to_owned()).collect()
        })
        .to_string()
    }

    #[test]
    fn a_header_counts_only_from_our_proxy_and_only_its_last_strange_address() {
        for (connected, header, expected) in [
            ("192.0.2.7", &["8.8.8.8"][..], "192.0.2.7"),
            ("10.0.0.1", &["203.0.113.5"], "203.0.113.5"),
            ("::ffff:10.0.0.1", &["203.0.113.5"], "203.0.113.5"),
            ("10.0.0.1", &["8.8.8.8", "203.0.113.5"], "203.0.113.5"),
            ("10.0.0.1", &["203.0.113.5", "10.0.0.2"], "203.0.113.5"),
            ("10.0.0.1", &["203.0.113.5", "rubbish"], "10.0.0.1"),
            ("10.0.0.1", &[], "10.0.0.1"),
        ] {
            assert_eq!(
                told_by(connected, header),
                expected,
                "{connected} {header:?}"
            );
        }
    }

    #[test]
    fn without_a_proxy_the_connection_counts() {
        let address = "192.0.2.7".parse().unwrap();
        assert_eq!(
            client(address, None, |_| vec!["8.8.8.8".to_owned()]),
            address
        );
    }

    #[test]
    fn a_network_of_ipv6_counts_as_one() {
        let peer = |text: &str| {
            let address = text.parse().unwrap();
            Peer {
                address,
                user_agent: String::new(),
            }
            .network()
        };
        assert_eq!(peer("2001:db8:1:2:3::4"), peer("2001:db8:1:2:ffff::1"));
        assert_ne!(peer("2001:db8:1:2::1"), peer("2001:db8:1:3::1"));
        assert_eq!(peer("192.0.2.7"), "192.0.2.7");
    }
}
