## Tiski: every text on screen, in English. Keys are area-thing; sentences are whole.

app-name = Tiski
unread-count = { $count ->
    [one] { $count } unread message
   *[other] { $count } unread messages
}
closed-by = Closed by { $name }

## Layout
brand-home = Tiski home
layout-skip = Skip to content
layout-sidebar = Main menu
layout-menu-open = Open menu
layout-menu-close = Close menu
layout-app-switch = Switch app
layout-crumbs = Breadcrumb
app-workspace = Workspace
app-admin = Admin
nav-home = Home
nav-customer-support = Customer support
nav-channels = Channels
nav-accounts = Accounts
nav-system = System
nav-parked-events = Parked events
nav-jobs = Scheduled jobs
nav-account = Your account
nav-dashboard = Dashboard
nav-conversations = Conversations
nav-supervisor = Supervisor
sessions-title = Sessions
sessions-unread = unread
account-menu = { $initials }: { $name }, your account
account-tab = Account
account-sign-ins = Where you are signed in
account-sign-out = Sign out
role-agent = Agent
role-supervisor = Supervisor
role-administrator = Administrator
channel-facebook = Facebook
channel-line = LINE
demo-phone = Customer’s phone
gate-version = Tiski { $version }
gate-caption = Every message from your pages, in one place, on your own server.
gate-example = Example conversation
gate-example-answered = Answered in 38 seconds by Mei-Ling

## Live
live-on = Live
live-reconnecting = Reconnecting
live-offline = Offline
live-bar-title = No connection to the server.
live-bar-text = Trying again. What you write is kept on this device.
live-bar-retry = Try now
toast-failed = That did not work. Check the connection and try again.
toast-forbidden = You may not do this any more. Reload the page to see what has changed.
toast-dismiss = Dismiss

## Fields
field-optional = optional
form-problems = { $count ->
    [one] One thing to correct
   *[other] { $count } things to correct
}
form-problem = { $field }: { $why }
copy-button = Copy
copy-done = Copied
copy-announce = { $what } copied

## Durations, short
duration-days = { $count } d
duration-hours = { $count } h
duration-minutes = { $count } min

## Conversation
conversation-state-open = Open
conversation-state-active = Active
conversation-state-waiting = Waiting
conversation-state-wrap-up = Wrap-up
conversation-state-closed = Closed
log-label = Conversation with { $name }
log-new = { $count ->
    [one] 1 new message
   *[other] { $count } new messages
}
log-new-more = More than 9 new messages
note-head = Internal note, only your team sees this · { $author }
attachment-picture = Picture
attachment-video = Video
attachment-audio = Voice message
attachment-file = File
attachment-sticker = Sticker
attachment-location = Location
attachment-link = Link
attachment-post = Shared post
attachment-product = Product
attachment-appointment = Appointment request
attachment-other = Something that Tiski cannot show yet
message-sending = Sending
message-sent = Sent
message-delivered = Delivered
message-read = Read
message-failed = Failed
message-unknown = Unknown
message-retry = Try again
message-release = Leave it and go on
message-delete = Delete
message-removed = The customer took this message back.
window-open = Reply window closes in { $left }
window-tagged = The 24 h window has closed. Replies go out with the human agent tag for { $left } more. No promotions.
window-closed = The reply window has closed. It opens again when the customer writes.
window-meter = Time left to reply
composer-label = Message
composer-placeholder = Write a reply. Type / for quick replies
composer-as = as { $page }
composer-enter = Enter
composer-sends = sends
composer-send = Send
composer-send-anyway = Send anyway
composer-parts = { $count ->
    [one] Goes out as 1 message
   *[other] Goes out as { $count } messages
}
composer-parts-more = Goes out as more than 9 messages
composer-waiting = No connection. It goes out as soon as you are online again.
composer-not-sent = Not sent. Your text is back in the box.

## Errors
error-number = Error { $status }
error-home = Go to the start page
error-reference = In the server’s log: { $reference }
error-400-title = This request could not be read
error-400-cause = The browser sent something incomplete or damaged.
error-400-next = Go back, reload the page and try once more.
error-403-title = You may not do this
error-403-cause = Your role does not include it, or the form was open for so long that it is no longer valid.
error-403-next = Go back and reload the page. If it stays so, ask an administrator for access.
error-404-title = There is nothing here
error-404-cause = The address is misspelt, or what it showed is gone or belongs to somebody else.
error-404-next = Start from the start page, or go back to where you came from.
error-408-title = That took too long
error-408-cause = The connection was too slow to send the whole request.
error-408-next = Check the connection, go back and try again.
error-413-title = That is too large
error-413-cause = What was sent is larger than this page accepts.
error-413-next = Go back and send something smaller.
error-422-title = Something in the form is not right
error-422-cause = A field was missing or has a value that does not fit.
error-422-next = Go back, reload the page and fill in the form again.
error-429-title = Too many tries
error-429-cause = This came too often in a short time, so it is paused.
error-429-next = Wait a few minutes, then try again.
error-500-title = Something went wrong here
error-500-cause = The fault is in Tiski, not in what you did. Nothing that was acknowledged is lost.
error-500-next = Try again in a moment. If it stays so, tell the administrator when it happened; the server’s log has the reason.
error-503-title = The server cannot take this now
error-503-cause = It is starting, stopping, or cannot write to its disk.
error-503-next = Wait a moment and reload. If it stays so, an administrator finds the reason with “tiski check”.

## Customers
customer-unnamed-facebook-person = Messenger user …{ $tail }
customer-unnamed-line-person = LINE user …{ $tail }
customer-unnamed-line-group = LINE group …{ $tail }
customer-unnamed-line-room = LINE chat of several people …{ $tail }

## Times
time-clock = { $hour }:{ $minute }
time-day-1 = { $day } January { $year }
time-day-2 = { $day } February { $year }
time-day-3 = { $day } March { $year }
time-day-4 = { $day } April { $year }
time-day-5 = { $day } May { $year }
time-day-6 = { $day } June { $year }
time-day-7 = { $day } July { $year }
time-day-8 = { $day } August { $year }
time-day-9 = { $day } September { $year }
time-day-10 = { $day } October { $year }
time-day-11 = { $day } November { $year }
time-day-12 = { $day } December { $year }
time-now = now
time-minutes-ago = { $count } min. ago
time-hours-ago = { $count } hr. ago
time-days-ago = { $count ->
    [one] yesterday
   *[other] { $count } days ago
}

## What happened in a conversation beside messages: one line each. $detail is the platform's word.

remark-referral = Came back by a link { $detail }
remark-referral-ad = Came by an advertisement: { $detail }
remark-opted-in = Agreed to be notified { $detail }
remark-opted-out = No longer wants to be notified { $detail }
remark-account-linked = Linked an account
remark-account-unlinked = Unlinked the account
remark-account-link-failed = Linking an account failed
remark-handover-passed = This conversation was passed to another app { $detail }
remark-handover-taken = Another app took over this conversation { $detail }
remark-handover-requested = Another app asked for this conversation { $detail }
remark-feedback = Rated an answer: { $detail }
remark-order = Ordered: { $detail }
remark-game = Played a game { $detail }
remark-checkout = Started to pay
remark-payment = Paid { $detail }
remark-standby = Another app answers this customer now. What you send may be refused.
remark-standby-over = The other app has handed this customer back.
remark-group-joined = The account was added to the group
remark-group-left = The account was removed from the group
remark-members-joined = New people in the group: { $detail }
remark-members-left = People who left the group: { $detail }
remark-menu-switched = Changed the menu { $detail }
remark-video-watched = Watched a video to the end { $detail }
remark-beacon-entered = Came near a beacon { $detail }
remark-beacon-banner = Tapped the banner of a beacon { $detail }
remark-membership-joined = Joined membership { $detail }
remark-membership-left = Left membership { $detail }
remark-membership-renewed = Renewed membership { $detail }
remark-control-gained = This conversation is under our control
remark-control-lost = This conversation is no longer under our control
remark-notice-delivered = A notification message was delivered { $detail }
remark-unknown-event = Something that Tiski does not know yet: { $detail }
## The demo

demo-title = The customer's phone
demo-places = Places
demo-open-workspace = Open the workspace
demo-heading = The customer's phone
demo-lede = Pick a customer and write. The answers that the shop sends appear here.
demo-customers = Customers
demo-writes-to = writes to { $page }
demo-phone-of = { $name }'s phone
demo-conversation = Conversation
demo-nothing-yet = Nothing here yet. Say hello.
demo-write = Write a message
demo-send = Send
demo-picture = Send a picture
demo-sticker = Send a sticker
demo-sign-ins = Sign in as
demo-password = Password for all of them:
demo-faults = Break something
demo-faults-lede = See what the shop sees when a platform has trouble. A dead token stays until it is mended; everything else happens once.
demo-mend = Mend everything
demo-fault-dead-token = Dead token
demo-fault-rate-limited = Too many calls
demo-fault-slow = Slow answer
demo-fault-server-error = Server error
demo-fault-accept-then-drop = Accepted, then dropped
demo-fault-drop-before-accept = Dropped at once
demo-fault-redelivery = Deliver twice
demo-fault-out-of-order = Out of order
demo-happenings-lede = See what happens when somebody else acts.
demo-happening-other-app = Another app answers
demo-happening-handed-back = Handed back
demo-happening-events-stop = Events stop
demo-happening-page-blocked = Page blocked
demo-happening-block-lifted = Block lifted
demo-happening-quota-used = Paid messages used up
demo-happening-quota-renewed = New month
demo-happening-customer-blocks = Customer blocks you
demo-happening-customer-returns = Customer returns
demo-unsent = Taken back
demo-kind-text = Text
demo-kind-image = Picture
demo-kind-video = Video
demo-kind-audio = Voice message
demo-kind-file = File
demo-kind-sticker = Sticker
demo-kind-location = Place
demo-kind-fallback = Link
demo-kind-template = Card
demo-tick-sent = Sent
demo-tick-delivered = Delivered
demo-tick-read = Read
## Delivery: why a message did not arrive or may not have, and what to do next
reason-unreachable = Not sent. The other side could not be reached for almost a day. Try again when it works.
reason-uncertain = It may or may not have arrived: the connection broke and no confirmation came. Ask the customer, or look into the page's own inbox, before you try again.
reason-crashed = It may or may not have arrived: Tiski stopped while it was being sent. Ask the customer, or look into the page's own inbox, before you try again.
reason-throttled = Not sent. The other side asked for fewer messages for almost a day. Try again later.
reason-credentials = Not sent. The page's access token is refused. An administrator must replace it under Accounts.
reason-window-closed = Not sent. The reply window has closed. Try again when the customer has written.
reason-quota-used = Not sent. The paid messages of this month are used up. Buy more, or wait until the customer writes: a quick answer is free.
reason-blocked = Not sent. The customer cannot be reached here: blocked the page, left, or accepts no messages. Try another way.
reason-held-elsewhere = Not sent. Another app of the page, or its own inbox, holds this conversation at the moment. Answer there, or have the conversation given back to Tiski and try again.
reason-restricted = Not sent. The page may not send at the moment. An administrator finds the reason in the page's own settings.
reason-rejected = Not sent. The other side refuses this message. Change the text and send it anew.
reason-not-permitted = Not sent. The app may not do this for this customer: a permission is missing, or the app is not yet open to the public. An administrator finds what to do under Accounts, What to prepare.
reason-unknown-customer = Not sent. The other side knows no such customer of this page: the conversation began under another page or app. Ask the customer to write to this page.
reason-terms-open = Not sent. The page has not accepted the terms for contacts. An administrator accepts them in the page's own settings; then try again.
reason-no-consent = Not sent. The customer has not agreed to messages from this page. Try another way.
reason-file-not-taken = Not sent. The other side does not take this file: its kind or its size is wrong, or it could not be read. Send it in another form.
reason-too-large = Not sent. The message is too large for the other side. Send it in several parts.
reason-hindered = Not sent. Tiski could not read its own database for almost a day. Try again when it works.
reason-no-secret = Not sent. The account has no secret that can be read. An administrator must enter it under Accounts.
reason-no-channel = Not sent. This version of Tiski does not have the channel. Install the newest one.
reason-page-removed = Not sent. The page was deleted from Tiski while the message waited.
waiting-unreachable = Not sent yet: the other side cannot be reached. It is tried again by itself.
waiting-throttled = Not sent yet: the other side asks to wait. It goes out by itself.
waiting-credentials = Not sent yet: the page's access token is refused. It goes out when an administrator has replaced it.
waiting-restricted = Not sent yet: the page may not send for a while. It is tried again by itself.
waiting-hindered = Not sent yet: Tiski cannot read its own database. It is tried again by itself.
waiting-no-secret = Not sent yet: the account has no secret that can be read. It goes out when an administrator has entered it.

## Days and spans
time-month = { $month ->
    [1] January
    [2] February
    [3] March
    [4] April
    [5] May
    [6] June
    [7] July
    [8] August
    [9] September
    [10] October
    [11] November
   *[12] December
}
time-month-short = { $month ->
    [1] Jan
    [2] Feb
    [3] Mar
    [4] Apr
    [5] May
    [6] Jun
    [7] Jul
    [8] Aug
    [9] Sep
    [10] Oct
    [11] Nov
   *[12] Dec
}
time-weekday = { $weekday ->
    [1] Monday
    [2] Tuesday
    [3] Wednesday
    [4] Thursday
    [5] Friday
    [6] Saturday
   *[7] Sunday
}
time-line-today = Today, { $day } { time-month }
time-line-yesterday = Yesterday, { $day } { time-month }
time-line-weekday = { time-weekday }, { $day } { time-month }
time-line-date = { $day } { time-month }
time-yesterday = Yesterday
time-short = { $day } { time-month-short }
time-short-year = { $day } { time-month-short } { $year }
time-span-minutes = { $minutes } min
time-span-hours = { $hours } h { $minutes } min
time-span-days = { $days } d { $hours } h

## Workspace
customer-name = { $name }
elsewhere-facebook = sent in Facebook
elsewhere-line = sent in LINE
message-by = { $name }
message-member = Member …{ $tail }
message-edited = edited
message-tap = Tapped a button
message-unsupported = A message of a kind that Messenger and LINE do not hand on to other programs. Look for it in the page’s own inbox.
message-removed-elsewhere = This message was taken back.
message-quote = In reply to
size-bytes = { $size } B
size-kilobytes = { $size } kB
size-megabytes = { $size } MB
event-opened = New conversation
event-assigned = { $name } took the conversation
event-ended = { $name } ended the conversation
event-parked = { $name } parked the conversation until the customer writes
event-resumed = { $name } opened the conversation again
event-reopened = The customer wrote again
event-closed = { $name } closed the conversation
event-offered = Offered to { $name }
event-accepted = { $name } accepted the conversation
event-declined = { $name } rejected the conversation
event-offer-missed = { $name } did not answer the offer
event-offer-lost = The offer to { $name } ended: no connection
event-given-back = { $name } gave the conversation back to the queue
event-moved-to-queue = Moved to the queue { $detail }
event-moved-to-queue-by = { $name } moved the conversation to the queue { $detail }
event-transferred = { $name } gave the conversation to { $detail }
event-monitored = { $name } reads along
event-closed-by-rule = Closed by a rule
event-force-closed = { $name } closed the conversation as supervisor
event-failed = Closed, because its page or workstream is gone
event-closed-by-time = Closed by itself, because nobody wrote
event-released = { $name } disabled { $detail }: back in the queue
event-released-unnamed = { $detail } can no longer sign in: back in the queue
event-followed = The customer added the account as a friend
event-unfollowed = The customer blocked the account
event-notice = { $detail }
event-reaction = The customer reacted with { $detail }
event-reaction-removed = The customer took a reaction back

## Set-up and sign-in
gate-pause-seconds = Too many tries. You can try again in { $count ->
    [one] 1 second
   *[other] { $count } seconds
}.
gate-pause-minutes = Too many tries. You can try again in { $count ->
    [one] 1 minute
   *[other] { $count } minutes
}.
sign-in-title = Sign in
sign-in-lede = { $organization } customer service
sign-in-lede-unnamed = Customer service
sign-in-email = Email
sign-in-password = Password
sign-in-keep = Keep me signed in for 14 days
sign-in-button = Sign in
sign-in-forgotten = Forgot your password? Your administrator can give you a new one.
sign-in-wrong = That password does not match this email. { $count ->
    [one] 1 try left before a pause.
   *[other] { $count } tries left before a pause.
}
setup-title = Set up
setup-heading = Create the administrator
setup-lede = This person can change everything, including other people’s access. You can add the team afterwards.
setup-code = Setup code
setup-code-hint = Printed in the server’s terminal when it first started.
setup-code-wrong = That is not the setup code. { $count ->
    [one] 1 try left before a pause.
   *[other] { $count } tries left before a pause.
}
setup-organization = Organization name
setup-organization-missing = Enter the name that your team and this program go by.
setup-name = Your name
setup-name-missing = Enter the name that your colleagues know you by.
setup-email = Email
setup-email-wrong = Enter an email address, such as anna@example.com.
setup-email-taken = Somebody signs in with this email already. Enter another one.
setup-password = Password
setup-password-hint = At least 12 characters. A sentence is easier to remember than symbols.
setup-button = Create administrator
setup-steps = What happens next
setup-step-administrator = Administrator
setup-step-administrator-text = About a minute
setup-step-address = Web address
setup-step-address-text = A public https address, so that Facebook and LINE can reach this server
setup-step-channel = First channel
setup-step-channel-text = A Facebook Page or a LINE account. You can skip this and look around first.
password-too-short = That is too short. Use at least 12 characters.
password-too-long = That is too long. Use at most 128 characters.
password-well-known = Your email, your name and your organization are known to others. Leave them out of the password.
password-common = That is among the first passwords that are tried. Use a few unrelated words.

## Profile
profile-sessions = Where you are signed in
profile-sessions-lede = Every browser that is signed in with your email. Sign out whatever you do not recognise, and have an administrator give you a new password.
profile-end-others = Sign out everywhere else
profile-end = Sign out
profile-here = This browser
profile-browser = { $browser } on { $system }
profile-browser-unknown = Unknown program
profile-column-browser = Browser
profile-column-signed-in = Signed in
profile-column-seen = Last seen
profile-column-actions = Actions
## Subscribing to a page's events worked, but

setup-warning-fewer-events = Facebook did not accept the whole list of events. Messages, taps and your own answers arrive; receipts, reactions and edits may not.
setup-warning-not-tested = LINE did not test the webhook now, because it was tested too often. Wait an hour, then test again.
## Sending
send-empty = There is nothing to send yet. Write something first.
send-too-long = This is too long: it would go out as more than { $most } messages. Shorten it.
send-held-elsewhere = Not sent: another app answers this customer now. You can write again when the customer is handed back. Your text is kept.
send-window-closed = Not sent: the reply window has closed. It opens again when the customer writes. Your text is kept.
send-stale = The customer wrote meanwhile. Read it, then change your reply, or send it as it is.
send-not-active = Not sent: this conversation is not active with you any more. Your text is kept.
send-refused-title = Not sent yet
send-refused-back = Back to the conversation
## Admin center
admin-lede-notices = { $count ->
    [one] One thing needs you.
   *[other] { $count } things need you.
}
admin-lede-running = Messages are flowing. Nothing needs you.
admin-lede-nothing = No account is running yet. Connect one, and its messages come in here.
admin-attention = Needs attention
admin-now = Right now
admin-open = Open, not assigned
admin-waiting = Waiting for customer
admin-all-channels = All channels
admin-column-page = Page or account
admin-column-token = Token age
notice-token-refused = { $page } cannot send: its access token is refused
notice-events-refused = { $page } does not receive messages
notice-token-old = { $page } has an access token that is { $days } days old
notice-token-ending = { $days ->
    [0] { $page } stops sending today: its access token ends
    [one] { $page } stops sending in 1 day: its access token ends
   *[other] { $page } stops sending in { $days } days: its access token ends
}
notice-token-ended = { $page } cannot send: its access token has ended
notice-remind = Remind me in a week
notice-job-failed = A scheduled job failed
notice-see-jobs = See scheduled jobs
notice-signatures = { $account }: { $count } calls refused for a wrong signature
notice-correct-secret = Correct the secret
notice-unfinished = { $account } is not set up yet
notice-go-on = Go on
notice-not-verified = { $account } does not receive messages yet
notice-see-check = See what is wrong
notice-mail-failed = E-mail to administrators does not get out
notice-mail-failed-text = The mail server said: { $error }. It is tried again by itself. What the letters would say stands on this page.
notice-see-channels = See channels
notice-undelivered = { $count ->
    [one] 1 message did not arrive, or may not have
   *[other] { $count } messages did not arrive, or may not have
}
notice-undelivered-text = Its customer waits without knowing. Each says why, and what to do.
notice-see-newest = See the newest
admin-set-up = Set-up
setup-step-account = Connect a Facebook Page or a LINE official account
setup-step-account-how = An account holds the keys; its pages are answered here.
setup-step-running = See it run
setup-step-running-how = The connection check names what is missing, and turns green by itself.
setup-step-message = Receive a first message
setup-step-message-how = Write to your page from your own phone.
setup-step-reply = Answer it
setup-step-reply-how = Take the conversation in the workspace, and reply.
setup-step-people = Invite your team
setup-step-people-how = Each gets a link to choose a password.
setup-step-hours = Say when you are open
setup-step-hours-how = Operating hours decide what happens to messages at night and on holidays.
notice-parked = { $count ->
    [one] One event could not be read
   *[other] { $count } events could not be read
}
notice-parked-text = Nothing of it is lost. Look at the reason, then try again or discard it.
notice-see-parked = See parked events

## Channels
channels-lede = How every page and account does, and what to do about it.
channels-search = Search pages
channels-health = Health
channels-all-accounts = All accounts
channels-check-tokens = Check access tokens
channels-column-token = Access token
channels-column-traffic = In and out
channels-column-errors = Errors in 24 hours
channels-last-in = In:
channels-last-out = Out:
channels-no-tries = Nothing sent
channels-errors = { $failed } of { $made } tries ({ $percent } %)
channels-waiting = { $count ->
    [one] 1 message waits to be sent
   *[other] { $count } messages wait to be sent
}
channels-see-activity = See activity
channel-on = On
channel-off = Off
channel-off-by = Turned off by { $name }
channel-holds = Accounts: { $accounts }. Pages: { $pages }.
channel-turn-off = Turn off
channel-turn-on = Turn on
channel-keep-on = Keep it on
channel-keep-off = Keep it off
channel-off-title = Turn { $channel } off?
channel-off-out = Nothing is sent. Replies wait, and go out in their order when you resume.
channel-off-in = Customers’ messages go on coming in and wait for an answer. Nothing is lost.
channel-off-window = A reply whose messaging window closes meanwhile is not sent; the agent sees it as failed.
channel-off-new = No new account is made. Accounts, pages, tokens and history stay as they are.
channel-on-title = Turn { $channel } on?
channel-on-lede = Its pages send again, except those that are paused by themselves.
channel-on-waiting = { $count ->
    [one] 1 message waits and goes out now.
   *[other] { $count } messages wait and go out now.
}
page-pause = Pause
page-resume = Resume
page-pause-title = Pause { $page }?
page-pause-lede = The page stays connected. You can resume at any moment.
page-keep-running = Keep it running
account-channel-off = This channel is turned off. Turn it on under Channels first.
account-tab-activity = Activity
activity-title = The last 20 webhook calls
activity-refused = Calls with a wrong signature are refused and not kept, so they are not in this list.
activity-empty-title = Nothing came yet
activity-empty-text = Every call of the platform stands here with what became of it.
activity-column-came = Came
activity-column-events = Events
activity-stored = Stored
activity-parked = Could not be read
activity-ignored = Nothing to do
activity-waits = Waits
activity-tried = Tried, is tried again
activity-counts = Stored: { $stored }. Parked: { $parked }. Nothing to do: { $ignored }.
alarm-more = { $count ->
    [one] One more access token needs you.
   *[other] { $count } more access tokens need you.
}
alarm-ask = Also tell me outside this window
alarm-see-all = See channels

## Scheduled jobs
jobs-lede = What Tiski does by the clock. Hours are those of { $zone }. A run that was missed while Tiski was off is made up once.
jobs-search = Search jobs
jobs-search-hint = Search by name
jobs-column-job = Job
jobs-column-next = Next run
jobs-column-last = Last run
jobs-column-outcome = Outcome
job-run-now = Run now
job-running = Running
job-never = Never ran
job-done = Done
job-failed = Failed
job-failed-text = It is tried again within five minutes.
job-failed-detail = Show the cause
job-interrupted = Cut off
job-not-planned = Not planned
job-check-tokens = Check access tokens
job-check-tokens-does = Asks Facebook and LINE about every token: whether it is accepted, what it may do, when it ends. Also when Tiski starts.
job-check-tokens-did = { $count ->
    [one] 1 token answered for
   *[other] { $count } tokens answered for
}
job-close-conversations = Close conversations
job-close-conversations-does = Closes conversations whose waiting or wrap-up time is over.
job-close-conversations-did = { $count ->
    [one] 1 conversation closed
   *[other] { $count } conversations closed
}
job-forget-the-short-lived = Forget the short-lived
job-forget-the-short-lived-does = Takes away sign-ins that are over and what open pages were told long ago.
job-forget-the-short-lived-did = { $count ->
    [one] 1 row taken away
   *[other] { $count } rows taken away
}
job-forget-the-journal = Forget old webhook calls
job-forget-the-journal-does = Takes away the counts of webhook calls after 30 days. Messages stay.
job-forget-the-journal-did = { $count ->
    [one] 1 row taken away
   *[other] { $count } rows taken away
}
job-forget-routing-logs = Forget old routing logs
job-forget-routing-logs-does = Takes away why conversations were routed as they were, 90 days after they were closed. Who had them and when stays.
job-forget-routing-logs-did = { $count ->
    [one] 1 step taken away
   *[other] { $count } steps taken away
}
job-optimize = Tend the database
job-optimize-does = Keeps lists quick as they grow.
job-optimize-did = Looked at how the tables have grown
run-time-millis = Took { $millis } ms
run-time-seconds = Took { $seconds } s

## Accounts
accounts-title = Accounts and channels
accounts-lede = An account holds the keys to one Facebook app or one LINE channel. Pages inside it are answered through a workstream.
accounts-new = New account
accounts-empty-title = No account yet
accounts-empty-text = Connect a Facebook Page or a LINE official account, and its messages arrive here.
accounts-filter-channel = Filter by channel
accounts-all = All
accounts-search = Search accounts
accounts-search-hint = Search name, page or ID
accounts-needing = Needs attention
accounts-count = { $count ->
    [one] 1 account
   *[other] { $count } accounts
}
accounts-column-account = Account
accounts-column-pages = Pages
accounts-column-workstream = Workstream
accounts-column-state = State
accounts-column-token = Oldest token
accounts-column-last = Last message
accounts-no-workstream = Not set
accounts-never = Never
accounts-show-callback = Show the callback information
provisioning-not-connected = Not connected
provisioning-running = Running
provisioning-running-old-token = Running, old token
provisioning-running-ending-token = Running, token ends soon
provisioning-paused = Paused
provisioning-channel-off = Channel is off
provisioning-failing = Failing
token-none = Does not expire
token-not-yet = None yet
token-days = { $count ->
    [0] Today
    [one] 1 day
   *[other] { $count } days
}
token-meter = Token age { $days } days, flagged at 60
token-accepted = Accepted
token-ends = Ends
token-no-end = No end reported
token-unchecked = The last check got no answer: { $detail }
token-snoozed = You are reminded again within a week.
account-token-title = Age of the access token
account-token-flag = Flag the token when it is 60 days old
account-save-token-flag = Save
page-token-is-the-old-one = This is the token that is in place. Generate a new one and paste that.
page-token-not-checked = The platform could not be reached to check this token. Try again in a while.
page-token-ends-sooner = { $days ->
    [0] This token ends within a day
    [one] This token ends in 1 day
   *[other] This token ends in { $days } days
}, sooner than the one in place. Generate one that does not end.
token-never-accepted = Not accepted yet
back = Back
next = Next
done = Done
cancel = Cancel
keep-it = Keep it
finish-later = Finish later
field-required = Fill this in.
field-too-long = This is too long. Use at most { $limit } characters.
field-pasted-with-space = There is a space or a line break inside. Copy the whole value once more.
secret-kept = Saved. Leave empty to keep it.
secret-kept-tail = Saved, ends in { $tail }. Leave empty to keep it.
secrets-again = Secrets are never shown again. Paste them once more.
account-steps = Steps
account-step-done = done:
account-step-details = Channel details
account-step-callback = Callback information
account-details-lede = Give the account a name that your team knows it by, and say where its customers write.
account-saved-lede = The account is saved; you can leave and come back.
account-name = Name
account-name-hint = Only your team sees it.
account-channel = Channel
account-channel-choose = Choose a channel
account-channel-required = Choose a channel.
account-channel-fixed = The channel stays as it is. For another one, discard this account and start again.
account-pages = { $count ->
    [one] 1 page
   *[other] { $count } pages
}
account-needs-a-page = Add at least one page.
account-needs-a-secret = Give the account’s ID and secret first, one step back.
account-page-taken = This page is in another account already.
account-page-taken-title = { $account } has this page
account-page-taken-text = A page can be in one account only, so there are no callback values for it here. Use that account, or remove the page there first.
account-page-taken-link = Open { $account }
account-id-of-another-app = The page’s token belongs to another app. Check this ID, or replace the token of the page first.
account-removal = Discard account
account-added-by = added by { $name } on
account-added = added on
account-tabs = Account
account-tab-overview = Overview
account-tab-callback = Callback
account-save-name = Save name
account-save-keys = Check and save
account-keys-checked = Checked with the platform before the old ones are let go.
account-facts = Facts
account-incoming = What came in
account-last-event = Last event
account-test-received = Test received
account-verification = Last verification
account-verified = Accepted
account-signature-failures = Signatures
account-signatures = { $count ->
    [0] None refused
    [one] 1 refused since the last good one
   *[other] { $count } refused since the last good one
}
account-unknown-pages = Unknown pages
account-unknown-count = { $count ->
    [0] No events
    [one] 1 event
   *[other] { $count } events
}
callback-url = Callback URL
verify-token = Verify token
page-name = Page name
page-name-hint = The name that your customers and your team see.
page-id = Page ID
page-id-digits = A Page ID has digits only, such as 104882716359920. The page’s name or web address does not work.
page-id-unknown = ID not known yet
page-add = Add page
page-add-button = Add
page-added-already = This page is in this account already.
page-rename = Rename
page-save-name = Save name
page-remove = Delete
page-replace-token = Replace token
page-replace-title = Replace the token of { $page }
page-check-and-replace = Check and replace
page-old-token-kept = The old token stays in place.
pages-column-page = Page
pages-column-state = Provisioning state
pages-column-actions = Actions
privacy-title = Privacy
privacy-1 = Your organization alone is responsible for using it lawfully, and for following the rules on monitoring, recording and storing what people write.
privacy-2 = Tell your customers, before you start, that conversations with your team may be monitored, recorded or stored, and ask their consent where the law demands it.
privacy-3 = Tell the people who answer the same.
privacy-agents = Your organization may read, record and keep what is written here, by customers and by you. Ask it for its rules.
privacy-acknowledge = I have read this and acknowledge it for my organization.
privacy-required = Acknowledge the privacy notice to go on.
privacy-acknowledged = Acknowledged by { $name } on
privacy-version = Text of { $version }.
connection-title = Connection check
connection-check-now = Check now
check-done = done
check-waiting = waiting
check-ahead = not yet
check-wrong = needs you
check-address = Address can be reached
check-message = First message arrives
reach-local-only = Only from this machine: the platforms cannot call it. Start Tiski with --public-url and an https address.
reach-error-unreachable = The address does not answer: { $detail }. Check that it leads to this machine, and that the proxy or tunnel runs.
reach-error-redirected = The address leads elsewhere (status { $detail }), and the platforms do not follow. Start Tiski with --public-url and the address that it leads to.
reach-error-no-server-behind = A proxy answers, but it does not reach Tiski (status { $detail }). Let it pass everything on to the address that Tiski listens on.
reach-error-another-server = Another server answers at this address (status { $detail }). Check the proxy, or start Tiski with --public-url and its own address.
verify-error-token = The platform last called with another verify token. Copy the verify token from here again, paste it there, and save.
setup-error-other-page = This token belongs to another page, { $detail }, not to this page ID.
setup-error-not-a-page-token = This is a person’s token, not a page’s. Generate one for the page and paste it here.
setup-error-other-app = This token was made by another app. Generate one in the app whose ID this account has.
setup-error-token-refused = The token is refused. Generate a new one and paste it here. { $detail }
setup-error-secret-refused = ID and secret do not belong together. Copy both again, from the same place. { $detail }
setup-error-missing-permission = The token lacks a permission: { $detail }. Generate it again and allow this.
setup-error-callback-refused = The platform does not take the callback URL. It needs an https address that the whole internet can reach. { $detail }
setup-error-callback-unreachable = The platform called the callback URL and did not reach Tiski. Check the web address, and the proxy or tunnel in front. { $detail }
setup-error-webhook-off = “Use webhook” is switched off. Switch it on in the LINE Developers console, Messaging API tab, then check again.
setup-error-unreachable = The platform could not be reached to check this. Everything is saved; check again in a while.
setup-error-page-taken = This page is in another account already. Use that one, or remove the page there first.
setup-error-no-secret = The account has no secret that can be read. Enter it again in the account's settings.
setup-error-other = The platform did not accept this. It says: { $detail }

## Accounts on Facebook
channel-facebook-step-credentials = Add account
channel-facebook-step-pages = Add Facebook Pages
channel-facebook-credentials-lede = Both values stand in Meta for Developers, on the page of your app. The account is saved; you can leave and come back.
channel-facebook-id = App ID
channel-facebook-id-short = App { $id }
channel-facebook-id-hint = In Meta for Developers: your app, App settings, Basic.
channel-facebook-secret = App secret
channel-facebook-secret-hint = On the same page, select Show. Stored encrypted, never shown again.
channel-facebook-secret-odd = The app secret looks unusual
channel-facebook-secret-odd-text = App secrets have 32 characters, 0 to 9 and a to f. With a wrong one Facebook’s messages are refused.
channel-facebook-keys-title = App ID and app secret
channel-facebook-pages-lede = Each page needs an access token of its own, from the same app.
channel-facebook-page-add = Add Facebook Page
channel-facebook-page-id-hint = Digits only. On the page: About, Page transparency.
channel-facebook-token = Page access token
channel-facebook-token-hint = In Meta for Developers: Messenger, Messenger API Settings, beside the page select Generate. Checked with Facebook, stored encrypted, never shown again.
channel-facebook-token-new = New page access token
channel-facebook-token-new-hint = Checked with Facebook before the old one is let go. Stored encrypted, never shown again.
channel-facebook-token-ending = Facebook told us when it ends. Create a new one in Meta for Developers, then paste it here. Messages keep flowing while you do this.
channel-facebook-token-old = It still works. Meta can end tokens without notice after 60 days, so a fresh one is safer.
channel-facebook-replace-how = In Meta for Developers, open Messenger API Settings, find { $page } and select Generate. Messages keep flowing while you do this.
channel-facebook-tab-pages = Facebook Pages
channel-facebook-waiting = Waiting for Facebook
channel-facebook-waiting-hint = Waiting for { $account }: Facebook has not verified the callback yet.
channel-facebook-not-verified = Facebook has not verified the callback yet. Paste the callback URL and the verify token in Meta for Developers.
channel-facebook-states-hint = States: Not connected, then Waiting for Facebook, then Running. Failing says what to mend.
channel-facebook-callback-lede = Give these two values to Facebook, so that it knows where to send messages. The account is saved; you can leave and come back.
channel-facebook-callback-url-hint = Facebook sends messages here.
channel-facebook-verify-token-hint = Facebook sends this back once to prove that the request is yours.
channel-facebook-how-title = In Meta for Developers
channel-facebook-how-1 = Open your app, then *Messenger* and *Messenger API Settings*.
channel-facebook-how-2 = Under *Configure webhooks*, paste the callback URL and the verify token, then select *Verify and save*.
channel-facebook-how-3 = Under *Webhook fields*, tick `messages`, `messaging_postbacks`, `message_deliveries`, `message_reads` and `message_echoes`. Tiski has already subscribed each page to the app.
channel-facebook-how-4 = Switch the app from development to *Live*: before that only people with a role in the app can write to you.
channel-facebook-console-url = https://developers.facebook.com/apps/{ $id }/
channel-facebook-console-link = Open the app
channel-facebook-check-tokens = App secret and page tokens accepted
channel-facebook-check-events = Facebook sends the pages’ messages to the app
channel-facebook-check-callback = Facebook verifies the callback
channel-facebook-check-callback-waiting = Waiting. This turns green by itself a second after step 2.
channel-facebook-check-message-waiting = Write to your page from your own Facebook account.
channel-facebook-signatures-refused = Facebook’s calls are signed with another app secret than the saved one. Copy the app secret again.
channel-facebook-unknown-pages-hint = The app also sends events of pages that are not in this account. They are not stored.
channel-facebook-privacy = What your customers write on Messenger, and what you answer, passes through Meta. It leaves the boundary of your own compliance and region.

## Accounts on LINE
channel-line-step-credentials = Account details
channel-line-step-pages = Account details
channel-line-credentials-lede = The values stand in the LINE Developers console, at your Messaging API channel. The account is saved; you can leave and come back.
channel-line-id = Channel ID
channel-line-id-short = Channel { $id }
channel-line-id-hint = In the LINE Developers console: your provider, the Messaging API channel, Basic settings.
channel-line-secret = Channel secret
channel-line-secret-hint = On the same page. Stored encrypted, never shown again.
channel-line-secret-odd = The channel secret looks unusual
channel-line-secret-odd-text = Channel secrets have 32 characters, 0 to 9 and a to f. With a wrong one LINE’s messages are refused.
channel-line-keys-title = Channel ID and channel secret
channel-line-token = Channel access token
channel-line-token-hint = Messaging API tab, Channel access token (long-lived). Left empty, Tiski makes short-lived ones from ID and secret.
channel-line-token-new = New channel access token
channel-line-token-new-hint = Checked with LINE before the old one is let go. Left empty, Tiski makes short-lived ones from ID and secret.
channel-line-token-ending = LINE told us when it ends. Issue a new one in the LINE Developers console, or leave the field empty and let Tiski make short-lived ones.
channel-line-token-old = A long-lived LINE token does not expire by itself. Changing it once a year or sooner is good advice.
channel-line-replace-how = In the LINE Developers console, Messaging API tab, select Reissue beside the channel access token. Or leave the field empty.
channel-line-tab-pages = LINE account
channel-line-waiting = Waiting for LINE
channel-line-waiting-hint = Waiting for { $account }: LINE has not reached the callback yet.
channel-line-not-verified = LINE has not reached the callback yet. See the connection check for what is missing.
channel-line-states-hint = States: Not connected, then Waiting for LINE, then Running. Failing says what to mend.
channel-line-callback-lede = Tiski has given this address to LINE. If LINE does not show it, paste it there. The account is saved; you can leave and come back.
channel-line-callback-url-hint = LINE sends messages here.
channel-line-how-title = In the LINE Developers console
channel-line-how-1 = Open your channel, then the tab *Messaging API*.
channel-line-how-2 = Under *Webhook settings*, see that the *Webhook URL* is the callback URL above; if not, paste it and select *Update*.
channel-line-how-3 = Switch *Use webhook* on, and *Webhook redelivery* too.
channel-line-how-4 = In LINE Official Account Manager, under *Response settings*, switch *Greeting message* and *Auto-response* off, so that customers do not get two answers.
channel-line-console-url = https://developers.line.biz/console/channel/{ $id }/messaging-api
channel-line-console-link = Open the channel
channel-line-check-tokens = Channel ID, secret and token accepted
channel-line-check-events = LINE reaches the callback and uses it
channel-line-check-message-waiting = Write to your official account from your own LINE.
channel-line-signatures-refused = LINE’s calls are signed with another channel secret than the saved one. Copy the channel secret again.
channel-line-unknown-pages-hint = Events for another official account came to this address. They are not stored.
channel-line-privacy = What your customers write on LINE, and what you answer, passes through LINE. It leaves the boundary of your own compliance and region.

## Removing, moving and pausing accounts and pages
account-away = Pause or delete
account-pause = Pause account
account-pause-title = Pause { $account }?
account-pause-text = Paused, nothing is sent from any of its pages. What customers write goes on coming in.
account-paused-text = Every page of this account is paused: nothing is sent until you resume.
account-resume = Resume account
account-delete = Delete account
account-delete-text = Deleted, its messages no longer come in. First you see what goes with it.
account-channels-all-off = Every channel is off. Turn one on first:
removal-page-title = Delete { $name }?
removal-page-lede = The page leaves Tiski and its messages no longer come in.
removal-page-button = Delete page
removal-account-title = Delete { $name }?
removal-account-lede = The account leaves Tiski with its pages, and their messages no longer come in.
removal-account-button = Delete account
removal-unfinished-title = Discard { $name }?
removal-unfinished-lede = What was typed for it is deleted.
removal-unfinished-button = Discard account
removal-goes = What goes
removal-stays = What stays
removal-pages = { $count ->
    [one] Its page:
   *[other] Its { $count } pages:
}
removal-secrets = Secrets and access tokens are deleted from Tiski.
removal-unsent = { $count ->
    [one] 1 message that waits to be sent is marked as failed.
   *[other] { $count } messages that wait to be sent are marked as failed.
}
removal-parked = { $count ->
    [one] 1 event that could not be worked on is given up.
   *[other] { $count } events that could not be worked on are given up.
}
removal-detach = { $count ->
    [one] Take it out of its workstream too:
   *[other] Take it out of its workstreams too:
}
removal-detach-required = A workstream answers it. Tick this to take it out of there too, or delete it in the workstream first.
removal-close = { $count ->
    [0] No conversation is open, but messages wait to be sent: they fail
    [one] Close its open conversation
   *[other] Close its { $count } open conversations
}
removal-close-required = Somebody may still be waiting for an answer. Tick this to close what is open, or finish it first.
removal-anyway = Delete without telling the platform. It may go on sending; Tiski refuses it.
removal-history = { $count ->
    [0] It has no conversations.
    [one] Its conversation stays readable, with customer and messages.
   *[other] Its { $count } conversations stay readable, with customers and messages.
}
removal-again = Added again later, a page finds its customers and conversations as they were.
page-move = Move
move-title = Move { $page }
move-lede = To another account of the same channel, such as an app of your own. You need an access token that the other app made.
move-to = Account
move-token-hint = Made for this page by the other account’s app. Checked before anything changes.
move-keeps = Workstream, customers and conversations stay as they are. The old app is asked to leave the page.
move-button = Check and move
move-not-checked = The platform could not be reached to check this token. Try again in a while.
move-nowhere-title = There is no other account
move-nowhere-text = Set up another account of this channel first.

## Preparing a platform
account-tab-preparation = Preparation
prepare-checklist = Checklist
prepare-progress = { $done } of { $count } done
prepare-hint = What Tiski can see is ticked by itself. Tick the rest when you have done it.
prepare-save = Save ticks
prepare-said-by = Ticked by { $name }
faq-situation = Situation
faq-cause = Cause
faq-fix = What to do
channel-facebook-prepare-title = Prepare Facebook
channel-facebook-prepare-lede = What must be ready at Meta before messages come, and what to do when they do not.
channel-facebook-prepare-page = A Facebook Page with Messenger
channel-facebook-prepare-page-how = The page exists, and messages are switched on in its settings. Its ID stands under *About*, *Page transparency*.
channel-facebook-prepare-app = A Meta app, and its ID and secret are saved here
channel-facebook-prepare-app-how = In Meta for Developers: *My Apps*, *Create app*, purpose *Other*, type *Business*. ID and secret stand under *App settings*, *Basic*.
channel-facebook-prepare-messenger = The product Messenger is added to the app
channel-facebook-prepare-messenger-how = In the app: *Add product*, *Messenger*, *Set up*.
channel-facebook-prepare-token = An access token for each page
channel-facebook-prepare-token-how = *Messenger API Settings*, *Add or remove Pages*, choose the page, then *Generate*.
channel-facebook-prepare-messaging = The permission pages_messaging
channel-facebook-prepare-messaging-how = Without it only people with a role in the app can write. Request `pages_messaging` under *App Review*.
channel-facebook-prepare-metadata = The permission pages_manage_metadata
channel-facebook-prepare-metadata-how = With `pages_manage_metadata` Tiski makes Facebook send it the page’s messages.
channel-facebook-prepare-events = Facebook sends the pages’ messages to the app
channel-facebook-prepare-events-how = Tiski does this by itself as soon as the token is accepted. The connection check says when it does not work.
channel-facebook-prepare-testers = Testers have a role in the app
channel-facebook-prepare-testers-how = While the app is in development: *App roles*, *Roles*, *Add people*. Each must accept the invitation.
channel-facebook-prepare-live = The app is Live
channel-facebook-prepare-live-how = Switch *App mode* from development to *Live*, so that everybody can write.
channel-facebook-prepare-names = Customers’ names may be shown
channel-facebook-prepare-names-how = Request *Business Asset User Profile Access* under *App Review*. Without it customers have no names here.
channel-facebook-prepare-human-agent = Answers after 24 hours
channel-facebook-prepare-human-agent-how = Request *Human Agent* under *App Review*, then switch *Facebook message tag* on in the workstream.
channel-facebook-prepare-message = A first message has come
channel-facebook-prepare-message-how = Write to your page from your own Facebook account.
channel-facebook-unsubscribed = Facebook is asked to send the page’s messages to Tiski no more.
channel-facebook-faq-title = No messages from Facebook?
channel-facebook-faq-1 = The app is live, and the page is new to messaging
channel-facebook-faq-1-cause = The permission pages_messaging is not approved.
channel-facebook-faq-1-fix = Request `pages_messaging` under *App Review*. After the approval anyone may write.
channel-facebook-faq-2 = The app is live, and another provider has used the page already
channel-facebook-faq-2-cause = Another Meta app is the page’s primary receiver (Handover protocol).
channel-facebook-faq-2-fix = Link the page to both apps. In your app’s webhook subscriptions tick `messages` and `standby`. On the page: *Manage*, *Page access*, *Advanced messaging*, *Handover protocol*, *Messenger receiver*: your app. Then untick `standby` and send a test message.
channel-facebook-faq-3 = The app is in development
channel-facebook-faq-3-cause = Whoever writes has no role in the app.
channel-facebook-faq-3-fix = Give the person a role. The person needs a Meta developer account and must accept the invitation.
channel-facebook-faq-4 = A test user writes
channel-facebook-faq-4-cause = The test user was made without the app.
channel-facebook-faq-4-fix = When you create the test user, choose to install the app automatically and grant `pages_messaging`.
channel-facebook-faq-also = Messages that come but reach nobody: see that the queue has people, that their presence is allowed, and that they have capacity left.
channel-line-prepare-title = Prepare LINE
channel-line-prepare-lede = What must be ready at LINE before messages come.
channel-line-prepare-channel = A Messaging API channel, and its ID and secret are saved here
channel-line-prepare-channel-how = In the LINE Developers console: your provider, *Create a new channel*, *Messaging API*. ID and secret stand under *Basic settings*.
channel-line-prepare-token = An access token that LINE accepts
channel-line-prepare-token-how = Tab *Messaging API*, *Channel access token (long-lived)*. Left empty, Tiski makes short-lived ones.
channel-line-prepare-webhook = Use webhook is on, with Tiski’s address
channel-line-prepare-webhook-how = Tiski gives LINE the address. Only you can switch *Use webhook* on, in the tab *Messaging API*.
channel-line-prepare-redelivery = Webhook redelivery is on
channel-line-prepare-redelivery-how = In the same place. Without it LINE does not repeat what came while Tiski was off.
channel-line-prepare-auto-reply = Auto-response messages are off
channel-line-prepare-auto-reply-how = In LINE Official Account Manager, *Response settings*. They are on by default, and customers get two answers.
channel-line-prepare-greeting = The greeting message is off
channel-line-prepare-greeting-how = In LINE Official Account Manager, *Response settings*. It is on by default; Tiski has a greeting of its own.
channel-line-prepare-chat = Chat is off
channel-line-prepare-chat-how = In LINE Official Account Manager, *Response settings*. With *Chat* on, people can also answer in LINE’s own chat, and Tiski does not see those answers.
channel-line-prepare-message = A first message has come
channel-line-prepare-message-how = Write to your official account from your own LINE.
channel-line-unsubscribed = LINE goes on calling the old address, which answers no more. Switch Use webhook off in the LINE Developers console.
audit-field-prepared = Prepared at the platform

## Parked events
parked-lede = What a platform sent and Tiski could not read or place, with the reason. Nothing of it is lost: what waits for a workstream goes through by itself once its page has one; try the rest again after an update, or discard it.
parked-count = { $count ->
    [one] 1 event
   *[other] { $count } events
}
parked-empty-title = Nothing is parked
parked-empty-text = Every event that came in was read.
parked-column-what = What and why
parked-column-when = Received
parked-column-tries = Tries
parked-whole-body = A whole call, maybe of several events
parked-one-event = One event
parked-payload = Show what was sent
parked-tries = { $count ->
    [one] 1 try
   *[other] { $count } tries
}
parked-try-again = Try again
parked-discard = Discard
parked-older = Older events
parked-search = Search parked events
parked-search-hint = Account or content
parked-discard-title = Discard this event?
parked-discard-lede = What { $account } received is deleted for good. If it was a message, nobody will see it.
parked-discard-button = Discard event

## Workspace pages
dashboard-lede-mine = { $count ->
    [0] No conversation is yours.
    [one] One conversation is yours.
   *[other] { $count } conversations are yours.
}
dashboard-lede-open = { $count ->
    [0] Nothing waits to be picked up.
    [one] One is waiting to be picked up.
   *[other] { $count } are waiting to be picked up.
}
dashboard-mine = My work items
dashboard-mine-empty = Nothing here. What you take from Open work items stands here until you close it.
dashboard-open = Open work items
dashboard-open-empty = Nothing waits. A customer’s first message appears here.
dashboard-closed = Closed work items
dashboard-closed-empty = You have closed nothing yet today.
dashboard-customer = Customer
dashboard-page = Page or account
dashboard-state = State
dashboard-last-message = Last message
dashboard-waiting = Waiting since
dashboard-closed-at = Closed
dashboard-actions = Actions
dashboard-more = Show more
sessions-active = Active
sessions-waiting = Waiting for customer
sessions-wrap_up = Wrap-up
sessions-none = No conversation is yours. Take one on the dashboard.
sessions-choose = No conversation chosen
sessions-choose-text = Choose one on the left, or take a new one on the dashboard.
session-left = { $left } left
glance-text = { $text }
glance-you = You: { $text }
glance-removed = Message taken back
glance-unsupported = Message of an unknown kind
conversation-open = Open
conversation-assign = Assign to me
conversation-end = End
conversation-end-undo = Undo
conversation-close = Close
conversation-back = Back to sessions
conversation-details = Customer details
conversation-held = with { $name }
conversation-standby = Another app answers
parking-title = Close without ending?
parking-text = The conversation waits until the customer writes again, and comes back to you then. If the matter is settled, press End instead.
parking-keep = Keep it open
parking-close = Close and wait
parking-topic-title = Choose a topic first
delete-title = Delete this message?
delete-text = It did not reach the customer, and is gone for good: “{ $message }”
delete-act = Delete message
composer-closed-open = Nobody has this conversation yet. Take it to answer.
composer-closed-waiting = Parked until the customer writes. Open it to write first.
composer-closed-wrap-up = You have ended this conversation. Close it when you are done. If the customer writes, it is active again.
composer-closed-window = The reply window has closed. It opens again when the customer writes. Until then, call or send an email.
composer-closed-standby = Another app answers this customer now, and the platform lets only that app write. You can write again when the customer is handed back.
composer-closed-closed = This conversation is closed. The customer’s next message starts a new one.
composer-closed-foreign = { $name } has this conversation. You can read it, not answer.
composer-closed-taken = { $name } has taken this conversation.
customer-panel = Customer
customer-panel-close = Close customer details
customer-details = Customer details
customer-blocked = has blocked the account
customer-language = Language
customer-platform-id = Page user ID
customer-conversation = Conversation
customer-page = Page or account
customer-queue = Queue
customer-began = Began
customer-earlier = Earlier conversations
language-other = { $tag }
language-en = English
language-fi = Suomi
language-sv = Svenska
language-pl = Polski
language-pt = Português
language-pt-br = Português (Brasil)
language-zh = 中文
language-zh-tw = 繁體中文
language-zh-hant = 繁體中文
language-zh-hans = 简体中文
language-ja = 日本語
language-th = ไทย
language-ko = 한국어
language-id = Bahasa Indonesia
language-vi = Tiếng Việt
language-de = Deutsch
language-es = Español
language-fr = Français
log-older = Earlier messages
log-is-older = These are earlier messages.
log-newest = Show the newest
log-mark-read = Mark as read
earlier-summary = Earlier conversation
earlier-read = Read it
earlier-title = Earlier conversation with { $name }
earlier-back = Back to the current conversation
earlier-closed = This conversation is closed.
overtaken-assignment = { $name } was faster
overtaken-assignment-cause = The conversation was taken a moment before you pressed Assign to me.
overtaken-closed = This conversation is closed
overtaken-closed-cause = Nobody can take it any more. The customer’s next message starts a new one.
overtaken-moved = This conversation has changed meanwhile
overtaken-moved-cause = What you pressed is not possible any more. Look at where it stands now.
overtaken-look = Show the conversation
overtaken-dashboard = To the dashboard

## Letters to administrators
mail-alarm-subject = { $organization }: { $what }
mail-alarm = Hello { $name },

    { $what }.

    Replace the token here:
    { $link }

    This letter comes once for each trouble. In Tiski, under Home, you see all that needs you.

## Configuration as a file
audit-action-configuration-imported = Configuration imported
cli-config-head =
    The configuration of a Tiski counter: everything that an administrator has set, without secrets.
    “tiski config import” reads it back; with --dry-run it only says what would change.
    Entries are known by their names. One that is not in the file stays as it is. Of one that is, an optional
    value or a list (members, rules, days) that is left out is empty afterwards. Numbers that end in _ms are
    milliseconds, in _s seconds. Secrets, access tokens and passwords are given in the admin center.
cli-config-exported = The configuration is in { $path }. It holds no secrets.
cli-config-ambiguous = Two entries of { $section } are both called "{ $name }", so a file cannot tell them apart. Give one of them another name.
cli-config-file = { $path } cannot be used: { $error }.
cli-config-not-understood = { $path } is not understood at line { $line }: { $error }.
cli-config-adds = adds { $place }
cli-config-changes = changes { $place }
cli-config-stays = stays, because the file does not have it: { $place }
cli-config-nothing = nothing
cli-config-same = Nothing differs.
cli-config-would-change = { $count ->
    [one] 1 entry would change. Nothing was changed.
   *[other] { $count } entries would change. Nothing was changed.
}
cli-config-changed = { $count ->
    [one] 1 entry is changed.
   *[other] { $count } entries are changed.
}
cli-config-newer = The file was written by a newer Tiski (its form is version { $version }). Import it with that program.
cli-config-no-version = The file does not begin with { $field }, so it is no configuration. Take one that tiski config export wrote.
cli-config-unknown = { $place }: there is no field { $field }. Mend or take out that line.
cli-config-unknown-at-top = There is no section { $field }. Mend or take it out.
cli-config-wrong = { $place }: the value of { $field } is not one that it can have. Mend it.
cli-config-wrong-at-top = The section { $field } does not have the right form. Mend it.
cli-config-missing = { $place }: the field { $field } is missing. Add it.
cli-config-nowhere = { $place }: { $field } names "{ $name }", and there is no such thing. Add it to the file, or name another.
cli-config-twice = { $place } stands in the file twice. Take one out.
cli-config-not-ours = { $place }: this program has no such thing, and a file cannot add it. Take it out.
cli-config-refused = { $place }: { $words }. Mend its values.
cli-config-against = { $place }: { $field } { $why }.
cli-config-why-empty = is empty, and may not be
cli-config-why-long = has more than { $most } characters
cli-config-why-untidy = has signs in it that nobody sees, or white space around it
cli-config-why-none-of = is none of these: { $words }
cli-config-why-range = is no whole number from { $from } to { $to }
cli-config-why-word = holds “{ $word }”, which it cannot
cli-config-why-many = holds more than { $most }
cli-config-why-total = comes to { $total } percent and not to 100
cli-config-why-backwards = is before the first day
cli-config-why-not-with = does not go with { $other }
cli-config-why-without = needs { $other } beside it
cli-config-why-form = does not have the form that tiski config export writes
cli-config-why-senseless = asks or does what its kind cannot
cli-config-mistake = { $sentence } Nothing was changed.
cli-config-mistakes = The file has { $count } mistakes, which are listed above. Mend them; nothing was changed.
cli-config-no-administrator = Nobody could administer Tiski after that. Keep the role of one administrator.

## Command line
cli-serve-no-mail = The mail server in tiski.toml cannot be used: { $error }. Mend the part [smtp], or take it out.
config-smtp-open = Letters to { $found } would go out unprotected. In tiski.toml, under [smtp], set security to "tls" or "starttls".
config-smtp-half-signed-in = To sign in to { $found } both a user and a password are needed. In tiski.toml, under [smtp], give both or neither.
config-smtp-from-wrong = { $found } is no sender. In tiski.toml, under [smtp], set from to an address such as "Tiski <tiski@shop.example>".

config-listen-wrong = --listen is { $found }; give an address and a port, such as 127.0.0.1:8000.
config-public-url-wrong = --public-url is { $found }; give the address that Facebook and LINE call, such as https://help.example.com.
config-public-url-open = --public-url is { $found }; Facebook and LINE call only https, and a password must not travel in the open: give an https address.
config-platform-wrong = { $name } is { $found }; give an https address (http only towards this machine).
config-log-wrong = TISKI_LOG is { $found }; give error, warn, info, debug or trace.
config-private-fetch-wrong = TISKI_ALLOW_PRIVATE_FETCH is { $found }; give true or false.
config-log-format-wrong = TISKI_LOG_FORMAT is { $found }; give text or json.
config-file-unread = { $path } cannot be read: { $error }.
config-file-not-understood = { $path } is not understood: { $error }.
cli-failed = Tiski cannot go on: { $error }.
cli-store-newer = { $path } was written by a newer Tiski. Start that one, or restore the copy made before its update.
cli-store-wrong-key = The key does not fit { $path }. Put back the secret.key (or TISKI_SECRET_KEY) that belongs to this data directory.
cli-store-unopened = { $path } cannot be opened: { $error }. Check that the file is a Tiski database and that this user may write to its folder.
cli-store-not-migrated = { $path } could not be brought up to date: { $reason }. A copy from before is beside it.
cli-user-email-wrong = --email is { $typed }; give an address such as anna@example.com.
cli-user-name-empty = --name is empty; give the person's name.
cli-user-added = { $name } <{ $email }> can sign in as { $role }.
cli-user-email-taken = Somebody signs in with { $email } already; give another address, or change the password with: tiski user password.
cli-user-disabled-mark = disabled
cli-user-new-password = { $email } has a new password and is signed out everywhere.
cli-user-disabled = { $email } can no longer sign in and is signed out everywhere.
cli-user-last-administrator = { $email } is the only administrator; add or enable another one first.
cli-user-enabled = { $email } can sign in again.
cli-user-unknown = Nobody signs in with { $email }; see who does with: tiski user list.
cli-user-password-unread = The password cannot be read: { $error }.
cli-serve-no-start = The server cannot start: { $error }.
cli-serve-stopped = The server stopped: { $reason }.
cli-serve-no-port = No port is free on { $address }: { $error }.
cli-serve-running = Tiski is running at { $url }
cli-serve-own-setup-code = from TISKI_SETUP_CODE
cli-serve-set-up = There is no administrator yet. Open { $url } and enter the setup code { $code }
cli-demo-workspace = The workspace
cli-demo-phone = A customer's phone
cli-demo-password = Password for all of them: { $password }
cli-demo-stop = Stop it with Ctrl C; nothing stays behind.
cli-home-not-made = { $path } cannot be made: { $error }. Give a folder that this user may write to with --data.
cli-home-not-opened = { $path } cannot be opened: { $error }.
cli-home-taken = Another Tiski is running on { $path }; stop it first, or give another folder with --data.
cli-home-key-variable-wrong = TISKI_SECRET_KEY is not 32 bytes in base64.
cli-home-key-readable = { $path } can be read by other users; run: chmod 600 { $path }
cli-home-key-wrong = { $path } is not 32 bytes in base64; put back the one that belongs to this data directory.
cli-home-key-unread = { $path } cannot be read ({ $error }); put back the one that belongs to this data directory.
cli-home-not-written = { $path } cannot be written: { $error }.
cli-check-nothing-here = There is no Tiski in { $folder }. Give its folder with --data, or start it once.
cli-check-unreadable = The database in { $folder } cannot be read: { $error }. Restore a backup.
cli-check-fine = ok
cli-check-notice = notice
cli-check-wrong = WRONG
cli-check-to-mend = { $count ->
    [one] One thing is to be mended; see above.
   *[other] { $count } things are to be mended; see above.
}
cli-check-on-database = Database
cli-check-on-schema = Schema
cli-check-on-key = Key
cli-check-on-disk = Disk
cli-check-on-server = Server
cli-check-on-public-address = Public address
cli-check-on-accounts = Accounts
cli-check-on-clock = Clock
cli-check-on-page = { $account }, page { $page }
cli-check-schema-current = up to date.
cli-check-schema-older = an older program's; the next start updates it.
cli-check-schema-newer = a newer program's. Install that one.
cli-check-schema-unread = cannot be read: { $error }.
cli-check-database-whole = whole.
cli-check-database-damaged = { $first } ({ $count } in all). Stop the server and restore the last backup.
cli-check-database-unread = cannot be read: { $error }. Stop the server and restore the last backup.
cli-check-key-fits = fits the database.
cli-check-key-foreign = does not fit the database. Put back the secret.key or TISKI_SECRET_KEY that belongs to it.
cli-check-key-unread = cannot be compared: { $error }.
cli-check-disk-fine = { $free } MB free.
cli-check-disk-low = only { $free } MB free. Make room.
cli-check-disk-unread = cannot be asked: { $error }.
cli-check-server-there = answers at { $url }.
cli-check-server-away = none answers at { $url } ({ $why }); the public address is not checked.
cli-check-server-cannot-write = the server cannot write
cli-check-server-status = status { $status }
cli-check-address-none = none is set: the platforms cannot reach this machine. Set --public-url.
cli-check-address-fine = { $url } leads here.
cli-check-address-wrong = { $url } does not lead here ({ $why }). Mend the proxy, tunnel or name.
cli-check-accounts-none = there is none yet.
cli-check-accounts-unread = cannot be read: { $error }.
cli-check-page-no-channel = this program has no such channel.
cli-check-page-no-secret = has no secret. Enter it in the account's settings.
cli-check-page-sealed = { $error }. Enter secret and token anew.
cli-check-token-accepted = the access token is accepted.
cli-check-token-accepted-again = nothing is sent, because the access token was refused ({ $error }). It is accepted now: press Check again in the account's settings.
cli-check-token-ending = the access token ends in { $days } days. Replace it in the account's settings.
cli-check-token-old = the access token is { $days } days old. Replace it in the account's settings.
cli-check-token-aging = the access token is { $days } days old; replace it before 60.
cli-check-refused-unreachable = the platform could not be asked ({ $detail }). Check the way to the internet.
cli-check-refused-other-page = the access token belongs to another page, { $detail }. Replace the token in the account's settings.
cli-check-refused-not-a-page-token = the access token is a person's, not a page's. Replace the token in the account's settings.
cli-check-refused-other-app = the access token was made by another app. Replace the token in the account's settings.
cli-check-refused-token-refused = the access token is refused ({ $detail }). Replace the token in the account's settings.
cli-check-refused-secret-refused = the secret is refused ({ $detail }). Enter it anew in the account's settings.
cli-check-refused-missing-permission = the access token lacks { $detail }. Replace the token in the account's settings.
cli-check-refused-callback-refused = the platform says: { $detail }.
cli-check-refused-callback-unreachable = the platform says: { $detail }.
cli-check-refused-webhook-off = webhooks are switched off in the platform's console.
cli-check-refused-other = the platform says: { $detail }.
cli-check-clock-unread = the database cannot be asked.
cli-check-clock-behind = earlier than what was stored last. Set the machine's clock.
cli-check-clock-plausible = not earlier than what was stored last.
cli-check-clock-off = more than a minute from a platform's. Set the machine's clock.
cli-check-clock-agrees = agrees with a platform's.
cli-check-idle = { $waiting ->
    [0] Idle.
    [one] Idle. One call waits for a later try or for a person.
   *[other] Idle. { $waiting } calls wait for a later try or for a person.
}
cli-check-busy = Not idle after { $seconds } s: { $events } webhooks to work on, { $in-flight } calls in flight, { $due } to be made. Is the server running?
cli-bench-step-start = Measuring start and idle memory …
cli-bench-step-webhooks = Measuring webhooks, with what this machine could do at best beside them …
cli-bench-step-drain = Measuring journal to conversations …
cli-bench-step-screens = Measuring from the webhook to the screen …
cli-bench-step-large = Measuring the large database …
cli-bench-refused = { $count ->
    [one] One webhook was refused under load.
   *[other] { $count } webhooks were refused under load.
}
cli-bench-journal-stuck = The journal did not become empty within five minutes.
cli-bench-screen-lost = A message never came to the screen.
cli-bench-tabs-lost = A message never came to some of the open tabs.
cli-bench-server-mute = The server's output cannot be read.
cli-bench-server-no-start = The server that is to be measured did not start.
cli-bench-server-no-address = The server that is to be measured says no address.
cli-bench-carries = This machine can carry about { $carried } customer messages an hour.
cli-bench-carries-yours = This machine can carry about { $carried } customer messages an hour; you had { $yours } in the last 24 hours.
cli-bench-machine = { $processors } × { $model }, { $memory } GB of memory
cli-bench-processor-unknown = processor unknown
cli-bench-at-least = at least { $value }
cli-bench-at-most = at most { $value }
cli-bench-unit-per-second = a second
cli-bench-unit-times = ×
cli-bench-unit-megabytes = MB
cli-bench-unit-milliseconds = ms
cli-bench-of-memory-idle = memory, idle after the start
cli-bench-of-start-small = start to the first answer, small database
cli-bench-of-webhooks-ceiling = webhooks without a database (the ceiling)
cli-bench-of-webhooks-mutex = webhooks behind a mutex, one commit each
cli-bench-of-webhooks = webhooks, durable before the answer
cli-bench-of-webhooks-to-ceiling = … compared with the ceiling
cli-bench-of-webhooks-to-mutex = … compared with the mutex
cli-bench-of-webhooks-median = … 50 of 100 answered within
cli-bench-of-webhooks-slowest = … 99 of 100 answered within
cli-bench-of-memory-load = memory under that load
cli-bench-of-drain = journal into conversations
cli-bench-of-screen-median = webhook to the agent's screen, half of them within
cli-bench-of-screen-slowest = … 99 of 100 within
cli-bench-of-offer-slowest = webhook to the offer on the agent’s screen, the slowest
cli-bench-of-memory-tabs = memory with 1,000 open tabs
cli-bench-of-tabs-told = one message to all of them
cli-bench-of-start-large = start to the first answer, large database
cli-bench-of-memory-large = memory under load, large database
cli-bench-of-webhooks-large = webhooks, durable, large database
cli-bench-of-program = the program itself
## What a page says once after a form has led to it
outcome-saved = Saved
outcome-account-completed = The account is ready. Its messages arrive in Open work items.
outcome-account-discarded = Account discarded
outcome-page-added = Page added
outcome-account-removed = Account deleted
outcome-account-paused = Account paused
outcome-account-resumed = Account resumed
outcome-page-moved = Page moved
outcome-page-removed = Page deleted
outcome-token-replaced = The new access token is in place
outcome-reminder-set = You are reminded in a week.
outcome-page-paused = Paused
outcome-page-resumed = It sends again.
outcome-channel-off = Turned off
outcome-channel-on = Turned on
outcome-job-requested = It runs as soon as it can.
outcome-event-settled = The event could be read and is where it belongs.
outcome-event-still-parked = The event still cannot be read. The list shows why.
outcome-event-gone = Somebody else has settled or discarded the event.
outcome-event-discarded = Event discarded
outcome-conversation-parked = The conversation waits until the customer writes
outcome-conversation-ended = Conversation ended
outcome-conversation-closed = Conversation closed
outcome-conversations-given = The conversations are where you sent them.
outcome-conversations-force-closed = The conversations are closed.
outcome-presence-reset = The presence follows the work in hand again.
outcome-signed-out = That browser is signed out
outcome-others-signed-out = Every other browser is signed out
outcome-password-changed = Your password is changed, and you are signed out everywhere else.
outcome-removed = Deleted
outcome-user-activated = They can sign in again
outcome-user-deactivated = Deactivated and signed out everywhere
## Lists of the admin center
list-actions = Actions
list-no-match = Nothing matches
list-no-match-text = Try other words, or look at the whole list.
list-clear = Show all
list-pages = Pages of the list
list-range = { $from }–{ $to } of { $of }
list-previous = Previous
list-next = Next

## Audit log
nav-audit = Audit log
audit-lede = Every change of the settings and every act that needs a right: who, when, from where, and what it was before. Secrets are never shown. Nobody can change or delete a line.
audit-export = Export CSV
audit-anybody = Anybody
audit-anything = Anything
audit-words = Name contains
audit-from = From
audit-until = Until
audit-filter = Filter
audit-one-thing = Only the lines about one thing are shown.
audit-empty = Nothing has been changed yet
audit-empty-text = When somebody changes a setting, a line appears here.
audit-older = Older
audit-newest = Newest
audit-column-when = When
audit-column-who = Who
audit-column-address = Address
audit-column-what = What was done
audit-column-kind = Kind
audit-column-subject = To what
audit-column-change = Change
audit-column-before = Before
audit-column-after = After
audit-yes = yes
audit-no = no
audit-word = { $word }
audit-actor-person = { $name }
audit-actor-link = Somebody with a link or code
audit-actor-command-line = Command line
audit-actor-program = Tiski itself
audit-action-account-added = Account added
audit-action-account-changed = Account changed
audit-action-account-completed = Account set up
audit-action-account-removed = Account removed
audit-action-automated-message-changed = Automated message changed
audit-action-privacy-notice-changed = Own privacy notice changed
audit-action-audit-exported = Audit log exported
audit-action-organization-changed = Organization changed
audit-action-page-added = Page added
audit-action-channel-disabled = Channel turned off
audit-action-channel-enabled = Channel turned on
audit-action-job-requested = Scheduled job run
audit-action-page-changed = Page changed
audit-action-page-removed = Page removed
audit-action-parked-event-discarded = Parked event discarded
audit-action-presence-added = Presence added
audit-action-presence-changed = Presence changed
audit-action-presence-removed = Presence removed
audit-action-presence-reset = Presence of a person reset
audit-action-privacy-acknowledged = Privacy notice acknowledged
audit-action-sessions-ended = Signed out
audit-action-skill-added = Skill added
audit-action-skill-changed = Skill changed
audit-action-skill-removed = Skill removed
audit-action-user-added = Person added
audit-action-user-changed = Person changed
audit-action-user-disabled = Person deactivated
audit-action-user-enabled = Person activated again
audit-action-user-link-made = Link for a password made
audit-action-user-password-changed = Password changed
audit-subject-channel = Channel
audit-subject-job = Scheduled job
audit-subject-account = Account
audit-subject-automated-message = Automated message
audit-subject-privacy-notice = Own privacy notice
audit-subject-audit-log = Audit log
audit-subject-organization = Organization
audit-subject-page = Page
audit-subject-parked-event = Parked event
audit-subject-presence = Presence
audit-subject-skill = Skill
audit-subject-user = Person
audit-field-flags-token-age = Flag at 60 days
audit-field-paused = Paused
audit-field-reminder = Reminder in a week
audit-field-account = Account
audit-field-base = Base status
audit-field-capacity = Capacity
audit-field-channel = Channel
audit-field-completed = Set up
audit-field-description = Description
audit-field-email = Email
audit-field-external-id = ID at the platform
audit-field-human-agent-tag = Message tag
audit-field-kind = Type
audit-field-locale = Language
audit-field-name = Name
audit-field-nickname = Nickname
audit-field-platform-id = ID at the platform
audit-field-presence = Default presence
audit-field-order = Served first
audit-field-queues = Queues
audit-field-role = Role
audit-field-secret = Secret
audit-field-skills = Skills
audit-field-text = Presence text
audit-field-text-version = Version of the text
audit-field-time-zone = Time zone
audit-field-token = Access token
audit-value-secret-none = none
audit-value-secret-set = set
audit-value-secret-replaced = replaced
audit-value-token-none = none
audit-value-token-set = set
audit-value-token-replaced = replaced

## Unsaved changes
unsaved-save = Save
unsaved-discard = Discard
unsaved-region = Unsaved changes
unsaved-changed = Changed
unsaved-count = { $count ->
    [one] 1 unsaved change
   *[other] { $count } unsaved changes
}
unsaved-count-more = More than 9 unsaved changes

## People
nav-people = People
nav-users = Users
nav-presences = Presences
nav-skills = Skills
nav-profile = Your profile
name-taken = Another one has this name. Choose a different one.
field-number = Type a whole number from { $from } to { $to }.
locale-en = English
users-lede = Everybody who may sign in here: what they may do, how much they take at once, and where they work.
users-invite = Invite somebody
users-invite-lede = Nothing is sent. You get a link and a picture to scan, and hand it over yourself.
users-invite-button = Make the invitation
users-search = Search users
users-search-hint = Name or email
users-column-name = Name
users-column-role = Role
users-column-queues = Queues
users-column-capacity = Capacity
users-column-state = State
users-column-seen = Last seen
users-state-active = Active
users-state-invited = Invited
users-state-disabled = Deactivated
users-default-queue-only = Default messaging queue
users-not-signed-in = Not signed in
users-person = Person
users-name = Name
users-name-hint = What colleagues see.
users-nickname = Nickname
users-nickname-hint = A shorter name, for places with little room.
users-email = Email
users-email-hint = The person signs in with it. Nothing is sent there.
users-email-taken = Somebody signs in with this email already.
users-role = Role
users-role-required = Choose what the person may do.
users-role-agent = answers customers
users-role-supervisor = also sees what others answer
users-role-administrator = also changes the settings
users-own-role = Nobody changes their own role. Ask another administrator.
users-last-administrator = Nobody else could administer. Make somebody else an administrator first, and wait until they have signed in.
users-language = Language
users-language-organization = The organization’s language
users-work = Work
users-capacity = Capacity
users-capacity-hint = How many units of work the person takes at once, 0 to 10000. A workstream says how many units a conversation costs.
users-presence = Default presence
users-presence-empty = Available
users-presence-hint = What the person is right after signing in. Offline and Appear away stay; the others follow the work in hand.
users-queues = Queues
users-queue-default = everybody is a member
users-skills = Skills
users-skills-hint = From 1, a little, to 10, like nobody else.
users-skills-none = There are no skills yet. Add them first:
users-skill-none = none
users-added = added
users-aside = Sign-in of this person
users-disabled-title = { $name } is deactivated
users-disabled-text = They cannot sign in. What they wrote stays.
users-activate = Activate again
users-invited-title = { $name } has not chosen a password yet
users-invited-text = A link works for a day and once. Make a new one when it is lost; the old one stops working.
users-new-link = Show a new link
users-sessions = Signed in
users-nowhere = Not signed in anywhere.
users-end-all = Sign out everywhere
users-password = Password
users-password-text = When the password is forgotten, show the person a link to choose another. The present one works until then.
users-password-link = Show a link for a new password
users-deactivate = Deactivate
users-deactivate-text = Takes away the right to sign in. Nothing that the person wrote is deleted.
users-deactivate-button = Deactivate
users-deactivate-title = Deactivate { $name }?
users-deactivate-lede = This happens at once:
users-deactivate-out = They are signed out everywhere and can no longer sign in.
users-deactivate-active = { $count ->
    [0] They are answering no conversation now.
    [one] The conversation that they are answering goes back to its queue.
   *[other] The { $count } conversations that they are answering go back to their queues.
}
users-deactivate-waiting = { $count ->
    [0] No conversation of theirs waits for a customer.
    [one] A conversation of theirs waits for the customer: it goes on with a colleague when the customer writes.
   *[other] { $count } conversations of theirs wait for customers: they go on with a colleague when the customer writes.
}
users-deactivate-wrap-up = { $count ->
    [one] The conversation that they are wrapping up closes by itself.
   *[other] The { $count } conversations that they are wrapping up close by themselves.
}
users-deactivate-history = What they wrote, and their name in the history, stay.
users-deactivate-keep = Keep the account
users-deactivate-own = You cannot deactivate yourself. Ask another administrator.
users-back = Back to the person
users-audit = What was changed about this person
users-link-title = Link
users-link-invitation = An invitation for { $name }
users-link-password = A new password for { $name }
users-link-lede = The link is shown this once. It works for 24 hours, and one time.
users-link = Link
users-link-hint = Hand it over in person, or by a way that nobody else reads.
users-link-picture = The link as a QR code
users-link-scan = Or let the person scan this with their phone.
users-link-done = Done
join-title = Choose a new password
join-welcome = Welcome, { $name }
join-lede = You are invited to answer customers of { $organization }. Choose a password.
join-lede-again = Hello { $name }. You are signed out everywhere else when you choose it.
join-password = Password
join-button = Save and sign in
join-dead-title = This link does not work any more
join-dead-text = It was used, replaced by a newer one, or is older than a day. Ask an administrator for another.
profile-names = Names and language
profile-name-hint = What colleagues see.
profile-current = Present password
profile-new = New password
profile-current-wrong = { $count ->
    [one] That is not your present password. 1 try is left before a pause.
   *[other] That is not your present password. { $count } tries are left before a pause.
}
profile-password-text = You are signed out everywhere else.
profile-password-button = Change password
profile-password-changed = Your password is changed, and you are signed out everywhere else.
presence-available = Available
presence-busy = Busy
presence-do-not-disturb = Do not disturb
presence-away = Appear away
presence-offline = Offline
presence-made = { $name }
presences-lede = What agents can be. The built-in ones are always there; add others, such as Lunch, on top of a base status.
presences-new = New presence
presences-search = Search presences
presences-search-hint = Name or text
presences-column-name = Name
presences-column-base = Base status
presences-column-text = What colleagues see
presences-column-people = Default of
presences-people = { $count ->
    [0] nobody
    [one] 1 person
   *[other] { $count } people
}
presences-built-in = Built in
presences-name = Name
presences-name-hint = For this list. No two have the same.
presences-text = Presence text
presences-text-hint = What agents and colleagues see. Empty: the name.
presences-base = Base status
presences-base-hint = What it means for work: Available and Busy take conversations, the others do not.
presences-base-required = Choose a base status.
presences-description = Description
presences-remove = Delete presence
presences-remove-title = Delete { $name }?
presences-remove-lede = { $count ->
    [0] Nobody begins with it.
    [one] It is the default presence of 1 person, who will begin as Available.
   *[other] It is the default presence of { $count } people, who will begin as Available.
}
skills-lede = What somebody is good at: a language, a product, returns. Who has which is set at the person.
skills-new = New skill
skills-empty = No skills yet
skills-empty-text = With skills a conversation can go to somebody who speaks the customer’s language or knows the product.
skills-search = Search skills
skills-search-hint = Name or type
skills-column-name = Name
skills-column-kind = Type
skills-column-description = Description
skills-column-people = Who has it
skills-name = Name
skills-name-hint = No two have the same.
skills-kind = Type
skills-kind-hint = What sort of skill it is, e.g. Language.
skills-description = Description
skills-remove = Delete skill
skills-remove-title = Delete { $name }?
skills-remove-lede = { $count ->
    [0] Nobody has it.
    [one] 1 person loses it.
   *[other] { $count } people lose it.
}

## Capacity profiles
nav-capacity-profiles = Capacity profiles
capacity-profiles-lede = How many conversations of a kind a person takes at a time. A conversation may take of several; its agent needs room in all of them.
capacity-profiles-new = New capacity profile
capacity-profiles-empty = No capacity profile yet
capacity-profiles-empty-text = Without profiles, units decide how much a person takes at a time. Use one of the two.
capacity-profiles-search = Search capacity profiles
capacity-profiles-column-name = Profile
capacity-profiles-column-limit = Limit
capacity-profiles-column-reset = Reset frequency
capacity-profiles-column-blocks = Assignment blocking
capacity-profiles-column-people = People
capacity-profiles-name = Profile name
capacity-profiles-limit = Work item limit
capacity-profiles-limit-hint = So many at a time, 1 to 1000.
capacity-profiles-reset = Reset frequency
capacity-profiles-reset-hint = When a conversation stops counting. It stays as it is chosen now.
capacity-profiles-reset-fixed = It stays as it was made. For another one, make a new profile.
capacity-profile-reset-immediate = Immediate
capacity-profile-reset-end-of-day = End of day
capacity-profiles-blocks = Assignment blocking
capacity-profiles-blocks-hint = At the limit the person is offered nothing at all, also of other kinds.
capacity-profiles-blocks-yes = Yes
capacity-profiles-blocks-no = No
capacity-profiles-people = People
capacity-profiles-people-hint = An own limit holds in place of the profile’s, for what is offered from now on. Empty: the profile’s.
capacity-profiles-own-limit = Own limit
capacity-profiles-remove = Delete capacity profile
capacity-profiles-remove-title = Delete { $name }?
capacity-profiles-remove-lede = { $count ->
    [0] Nobody has it.
    [one] 1 person has it, and has it no more then.
   *[other] { $count } people have it, and have it no more then.
}
capacity-profiles-workstreams = These workstreams use it:
capacity-profiles-in-use = A workstream or a rule uses it, so it stays. Choose another one there first.
audit-action-capacity-profile-added = Capacity profile added
audit-action-capacity-profile-changed = Capacity profile changed
audit-action-capacity-profile-removed = Capacity profile removed
audit-subject-capacity-profile = Capacity profile
audit-field-item-limit = Work item limit
audit-field-reset = Reset frequency
audit-field-is-active = Active
audit-field-blocks = Assignment blocking

## Team
nav-team = Team
nav-team-work = How work is given out
team-lede = Who works in which queue, and how much of it at once. Supervisors change that; an administrator invites people and decides their roles.
team-work-lede = Queues, workstreams and presences as an administrator has set them.
team-column-next-days = Next seven days
team-no-workstreams = There is no workstream yet.
team-column-workstream = Workstream
team-column-mode = Work distribution
team-column-fallback = Fallback queue
team-column-presence = Presence
team-column-base = Base status

## Organization
nav-organization = Organization
organization-lede = What everybody here shares. Changes hold at once.
organization-name = Organization name
organization-name-hint = At the sign-in, in invitations, and where a text says who you are.
organization-zone = Time zone
organization-zone-hint = Every time on screen is told in it. Type a city, e.g. Helsinki.
organization-zone-now = It is now
organization-zone-unknown = There is no such zone. Type a city and choose one of those that are offered, e.g. Europe/Helsinki.
organization-language = Language
organization-language-hint = For everybody who has not chosen another in their profile.
organization-language-required = Choose a language.
## Operating hours
nav-hours = Operating hours
copy-it = Copy
delete-it = Delete
copy-of = Copy of { $name }
hours-lede = When a queue answers, in its own time zone. Outside these hours its overflow settings say what happens.
hours-new = New operating hours
hours-create = Create
hours-empty-title = No operating hours yet
hours-empty-text = Every queue is open around the clock until you give it hours.
hours-search = Search operating hours
hours-search-hint = Search name, zone or queue
hours-column-name = Name
hours-column-now = Now
hours-column-zone = Time zone
hours-column-holidays = Holidays
hours-column-queues = Queues
hours-coming = { $count ->
    [0] None to come
    [one] 1 to come
   *[other] { $count } to come
}
hours-no-queue = Not used
hours-no-queue-text = No queue uses these hours yet. Choose them on the queue’s page.
hours-name = Name
hours-description = Description
hours-zone = Time zone
hours-zone-hint = A place such as Europe/Helsinki. Summer time is kept by itself.
hours-zone-unknown = No place of this name is known. Choose one from the list, such as Europe/Helsinki.
hours-week = Week
hours-week-hint = From and to, with commas between: 09:00–12:00, 13:00–17:00. Leave a day empty to close it.
hours-unreadable = “{ $part }” is not understood. Write it like 09:00–17:00.
hours-backwards = “{ $part }” ends before it begins. Hours past midnight go to two days: 22:00–24:00, and 00:00–02:00 on the next.
hours-overlapping = Two of these share time. Let each begin after the one before it.
hours-too-many = More than eight are too many for a day.
hours-closed = Closed
hours-all-day = All day
hours-said = { $hours }
hours-preview = Next seven days
hours-used-by = Used by
hours-open-until-time = Open now, closes at { $hour }:{ $minute }
hours-open-until-weekday = Open now, closes { time-weekday } { $hour }:{ $minute }
hours-open-until-date = Open now, closes { $day } { time-month } { $hour }:{ $minute }
hours-open-always = Open around the clock
hours-closed-until-time = Closed, opens at { $hour }:{ $minute }
hours-closed-until-weekday = Closed, opens { time-weekday } { $hour }:{ $minute }
hours-closed-until-date = Closed, opens { $day } { time-month } { $hour }:{ $minute }
hours-closed-always = Never open
hours-clock-forward = The clock goes forward by { $minutes } minutes.
hours-clock-back = The clock goes back by { $minutes } minutes.
hours-holidays = Holidays and exceptions
hours-holidays-none = None to come. Add a day on which you are closed, or open at other times.
hours-holidays-past = { $count ->
    [one] 1 that is over
   *[other] { $count } that are over
}
hours-holiday-new = Add holiday
hours-holiday-edit = Holiday or exception
hours-holiday-lede = On these days the week does not hold.
hours-holiday-days = Days
hours-holiday-reason = Reason
hours-holiday-reason-hint = Such as Christmas or Stocktaking. Your team reads it.
hours-holiday-hours = Hours
hours-holiday-first = First day
hours-holiday-last = Last day
hours-holiday-last-hint = Leave it empty for one day.
hours-holiday-open = Open at
hours-holiday-open-hint = Leave it empty when you are closed. Otherwise the hours of these days: 10:00–14:00.
hours-holiday-save = Save holiday
hours-holiday-unnamed = Holiday
hours-holiday-removal = Delete holiday
hours-holiday-removal-title = Delete { $reason }, { $days }?
hours-holiday-removal-text = The week holds on these days again.
hours-days = { $day } { time-month-short } { $year } – { $last-day } { $last-month ->
    [1] Jan
    [2] Feb
    [3] Mar
    [4] Apr
    [5] May
    [6] Jun
    [7] Jul
    [8] Aug
    [9] Sep
    [10] Oct
    [11] Nov
   *[12] Dec
} { $last-year }
hours-day-missing = Choose a day.
hours-days-backwards = The last day is before the first.
hours-days-too-many = More than a year is no exception. Change the week instead.
hours-removal = Delete operating hours
hours-removal-title = Delete { $name }?
hours-removal-text = { $count ->
    [0] No queue uses them.
    [one] No queue uses them. One holiday goes with them.
   *[other] No queue uses them. { $count } holidays go with them.
}
hours-removal-used = These queues use them. Choose other hours there first.
hours-import = Import holidays
hours-import-lede = Takes the all-day events of a calendar file. You see them before anything is changed.
hours-import-file = Calendar file
hours-import-hint = A file in the iCalendar format (.ics), such as your country’s public holidays from a calendar program.
hours-import-look = Look inside
hours-import-no-calendar = This is no calendar file. Choose one that ends in .ics.
hours-import-found = { $count ->
    [one] 1 holiday
   *[other] { $count } holidays
}
hours-import-take = Add ticked holidays
hours-import-nothing = Nothing to add
hours-import-nothing-text = The file holds no holiday to come that is not here already.
hours-import-again = Choose another file
hours-import-known = { $count ->
    [one] 1 is here already.
   *[other] { $count } are here already.
}
hours-import-past = { $count ->
    [one] 1 is over.
   *[other] { $count } are over.
}
hours-import-timed = { $count ->
    [one] 1 event with a time of day was left out.
   *[other] { $count } events with a time of day were left out.
}
hours-import-unread = { $count ->
    [one] 1 event was not understood and left out.
   *[other] { $count } events were not understood and left out.
}

## Queues
nav-queues = Queues
field-choose = Choose one of the list.
queues-lede = A queue holds conversations until one of its members takes them. Of several queues, the one with the smaller priority number is served first.
queues-new = New queue
queue-create = Create queue
queues-empty-title = No queue yet
queues-empty-text = The default queue comes with the first person or account.
queues-search = Search queues
queues-search-hint = Search name or hours
queues-column-priority = Priority
queues-column-name = Name
queues-column-members = Members
queues-column-waiting = Waiting
queues-column-method = Assignment method
queues-column-hours = Operating hours
queue-default = Default
queue-default-text = Everybody who works here is a member, and it is always open. Only the assignment method can be changed.
queue-no-members = No members
queue-no-members-title = Nobody works in this queue
queue-no-members-text = Conversations that come here wait. They are not closed; add members so that somebody answers.
queue-members-count = { $count ->
    [0] Nobody
    [one] 1 person
   *[other] { $count } people
}
queue-waiting = { $count ->
    [0] Nobody waits
    [one] 1 waits
   *[other] { $count } wait
}
queue-name = Name
queue-priority = Priority
queue-priority-hint = From 1 to 1000. The smaller number is served first; among equals, whoever waits longest.
queue-method = Assignment method
queue-method-hint = How one of the suitable members is chosen. Skill matching is set in the workstream.
queue-method-highest-capacity = Highest capacity
queue-method-round-robin = Round robin
queue-method-least-active = Least active
queue-method-proficiency = Best at the skills
queue-method-fewest-skills = Fewest skills
queue-method-own-rules = Own rules
queue-members = Members
queue-member-disabled = may not sign in
queue-hours = Operating hours
queue-hours-hint = Outside these hours the next setting holds.
queue-hours-none = Around the clock
queue-overflow = Operating hours and overflow
queue-overflow-lede = What happens to a conversation that this queue has no time or room for. It is looked at in this order.
queue-when-out-of-hours = Outside operating hours
queue-when-work-items = Most conversations that wait
queue-work-items-hint = From 1 to 100. Looked at when a conversation comes.
queue-work-items-action = When more wait
queue-when-waiting-time = Longest wait
queue-waiting-hint = From 1 minute to 2 days.
queue-waiting-range = Enter a time from 1 minute to 2 days.
queue-waiting-unit = Unit
queue-waiting-action = When one waits longer
time-unit-minutes = minutes
time-unit-hours = hours
time-unit-days = days
queue-overflow-wait = It waits here
queue-overflow-assign-anyway = Assign to queue anyway
queue-overflow-transfer = Transfer to a different queue
queue-overflow-end-conversation = End conversation
queue-overflow-queue = Different queue
queue-overflow-queue-choose = Choose a queue
queue-overflow-queue-missing = Choose the queue that it goes to.
queue-removal = Delete queue
queue-removal-title = Delete the queue { $name }?
queue-removal-text = This cannot be undone. What happens then:
queue-removal-used = Something still sends conversations here. Choose another queue there first:
queue-removal-going-on = { $count ->
    [0] No conversation is in it.
    [one] The one conversation that is not closed goes to the default queue.
   *[other] The { $count } conversations that are not closed go to the default queue.
}
queue-removal-members = { $count ->
    [0] It has no members.
    [one] Its member keeps all other queues.
   *[other] Its { $count } members keep all their other queues.
}
queue-removal-history = Closed conversations keep its name.
queue-used-by-workstream = Fallback queue of the workstream { $name }
queue-used-by-queue = Overflow of the queue { $name }
notice-no-members = Nobody works in { $queue }
notice-no-members-text = { $count ->
    [0] What comes there will wait until somebody joins.
    [one] One conversation waits there until somebody joins.
   *[other] { $count } conversations wait there until somebody joins.
}
notice-add-members = Add members
audit-action-operating-hours-added = Operating hours added
audit-action-operating-hours-changed = Operating hours changed
audit-action-operating-hours-removed = Operating hours deleted
audit-action-queue-added = Queue added
audit-action-queue-changed = Queue changed
audit-action-queue-removed = Queue deleted
audit-subject-operating-hours = Operating hours
audit-subject-queue = Queue
audit-field-week = Week
audit-field-holidays = Holidays
audit-field-priority = Priority
audit-field-method = Assignment method
audit-field-hours = Operating hours
audit-field-members = Members
audit-field-out-of-hours = Outside operating hours
audit-field-out-of-hours-queue = Outside operating hours, different queue
audit-field-work-items-limit = Most conversations that wait
audit-field-work-items = When more wait
audit-field-work-items-queue = When more wait, different queue
audit-field-waiting-time-minutes = Longest wait in minutes
audit-field-waiting-time = When one waits longer
audit-field-waiting-time-queue = When one waits longer, different queue

## Workstreams
nav-workstreams = Workstreams
yes = Yes
no = No
workstreams-lede = A workstream answers pages of one channel and says how their conversations come to people.
workstreams-new = New workstream
workstreams-empty-title = No workstream yet
workstreams-empty-text = Every account that you finish gets one. Make more when pages are to be answered differently.
workstreams-search = Search workstreams
workstreams-search-hint = Search name, page or queue
workstreams-column-name = Name
workstreams-column-channel = Channel
workstreams-column-pages = Pages
workstreams-column-mode = Distribution
workstreams-column-queue = Fallback queue
workstream-automatic = Made with the account
workstream-no-pages = None yet
workstream-no-pages-text = It answers no page yet. Set one up, and its messages come in here.
workstream-name = Name
workstream-channel-hint = Stays as it is. For another channel make another workstream.
workstream-mode = Work distribution mode
workstream-mode-hint = Push offers conversations to people. Pick lets people take them out of a list. It stays as it is.
workstream-mode-push = Push
workstream-mode-pick = Pick
workstream-queue = Fallback queue
workstream-queue-hint = Where conversations go that no rule sends elsewhere.
workstream-queue-new = New queue
workstream-queue-name = Name of the new queue
workstream-queue-name-hint = Only when you chose New queue. Add its members afterwards.
workstream-create = Create
workstream-edit = Edit
workstream-fixed = Channel and work distribution mode stay as they were made.
workstream-sections = Sections of the workstream
workstream-channels = Channels
workstream-routing = Routing rules
workstream-distribution = Work distribution
workstream-distribution-lede = How conversations are given out, and when they close by themselves. Changes hold at once.
workstream-advanced = Advanced settings
workstream-quick-replies =
    { $count ->
        [0] None is offered here yet
        [one] 1 is offered here
       *[other] { $count } are offered here
    }
workstream-variables = Context variables
workstream-see-more = See more
workstream-capacity = Capacity units
workstream-capacity-hint = What one conversation takes of a person’s capacity. With 100 units and 20 a conversation, five fit.
workstream-capacity-profile = Capacity profile
workstream-capacity-profile-none = None: units count
workstream-capacity-profile-hint = Instead of units: only people who have this profile, and room in it, are offered the conversations.
workstream-presences = Allowed presences
workstream-presences-hint = Conversations are offered to people with one of these.
workstream-presence-missing = Tick at least one. Otherwise nobody is ever offered a conversation.
workstream-matching = Skill matching
workstream-matching-hint = Exact: only people with every skill that is needed. Closest: everybody, the best match first.
workstream-matching-none = None
workstream-matching-exact = Exact match
workstream-matching-closest = Closest match
workstream-blocking = Block capacity for wrap-up
workstream-blocking-always = Always block
workstream-blocking-never = Do not block
workstream-blocking-for = For a time
workstream-blocking-minutes = Minutes
workstream-blocking-hint = From 0.5 to 60, when it is for a time.
workstream-blocking-range = Type a number of minutes from 0.5 to 60.
workstream-auto-close = Waiting conversations close after
workstream-auto-close-unit = Unit of the waiting time
workstream-auto-close-lede = Conversations in which nobody writes close by themselves. A new time also holds for those that are going on.
workstream-auto-close-open = Open conversations close after
workstream-auto-close-open-unit = Unit of the time in Open
workstream-auto-close-active = Active conversations close after
workstream-auto-close-active-unit = Unit of the time in Active
workstream-auto-close-hint = From 1 minute to 365 days without a message.
workstream-auto-close-range = Type a time from 1 minute to 365 days.
workstream-wrap-up = Wrap-up ends after
workstream-wrap-up-unit = Unit of the wrap-up time
workstream-wrap-up-hint = From 1 minute to 7 days. Also where it has begun.
workstream-wrap-up-range = Type a time from 1 minute to 7 days.
workstream-keep-agent = Keep same agent for entire conversation
workstream-keep-agent-hint = When a customer writes again, whoever had the conversation is asked first.
workstream-automated = Allow automated messages
workstream-automated-hint = When off, no automated message goes out from this workstream.
workstream-transcript = Restrict download of transcripts
workstream-transcript-hint = When on, people who answer cannot download transcripts.
workstream-removal = Delete workstream
workstream-removal-title = Delete the workstream { $name }?
workstream-removal-used = It answers these pages. Delete them here, or set them up in another workstream, first:
workstream-removal-going-on = { $count ->
    [0] No conversation goes on in it.
    [one] The one conversation that goes on stays with whoever has it until it is closed.
   *[other] The { $count } conversations that go on stay with whoever has them until they are closed.
}
workstream-removal-history = Its settings and context variables go. Closed conversations keep its name.

## Pages in workstreams
instance-lede = A page is answered by one workstream. Nothing changes before the last step.
instance-step-language = Language
instance-step-behaviors = Behaviors
instance-step-features = User features
instance-step-summary = Summary
instance-back = Back
instance-create = Create
instance-no-candidates = There is nothing to set up: every page of this channel is here already, or no account is finished.
instance-moves = moves here from { $workstream }
instance-taken = Answered by { $workstream }. Delete it there first.
instance-taken-link = Open { $workstream }
instance-page-missing = Choose one that no other workstream answers.
instance-language-hint = The language of what Tiski itself says to customers there.
instance-language-organization = The organization’s language
instance-messages = Custom automated messages
instance-messages-hint = The channel’s messages hold here, but for those that you write for this page. They are said from Create on.
instance-message-hint = At most 2,000 characters, in the page’s language. {"{AgentName}"} and {"{QueueName}"} are filled in, and so are context variables, written as {"{$name$}"}.
instance-message-add = Add message
instance-message-remove = Remove
instance-messages-count = { $count ->
    [0] All as the channel says them.
    [one] One is this page’s own, the others are as the channel says them.
   *[other] { $count } are this page’s own, the others are as the channel says them.
  }
instance-messages-open = Automated messages
instance-survey = Post-conversation survey
instance-survey-to-come = Not available yet: this version of Tiski asks customers nothing after a conversation.
instance-files = File attachments
instance-files-hint = When off, neither customers nor agents can send files here.
instance-customer-files = Customers can send file attachments
instance-agent-files = Agents can send file attachments
instance-files-none = No files
instance-files-both = Files both ways
instance-files-customer = Files from customers
instance-files-agent = Files from agents
instance-column-files = User features
instance-settings-lede = What is set for this page. Changes hold from the next message on.
instance-removal = Delete from workstream
instance-removal-title = Delete { $page } from this workstream?
instance-removal-text = The page stays in its account. What happens here:
instance-removal-going-on = { $count ->
    [0] No conversation with this page goes on.
    [one] The one conversation that goes on can still be answered.
   *[other] The { $count } conversations that go on can still be answered.
}
instance-removal-coming = Messages that come from then on are kept under parked events, and go through by themselves once a workstream answers the page again.
instance-removal-history = Closed conversations stay.
channel-facebook-set-up = Set up Facebook
channel-facebook-step-source = Facebook page
channel-facebook-message-tag = Facebook message tag
channel-facebook-message-tag-hint = Lets people reply for 7 days after the customer’s last message instead of 24 hours. Only for answers that a person writes; Meta forbids promotions.
channel-facebook-message-tag-note = Your Facebook app must have the Human Agent permission. The longer window holds from the next message on, also in conversations that go on.
channel-line-set-up = Set up LINE
channel-line-step-source = LINE account

## Offers and context variables
offer-lede = How many sessions a person may have open, and what an offered conversation shows.
offer-sessions-title = Sessions
offer-sessions = Maximum sessions
offer-sessions-hint = From 1 to 50. Leave it empty for the organization’s limit.
offer-sessions-organization = The organization’s limit
offer-title = Agent notifications
offer-countdown = Countdown
offer-countdown-hint = Seconds that an offer waits for an answer, from 20 to 1200.
offer-seconds = { $count } s
offer-auto-assign = Assign automatically
offer-auto-assign-hint = The offer has no way out: it is opened, or assigned when the time is over.
offer-reject = Reject button
offer-reject-hint = Lets people give an offer on to the next one.
offer-desktop = Desktop notification
offer-desktop-never = Never
offer-desktop-background = When the page is in the background
offer-desktop-always = Always
offer-fields = Fields of an offer
offer-fields-hint = Up to four lines. A value may hold a slug such as {"{"}customerName{"}"}, which is filled in.
offer-field-header = Header
offer-field-value = Value
variable-title = Context variable
variable-lede = Rules and automated messages of this workstream can use it. Do not rename it once they do.
variable-new = Add variable
variable-name = Name
variable-name-hint = Letters, digits and underscores, at most 100. Capitals count.
variable-name-wrong = Use 1 to 100 letters, digits and underscores, without spaces.
variable-kind = Type
variable-kind-text = Text
variable-kind-number = Number
variable-value = Value
variable-value-hint = What it holds when a conversation begins; at most 4000 characters.
variable-value-no-number = Type a number, such as 42 or 2.5.
variable-value-too-long = Longer than 4000 characters.
variable-save = Save variable
variable-removal = Delete variable
variable-removal-title = Delete the context variable { $name }?
variable-removal-text = Messages that use it find it empty. A rule that uses it must be changed first.
variable-used = The rule { $name } uses it. Change the rule first.
variables-none = None yet. A context variable is a value that rules and messages can use.
audit-action-instance-added = Page set up in a workstream
audit-action-instance-changed = Page of a workstream changed
audit-action-instance-removed = Page deleted from a workstream
audit-action-workstream-added = Workstream added
audit-action-workstream-changed = Workstream changed
audit-action-workstream-removed = Workstream deleted
audit-subject-workstream = Workstream
audit-field-mode = Work distribution mode
audit-field-fallback-queue = Fallback queue
audit-field-capacity-units = Capacity units
audit-field-allowed-presences = Allowed presences
audit-field-skill-matching = Skill matching
audit-field-wrap-up-blocking = Block capacity for wrap-up
audit-field-wrap-up-blocking-seconds = Block capacity for so many seconds
audit-field-keep-same-agent = Keep same agent for entire conversation
audit-field-automated-messages = Allow automated messages
audit-field-auto-close-open-minutes = Minutes until open conversations close
audit-field-auto-close-active-minutes = Minutes until active conversations close
audit-field-auto-close-waiting-minutes = Minutes until waiting conversations close
audit-field-capacity-profile = Capacity profile
audit-field-wrap-up-minutes = Minutes until wrap-up ends
audit-field-restrict-transcript = Restrict download of transcripts
audit-field-session-limit = Maximum sessions
audit-field-offer-countdown = Countdown in seconds
audit-field-offer-auto-assign = Assign automatically
audit-field-offer-reject = Reject button
audit-field-offer-desktop = Desktop notification
audit-field-offer-fields = Fields of an offer
audit-field-context-variables = Context variables
audit-field-survey = Post-conversation survey
audit-field-file-attachments = File attachments
audit-field-customer-files = Customers can send file attachments
audit-field-agent-files = Agents can send file attachments
audit-field-language = Language

## rules of workstreams, in the audit log
audit-action-rule-added = Rule added
audit-action-rule-changed = Rule changed
audit-action-rule-removed = Rule deleted
audit-subject-ruleset = Ruleset
audit-subject-classification-rule = Classification rule
audit-subject-route-rule = Routing rule
audit-subject-timeout-rule = Timeout rule
audit-subject-order-rule = Rule of a queue’s order
audit-subject-agent-rule = Rule for agents of a queue
audit-field-workstream = Workstream
audit-field-ruleset = Ruleset
audit-field-place = Place in the list
audit-field-condition = When
audit-field-queue = Queue
audit-field-serves = Served first
audit-field-way = Who is asked
audit-field-outputs = Then
audit-field-overflow = Overflow
audit-field-silent = Silent side
audit-value-silent-customer = the customer
audit-value-silent-agent = the agent
audit-field-after-minutes = After minutes
audit-field-action = Action
## settings: what the audit log says
audit-action-settings-changed = Settings changed
audit-action-masking-rule-added = Masking rule added
audit-action-masking-rule-changed = Masking rule changed
audit-action-masking-rule-removed = Masking rule deleted
audit-subject-settings = Settings
audit-subject-masking-rule = Masking rule
audit-field-languages = Languages
audit-field-default-language = Default language
audit-field-attachment-limit-kb = Largest attachment in KB
audit-field-blocked-extensions = Blocked file types
audit-field-outbound = File types that agents send
audit-field-inbound = What customers send
audit-field-mask-agents = Mask what agents write
audit-field-mask-customers = Mask what customers write
audit-field-markdown = Markdown
audit-field-monitor = Supervisors monitor
audit-field-assign = Supervisors assign
audit-field-transfer = Supervisors transfer
audit-field-force-close = Supervisors force close
audit-field-missed-makes-inactive = Inactive after a missed notification
audit-field-rejected-makes-do-not-disturb = Do not disturb after a rejected notification
audit-field-declines = Declines
audit-field-reconnect-seconds = Seconds to come back
audit-field-unanswered-person-minutes = Minutes until the agent is told that nobody answers
audit-field-unanswered-queue-minutes = Minutes until the queue is told that nobody answers
audit-field-unanswered-administrator-minutes = Minutes until the administrators are told that nobody answers
audit-field-topics = Topics
audit-field-topic-required = Topic required to close
audit-field-topic-limit = Topics per conversation
audit-field-pattern = Regular expression
## automated messages in a conversation

message-automated = Automated message
## Why an event is parked

obstacle-not-json = It is not valid JSON: look at line { $row }, column { $column }.
obstacle-other-form = It has another form than the platform documents: look at line { $row }, column { $column } of this part.
obstacle-no-events = It holds no list of events.
obstacle-no-message = It is said to be a message, and holds none.
obstacle-no-message-id = The message has no ID.
obstacle-no-customer = It does not say whose conversation it belongs to.
obstacle-no-subject = It does not say which message it is about.
obstacle-nothing-happened = It does not say what happened.
obstacle-no-workstream = Its page is in no workstream. Set the page up in one, and it goes through by itself.
obstacle-no-channel = This program has no channel called { $channel }.
obstacle-fault = Tiski itself failed on it. Please report what was sent, without names and texts.
obstacle-not-stored = The database refused it. Its words:
obstacle-noted = An earlier version of Tiski noted:

## What the command line says about itself

help-about = The counter where a small business answers its customers on Messenger and LINE.
help-usage = Usage:
help-commands = Commands
help-options = Options
help-command-serve = Run the server (what happens without a command)
help-command-check = Check database, key, disk, clock, public address and tokens, and say how to mend what is wrong
help-command-user = Add and manage the people who sign in; works while the server runs
help-command-user-add = Add a person
help-command-user-list = List everybody
help-command-user-password = Give a person another password; signs them out everywhere
help-command-user-disable = Let a person no longer sign in; signs them out everywhere
help-command-user-enable = Let a person sign in again
help-command-demo = Show everything on simulated channels; nothing stays behind
help-command-bench = Measure what this machine can carry
help-option-data = The data directory (TISKI_DATA; without it ./tiski-data)
help-option-listen = Address and port to listen on (TISKI_LISTEN; without it 127.0.0.1:8000)
help-option-public-url = What Facebook and LINE call (TISKI_PUBLIC_URL; without it the address that is listened on)
help-option-help = Show this
help-option-version = Show which version this is
help-option-idle = Wait until every webhook is worked on and every message is sent that can be sent now
help-option-timeout = With --idle: give up after so many seconds (without it { $default })
help-option-email = Address that the person signs in with
help-option-name = Name that colleagues and the screens show
help-option-role = admin, supervisor or agent
help-option-password-stdin = Read the password from standard input, so that neither the history nor the process list shows it
help-option-json = Print the figures as JSON
help-option-seconds = How long each load lasts (without it { $default })
help-option-history = Messages in the large database (without it { $default })
help-option-ceiling = Run the server that others are compared with
help-value-command = COMMAND
help-value-options = OPTIONS
help-value-dir = FOLDER
help-value-address = ADDRESS
help-value-url = URL
help-value-seconds = SECONDS
help-value-count = COUNT
help-value-email = ADDRESS
help-value-name = NAME
help-value-role = ROLE
help-command-config = Write the whole configuration down, or read it back; works while the server runs
help-command-config-export = Write the configuration down, to a file or to standard output
help-command-config-import = Make the configuration what a file says, all of it or nothing
help-option-file = The file
help-option-dry-run = Only say what would change
help-value-file = FILE
usage-unknown = “{ $word }” is not understood here. “tiski --help” shows what is.
usage-missing = This is missing: { $options }. “tiski --help” shows how it goes.
usage-value = “{ $value }” cannot be used for { $option }. { $why }
usage-twice = { $option } cannot be used twice, or with what stands beside it. “tiski --help” shows how it goes.
usage-wrong = The command line is not understood. “tiski --help” shows how it goes.
usage-not-a-number = Give a whole number.
usage-not-a-role = Give admin, supervisor or agent.

## automated messages

automated-name-greeting = Greeting
automated-hint-greeting = Said to a customer’s first message of a new conversation.
automated-name-out-of-hours = Out of operating hours
automated-hint-out-of-hours = Said when a conversation begins while its queue is closed.
automated-name-holiday = Holiday
automated-hint-holiday = Said when a conversation begins on a holiday of its queue.
automated-name-agent-assigned = Agent assigned
automated-hint-agent-assigned = Said when routing gives a conversation to an agent who has still to accept it.
automated-name-agent-unassignable = No agent found
automated-hint-agent-unassignable = Said when nobody can be found for a conversation for a reason on our side, such as a queue without agents.
automated-name-agent-joined = Agent joined
automated-hint-agent-joined = Said when an agent takes a conversation or accepts it.
automated-name-colleague-joined = Colleague joined
automated-hint-colleague-joined = Said when a consulted colleague joins the conversation.
automated-name-colleague-left = Colleague left
automated-hint-colleague-left = Said when that colleague leaves it.
automated-name-consult-accepted = Consult accepted
automated-hint-consult-accepted = Said when a colleague accepts to be consulted.
automated-name-consult-ended = Consult ended
automated-hint-consult-ended = Said when the consult is over.
automated-name-transfer-accepted = Transfer accepted
automated-hint-transfer-accepted = Said when another agent takes the conversation over.
automated-name-agent-disconnected = Agent disconnected
automated-hint-agent-disconnected = Said to who is being answered when the agent’s browser is closed or offline, and not back within the seconds that Settings, Presence and sessions, give. Not more often than every ten minutes.
automated-name-agent-ended = Agent ended the conversation
automated-hint-agent-ended = Said when the agent presses End.
automated-name-session-ended = Conversation closed
automated-hint-session-ended = Said when an ended conversation is closed.
automated-name-overflow-ended = Ended by overflow
automated-hint-overflow-ended = Said when an overflow rule ends a conversation. When it is off, it is said in Tiski’s own words: a customer has to learn it.
automated-name-file-too-large = File too large
automated-hint-file-too-large = Said when a customer’s file is larger than the limit. Not more often than every ten minutes.
automated-name-file-refused = File not taken
automated-hint-file-refused = Said when a customer’s file is of a type that is not taken, or files are switched off. Not more often than every ten minutes.
automated-name-unsupported = Unsupported kind
automated-hint-unsupported = Said when a customer sends something that the platform does not hand on. Not more often than every ten minutes.
automated-name-not-sent = Message not sent
automated-hint-not-sent = A line in the conversation when a message did not reach the customer, with the platform’s code and reason. The message itself says it too.
automated-name-window-closed = Reply window closed
automated-hint-window-closed = A line in the conversation when somebody writes after the time to reply was over.
automated-name-agent-file-too-large = File too large (agent)
automated-hint-agent-file-too-large = A line in the conversation when the customer’s file is larger than the limit.
automated-name-agent-unsupported = Unsupported kind (agent)
automated-hint-agent-unsupported = A line in the conversation when the platform does not hand on what the customer sent.
nav-automated-messages = Automated messages
automated-lede = What Tiski says by itself. A page of a workstream can have words of its own in place of its channel’s.
automated-tabs = Channels
automated-levels = Where they hold
automated-level-channel = The whole channel
automated-instance-lede = What is changed here holds for this page only.
automated-instance-link = Settings of { $name }
automated-search = Search messages
automated-search-hint = Greeting
automated-all = All
automated-on = On
automated-off = Off
automated-column-message = Message
automated-column-receiver = To
automated-column-text = Words
automated-column-state = State
automated-receiver-customer = Customer
automated-receiver-agent = Agents
automated-changed = Own choice
automated-inherited = The channel’s
automated-ours = Tiski’s own words
automated-edit = Edit
automated-ticked = Those that are ticked:
automated-turn-on = Turn on
automated-turn-off = Turn off
automated-choose-some = Tick at least one message.
automated-reset = Reset
automated-for-page = For
automated-for-channel = For every page of the channel that has none of its own.
automated-languages = Languages
automated-active = Say it
automated-active-hint = Only where the workstream allows automated messages, and never outside the reply window.
automated-text = Words
automated-text-hint = At most 2,000 characters. Each language has its own; a page speaks its language, else the default one.
automated-text-required = Write the words, or turn the message off.
automated-text-too-long = At most { $most } characters.
automated-slugs = Put in what is filled in by itself:
automated-preview = Preview
automated-preview-again = Preview again
automated-preview-empty = With these values nothing is left to say, so nothing is sent.
automated-preview-hint = With sample values; nothing is saved by looking.
automated-unknown = No workstream here has this, so it stays empty:
automated-sample-agent = Mia
automated-sample-queue = Sales
channel-facebook-automated-note = Messenger takes these within 24 hours of the customer’s last message. They never use the message tag, which is for people.
channel-line-automated-note = LINE: what answers a message at once goes out with its free reply token. What is said later, such as Agent joined or Agent ended, counts as a message of your plan each time.

## privacy

nav-privacy = Privacy
privacy-lede = What your organization has to know, who acknowledged it, and what your customers are told.
privacy-own = Your notice to customers
privacy-own-text = Words
privacy-own-text-hint = What you keep, why and for how long, in few words. At most 1,800 characters.
privacy-own-url = Address
privacy-own-url-hint = Your privacy page, for all the rest.
privacy-url-wrong = Type a web address that begins with https://, at most 200 characters.
privacy-text-required = Write what customers are told, or an address where they can read it.
privacy-sample = A customer reads:
privacy-is-told = Tell customers at their first contact
privacy-is-told-hint = Once to every customer, before the greeting. Customers who wrote before are told with their next message. It is said also where automated messages are off.
privacy-version-number = Version { $version }
privacy-told-count = { $count ->
    [one] 1 customer was told
   *[other] { $count } customers were told
  }
privacy-know = What your organization has to know
privacy-know-connecting = Acknowledged when an account is connected:
privacy-know-working = While you work:
privacy-work-figures = Presences, capacity, offers and reports are there to make the service better. Do not decide by them on pay, rewards or rank of the people who work here.
privacy-transcripts = What was written is kept and can be searched. Where the law asks for consent to recording, get it first.
privacy-surveys = Answers to surveys stay in this installation; nobody else gets them.
privacy-bots = When a bot is connected, what customers write can reach systems of the bot’s maker.
privacy-acknowledgements = Acknowledgements
privacy-acknowledgements-empty-title = Nobody has acknowledged anything yet
privacy-acknowledgements-empty-text = It is asked when an account is connected.
privacy-column-version = Text
privacy-column-who = Who
privacy-column-when = When
privacy-column-customer = Customer
privacy-older = Older text
privacy-told = Customers who were told
privacy-told-lede = Who was told which version of your notice, and when. Whether it arrived is said at the message in the conversation.
privacy-told-empty-title = Nobody was told yet
privacy-told-empty-text = Customers are told with their first message, once you turn that on.
privacy-told-more = More
privacy-told-search = Search customers
privacy-told-search-hint = Name
audit-field-message = Message
audit-field-words = Words
audit-field-notice-text = Words
audit-field-notice-url = Address
audit-field-is-told = Told to customers
## settings
nav-settings = Settings
settings-lede = What holds for the whole organization. A change holds at once.
settings-languages = Languages
settings-languages-lede = The languages in which automated messages and quick replies exist.
settings-attachments = Attachments
settings-attachments-lede = How large files may be, and which types each channel takes.
settings-masking = Data masking
settings-masking-lede = Hides card numbers, addresses and other sensitive data behind # signs.
settings-formatting = Message formatting
settings-formatting-lede = What becomes of bold and italic in the messages of agents.
settings-supervision = Supervisors
settings-supervision-lede = What supervisors may do with conversations of others.
settings-notifications = Missed and rejected notifications
settings-notifications-lede = What happens to an agent who does not take a conversation that is offered.
settings-presence = Presence and sessions
settings-presence-lede = How many sessions a person may have open, and what a lost connection means.
settings-now-on = On
settings-now-off = Off
settings-now-languages = { $names }
settings-now-attachments = Up to { $limit } KB
settings-now-masking =
    { $count ->
        [one] { $count } rule
       *[other] { $count } rules
    }
settings-now-supervision = { $count } of 4 on
settings-now-notifications =
    { $count ->
        [one] Asked once
       *[other] Asked up to { $count } times
    }
settings-now-presence =
    { $count ->
        [one] { $count } session
       *[other] { $count } sessions
    }
settings-markdown = Turn on Markdown
settings-markdown-hint = Agents write **bold**, _italic_ and ~struck out~; customers see it where their app can show it. Off: messages go out as they were typed.
settings-markdown-signs = What arrives
settings-markdown-kept = Messenger shows bold, italic, strikethrough, monospace and plain links. Headings, quotes and links with a text of their own arrive as plain text.
settings-markdown-plain = LINE shows no formatting: the signs are taken out.
settings-monitor = Monitor
settings-monitor-hint = Read along in a conversation, and join it.
settings-assign = Assign
settings-assign-hint = Give an open conversation to an agent or to another queue.
settings-transfer = Transfer
settings-transfer-hint = Take a conversation from one agent and give it to another.
settings-force-close = Force close
settings-force-close-hint = Close a conversation whoever holds it.
settings-missed = Change agent status to Inactive after a missed notification
settings-missed-hint = Nothing more is offered to the agent until the presence is reset.
settings-rejected = Change agent status to Do not disturb after a notification is rejected
settings-rejected-hint = Nothing more is offered to the agent until the presence is reset.
settings-declines = How often the same agent is asked about the same conversation
settings-declines-hint = 1 to 5. After so many missed or rejected notifications the conversation is offered to others only; taking it by hand stays possible.
settings-sessions = Maximum sessions
settings-sessions-hint = 1 to 50 open conversations per person. A workstream may have its own limit.
settings-grace = Seconds to come back
settings-grace-hint = 0 to 3,600. Who is back within this time after a lost connection has the presence of before.
settings-presence-more = What agents can choose is on its own page:
settings-unanswered = Unanswered messages
settings-unanswered-lede = Who is told when a customer waits for an answer, so that nobody is forgotten.
settings-unanswered-person = The agent is told after
settings-unanswered-person-unit = Unit of the agent’s time
settings-unanswered-queue = Everybody of the queue is told after
settings-unanswered-queue-unit = Unit of the queue’s time
settings-unanswered-administrator = The administrators are told after
settings-unanswered-administrator-unit = Unit of the administrators’ time
settings-unanswered-hint = From 1 minute to 30 days without an answer. Empty: never.
settings-unanswered-range = Type a time from 1 minute to 30 days, or nothing.
settings-unanswered-order = Type a longer time than the one above.
settings-now-unanswered = { $count ->
    [one] { $count } is told
   *[other] { $count } are told
}
settings-languages-offered = Languages of texts to customers
settings-languages-offered-hint = Each automated message and each quick reply can be written in every one of these.
settings-languages-missing = Choose at least one language.
settings-languages-default = Default language
settings-languages-default-hint = For customers whose language is not known, or not among those above.
settings-languages-default-missing = Choose one of the languages that are ticked above.
settings-limit = Largest file in KB
settings-limit-hint = 1 to 131,072; 1,024 KB are 1 MB. Holds for what agents send and for what customers send.
settings-limit-largest = { $channel } takes files of up to { $limit } KB.
settings-blocked = Blocked file types
settings-blocked-hint = Endings such as exe, with spaces between them. Such a file is neither sent nor kept, on any channel.
settings-blocked-wrong = “{ $typed }” is no file ending: letters and digits only, at most 10.
settings-blocked-many = { $most } endings at most.
settings-types = File types of each channel
settings-types-of = File types: { $channel }
settings-types-lede = What is not ticked is refused, with a sentence that says why.
settings-types-none = Agents send no files here.
settings-types-outbound = What agents can send
settings-types-inbound = What is kept of what customers send
masking-customers = Mask what customers write
masking-customers-hint = People of yours read # signs instead. The message itself is kept as it came.
masking-agents = Mask what agents write
masking-agents-hint = The text is masked before it is kept and sent: the customer reads # signs as well.
masking-rules = Rules
masking-rules-count = { $count } of { $most } at most
masking-new = Add rule
masking-search = Search rules
masking-search-hint = Name or expression
masking-column-name = Name
masking-column-pattern = Regular expression
masking-column-state = State
masking-built-in = Built in
masking-built-in-credit-card = Credit card numbers
masking-built-in-email = Email addresses
masking-built-in-identity-number = Personal identity numbers
masking-built-in-lede = This rule comes with Tiski. It can be turned on and off.
masking-made = { $name }
masking-active = Active
masking-inactive = Not active
masking-name = Name
masking-description = Description
masking-pattern = Regular expression
masking-pattern-hint = For example \bTK-\d{"{"}6{"}"}\b for TK-123456. Look-ahead and back references do not exist here: every text is searched in bounded time.
masking-pattern-empty = This expression also finds nothing at all, so it would match everywhere. Use + instead of *.
masking-pattern-large = This expression is too large. Use smaller repetitions.
masking-pattern-at = This is no expression: look at character { $at }.
masking-pattern-wrong = This is no expression that can be used.
masking-many = { $most } rules at most. Delete one first.
masking-test = Test it
masking-sample = Text to try the rule on
masking-try = Test
masking-tried = What people read
masking-tried-nothing = The rule finds nothing in this text.
masking-remove-title = Delete the rule { $name }?
masking-remove-lede = From then on messages show again what it hid.

## quick replies
nav-productivity = Productivity
nav-quick-replies = Quick replies
nav-own-quick-replies = Your quick replies
audit-action-quick-reply-added = Quick reply added
audit-action-quick-reply-changed = Quick reply changed
audit-action-quick-reply-removed = Quick reply deleted
audit-subject-quick-reply = Quick reply
audit-field-reply = Text
audit-field-tags = Tags
audit-field-workstreams = Workstreams
quick-lede-shared = Texts that everybody can put into a reply by typing / and a few letters.
quick-lede-own = Texts of your own, for your replies only. Everybody’s are listed below.
quick-empty-title-shared = No quick replies yet
quick-empty-title-own = You have none of your own yet
quick-empty-text = Write down what you answer every day: opening hours, delivery times, a friendly goodbye.
quick-new = New quick reply
quick-search = Search quick replies
quick-search-hint = Title, text or #tag
quick-filter = Language
quick-language-any = All
quick-language-every = Every language
quick-column-title = Title
quick-column-language = Language
quick-column-tags = Tags
quick-column-workstreams = Workstreams
quick-everywhere = All
quick-shared = For everybody
quick-copy-to-own = Copy to mine
quick-title = Title
quick-title-hint = What you look for it by. It is not sent.
quick-title-taken = There is one with this title in this language. Choose a different title.
quick-text = Message
quick-text-hint = At most 4,000 characters. What stands in braces is filled in.
quick-variables = What can be filled in
quick-variable-customer = the customer’s name
quick-variable-customer-first = the customer’s first name
quick-variable-customer-last = the customer’s last name
quick-variable-agent = your name
quick-variable-agent-first = your first name
quick-variable-agent-last = your last name
quick-variable-nickname = your nickname
quick-variable-context = a context variable of the workstream; one that is not known becomes empty
quick-language = Language
quick-language-hint = A page that speaks this language shows it first.
quick-tags = Tags
quick-tags-hint = For example #delivery #returns. Type /#delivery to find them.
quick-tags-wrong = “{ $typed }” is no tag: # stands at its beginning only, and it has at most 40 characters.
quick-tags-many = { $most } tags at most.
quick-workstreams = Workstreams
quick-workstreams-hint = None ticked: it is offered everywhere.
quick-remove-title = Delete { $title }?
quick-remove-lede-shared = Nobody will find it any more. Messages that were sent with it stay.
quick-remove-lede-own = Messages that you sent with it stay.
quick-export = Export CSV
quick-import = Import CSV
quick-import-lede = A file for a spreadsheet with the columns title, text, language, tags and workstreams. You see what it would change before anything is saved.
quick-import-file = File
quick-import-hint = CSV in UTF-8, at most 150 KB. Workstreams by name, with semicolons between them.
quick-import-look = Look at it
quick-import-nothing = There is nothing in this file.
quick-import-large = This file is larger than { $limit } KB. Split it.
quick-import-column = The column { $column } is missing in the first line.
quick-import-left-out =
    { $count ->
        [one] { $count } line is left out
       *[other] { $count } lines are left out
    }
quick-import-line = Line { $line }:
quick-import-more =
    { $count ->
        [one] and { $count } more
       *[other] and { $count } more
    }
quick-import-twice = a line above has the same title and language.
quick-import-workstream = there is no workstream called { $name }.
quick-import-wrong-title = the title is empty or longer than 100 characters.
quick-import-wrong-text = the text is empty or longer than 4,000 characters.
quick-import-wrong-language = the language is none that Tiski knows. Write a tag such as en, fi or pt-BR.
quick-import-no-change = Nothing to import
quick-import-no-change-text = Every line is there already, or is left out.
quick-import-again = Choose another file
quick-import-found =
    { $added ->
        [one] { $added } new
       *[other] { $added } new
    }, { $changed } changed
quick-import-added = New
quick-import-changed = Changed
quick-import-take = Import
quick-import-same =
    { $count ->
        [one] { $count } line is there already, just so.
       *[other] { $count } lines are there already, just so.
    }
composer-quick = Quick replies
quick-list = Quick replies
quick-list-for = Quick replies for “{ $typed }”
quick-list-none = No quick reply has these words.
quick-list-empty = There are no quick replies yet.
quick-list-every = Show every language
quick-list-choose = choose
quick-list-insert = insert
quick-list-escape = Esc
quick-list-close = close
quick-list-use = Insert
quick-list-lede = Choose a text. It is put into your reply, where you can change it before you send it.
quick-list-own = Your own

## topics
audit-action-topic-added = Topic added
audit-action-topic-changed = Topic changed
audit-action-topic-removed = Topic deleted
audit-subject-topic = Topic
settings-topics = Topics
settings-topics-lede = What conversations were about, as agents say at the end.
settings-now-topics =
    { $count ->
        [one] { $count } per conversation
       *[other] { $count } per conversation
    }
topics-on = Agents choose topics
topics-on-hint = A conversation shows its topics beside the customer, where its agent chooses them.
topics-required = A topic is required to close
topics-required-hint = Agents close a conversation, with or without End, only after they chose one.
topics-limit = Topics per conversation
topics-limit-hint = At most so many on one conversation: 1 to 12.
topics-list = Topics
topics-new = Add topic
topics-empty = No topics yet
topics-empty-text = Add what your customers write about: delivery, refund, opening hours.
topics-search = Search topics
topics-search-hint = Name or description
topics-column-name = Name
topics-column-workstream = Workstream
topics-column-conversations = Used
topics-conversations =
    { $count ->
        [one] { $count } conversation
       *[other] { $count } conversations
    }
topics-everywhere = Everywhere
topics-name = Name
topics-description = Description
topics-description-hint = When agents should choose it.
topics-workstream = Offered in
topics-remove-title = Delete the topic { $name }?
topics-remove-lede =
    { $count ->
        [0] No conversation has it.
        [one] { $count } conversation has it, and goes on showing it. It is offered no more.
       *[other] { $count } conversations have it, and go on showing it. It is offered no more.
    }
topics-choose = Choose topics
topics-choose-lede =
    { $limit ->
        [one] At most { $limit } for this conversation.
       *[other] At most { $limit } for this conversation.
    }
topics-missing = Choose at least one topic. Then you can close the conversation.
topics-too-many = Too many: choose at most { $limit }.
topics-none = No topics are offered here.
topics-of-conversation = Topics
topics-not-chosen = None chosen
topics-change = Choose topics
## media

media-fetching = Being fetched…
media-download = Download
media-named = { $name }
media-retry = Try again
media-why-switched-off = Error: the customer sent a file. File attachments are switched off here, so it was not kept.
media-why-too-large = Error: this file is larger than the size limit. An administrator can raise it.
media-why-blocked = Error: files of this type are blocked. An administrator can allow them.
media-why-type-not-allowed = Error: files of this type are not allowed here. An administrator can allow them.
media-why-kind-not-allowed = Error: attachments of this kind are not allowed here. An administrator can allow them.
media-why-empty = There is nothing in this file.
media-why-gone = The platform no longer has this file.
media-why-not-ready = The platform did not finish preparing this file.
media-why-elsewhere = This file is on a server that Tiski does not fetch from.
media-why-unreachable = This file could not be fetched: the platform did not answer.
media-why-credentials = This file could not be fetched: the platform refused the access token.
media-why-disk = This file could not be stored: the disk is full or cannot be written.
## Offers and presence
composer-closed-offered = This conversation is offered to somebody, who has not accepted it yet.
job-apply-timeout-rules = Apply timeout rules
job-apply-timeout-rules-does = Lets the rules of workstreams act where a customer or an agent has been silent for too long.
job-apply-timeout-rules-did = { $count ->
    [one] 1 rule acted
   *[other] { $count } rules acted
}
job-remind-of-unanswered = Remind of unanswered messages
job-remind-of-unanswered-does = Says in a conversation that nobody has answered: first to its agent, then to its queue, at last to the administrators. When is a setting.
job-remind-of-unanswered-did = { $count ->
    [one] 1 conversation brought up
   *[other] { $count } conversations brought up
}
offer-shown-title = New conversation on { $page }
offer-shown-known = Has written before
offer-shown-new = New customer
offer-shown-left = Seconds left to answer
offer-shown-queue = Queue: { $queue }
offer-shown-since = Waiting since
offer-shown-itself = Assigned to you when the time is over.
offer-shown-accept = Accept
offer-shown-reject = Reject
offer-shown-keys = Ctrl ⇧ ↵
overtaken-offer = This offer is over
overtaken-offer-cause = The time to answer was over, or somebody else has the conversation now.
presence-button = Presence: { $presence }
presence-inactive = Inactive
presence-reset = By work in hand
presence-notice-missed = You missed an offer
presence-notice-rejected = You rejected an offer
presence-notice-sessions-full = You have as many sessions as allowed
presence-notice-text = No conversation is offered to you until you reset your presence.
presence-notice-reset = Reset presence
remark-unanswered-person = Nobody has answered the customer yet: the agent is reminded
remark-unanswered-queue = Nobody has answered the customer for hours: everybody of the queue is reminded
remark-unanswered-administrator = Nobody has answered the customer for very long: the administrators are reminded
## rules of workstreams
outcome-full = There is no room for one more. Delete one first.
rules-classification = Work classification
rules-routes = Route to queues
rules-timeouts = Timeout rules
rules-count-rulesets = { $count ->
    [0] no rulesets
    [one] 1 ruleset
   *[other] { $count } rulesets
}
rules-count = { $count ->
    [0] no rules
    [one] 1 rule
   *[other] { $count } rules
}
rules-search = Search rules
rules-search-hint = Name of a rule
rules-none-found = No rule has these words in its name.
rules-show-all = Show all
rule-new = New rule
rule-edit = Edit rule
rule-name = Name
rule-save = Save
rule-off = Off
rule-switch-on = Turn on
rule-switch-off = Turn off
rule-copy = Copy { $name }
rule-delete = Delete { $name }
rule-move-up = Move { $name } up
rule-move-down = Move { $name } down
rule-always = Always
rule-and = and
rule-or = or
rule-word-when = When
rule-when = When
rule-when-hint = Without a condition the rule fits always. Capitals do not count. Separate several values with commas.
rule-then = Then
rule-then-hint = At most { $limit }. A skill without a rating is enough at any rating.
rule-group = Group { $number } of conditions
rule-groups-join = Fits when
rule-join-all-groups = all groups fit
rule-join-any-group = one group fits
rule-tests-join = Fits when
rule-join-all = all of these fit
rule-join-any = one of these fits
rule-attribute = Attribute
rule-attribute-choose = Choose
rule-operator = Comparison
rule-value = Value
rule-test-add = Add condition
rule-test-remove = Remove condition { $number }
rule-group-add = Add group
rule-too-many-tests = A rule has at most { $limit } conditions.
rule-too-many = There are { $limit } rules already. Delete one first.
rule-operator-wrong = This comparison does not suit the attribute. Choose another.
rule-value-number = Type a number.
rule-value-long = This is too long.
rule-page-gone = a page that is gone
rule-group-conversation = Conversation
rule-group-customer = Customer
rule-group-variables = Context variables
rule-group-hours = Operating hours
rule-group-skills = Skills
rule-group-profiles = Capacity profiles
rule-attribute-message-text = Message text
rule-attribute-page = Page
rule-attribute-channel = Channel
rule-attribute-language = Language
rule-attribute-priority = Priority
rule-attribute-is-group = Group or room
rule-attribute-earlier-conversations = Earlier conversations
rule-attribute-profile-name = Customer’s name
rule-attribute-profile-locale = Locale
rule-attribute-profile-time-zone = Time zone
channel-facebook-customer-id = Page-scoped ID
channel-line-customer-id = User ID
rule-attribute-open = { $name } open
rule-attribute-skill = Skill { $name }
rule-attribute-variable = Variable { $name }
rule-operator-is = is
rule-operator-is-not = is not
rule-operator-is-one-of = is one of
rule-operator-is-none-of = is none of
rule-operator-contains = contains
rule-operator-contains-not = does not contain
rule-operator-begins-with = begins with
rule-operator-ends-with = ends with
rule-operator-is-greater = is greater than
rule-operator-is-at-least = is at least
rule-operator-is-less = is less than
rule-operator-is-at-most = is at most
rule-operator-is-known = is known
rule-operator-is-not-known = is not known
rule-priority-low = Low
rule-priority-normal = Normal
rule-priority-high = High
rule-output = What is written
rule-output-choose = Choose
rule-output-add = Add
rule-output-remove = Remove output { $number }
rule-output-none = Choose at least one thing that the rule writes.
rule-output-too-many = A rule writes at most { $limit } things. Remove one.
rule-output-priority-low = Priority low
rule-output-priority-normal = Priority normal
rule-output-priority-high = Priority high
rule-output-skill = Skill { $name }
rule-output-skill-rated = Skill { $name }, { $rating } or better
rule-output-profile = Capacity profile { $name }
rule-output-variable = { $name } = { $value }
rule-rating = Rating, 1 to 10
rule-rating-any = Any rating
rule-to = { $name }
rule-share = { $name } { $percent } %
rule-send-to = Send to
rule-queue = Queue
rule-percent = Percent
rule-share-add = Share among more queues
rule-share-remove = Remove queue { $number }
rule-share-hint = Among several queues, up to five, each gets its part of 100 %.
rule-share-total = The parts make { $total } %. They must make 100 % together.
rule-share-twice = This queue is there already.
rule-share-too-many = A rule sends to at most { $limit } queues. Remove one.
rule-own-overflow = Handle overflow in this rule
rule-own-overflow-hint = What is set here holds instead of the queue’s own settings.
rule-overflow-into-itself = The queue would move conversations into itself. Choose a different queue.
rule-profile-note = A new customer’s name, locale and time zone are asked for when the first message comes. When a rule needs them, routing waits a few seconds for the answer. What the platform does not tell counts as not known.
rule-used-by = Rule { $name } of { $home }
rule-used-by-queue = Rule { $name } of the queue { $home }
rule-used-lede = Rules use it. Change or delete them first.
rule-removal = Delete
rule-removal-title = Delete { $name }?
rule-removal-ruleset = { $count ->
    [0] The ruleset has no rules.
    [one] Its rule is deleted with it.
   *[other] Its { $count } rules are deleted with it.
}
rule-removal-classification = Conversations that it fits go on to the next rule of its ruleset.
rule-removal-route = Conversations that it fits go on to the next rule, and without one to the fallback queue.
rule-removal-timeout = It does not act any more, also in conversations that are going on.
rule-removal-log = What it has decided stays decided and stays in the routing logs.

classification-lede = Rules find out what a conversation needs before it goes to a queue. In each ruleset the first rule that fits holds; then the next ruleset is read.
classification-empty-title = No rulesets yet
classification-empty-text = Give conversations a priority, skills that they need, or context variables.
classification-rule-lede = A rule of { $name }. The first rule that fits writes, the rest of the ruleset is not read.
ruleset-new = New ruleset
ruleset-edit = Ruleset
ruleset-lede = A ruleset answers one question, such as the language or how urgent it is.
ruleset-empty = No rules yet.
ruleset-too-many = There are { $limit } rulesets already. Delete one first.

routes-lede = Read from the top. Of the rules that fit, the first whose queue has room decides.
routes-else = Everything else
routes-else-edit = Edit the fallback queue
route-rule-lede = When a conversation fits, it goes to the queue, or to one of several.

timeouts-lede = What happens when the customer or the agent has been silent for long. Each rule acts once in a silence; of two that are due at once the upper one acts first.
timeouts-empty-title = No timeout rules yet
timeouts-empty-text = Remind a silent customer, tell an agent who has not answered, or close what nobody goes on with.
timeout-rule-lede = The silence begins with the last message of the other side.
timeout-silent = Who is silent
timeout-silent-hint = A customer is silent after your message, an agent after the customer’s.
timeout-silent-customer = The customer
timeout-silent-agent = The agent
timeout-silent-customer-minutes = { $count ->
    [one] Customer silent for 1 minute
   *[other] Customer silent for { $count } minutes
}
timeout-silent-customer-hours = { $count ->
    [one] Customer silent for 1 hour
   *[other] Customer silent for { $count } hours
}
timeout-silent-customer-days = { $count ->
    [one] Customer silent for 1 day
   *[other] Customer silent for { $count } days
}
timeout-silent-agent-minutes = { $count ->
    [one] Agent silent for 1 minute
   *[other] Agent silent for { $count } minutes
}
timeout-silent-agent-hours = { $count ->
    [one] Agent silent for 1 hour
   *[other] Agent silent for { $count } hours
}
timeout-silent-agent-days = { $count ->
    [one] Agent silent for 1 day
   *[other] Agent silent for { $count } days
}
timeout-after = For longer than
timeout-after-hint = From 1 minute to 90 days.
timeout-after-range = Type a whole number, from 1 minute to 90 days.
timeout-unit = Unit
timeout-action = Then
timeout-action-show = Show its fields
timeout-action-message-customer = Send a message to the customer
timeout-action-message-agent = Write a line to the agent
timeout-action-park = Move the active conversation to Waiting
timeout-action-close = Close the conversation
timeout-does-message-customer = Message to the customer
timeout-does-message-agent = Line to the agent
timeout-does-park = Moves it to Waiting
timeout-does-close = Closes it
timeout-states = When it is
timeout-states-none = Choose at least one state.
timeout-state-open = Open
timeout-state-active = Active
timeout-state-waiting = Waiting
timeout-text = Text
timeout-text-language = Language of the text
timeout-text-words = Words of the text
timeout-text-add = Add a language
timeout-text-remove = Remove text { $number }
timeout-fallback = Language for everybody else
timeout-fallback-hint = For customers whose language is not among the texts, or not known.
timeout-fallback-missing = There is no text in this language.
timeout-language-twice = There are two texts in this language. Remove one.

trial-title = Try a message
trial-lede = See which rule decides and who would be offered the conversation.
trial-message = Message
trial-page = Page
trial-customer = About the customer
trial-name = Name
trial-language = Language
trial-locale = Locale
trial-time-zone = Time zone, hours from GMT
trial-earlier = Earlier conversations
trial-button = Try it
trial-nothing-made = Nothing is made, and nobody is told.
trial-history = Try on the last 100 conversations
trial-history-lede = What the rules, as they are now, would have done when each conversation began. How full the queues were then is not counted.
trial-history-empty-title = No conversations yet
trial-history-empty-text = As soon as customers have written, this shows where the rules would send them.
trial-history-differing = { $count ->
    [0] All { $of } would be where they are.
    [one] 1 of { $of } would be somewhere else.
   *[other] { $count } of { $of } would be somewhere else.
}
trial-column-customer = Customer
trial-column-at = Began
trial-column-queue = Is in
trial-column-would = Would be in
trial-same = The same

## rules of queues
queue-rules = Rules of the queue
queue-rules-lede = Which conversation is served first, and who is asked for it. Where the workstream keeps the same agent, a customer who comes back is offered to that agent before all of this.
queue-order-title = Who is served first
queue-order-lede = The first rule that fits decides the place of a conversation; what fits none is served last. A new conversation that fits an earlier rule passes those that wait.
queue-order-new = New rule for the order
queue-order-else = Otherwise
queue-order-none = The most urgent first, then the oldest
queue-order-oldest = The oldest first
queue-order-newest = The newest first
queue-order-urgent = The most urgent first, then the oldest
queue-order = Of those that it fits
queue-order-hint = The age counts from the customer’s last message before it began to wait.
queue-order-rule-lede = Conversations that it fits are served before those that only later rules fit.
queue-agents-title = Who is asked
queue-agents-lede = Of the rules that fit a conversation, the first that finds somebody decides: let each ask for less than the one before it. Room, open sessions and a live connection are always needed.
queue-agents-new = New rule for agents
queue-agents-else = Otherwise
queue-agents-none = The assignment method of the queue decides
queue-agents-waits = The conversation waits
queue-agents-method = Change the assignment method
queue-agents-off-title = These rules are not used
queue-agents-off-text = The assignment method of the queue decides. Choose “Own rules” there, and these rules do.
queue-agents-rule-lede = When a conversation fits, these agents of the queue are asked.
queue-agents-who = Agents
queue-agents-presences = Presences
queue-agents-presences-hint = None ticked: those that the conversation’s workstream allows.
queue-agents-matching = Skills of the conversation
queue-agents-matching-workstream = As in its workstream
queue-agents-matching-none = Skills do not count
queue-agents-matching-exact = Every skill is needed
queue-agents-matching-closest = The closest skills first
queue-agents-matching-hint = How what the conversation needs is compared with what agents can do.
queue-agents-needs = Skills of agents
queue-agents-needs-hint = Every agent needs these, whatever the conversation needs. A skill without a rating is enough at any rating.
queue-agents-needs-too-many = A rule asks for at most { $limit } skills. Remove one.
queue-agents-skill = Skill
queue-agents-skill-any = Any agent
queue-agents-need-add = Add skill
queue-agents-need-remove = Remove skill { $number }
queue-agents-first = Who is asked first
queue-agents-first-hint = Equals take turns.
rule-removal-order = Conversations that it fits take the place that the next rule gives them.
rule-removal-agents = Conversations that it fits are asked about by the next rule.

## decisions of rules, in Try a message and in the routing log
decision-matched = fits, and writes
decision-taken = fits, and decides
decision-matches-too = fits, but a rule above decides
decision-not-matched = does not fit
decision-not-reached = not read: a rule above fits
decision-inactive = is off
decision-overflows = fits, but its queue overflows
decision-no-queue = fits, but its queue is gone
decision-broken-operator = cannot be read: a comparison does not suit its attribute
decision-broken-count = cannot be read: a condition has too few or too many values
decision-broken-kind = cannot be read: a value is of the wrong kind
decision-broken-tests = cannot be read: it has too many conditions
decision-holds = Fits:
decision-holds-not = Does not fit:
decision-found = it is
decision-closed = { $name } is closed
decision-full = { $waiting } wait in { $name }, { $limit } may
decision-queued-anyway = it is queued all the same
decision-moved = it goes to { $name }
decision-ended = The conversation is ended
decision-by-rule = Rule { $name } decides
decision-by-overflow = Rule { $name } fits, and { $queue } overflows
decision-fallback-no-rules = There are no rules: the fallback queue
decision-fallback-no-match = No rule fits: the fallback queue
decision-fallback-classification = A rule of the classification cannot be read: the fallback queue
decision-fallback-rule = Rule { $name } cannot be read: the fallback queue
decision-fallback-no-queue = The queue of rule { $name } is gone: the fallback queue
decision-agent-first = would be offered it first
decision-agent-place = comes at place { $place }
decision-agent-keeps = had it before, and is asked first
decision-agent-not-member = does not work in this queue any more
decision-agent-not-connected = has no page open
decision-agent-presence = has a presence in which nothing is offered
decision-agent-barred = missed or rejected an offer, and was not reset
decision-agent-no-units = has too little capacity free: { $free } of { $needed } units
decision-agent-no-profile = has no room in a capacity profile
decision-agent-sessions = has { $allowed } sessions open, the most allowed
decision-agent-skills = lacks a skill
decision-agent-declined = declined it too often
decision-agent-rule-skills = lacks a skill that the rule asks for
decision-agent-no-rule = no rule of the queue is about this conversation
decision-decides = fits, and decides
decision-finds-nobody = fits, but finds nobody
decision-agent-too-many-declined = is not asked: too many agents declined it
decision-agent-free = { $free } units free
decision-agent-declines = { $count ->
    [one] declined it once
   *[other] declined it { $count } times
}
decision-skills-enough = has the skills
decision-skills-lacking = rating too low by { $count }
decision-skills-missing = { $count ->
    [one] lacks 1 skill
   *[other] lacks { $count } skills
}

## routing log of a conversation
routing-log-title = Routing log
routing-log-link = Why it came here
routing-log-lede = What was decided about this conversation, and why.
routing-log-back = To the conversation
routing-log-empty = Nothing was decided about it, or it was closed more than 90 days ago: then its log is taken away.
routing-log-classified = Work classification
routing-log-needs-low = { $count ->
    [0] Priority low
   *[other] Priority low, needs { $skills }
}
routing-log-needs-normal = { $count ->
    [0] Priority normal
   *[other] Priority normal, needs { $skills }
}
routing-log-needs-high = { $count ->
    [0] Priority high
   *[other] Priority high, needs { $skills }
}
routing-log-routed = Routed to { $queue }
routing-log-waited-moved = Waited too long in { $queue }, moved to { $to }
routing-log-waited-ended = Waited too long in { $queue }, ended
routing-log-chosen = { $name } can take it best
routing-log-nobody = Nobody can take it now
routing-log-method-highest-capacity = { $queue }: most free capacity first
routing-log-method-round-robin = { $queue }: by turns
routing-log-method-least-active = { $queue }: longest idle first
routing-log-by-rule = { $queue }, rule { $rule }
routing-log-by-no-rule = { $queue }: none of its rules finds anybody
routing-log-offered = Offered to { $name } for { $seconds } seconds
routing-log-answered-accepted = { $name } accepted
routing-log-answered-rejected = { $name } rejected it
routing-log-answered-missed = { $name } did not answer in time
routing-log-answered-lost = { $name } lost the connection
routing-log-answered-taken-back = The offer to { $name } was taken back
routing-log-taken = { $name } took it
routing-log-given = { $by } gave it to { $name }
routing-log-exceeded = { $units } units more than the capacity
routing-log-moved = Moved to { $queue }
routing-log-moved-by = { $name } moved it to { $queue }
routing-log-rule-acted = Timeout rule { $name } acted
routing-log-reminded-person = The agent was told that the customer waits for an answer
routing-log-reminded-queue = The queue was told that the customer waits for an answer
routing-log-reminded-administrator = The administrators were told that the customer waits for an answer

## who would be offered a tried message
trial-agents = Who would be offered it
trial-agent-first = { $name } would be offered it now.
trial-agent-nobody = Nobody could be offered it now: it would wait.
trial-agent-pick = Nobody is offered it: agents of this workstream pick conversations themselves.
## supervisor

supervisor-lede = What waits, who is here, and what goes on. Everything you do here stands in the conversation with your name.
supervisor-queues = Queues
supervisor-people = People
supervisor-ongoing = Ongoing conversations
supervisor-column-queue = Queue
supervisor-column-state = State
supervisor-column-customer = Customer
supervisor-column-agent = Agent
supervisor-column-last = Last message
supervisor-channel = Channel
supervisor-open = Waiting for somebody
supervisor-longest = Longest wait
supervisor-nobody-waits = Nobody waits
supervisor-offered = Offered
supervisor-active = Being answered
supervisor-parked = Parked
supervisor-here = Reachable
supervisor-here-of = { $here } of { $members }
supervisor-person = Person
supervisor-presence = Presence
supervisor-load = Load
supervisor-sessions = Sessions
supervisor-units = { $used } of { $units } units
supervisor-over = { $over ->
    [one] { $over } unit too many
   *[other] { $over } units too many
}
supervisor-sessions-count = { $count ->
    [one] { $count } session
   *[other] { $count } sessions
}
supervisor-reset = Reset presence
supervisor-empty = No conversation goes on
supervisor-empty-text = When customers write, their conversations appear here by themselves.
supervisor-search = Search
supervisor-search-hint = Customer, page, queue or agent
supervisor-any = Any
supervisor-cut = The { $count } most urgent are listed. Filter to find others.
supervisor-choose = Choose { $name }
supervisor-unanswered = Unanswered since
supervisor-offered-to = Offered to { $name }
supervisor-nobody = Nobody
supervisor-with-chosen = With the chosen ones:
supervisor-chosen = the chosen conversations
supervisor-monitor = Read along
supervisor-monitor-whom = Read along with { $name }
supervisor-assign = Assign
supervisor-assign-title = Assign conversations
supervisor-assign-text = { $count ->
    [one] This conversation waits for somebody. You may give it to anybody, whatever the presence and the capacity.
   *[other] These { $count } conversations wait for somebody. You may give them to anybody, whatever the presence and the capacity.
}
supervisor-assign-none = None of the chosen conversations waits for somebody. Choose open ones to assign them.
supervisor-assign-others = Only open conversations are assigned. These stay as they are:
supervisor-assign-do = { $count ->
    [one] Assign conversation
   *[other] Assign { $count } conversations
}
supervisor-transfer = Transfer
supervisor-transfer-title = Transfer conversations
supervisor-transfer-text = { $count ->
    [one] Somebody else goes on with this conversation. Who has it now loses it at once.
   *[other] Somebody else goes on with these { $count } conversations. Who has them now loses them at once.
}
supervisor-transfer-none = None of the chosen conversations is active or waiting. Choose such ones to transfer them.
supervisor-transfer-others = Only active and waiting conversations are transferred. These stay as they are:
supervisor-transfer-do = { $count ->
    [one] Transfer conversation
   *[other] Transfer { $count } conversations
}
supervisor-force-close = Force close
supervisor-force-close-title = Force close conversations
supervisor-force-close-text = { $count ->
    [one] This conversation closes at once, whoever has it. It cannot be opened again: what the customer writes next begins a new one.
   *[other] These { $count } conversations close at once, whoever has them. They cannot be opened again: what a customer writes next begins a new one.
}
supervisor-force-close-none = The chosen conversations are closed already, or nothing was chosen.
supervisor-force-close-others = These are closed already:
supervisor-force-close-do = { $count ->
    [one] Force close conversation
   *[other] Force close { $count } conversations
}
supervisor-others = Left out
supervisor-target = Give to
supervisor-target-choose = Choose a person or a queue
supervisor-target-wanted = Choose a person or a queue of the list.
supervisor-choice = { $name } · { $presence } · { $used } of { $units } units
supervisor-keep = Leave it as it is
supervisor-back = Back to the board
supervisor-leftover-title = Not everything could be done
supervisor-leftover-text = Done: { $done }. These { $left } have moved on meanwhile, or do not stand where it can be done:

## Sending: what it costs and how it is done
account-tab-sending = Sending
message-free = Free
message-counted = Counted
message-answer = Answer this
composer-answers = Answers
composer-answers-nothing = Do not quote it
message-imported = Brought in later
message-send-now = Send now
waiting-bundling = Waits a few seconds for what else you write: several messages in one cost as much as one.
waiting-quota-used = Not sent yet: the paid messages of this month are used up. It goes out free as soon as the customer writes, or when there is room again.
sending-used = { $used } of { $most } paid messages used this month, { $left } left
sending-used-unlimited = { $used } paid messages used this month. The plan has no limit.
sending-forecast = { $count ->
    [one] If it goes on like this, it will be { $count } by the end of the month.
   *[other] If it goes on like this, it will be { $count } by the end of the month.
}
sending-used-up = They will be used up around
sending-renews = The count begins anew on
sending-told = Told by the platform
sending-waiting = { $count ->
    [one] { $count } message waits until the customer writes or there is room again.
   *[other] { $count } messages wait until their customers write or there is room again.
}
sending-not-told = The platform has not told yet how many paid messages are left. It is asked every hour.
sending-free = Nothing is counted here: the platform charges no message.
sending-level-low = More than 80 % of this month's paid messages are used
sending-level-nearly = More than 95 % of this month's paid messages are used
sending-level-used = This month's paid messages are used up
sending-level-text = Answers within a minute of the customer's message stay free. Everything later waits until the customer writes again, once nothing is left. Buy more at the platform, or answer quickly.
sending-hold = Seconds to wait for the next message
sending-hold-hint = From 0 to 10. What is written within this time goes out in one call and counts once. Whoever writes can send it at once.
sending-hold-range = Enter a number from 0 to 10.
sending-save = Save
sending-months = Month by month
sending-month = Month
sending-column-free = Free messages
sending-column-counted = Counted
sending-column-saved = Saved
sending-months-hint = Counted is how often the allowance was touched by Tiski: once a call, however many messages it carried. Saved is what would have counted as well, had every message gone by itself and paid. The platform's own figure also has what was sent elsewhere, and counts a group once for each of its people.
notice-allowance-low = { $page } has used more than 80 % of this month's paid messages
notice-allowance-nearly = { $page } has used more than 95 % of this month's paid messages
notice-allowance-used = { $page } has used up this month's paid messages
notice-allowance-open = See what is left
sending-shows-writing = Show customers that somebody writes
sending-shows-writing-hint = Three dots while somebody writes an answer.
sending-marks-seen = Show customers that their message was read
sending-marks-seen-hint = As soon as whoever holds the conversation has seen it. Reading along is never shown.
sending-shows-sender = Show customers who writes
sending-shows-sender-hint = The nickname, or the name, stands above each message, cut after 20 characters.
sending-import = Bring in earlier conversations
sending-import-hint = What the platform still has of the last 30 days is put into each customer's history. It makes no work for anybody, and nothing is said.
page-notice-open = See what to do
page-notice-dismiss = I have seen it
page-notice-restricted = { $page } may not send at the moment
page-notice-restricted-text = The platform holds the page back. Nothing is sent for a while; then one message tries whether it may again. Look into the page's own settings for the reason.
page-notice-policy-blocked = { $page } was blocked for breaking the platform's rules
page-notice-policy-blocked-text = Nothing is sent until the platform lifts the block. Look into the page's own settings; there you can also object.
page-notice-policy-warning = { $page } was warned for breaking the platform's rules
page-notice-policy-warning-text = A block may follow. The platform's words say which rule it is about.
page-notice-account-suspended = { $page } was suspended
page-notice-account-suspended-text = Nothing is sent until the platform lifts the suspension. Ask its support for the reason.
page-notice-app-attached = Another service was attached to { $page }
page-notice-app-attached-text = It may now answer customers in our place: then nothing of ours goes out to them.
page-notice-app-detached = A service was detached from { $page }
page-notice-app-detached-text = Nobody else answers its customers any more.
remark-control-taken = Another app held this conversation. Tiski took it over for this answer.
setup-error-points-elsewhere = The events go to another address: { $detail }. Check the connection again to have them sent here; whoever has them now gets them no more.
audit-field-shows-writing = Customers see that somebody writes
audit-field-marks-seen = Customers see that their message was read
audit-field-shows-sender = Customers see who writes
job-renew-subscriptions = Look whether events still come
job-renew-subscriptions-does = Asks Facebook and LINE every ten minutes whether they still send the events of every page, and has Facebook send them again where it had stopped. What was said meanwhile on Messenger is brought in. Also when Tiski starts.
job-renew-subscriptions-did = { $count ->
    [one] { $count } page was subscribed again
   *[other] { $count } pages were subscribed again
}
audit-field-hold-s = Seconds to wait for the next message
job-read-allowances = Read what is left of paid messages
job-read-allowances-does = Asks LINE every hour how many paid messages of the month are used, and sends what waits when there is room again. Also when Tiski starts.
job-read-allowances-did = { $count ->
    [one] { $count } page told
   *[other] { $count } pages told
}
## customers: the shop's book of contacts, companies and cases
nav-customers = Customers
nav-contacts = Contacts
nav-companies = Companies
nav-cases = Cases
contacts-lede = The people you know. A contact is linked to a customer in a conversation; later conversations of the same customer arrive linked.
contacts-new = New contact
contacts-empty = No contacts yet
contacts-empty-text = Write down who your customers are: how to reach them, where they work, what to remember. You can also do it from a conversation.
contacts-search = Search contacts
contacts-search-hint = Name, company, email or phone
companies-lede = The companies that your customers work for. (Dynamics 365 calls them accounts.)
companies-new = New company
companies-empty = No companies yet
companies-empty-text = A company keeps its people, cases and conversations together.
companies-search = Search companies
companies-search-hint = Name, number, email or phone
cases-lede = Matters that last longer than a conversation. Closing a conversation leaves its case open.
cases-new = New case
cases-empty = No open cases
cases-empty-text = Open a case when something will take more than one conversation: a repair, a refund, an order that went wrong.
cases-search = Search cases
cases-search-hint = Title or number
cases-only-open = Open
cases-every = All
cases-none = None yet.
record-name = Name
record-company = Company
record-email = Email
record-phone = Phone
record-address = Address
record-changed = Changed
record-sort-name = By name
record-sort-changed = Last changed first
record-details = Details
record-edit = Edit
record-back = Back without saving
record-archive = Take out of use
record-restore = Bring back into use
record-archived = Out of use
record-email-wrong = This is no email address. It looks like name@example.com.
record-field-wrong-text = This is too long. Use at most 100 characters.
record-field-wrong-number = Write a number, such as 12 or 3.5.
record-field-wrong-date = Write a day, such as 2026-02-28.
record-field-wrong-choice = Choose one of the list.
record-field-wrong-switch = Choose yes or no.
contact-first-name = First name
contact-name-hint = One of the three names is enough.
contact-middle-name = Middle name
contact-last-name = Last name
contact-company-hint = A new name makes a new company.
contact-unnamed = Give at least one name.
contact-merged-away = Somebody has just merged this contact into another one. Go back and look again.
contact-edit = Edit contact
contact-merge = Merge
contact-merge-title = Merge { $name } with somebody
contact-merge-lede = When two contacts are the same person, they become one: conversations, cases and notes of both are shown together. You can part them again.
contact-merge-choose = Choose
contact-merge-nobody = Nobody else has this name. Search for the other contact.
contact-merge-ask = Merge { $gone } into { $kept }?
contact-merge-ask-text = { $kept } stays. What is empty there is filled from { $gone }, who is listed no more.
contact-merge-keep = Keep both
contact-merged-title = { $name } is merged into this contact.
contact-part = Part them again
company-number = Number
company-primary = Primary contact
company-primary-none = Nobody
company-people = People
company-people-none = Nobody yet. Name this company at a contact.
company-edit = Edit company
case-title = Title
case-description = Description
case-customer = Customer
case-customer-none = Nobody
case-priority = Priority
case-status = Status
case-open = Open
case-resolved = Resolved
case-created = Opened
case-resolve = Resolve
case-reopen = Open again
case-conversations = Conversations about it
case-conversations-none = None that you may read.
case-conversation = Conversation of { $day }
customer-linked-contact = Linked to contact
customer-linked-company = Linked to company
customer-not-linked = Not linked to a contact
customer-unlink = Unlink
customer-link = Link
customer-standing = Reply window, privacy and friend state
strip-window-open = Reply within { $left }
strip-window-tagged = Human agent tag for { $left }
strip-window-closed = Reply window closed
strip-window-always = Reply any time
strip-told = Told about privacy { $day }
strip-not-told = Not told about privacy
strip-blocked = Has blocked the account
strip-friend = Friend of the account
customer-platform-name = On { $channel }
customer-rename = Rename
customer-rename-lede = How you call this customer here. The customer never sees it; leave it empty to show the name of the channel again.
customer-own-name = Your name for this customer
customer-who = Who is this?
customer-who-lede = Search your contacts and companies for { $name }, and link the right one. Later conversations arrive linked.
customer-search = Search contacts and companies
customer-search-hint = Name, email or phone
customer-search-none = Nobody has the words “{ $words }”. Make a new contact.
customer-new-lede = It is linked to this conversation as soon as you save it.
customer-channel = Channel
customer-waited = Waited
customer-skills = Skills needed
customer-case = Case
customer-case-add = Add case
customer-case-none = None
customer-case-remove = Remove case
customer-case-lede = A conversation is about one case at most. These are the customer’s; search for another one.
customer-case-new-lede = The conversation is about it as soon as you save it.
case-notes = Notes
notes-title = Notes about the customer
customer-note-label = New note
customer-note-placeholder = Write a note
customer-note-hint = Only your team sees notes.
customer-note-save = Save note
customer-note-remove = Delete
customer-note-removed = Note deleted.
customer-note-undo = Undo
timeline-title = Timeline
timeline-empty = Nothing yet that you may see.
timeline-conversation = Conversation on { $page }
timeline-in-conversation = in a conversation
timeline-case-opened = Case opened:
timeline-case-resolved = Case resolved:
timeline-older = Older
outcome-customer-linked = Linked
outcome-customer-unlinked = Unlinked
outcome-contacts-merged = Merged
outcome-contacts-parted = Parted again
rule-group-contact = Linked contact
rule-attribute-contact-is-linked = Contact is linked
rule-attribute-contact-first-name = Contact’s first name
rule-attribute-contact-last-name = Contact’s last name
rule-attribute-contact-full-name = Contact’s full name
rule-attribute-contact-company = Contact’s company
rule-attribute-contact-email = Contact’s email
rule-attribute-contact-phone = Contact’s phone
audit-action-contact-merged = Contacts merged
audit-action-contact-parted = Contacts parted
audit-action-customer-field-added = Customer field added
audit-action-customer-field-changed = Customer field changed
audit-action-customer-field-removed = Customer field deleted
audit-subject-contact = Contact
audit-subject-customer-field = Customer field
audit-field-record = Of
audit-field-choices = Choices
audit-value-record-contact = Contacts
audit-value-record-company = Companies
audit-value-record-case = Cases
audit-value-kind-text = Text
audit-value-kind-number = Number
audit-value-kind-date = Date
audit-value-kind-choice = Choice
audit-value-kind-switch = Yes or no

## the record of a conversation
record-link = Record and sessions
record-title = Record of a conversation
record-reason = Status reason
record-state-since = In this state since
record-closed = Closed
record-sessions = Sessions
record-sessions-none = Nobody has had this conversation yet.
record-agent = Agent
record-assigned = Assigned
record-accepted = Accepted
record-ended = Ended
record-closure = Closure reason
record-never = Never
record-goes-on = Goes on
record-mode-consult = consulted
record-mode-monitor = read along
record-reason-awaiting-agent-assignment = Waits for somebody
record-reason-awaiting-agent-acceptance = Offered to somebody
record-reason-in-conversation = Somebody answers
record-reason-assigned-by-supervisor = Given to somebody by a supervisor
record-reason-awaiting-customer-response = Waits for the customer
record-reason-agent-moved-to-wrap-up = Ended by its agent
record-reason-conversation-ended-by-agent = Closed by its agent
record-reason-auto-closed-from-waiting-state = Closed by itself after waiting for the customer
record-reason-auto-closed-by-system = Closed by itself
record-reason-closed-due-to-overflow = Closed by an overflow rule
record-reason-force-closed-by-supervisor = Closed by a supervisor
record-reason-closed-due-to-failure = Closed because it could not go on
record-closure-agent-reject = The agent rejected it
record-closure-agent-timeout = The agent did not answer the offer
record-closure-auto-rejected-due-to-browser-refresh = The agent’s browser was gone
record-closure-system-reject = The offer was taken back
record-closure-agent-re-routed = The agent gave it back to the queue
record-closure-agent-disconnected = The agent was gone and did not come back
record-closure-agent-transfer-to-queue = The agent sent it to a queue
record-closure-agent-transferred = The agent handed it to somebody
record-closure-supervisor-transfer-to-agent = A supervisor gave it to somebody
record-closure-supervisor-assign-to-queue = A supervisor sent it to a queue
record-closure-agent-moved-conversation-to-waiting = The agent closed it to wait for the customer
record-closure-agent-closed = The agent closed it
record-closure-customer-non-response-timeout-rule = The customer was silent
record-closure-agent-non-response-timeout-rule = The agent was silent
record-closure-force-close = A supervisor closed it
record-closure-conversation-closed = The conversation could not go on
record-closure-auto-close = Its time was over

## customer fields
nav-customer-fields = Customer fields
customer-fields-lede = Fields of your own for contacts, companies and cases, such as a customer number or a size.
customer-fields-new = New field
customer-fields-empty = No fields of your own yet
customer-fields-empty-text = Contacts, companies and cases have name, email, phone and address. Add what your shop needs beside them.
customer-fields-search = Search fields
customer-fields-search-hint = Name
customer-fields-column-name = Name
customer-fields-column-record = Of
customer-fields-column-kind = Type
customer-fields-column-filled = Filled in
customer-field-name = Name
customer-field-record = Of
customer-field-kind = Type
customer-field-kind-hint = The type stays as it is once the field is saved.
customer-field-choices = Choices, one a line
customer-field-choices-missing = Write at least two choices, one a line.
customer-field-full = There are 50 fields already. Delete one that nobody needs.
customer-field-remove = Delete field
customer-field-remove-title = Delete the field { $name }?
customer-field-remove-lede = { $count ->
    [0] Nothing stands in it.
    [one] What stands in it at one record goes with it.
   *[other] What stands in it at { $count } records goes with it.
}
customer-record-contact = Contacts
customer-record-company = Companies
customer-record-case = Cases
customer-field-type-text = Text
customer-field-type-number = Number
customer-field-type-date = Date
customer-field-type-choice = Choice
customer-field-type-switch = Yes or no
## Files that agents send
files-attach = Attach file
files-chosen = Chosen files
files-send = Send files
files-hint = { $types }, at most { $limit } MB each, { $most } at once. You can also drop files on the conversation, or paste them.
files-none = Choose a file first.
files-too-many = Send at most { $most } files at once. Nothing was sent.
files-waiting = No connection. Sent when it is back.
files-processing = Being stored…
files-remove = Remove
file-refused-switched-off = Agents cannot send files here. An administrator can allow it for this page.
file-refused-too-large = { $name } is larger than { $limit } MB, so nothing was sent. An administrator can raise the limit.
file-refused-blocked = { $name } is of a blocked type, so nothing was sent.
file-refused-type-not-allowed = { $name } is of a type that this channel does not carry, so nothing was sent.
file-refused-kind-not-allowed = { $name } is of a kind that this channel does not carry, so nothing was sent.
file-refused-empty = There is nothing in { $name }, so nothing was sent.
file-refused-heic = { $name } is a HEIC picture, which customers’ phones may not be able to show, so nothing was sent. Save it as JPEG first; iPhones do so when you choose Most Compatible under Camera, Formats.
file-still = The customer sees one still picture of this.
reason-picture-damaged = This picture could not be read, so it was not sent. Open it, save it as JPEG and send it again.
reason-picture-too-many-pixels = This picture has more than 50 million pixels, so it was not sent. Make it smaller and send it again.
link-until = The link works until { $day } { time-month-short } { $year }.
link-over = The link ended on { $day } { time-month-short } { $year }.
link-revoked = The link was ended here.
link-opened = { $count ->
    [one] Opened once, on { $day } { time-month-short } at { $hour }:{ $minute }.
   *[other] Opened { $count } times, last on { $day } { time-month-short } at { $hour }:{ $minute }.
}
link-never-opened = Not opened yet.
link-revoke = End the link
demo-file = Files
demo-send-file = Send files
demo-open-link = Open the link
demo-not-shown = The phone could not fetch this from the shop.
demo-kind-flex = Card
attachment-open-location = Show on a map
attachment-open-link = Open the link
attachment-open-post = Open the post
attachment-open-product = Open the product
## taking part: consult, transfer, notes, reading along
conversation-consult = Consult
conversation-transfer = Transfer
conversation-more = More
company-title = Who takes part
company-own-monitor = You read along with { $name }.
company-own-consult = { $name } asks you.
company-own-writes = You write here beside { $name }.
company-monitor = reads along
company-consult = is asked, reads along
company-writes = writes too
company-admit = Add to conversation
company-dismiss = End consult
company-join = Join
company-leave = Leave
company-stop = Stop reading along
composer-closed-consulted = { $name } answers the customer. What you think goes into an internal note.
composer-closed-monitored = { $name } answers the customer. Join to write yourself.
event-consulted = { $name } asked { $detail }
event-let-in = { $name } added { $detail } to the conversation
event-joined = { $name } joined the conversation
event-left = { $name } left the conversation
event-dismissed = { $name } ended the consult with { $detail }
event-note = { $detail }
note-title = Internal note
note-placeholder = Only your team sees this
note-add = Add note
transfer-title = Transfer conversation
transfer-lede = Somebody else goes on with it. You lose sight of it at once.
transfer-to-queue = To a queue
transfer-to-person = To a person
transfer-same-queue = It came from here
transfer-waiting = { $count ->
    [0] Nobody waits
    [one] { $count } waits
   *[other] { $count } wait
  }
transfer-closed = { $count ->
    [one] { $count } queue is closed now and not offered.
   *[other] { $count } queues are closed now and not offered.
  }
transfer-all-closed = All queues are closed now.
transfer-nobody = Nobody else is Available or Busy now.
transfer-people-hint = Only people who are Available or Busy are listed.
transfer-note = Note
transfer-note-hint = An internal note at the end of the conversation: the next one reads what you know.
transfer-target-wanted = Choose a queue or a person.
transfer-do = Transfer
consult-title = Ask a colleague
consult-lede = The colleague reads the conversation and answers you in internal notes. The customer sees nothing of it.
consult-whom = Whom
consult-nobody = Nobody else is Available or Busy now.
consult-person-wanted = Choose a colleague.
consult-question = Your question
consult-question-hint = An internal note in the conversation.
consult-do = Ask
outcome-conversation-transferred = The conversation is handed on.
outcome-colleague-asked = Your colleague is asked.
overtaken-offered = This conversation is offered to { $name }
overtaken-offered-cause = It cannot be taken while the offer waits for an answer. If it is not accepted, it is offered to somebody else or comes back to the list.
composer-closed-dismissed = You take part in this conversation no longer.
told-given = { $name } gave you the conversation with { $customer }
told-asked = { $name } asks you about { $customer }
told-let-in = { $name } lets you write to { $customer }
told-dismissed = { $name } needs you no longer for { $customer }
told-offer-assigned = The conversation with { $customer } is yours: the time was over
told-offer-missed = The offer of { $customer } went on: the time was over
told-offer-lost = The offer of { $customer } went on: your browser had no connection
told-offer-closed = The offer of { $customer } is over: the conversation is closed
told-offer-taken = { $name } has the conversation with { $customer } now
told-offer-taken-back = The offer of { $customer } was taken back
sessions-beside = Helping colleagues

## how an offer is heard and seen elsewhere
offer-shown-soon = { $seconds } seconds left to answer
offer-shown-notify = Show offers also when I am in another window
offer-shown-reject-keys = Ctrl ⇧ ⌫

## the board: taking part
supervisor-you-monitor = You read along
supervisor-you-writes = You write here too
supervisor-you-consult = You are asked
supervisor-routing-of = Routing log of { $name }
supervisor-stop-whom = Stop reading along with { $name }
supervisor-join-whom = Join the conversation with { $name }
## how a person hears of things
hearing-title = Notifications
hearing-lede = How this program tells you of offers and messages while you look elsewhere.
hearing-sounds = Sounds
hearing-offer = Offer on { $channel }
hearing-message = New message in a session
hearing-try = Try
hearing-volume = Volume
hearing-volume-wrong = Choose a volume from 0 to 100.
hearing-repeats = Repeat until answered
hearing-repeats-hint = An offer sounds every few seconds until you accept it, reject it or it goes on.
hearing-elsewhere = Outside this page
hearing-elsewhere-text = Your browser can show offers on your desktop when this page is behind another window. A workstream decides whether its offers are shown there.
hearing-permission-granted = Your browser shows them
hearing-permission-denied = Your browser does not allow it for this site. Allow notifications in its settings, beside the address.
hearing-permission-missing = Your browser shows notifications only over https, or not at all.
hearing-permission-ask = Show offers on my desktop
sound-chime = Chime
sound-bell = Bell
sound-knock = Knock
sound-silent = None
dashboard-today = { $taken ->
    [0] Today you took none
    [one] Today you took { $taken }
   *[other] Today you took { $taken }
  }, closed { $closed } and missed { $missed ->
    [0] no offer
    [one] { $missed } offer
   *[other] { $missed } offers
  }.

## rules in the audit log
rule-attribute-profile-id = Customer’s id
rule-overflow-closed = Out of hours
rule-overflow-many = { $count } wait
rule-overflow-long-minutes = { $count } min waited
rule-overflow-long-hours = { $count } h waited
rule-overflow-long-days = { $count } d waited
