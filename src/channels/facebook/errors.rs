//! What the Graph's errors mean. Decided by code and subcode (Meta's list of 25 June 2026); the words
//! are for people.

use crate::domain::delivery::{Mend, SendError};
use crate::http::CallError;

use super::graph::{Failure, Refusal};

/// What a failed send means.
pub fn of_send(failure: Failure) -> SendError {
    match failure {
        Failure::NoAnswer(CallError::Unreachable(why)) => SendError::Unreachable(why),
        Failure::NoAnswer(CallError::Uncertain(why)) => SendError::Uncertain(why),
        Failure::Garbled(429) => SendError::Throttled {
            retry_after: None,
            detail: "429".to_owned(),
        },
        // A redirect or a plain refusal comes from something in front that did not let the call through.
        Failure::Garbled(status) if (300..400).contains(&status) => {
            SendError::Unreachable(status.to_string())
        }
        Failure::Garbled(status) if (400..500).contains(&status) => SendError::Rejected {
            code: status.to_string(),
            text: String::new(),
        },
        Failure::Garbled(status) => SendError::Uncertain(status.to_string()),
        Failure::Refused(refusal) => of_refusal(&refusal),
    }
}

fn of_refusal(refusal: &Refusal) -> SendError {
    let told = refusal.told();
    match (refusal.code, refusal.subcode) {
        // Abuse of the tag, blocked for policy, page restricted: whatever is sent now makes it worse.
        (613, 2018338) | (368, _) | (10, 1893063 | 1893015) => SendError::Restricted(told),
        _ if is_rate_limit(refusal) => SendError::Throttled {
            retry_after: refusal.wait,
            detail: told,
        },
        (10, 2018278 | 2534022 | 2018065 | 1545041) | (1545041, _) => SendError::WindowClosed(told),
        // The thread is another application's, or the page's own inbox has it.
        (10, 2018300) | (100, 2534037) => SendError::HeldElsewhere(told),
        (10, 2018108) | (551, _) => SendError::Blocked(told),
        (190 | 102, _) => SendError::Credentials(told),
        // The page has not accepted the contact terms: not temporary, whatever the code 2 says.
        (2, 2018344) => SendError::Mendable(Mend::TermsOpen, told),
        _ if is_temporary(refusal) => SendError::Unreachable(told),
        (100, 2018001 | 33) => SendError::Mendable(Mend::UnknownCustomer, told),
        (100, 2018008 | 2018047 | 2018109 | 2018294 | 2018074 | 546 | 2534080) | (546, _) => {
            SendError::Mendable(Mend::FileNotTaken, told)
        }
        (230, _) => SendError::Mendable(Mend::NoConsent, told),
        (3 | 10 | 200..=299, _) => SendError::Mendable(Mend::NotPermitted, told),
        _ => rejected(refusal),
    }
}

fn rejected(refusal: &Refusal) -> SendError {
    SendError::Rejected {
        code: refusal.number(),
        text: refusal.words.clone(),
    }
}

/// The token is dead.
pub fn is_credentials(refusal: &Refusal) -> bool {
    matches!(refusal.code, 190 | 102)
}

/// Too many calls, of the app, the user, the page or the business.
pub fn is_rate_limit(refusal: &Refusal) -> bool {
    matches!(
        refusal.code,
        4 | 17 | 32 | 341 | 613 | 80001 | 80002 | 80006
    ) || refusal.subcode == 2446079
}

/// Out of order for the moment.
pub fn is_temporary(refusal: &Refusal) -> bool {
    refusal.is_transient || matches!(refusal.code, 1 | 2 | 1200)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn word(code: i64, subcode: i64, is_transient: bool) -> &'static str {
        of_send(Failure::Refused(Refusal {
            code,
            subcode,
            is_transient,
            ..Refusal::default()
        }))
        .word()
    }

    #[test]
    fn every_row_of_the_contract_is_told_apart() {
        for (code, subcode, is_transient, expected) in [
            (1, 0, false, "unreachable"),
            (1, 99, false, "unreachable"),
            (2, 0, false, "unreachable"),
            (1200, 0, false, "unreachable"),
            (7777, 0, true, "unreachable"),
            (4, 0, false, "throttled"),
            (17, 0, false, "throttled"),
            (32, 0, false, "throttled"),
            (341, 0, false, "throttled"),
            (613, 0, false, "throttled"),
            (80001, 0, false, "throttled"),
            (80002, 0, false, "throttled"),
            (80006, 0, true, "throttled"),
            (9, 2446079, false, "throttled"),
            (613, 2018338, false, "restricted"),
            (10, 2018278, false, "window-closed"),
            (10, 2534022, false, "window-closed"),
            (10, 2018065, false, "window-closed"),
            (1545041, 0, false, "window-closed"),
            (10, 2018108, false, "blocked"),
            (10, 2018300, false, "held-elsewhere"),
            (10, 1893063, false, "restricted"),
            (10, 1893015, false, "restricted"),
            (10, 0, false, "not-permitted"),
            (200, 0, false, "not-permitted"),
            (200, 2018021, false, "not-permitted"),
            (200, 2018027, false, "not-permitted"),
            (200, 2018028, false, "not-permitted"),
            (200, 2534041, false, "not-permitted"),
            (100, 2018001, false, "unknown-customer"),
            (100, 33, false, "unknown-customer"),
            (100, 2018008, false, "file-not-taken"),
            (100, 2018047, false, "file-not-taken"),
            (100, 2018109, false, "file-not-taken"),
            (100, 2018294, false, "file-not-taken"),
            (100, 2018074, false, "file-not-taken"),
            (100, 546, false, "file-not-taken"),
            (100, 2534080, false, "file-not-taken"),
            (100, 2018164, false, "rejected"),
            (100, 2534077, false, "rejected"),
            (100, 1893061, false, "rejected"),
            (100, 2534037, false, "held-elsewhere"),
            (100, 0, false, "rejected"),
            (190, 0, false, "credentials"),
            (190, 458, false, "credentials"),
            (190, 459, false, "credentials"),
            (190, 460, false, "credentials"),
            (190, 463, false, "credentials"),
            (190, 464, false, "credentials"),
            (190, 467, false, "credentials"),
            (190, 492, false, "credentials"),
            (102, 0, false, "credentials"),
            (230, 0, false, "no-consent"),
            (368, 0, false, "restricted"),
            (551, 0, false, "blocked"),
            (551, 1545041, false, "blocked"),
            (2, 2018344, false, "terms-open"),
            (2022, 0, false, "rejected"),
            (10303, 0, false, "rejected"),
            (9000001, 0, false, "rejected"),
        ] {
            assert_eq!(
                word(code, subcode, is_transient),
                expected,
                "{code}/{subcode}"
            );
        }
    }

    #[test]
    fn what_is_not_the_graphs_answer_is_doubt_only_where_the_message_may_have_passed() {
        for (failure, expected) in [
            (Failure::Garbled(200), "uncertain"),
            (Failure::Garbled(302), "unreachable"),
            (Failure::Garbled(403), "rejected"),
            (Failure::Garbled(429), "throttled"),
            (Failure::Garbled(502), "uncertain"),
            (
                Failure::NoAnswer(CallError::Unreachable(String::new())),
                "unreachable",
            ),
            (
                Failure::NoAnswer(CallError::Uncertain(String::new())),
                "uncertain",
            ),
        ] {
            let shown = format!("{failure:?}");
            assert_eq!(of_send(failure).word(), expected, "{shown}");
        }
    }

    #[test]
    fn a_limit_says_how_long() {
        let error = of_send(Failure::Refused(Refusal {
            code: 613,
            wait: Some(Duration::from_secs(720)),
            ..Refusal::default()
        }));
        let SendError::Throttled { retry_after, .. } = error else {
            panic!("{error:?}");
        };
        assert_eq!(retry_after, Some(Duration::from_secs(720)));
    }
}
