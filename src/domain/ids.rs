//! Row ids as types, so that one is never taken for another.

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub struct $name(pub i64);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }
    )*};
}

ids! {
    /// A person who signs in: agent, supervisor or administrator.
    UserId,
    /// A signed-in browser.
    BrowserSessionId,
    /// A messaging account: a Facebook app or a LINE channel.
    AccountId,
    /// A Facebook Page, or the official account of a LINE channel.
    PageId,
    /// A row of the webhook journal.
    WebhookEventId,
    /// One event that could not be worked on.
    ParkedEventId,
    /// A workstream.
    WorkstreamId,
    /// A queue.
    QueueId,
    /// A context variable of a workstream.
    ContextVariableId,
    /// Operating hours of queues.
    OperatingHoursId,
    /// A holiday or another exception of operating hours.
    HolidayId,
    /// A customer as one page knows him.
    SocialProfileId,
    /// A conversation.
    ConversationId,
    /// An agent's part in a conversation.
    SessionId,
    /// A conversation offered to an agent.
    OfferId,
    /// A skill.
    SkillId,
    /// A capacity profile.
    CapacityProfileId,
    /// What a conversation is about.
    TopicId,
    /// A text that is kept because it is written often.
    QuickReplyId,
    /// A rule that hides sensitive data.
    MaskingRuleId,
    /// A version of the organization's privacy notice.
    PrivacyNoticeId,
    /// A presence of the organization's own.
    PresenceId,
    /// A ruleset of work classification.
    RulesetId,
    /// A rule of a classification ruleset.
    ClassificationRuleId,
    /// A route-to-queue rule.
    RouteRuleId,
    /// A timeout rule.
    TimeoutRuleId,
    /// A rule of a queue's own order.
    OrderRuleId,
    /// A rule of a queue about who is asked.
    AgentRuleId,
    /// A message, in or out.
    MessageId,
    /// What hangs on a message.
    AttachmentId,
    /// One platform call that is to be made, or was.
    OutboxId,
    /// A row behind the live streams; grows with every event, the stream's event id.
    LiveEventId,
    /// A letter to an administrator.
    AlarmMailId,
    /// A line of the audit log.
    AuditEntryId,
    /// A person in the shop's book of customers.
    ContactId,
    /// A company in the shop's book of customers.
    CompanyId,
    /// A matter that lasts longer than a conversation.
    CaseId,
    /// A field that an administrator added to records.
    CustomerFieldId,
    /// Two contacts that became one.
    MergeId,
    /// What somebody wrote down.
    NoteId,
}
