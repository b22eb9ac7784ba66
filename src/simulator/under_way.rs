//! Sends that were not answered yet: the platforms' side of "strictly one after another".

use parking_lot::Mutex;
use std::collections::HashMap;
use std::sync::Arc;

/// Counts sends per recipient while they are under way.
#[derive(Debug, Default)]
pub(super) struct SendsUnderWay {
    counts: Mutex<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    by_recipient: HashMap<String, u32>,
    overlaps: u32,
}

/// One send, until it is dropped.
pub(super) struct UnderWay {
    sends: Arc<SendsUnderWay>,
    recipient: String,
}

impl SendsUnderWay {
    pub(super) fn begin(self: &Arc<Self>, recipient: &str) -> UnderWay {
        let mut counts = self.counts.lock();
        let count = counts.by_recipient.entry(recipient.to_owned()).or_default();
        *count += 1;
        if *count > 1 {
            counts.overlaps += 1;
        }
        UnderWay {
            sends: self.clone(),
            recipient: recipient.to_owned(),
        }
    }

    /// How many sends began while another one to the same recipient was under way.
    pub(super) fn overlaps(&self) -> u32 {
        self.counts.lock().overlaps
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        let mut counts = self.sends.counts.lock();
        if let Some(count) = counts.by_recipient.get_mut(&self.recipient) {
            *count -= 1;
            if *count == 0 {
                counts.by_recipient.remove(&self.recipient);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_sends_to_the_same_recipient_at_once_overlap() {
        let sends = Arc::new(SendsUnderWay::default());
        drop(sends.begin("anna"));
        let first = sends.begin("anna");
        drop(sends.begin("ben"));
        assert_eq!(sends.overlaps(), 0);
        drop(sends.begin("anna"));
        assert_eq!(sends.overlaps(), 1);
        drop(first);
        drop(sends.begin("anna"));
        assert_eq!(sends.overlaps(), 1);
    }
}
