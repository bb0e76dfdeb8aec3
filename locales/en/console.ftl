# Words of the staff console in a browser.
console-skip = Skip to the content
console-menu = Menu
console-sign-out = Sign out
console-home = To the start
console-find = Find
console-pages = Pages
console-first-page = First page
console-next-page = Next
console-nav-today = Today
console-nav-approvals = Approvals
console-nav-deliveries = Deliveries
console-nav-events = Incoming
console-nav-connections = Connections
console-nav-people = Staff
console-nav-settings = Settings
console-nav-audit = Audit log

role-engineer = engineer
role-manager = manager
role-administrator = administrator

# Coming in.
console-sign-in-title = Staff sign-in
console-sign-in-how = Send /console to the bot. It answers with a code for 5 minutes.
console-sign-in-bot = Open the bot
console-sign-in-code = Code from the chat
console-sign-in-act = Sign in
console-sign-in-or = or
console-sign-in-telegram = Sign in with Telegram
console-sign-in-expired = This link was used already or is too old. Sign in again.
console-sign-in-forged = Telegram did not confirm this sign-in. Sign in again.
console-sign-in-stranger = This person is not on the staff. Ask an administrator to add you.
error-sign-in-code = The code does not fit: it works once and for 5 minutes only. Send /console to the bot again.
console-way-code = by a code from the chat
console-way-telegram = with Telegram
console-way-bitrix24 = with Bitrix24
app-problem-spent-text = This sign-in was used already. Sign in again.

# Today.
console-today-calm = What is new will appear here by itself.
console-today-troubles = Needs attention
console-today-approvals = { $count ->
    [one] {$count} decision waits
   *[other] {$count} decisions wait
}
console-today-dead = { $count ->
    [one] {$count} delivery did not arrive and is not repeated any more
   *[other] {$count} deliveries did not arrive and are not repeated any more
}

# Settings.
console-settings-language = Language
console-settings-sessions = Where you are signed in
console-settings-foot = If one of them is not yours, end them all and tell an administrator.
console-session-note = {$way} · since {$since} · last seen {$seen}
console-session-here = this browser
console-session-end = End
console-everywhere = Sign out everywhere
console-everywhere-ask = All sign-ins end, this browser's too. You can sign in again.
console-keys = Keys
console-keys-move = down and up a list
console-keys-open = open
console-keys-find = search

# Lists.
console-what = What
console-state = State
console-since = Made
console-came = Came
console-all-connections = All connections
console-deliveries-lead = Everything that goes out: to the CRMs, to the chat, by mail.
console-events-empty-title = Nothing here
console-events-empty-text = What Telegram and the CRMs tell will appear here as it comes.

# The audit log.
console-audit-lead = Who did what in the console. Entries are neither changed nor removed.
console-audit-what = Act
console-audit-who = Who
console-audit-when = When
console-audit-on = To what
console-audit-more = Details
console-audit-everybody = All staff
console-audit-empty-title = No entries
console-audit-empty-text = Everything that people do in the console will appear here.
audit-sign-in = Sign-in
audit-sign-out = Sign-out
audit-sign-out-everywhere = Sign-out everywhere
audit-delivery-retry = Delivery tried again
audit-delivery-retry-all = All given up tried again
audit-delivery-cancel = Delivery cancelled
audit-event-retry = Event processed again
audit-on-session = sign-in
audit-on-staff = colleague
audit-on-delivery = delivery
audit-on-event = event

# Connections.
console-connections-lead = Where orders, requests and leads go, and whether anything is heard from there.
console-connections-empty-title = No CRM is connected
console-connections-empty-text = A connection is described in the server's settings; see the administrator's manual.
console-connection-kind = CRM
console-connection-takes = Takes
console-connection-why = Why it stands
console-connection-until = Next probe
console-connection-open = Wait to be sent
console-connection-age = The oldest waits
console-connection-dead = Given up
console-connection-heard = Last webhook
console-connection-polled = Last poll
console-connection-silent = Webhooks silent since
console-connection-unfit = the settings do not fit
console-connection-deaf = webhooks are silent
console-connection-deliveries = Deliveries of this connection
console-takes-leads = leads
console-takes-orders = orders
console-takes-requests = service requests
console-takes-reminders = maintenance tasks

# Staff.
console-people-lead = An administrator grants a role. Nobody chooses their own.
console-people-name = Name
console-people-role = Role
console-people-telegram = Telegram ID
console-people-add = New colleague
console-people-add-act = Add
console-people-foot = Any bot such as @userinfobot tells a person their Telegram ID. They come in here by sending /console to our bot.
console-people-empty-title = Nobody
console-people-empty-text = Add the first colleague.
console-person-sessions = Signed in at
console-person-nowhere = Nowhere now.
console-person-remove = Remove from the staff
console-person-remove-ask = The role is gone at once and all sign-ins end. The history stays.
error-telegram-id = A Telegram ID is a positive number.
app-problem-last-administrator-text = This is the last administrator. Appoint another first.
audit-staff-grant = Role granted
audit-staff-revoke = Role taken away

# Orders, requests, customers, machines.
console-nav-requests = Requests
console-nav-orders = Orders
console-nav-customers = Customers
console-nav-machines = Machines
console-open = Open
console-all = All
console-order = Order
console-request = Request
console-customer = Customer
console-company = Company
console-company-inn = { $name }, INN { $inn }
console-machine = Machine
console-serial = Serial number
console-model = Model
console-site = Site
console-kind = What is needed
console-sum = Total
console-next = Next maintenance
console-email = E-mail
console-reach = Reach
console-reach-met = in Telegram
console-reach-unmet = not in the bot yet
console-reach-unreachable = blocked the bot
console-known = Added
console-customers-unmet = Not in the bot yet
console-customers-unreachable = Blocked the bot
console-machines-down = Standing still
console-nameless = No name yet
console-positions = { $count ->
    [one] { $count } line
   *[other] { $count } lines
}
console-orders-search = Order number or phone
console-orders-empty-title = No orders
console-orders-empty-text = Customers' orders appear here. If you searched, check the number or the phone.
console-requests-search = Request number, phone or serial number
console-requests-empty-title = No requests
console-requests-empty-text = Calls for service appear here. If you searched, check the number, the phone or the serial number.
console-customers-search = Phone, e-mail or the company's INN
console-customers-empty-title = Nobody
console-customers-empty-text = Customers appear here. If you searched, enter the whole phone, e-mail or INN.
console-machines-search = Serial number
console-machines-empty-title = No machines
console-machines-empty-text = Customers' machines appear here. If you searched, enter the whole serial number; case and dashes do not matter.
console-customer-no-machines = This customer has no machines.
console-invite = Make an invite
console-invite-why = This customer has not opened the bot yet. A one-time link joins them to their machines and orders.
console-invite-made = Invite
console-invite-foot = Send the link to the customer. It works once, within seven days, and is not shown again.
audit-order-take = Order taken
audit-request-take = Request taken
audit-request-assign = Engineer assigned
audit-customer-invite = Invite made
audit-on-order = order
audit-on-request = request
audit-on-customer = customer

# Parts and tables.
console-nav-parts = Parts
console-part = Part
console-category = Section
console-stock = Stock
console-price = Price
console-parts-search = Article, drawing, name or model
console-parts-empty-title = No parts
console-parts-empty-text = Import a table or connect the catalogue of a CRM. If you searched, try other words.
console-nav-import = Import tables
console-import-lead = Models, parts and machines from CSV. The same file again changes nothing.
console-import-what = What the table holds
console-import-models = Models
console-import-parts = Parts
console-import-machines = Machines
console-import-file = CSV file
console-import-try = Check
console-import-apply = Import
console-import-foot = UTF-8 or Windows-1251, comma or semicolon, up to 32 MB. “Check” shows the report and writes nothing.
console-import-dry = A check: nothing was written
console-import-done = Imported
console-import-created = New
console-import-changed = Changed
console-import-unchanged = Unchanged
console-import-refused = Not taken
console-import-line = Line { $count }
console-import-more = And { $count } more: mend these and import again.
audit-import = Table imported
audit-on-table = table
# Approvals.
console-approvals-open = Waiting
console-approvals-mine = Waiting for me
console-approvals-approved = Approved
console-approvals-rejected = Rejected
console-approvals-changes-requested = To be changed
console-approvals-expired = Expired
console-approvals-all = All
console-approvals-empty-title = Nothing to decide
console-approvals-empty-text = A new approval will appear here by itself.
console-approval-what = About
console-approval-sum = Sum
console-approval-who = Decides
console-approval-until = Decide by
console-approval-asker = Asks
console-approval-rule = Rule
console-approval-asked = Asked
console-approval-decided = Decided
console-approval-connection = CRM
console-approval-stage = Stage
console-approval-reason = Reason
console-approval-open = Open in the CRM
console-approval-decide = Your decision
console-approval-why = Reason (needed to reject or send back)
console-approval-changes = What has changed
console-approval-goods = Contents
console-approval-seats = Who is asked
console-approval-history = History
console-approval-state-open = waits
console-approval-state-approved = approved
console-approval-state-rejected = rejected
console-approval-state-changes_requested = to be changed
console-approval-state-withdrawn = withdrawn
console-approval-state-expired = expired
console-seat-waiting = not their turn yet
console-seat-asked = decides
console-seat-approved = agrees
console-seat-rejected = refuses
console-seat-changes_requested = sends back
console-seat-passed = a colleague decided
console-seat-ended = not needed any more
console-seat-by = {$name} in their place
console-approval-event-opened = Asked
console-approval-event-approved = Agreed
console-approval-event-rejected = Refused
console-approval-event-changes_requested = Sent back
console-approval-event-reopened = Asked anew
console-approval-event-withdrawn = Withdrawn
console-approval-event-reminded = Reminded
console-approval-event-escalated = Handed up
console-approval-event-expired = Expired
console-rules = Rules
console-rules-lead = When a deal or lead needs a decision, and whose. The first rule that fits counts.
console-rule-file = from mypark.toml
console-rule-off = off
console-rule-new = New rule
console-rule-name = Name
console-rule-connection = Connection
console-rule-entity = About
console-rule-deal = deals
console-rule-lead = leads
console-rule-from = from {$sum}
console-rule-asks = {$who} decides
console-rule-amount-from = Amount from, ₽
console-rule-amount-to = Amount to, ₽
console-rule-pipeline = Pipeline (ID)
console-rule-stages = Stages (IDs, commas between)
console-rule-responsible = Responsible persons (IDs, commas between)
console-rule-fields = Fields with these values, one a line
console-rule-approvers = Who decides: Telegram ID, manager, administrator, head (of the responsible person)
console-rule-need = How many must agree: all, in_turn or a number
console-rule-deadline = Deadline, working hours
console-rule-remind = Remind after, working hours
console-rule-escalate = Then decides
console-rule-own = People may approve their own
console-rule-on-approve = When approved
console-rule-on-reject = When rejected
console-rule-on-changes = When sent back
console-rule-stage = Move to stage
console-rule-comment = Comment on the deal
console-rule-task = Task that follows
console-rule-set = Set a field (code=value)
console-rule-active = The rule is on
console-rule-remove = Remove the rule
console-rule-remove-ask = The rule stops working. Open approvals stay.
error-approver = Give a Telegram ID, a role (engineer, manager, administrator) or head; for votes all, in_turn or a number.
error-pairs = Each line: the field's code, «=» and the value.
audit-approval-decide = Approval decided
audit-rule-add = Approval rule added
audit-rule-change = Approval rule changed
audit-rule-remove = Approval rule removed
audit-on-approval = approval
audit-on-rule = rule

# The portal.
console-sign-in-portal = Sign in with Bitrix24
console-portal-stranger = The portal knows you, «Мой Парк» does not yet
console-portal-how = Send /link to the bot and enter the code it answers: so we learn who you are in the portal. Or ask an administrator to note your e-mail: mypark staff add … --email.
console-portal-code = Code
console-portal-go = Sign in
