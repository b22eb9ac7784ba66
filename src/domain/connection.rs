//! Where a page stands between "typed in" and "messages flow": the provisioning state. (product.md)

/// Where a page stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Provisioning {
    /// Something is still to be given: a secret, a page, a token.
    NotConnected,
    /// Everything is given; the platform has not proved the callback yet, or was not reached.
    Waiting,
    /// Verified, and the token works.
    Running,
    /// Something that an administrator must mend.
    Failing(Cause),
}

/// Why a page fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The platform refuses the token: nothing can be sent.
    TokenRefused,
    /// The platform's calls are signed with another secret: nothing comes in.
    SignaturesRefused,
    /// The platform refuses to send this page's events.
    EventsRefused,
}

/// What is known about a page and its account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// Secret and token (where the channel needs one) are given.
    pub has_credentials: bool,
    /// The platform accepted the token at least once.
    pub token_accepted: bool,
    /// It refuses the token now.
    pub token_refused: bool,
    /// It refuses to send events, for another reason than not being reached.
    pub events_refused: bool,
    /// It called our address and was content, or sent an event.
    pub callback_proved: bool,
    /// Its calls fail the signature, several in a row.
    pub signatures_refused: bool,
}

/// Where a page stands, by what is known.
pub fn provisioning(facts: Facts) -> Provisioning {
    if !facts.has_credentials {
        Provisioning::NotConnected
    } else if facts.token_refused {
        Provisioning::Failing(Cause::TokenRefused)
    } else if facts.signatures_refused {
        Provisioning::Failing(Cause::SignaturesRefused)
    } else if facts.events_refused {
        Provisioning::Failing(Cause::EventsRefused)
    } else if facts.callback_proved && facts.token_accepted {
        Provisioning::Running
    } else {
        Provisioning::Waiting
    }
}

/// Where an account stands: as its page that needs most. Without pages it is not connected.
pub fn of_account(pages: impl IntoIterator<Item = Provisioning>) -> Provisioning {
    pages
        .into_iter()
        .max_by_key(|state| need(*state))
        .unwrap_or(Provisioning::NotConnected)
}

const fn need(state: Provisioning) -> u8 {
    match state {
        Provisioning::Running => 0,
        Provisioning::Waiting => 1,
        Provisioning::NotConnected => 2,
        Provisioning::Failing(_) => 3,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_runs_when_it_is_verified_and_its_token_works() {
        use Provisioning::*;
        let given = Facts {
            has_credentials: true,
            ..Facts::default()
        };
        let running = Facts {
            token_accepted: true,
            callback_proved: true,
            ..given
        };
        for (facts, expected) in [
            (Facts::default(), NotConnected),
            (given, Waiting),
            (
                Facts {
                    token_accepted: true,
                    ..given
                },
                Waiting,
            ),
            (
                Facts {
                    callback_proved: true,
                    ..given
                },
                Waiting,
            ),
            (running, Running),
            (
                Facts {
                    token_refused: true,
                    ..running
                },
                Failing(Cause::TokenRefused),
            ),
            (
                Facts {
                    signatures_refused: true,
                    ..running
                },
                Failing(Cause::SignaturesRefused),
            ),
            (
                Facts {
                    events_refused: true,
                    ..running
                },
                Failing(Cause::EventsRefused),
            ),
        ] {
            assert_eq!(provisioning(facts), expected, "{facts:?}");
        }
    }

    #[test]
    fn an_account_stands_as_its_page_that_needs_most() {
        use Provisioning::*;
        let failing = Failing(Cause::TokenRefused);
        assert_eq!(of_account([]), NotConnected);
        assert_eq!(of_account([Running, Running]), Running);
        assert_eq!(of_account([Running, Waiting]), Waiting);
        assert_eq!(of_account([failing, Waiting, Running]), failing);
    }
}
