# Dates and durations, shared by every face.
words-date = { $day } { $month }
words-date-year = { $day } { $month } { $year }
words-when = { $date }, { $time }
words-under-a-minute = less than a minute
words-minutes = { $count } min
words-hours = { $count } h

# What Telegram shows of the bot.
bot-description =
    The passports of your machines, spare parts and service in one place.

    See what stands still and when maintenance is due. Find a part by article, code or model. Call for service with one button.
bot-short-description = Machine passports, parts and service from your dealer.
bot-command-park = my machines
bot-command-parts = spare parts
bot-command-cart = cart
bot-command-orders = my orders
bot-command-service = call for service
bot-command-requests = my service requests
bot-command-language = language / язык
bot-command-help = what the bot can do
bot-command-forget = erase my data
bot-command-jobs = my jobs
bot-command-desk = what waits for a manager
bot-command-console = sign in to the console in a browser
bot-console-code = The code for the console: <code>{$code}</code>. It works once and for 5 minutes only; forward it to nobody.

# Meeting.
bot-hello =
    Hello. This is My Fleet: the passports of your machines, spare parts and service.

    Share your phone and we will find your company’s machines. By pressing the button you agree that we process your name and phone. You can withdraw at any time: /forget.
bot-who-are-you = Let us meet first: share your phone and we will find your machines. By pressing the button you agree that we process your name and phone.
bot-share-phone = Share my phone
bot-share-phone-hint = Press the button below
bot-foreign-contact = This is somebody else’s contact. To let us know you, send your own number with the button below.
bot-thanks = Thank you, { $name }. Only the dealer sees your number.
bot-found-company = { $company }: { $machines }.
bot-found = You have { $machines }.
bot-nearest-maintenance = Next maintenance: { $machine }, { $date }.
bot-late-maintenance = Maintenance overdue by { $days }: { $machine }, was due { $date }.
bot-nothing-yet = You have no machines here yet. When the dealer hands one over, its passport appears here. You can already call for service and order parts.
bot-joined = You are in { $company } as { $role }.
bot-joining = You are invited to { $company } as { $role }. The dealer confirms it, and the answer comes here.
bot-joined-by = Invited by { $name }.
bot-invite-member = You are in this company already. The link was not used.
bot-direction-offered = You are offered the director’s role in { $company }. Open its page and answer.
bot-direction-taken = ✅ The director’s role in { $company } was taken over. You are a buyer now.
bot-direction-declined = The director’s role in { $company } was declined. You are still its director.
bot-open-company = Open the company
bot-invite-spent = This link has been used or has expired. Ask whoever sent it for a new one.
bot-hello-engineer =
    Hello, { $name }. New jobs arrive here as cards: accept, start, report.
    All your jobs: /jobs
bot-hello-manager =
    Hello, { $name }. New requests and orders arrive here as cards with a “Take” button.
    Everything that waits: /desk
bot-hello-administrator =
    Hello, { $name }. Requests, orders and news about the CRM connections arrive here.
    Everything that waits: /desk

# Help and settings.
bot-help =
    What you can do here:
    /park — machines: state, passports, maintenance
    /parts — parts by article, code, model
    /cart — cart
    /orders — orders
    /service — call for service
    /requests — service requests
    /language — language
    /forget — erase your data
bot-help-engineer = For engineers: /jobs — your jobs.
bot-help-manager = For managers: /desk — requests and orders that wait.
bot-hint = I did not get that. To call for service send /service, machines: /park, everything else: /help.
bot-no-such-command = There is no such command. What there is: /help
bot-which-language = Which language shall we speak?
bot-language-ru = Русский
bot-language-en = English
bot-language-set = Fine, we speak English.
bot-ask-forget =
    Erase your data? We will erase your name, phone, e-mail, the link to Telegram and the cart. You will no longer see your company’s machines.
    Orders and requests stay as documents of the firm, without your name. Of what you asked on the site from your phone, only the number and the dates stay.
bot-yes-forget = Yes, erase
bot-no-forget = Keep
bot-forgotten = Your data is erased. If you change your mind, send /start.
bot-not-forgotten = Fine, nothing is erased.

# Faults.
bot-button-stale = This button is of no use any more. Open what you need again: /help
bot-not-found = There is no such thing here. Check the link or begin with /help
bot-failed = It did not work, and the fault is ours. Try again, and if it is urgent, call the dealer.
bot-conflict = It has changed meanwhile. Open it again.
bot-conflict-taken = Another manager has taken it.
bot-conflict-assigned = An engineer is already assigned.
bot-conflict-state = It has changed meanwhile: this is how it stands now.
bot-conflict-done = This job is already closed.
bot-conflict-window_chosen = A time is chosen already.
bot-conflict-window_gone = This time is no longer offered.
bot-conflict-rated = You have rated it already. Thank you.
bot-conflict-maintenance_done = This maintenance is already marked as done.
bot-conflict-decided = This has been decided already.
bot-conflict-owner_met = The owner has come, no link is needed.
bot-conflict-no_new_owner = The deal has neither a phone nor a Telegram id: nobody to hand over to.
bot-conflict-maintenance_moved = The date of this maintenance has changed.
bot-conflict-kit_gone = This kit is no longer sold. Book a visit and the manager will find another.
bot-conflict-phone_taken = This number is linked to another Telegram account. Write to the dealer, we will sort it out.
bot-error-date = This is no date from today on. Example: 14.12.2026.

# Park and passport.
bot-open = Open
bot-notifications = Notifications
bot-open-app = Open My Fleet
bot-open-park = Open the fleet
bot-open-passport = Open the passport
bot-passport-here = Passport here
bot-park-here = Machines
bot-park-title = My fleet: { $machines }
bot-park-empty = You have no machines here yet. When the dealer hands one over, its passport appears here.
bot-park-no-site = No site
bot-park-more = And { $count } more: all of them in the app.
bot-down-for = down for { $lasted }
bot-stands = machine down for { $lasted }, since { $since }
bot-stood = machine was down for { $lasted }
bot-maintenance-on = maintenance { $date }
bot-maintenance-overdue-on = maintenance overdue, was { $date }
bot-made-on = Made: { $date }
bot-shipped-on = Shipped: { $date }
bot-commissioned-on = Commissioned: { $date }
bot-warranty-until = Warranty until: { $date }
bot-next-maintenance = Next maintenance: { $date }
bot-rule-months = { $count ->
    [one] Maintenance every month
   *[other] Maintenance every { $count } months
}
bot-hours = { $count ->
    [one] Running: { $count } hour
   *[other] Running: { $count } hours
}
bot-history = History
bot-history-order = Order { $title }
bot-documents = Documents ({ $count })
bot-documents-title = Documents of { $machine }. Press one and I will send it.
bot-parts = Parts
bot-call-service = Call for service
bot-parts-hint = Search by article, code, name and model, with prices and stock.
bot-cart-hint = The cart is the same on your phone and your computer.
bot-open-cart = Open the cart

# Orders.
bot-order = Order { $number }
bot-new-order = 🛒 New order { $number }
bot-sum-and-request = { $sum } and items on request
bot-and-more = and { $count } more
bot-quote = “{ $text }”
bot-order-placed = Received. A manager will check the stock and confirm.
bot-order-quoted = There is an offer: please look and answer.
bot-order-awaiting_approval = Awaiting approval by your company’s director.
bot-order-confirmed = Confirmed, we are collecting it.
bot-order-shipped = Shipped.
bot-order-completed = Completed.
bot-order-cancelled = Cancelled.
bot-order-expired = The offer has expired. You can order again.
bot-card-below = ⬇ The card is further down now, in a new message.
bot-open-quote = Look
bot-quote-accept = Accept
bot-quote-until = Valid until { $date }.
bot-quote-over = The offer has run out. Write about any item and the manager will send a new one.
bot-quote-replaced = The manager has sent a new offer, please look at it.
bot-quote-late = The order does not wait for this answer any more.
bot-quote-thanks = Accepted, we are collecting it.
bot-quote-accepted = ✅ The customer accepted the offer: order { $number }, { $sum }
bot-answer = Answer
bot-repeat = Order again
bot-repeated = Everything that is still sold lies in the cart.
bot-cancel-order = Cancel
bot-ask-cancel-order = Cancel order { $number }? We will not collect it.
bot-ask-cancel-request = Cancel request { $number }? No engineer will come.
bot-yes-cancel = Yes, cancel
bot-no-keep = No, keep
bot-too-late-to-cancel = Too late to cancel: the order is under way. Write to your manager.
bot-orders-title = Orders
bot-orders-empty = No orders yet. We will find the parts for your machine.
bot-open-orders = All orders

# Requests.
bot-request = Request { $number }
bot-new-request = ⚙ New request { $number }
bot-new-lead = 🌐 Request from the site { $number }
bot-lead = Request from the site { $number }
bot-lead-source = came from { $source }
bot-lead-touches = { $count ->
    [one] wrote { $count } time
   *[other] wrote { $count } times
}
bot-request-new = Received. A manager will answer soon.
bot-request-taken = A manager has taken it.
bot-request-scheduled = An engineer is assigned.
bot-request-in_progress = The engineer is at work.
bot-request-scheduled-by = Engineer { $name } is assigned.
bot-request-in_progress-by = Engineer { $name } is at work.
bot-request-done-by = Engineer { $name } has finished. Does everything work?
bot-request-waiting_customer = Waiting for your answer.
bot-request-waiting_parts = Waiting for parts.
bot-request-done = The engineer has finished. Does everything work?
bot-request-closed = Closed. Thank you for confirming.
bot-request-cancelled = Cancelled.
bot-staff-request-new = New
bot-staff-request-taken = Taken
bot-staff-request-scheduled = Engineer assigned
bot-staff-request-in_progress = Engineer at work
bot-staff-request-waiting_customer = Waiting for the customer
bot-staff-request-waiting_parts = Waiting for parts
bot-staff-request-done = Done
bot-staff-request-closed = Closed
bot-staff-request-cancelled = Cancelled
bot-engineer = engineer { $name }
bot-cancel-request = Cancel
bot-confirm-fixed = Everything works
bot-not-fixed = It did not help
bot-write = Write
bot-word-ask = Write your message on request { $number }. Photos are welcome.
bot-word-sent = Passed on.
bot-word-from-dealer = 💬 { $name }, request { $number }:
bot-word-from-customer = 💬 { $name }, request { $number }:
bot-windows-ask = When may the engineer come?
bot-window-noted = Noted.
bot-visit = 🗓 Visit: { $window }
bot-rate-ask = Rate the work from 1 to 5.
bot-rate-why = We are sorry. Tell us in one message what was wrong: a manager will read it.
bot-rate-thanks = Thank you.
bot-rated = Rating of request { $number }
bot-requests-title = Service requests
bot-requests-empty = No requests yet.
bot-open-requests = All requests

# Who somebody is in the portal of Bitrix24.
bot-link-code =
    Your code: { $code }
    Sign in to the console with Bitrix24 and enter it there within 15 minutes, so that we know who you are in the portal. Do not forward it to anybody.

# The desk.
bot-take = Take
bot-taken = It is yours.
bot-taken-by = taken by { $name }
bot-assign = Assign an engineer
bot-assigned = Assigned, the engineer has the card.
bot-whom-to-send = Whom to send?
bot-no-engineers = There are no engineers yet. An administrator adds them: mypark staff add.
bot-back = Back
bot-open-desk = Open the desk
bot-desk-title = Waiting for you
bot-desk-requests = Requests: { $count }
bot-desk-orders = Orders: { $count }
bot-desk-leads = Requests from the site: { $count }
bot-desk-empty = All done: no open requests or orders.

# Jobs.
bot-job = 🔧 Job for { $number }
bot-job-report = Report: { $text }
bot-job-window = 🕐 { $when }
bot-job-passed-on = The job for { $number } went to another engineer.
bot-job-accept = Accept
bot-job-start = Start
bot-job-pause = Pause
bot-job-resume = Resume
bot-job-done = Done
bot-jobs-title = Jobs
bot-jobs-empty = No open jobs.
bot-open-jobs = Open jobs

# Calling for service.
bot-quit = Cancel
bot-left = Fine, cancelled. Nothing was sent.
bot-nothing-to-cancel = There is nothing to cancel.
bot-use-buttons = Choose with a button under the message above. Changed your mind? /cancel
bot-words-or-files = A text, photo or document is needed. Changed your mind? /cancel
bot-service-which-machine = Which machine?
bot-service-type-serial = Not in the list? Write its serial number or model.
bot-service-no-such-machine = There is no such machine in your fleet. Choose with a button or write the number differently.
bot-service-no-machine = No machine
bot-service-what-kind = What do you need?
bot-service-is-down = Is the machine down?
bot-yes-down = Yes, it is down
bot-no-works = No, it works
bot-service-describe = Describe it in your own words: what happens, which alarm code. You may add a photo at once.
bot-send-files = Add photos and documents if you have any: up to 10 files of 10 MB each. Or press “Ready”.
bot-files-done = Ready
bot-service-check = Check your request
bot-send = Send
bot-sent-before = It has been sent already.
bot-request-sent = Request { $number } received.

# The report.
bot-report-title = Report for { $number }
bot-report-describe = What was done? Use your own words, you may add photos at once.
bot-report-files = Send photos from before and after. Or press “Ready”.
bot-report-send = Close the job
bot-report-hours = Running hours
bot-report-date = Next maintenance
bot-report-ask-hours = What does the hour counter show? Write a number.
bot-report-ask-date = When is the next maintenance? Write a date, such as 14.12.2026.
bot-report-sent = ✅ The job for { $number } is closed, the customer sees the report.

# Notices.
bot-registered = ✅ Your machine is registered!
bot-registered-where = { $machine } is in your fleet now.
bot-maintenance-due = { $machine }: maintenance in { $days } ({ $date }).
bot-maintenance-today = { $machine }: maintenance is due today, { $date }.
bot-maintenance-overdue = { $machine }: maintenance is { $days } overdue, was due on { $date }.
bot-book = Book a visit
bot-book-text = Maintenance visit, due { $date }.
bot-booked = Booked: { $number }. A manager will suggest a time.
bot-booked-before = You are booked already: { $number }.
bot-order-kit = Order the kit — { $sum }
bot-order-kit-on-request = Order the kit, price on request
bot-kit-in-cart = 🛒 The kit is in your cart:
bot-done-ourselves = We did it
bot-later = Remind me later
bot-later-when = When shall I remind you?
bot-later-three-days = In 3 days
bot-later-week = In a week
bot-later-month = In a month
bot-rests = I will remind you on { $date }.
bot-maintenance-done = { $machine }: the maintenance is done. Thank you!
bot-maintenance-moved = { $machine }: the date has changed, see the passport.
bot-open-request = Open the request
bot-own-title = Maintenance by your own people: { $machine }
bot-own-no-hours = I do not know
bot-own-files = Send photos and a few words about what you did. Or just press Done.
bot-own-sent = ✅ Noted: the maintenance of { $machine } is done. The next one is on { $date }.
bot-own-sent-no-date = ✅ Noted: the maintenance of { $machine } is done. Your manager will tell you when the next one is.
bot-staff-own = 🔧 The customer did the maintenance: { $machine }
bot-staff-own-no-date = No next date: the model has no interval.
bot-invite = The passport of { $machine } waits for its owner. Send the customer this link:
bot-invite-how = It works once, within 14 days.
bot-invite-new = New link
bot-invite-renewed = Here is a new link, the old one no longer works.
bot-approval-owner = ⚠ A deal is won, but this machine belongs to somebody else
bot-approval-typo = ⚠ A deal is won, and its serial number resembles another machine
bot-approval-deal = In the deal:
bot-approval-machine = Known here:
bot-approval-transferred = ✅ Handed over to the new owner. Decided by { $name }
bot-approval-was-separate = ✅ Another machine, its passport is made. Decided by { $name }
bot-approval-was-same = ✅ The same machine: we will correct the deal. Decided by { $name }
bot-approval-rejected = ❌ Rejected, the deal has a note. Decided by { $name }
bot-approval-withdrawn = Nothing to decide any more: the deal was changed.
bot-approval-counted = Your decision counts
bot-approval-show = Show
bot-approval-words = Please write the reason in words, in one message.
bot-approval-why-reject = Why do you reject «{ $title }»? Write the reason in one message.
bot-approval-why-changes = What is to be changed in «{ $title }»? Write it in one message.
bot-approval-news-reminder = ⏰ Awaiting your decision: { $title }
bot-approval-discount =
    Customer: { $customer }
    In the catalogue { $listed } → offered { $offered }
    Discount { $percent }%, that is { $off }
bot-approval-news-reopened = 🔁 New terms, please decide again: { $title }
bot-approval-news-escalated = ⏫ Nobody decided in time, it is up to you: { $title }
bot-approval-news-expired = ⌛ Time is up, nobody decided: { $title }
bot-approval-news-ended-approved = ✅ Approved: { $title }. Decided by { $name }
bot-approval-news-ended-rejected = ❌ Rejected: { $title }. Decided by { $name }
bot-approval-news-ended-changes-requested = ↩️ Changes requested: { $title }. Decided by { $name }
bot-approval-news-ended-withdrawn = The approval was withdrawn: { $title }
bot-approval-news-ended-expired = ⌛ Time is up, nobody decided: { $title }
bot-ask-late-cancel = Ask to cancel
bot-late-cancel-asked = We have asked the manager and will answer here.
bot-approval-answer-membership-yes = ✅ You belong to the company now: { $title }
bot-approval-answer-membership-no = You were not admitted to the company: { $title }
bot-approval-answer-late_cancel-yes = ✅ Cancelling order { $title } was approved.
bot-approval-answer-late_cancel-no = Order { $title } cannot be cancelled.
bot-approval-answer-order_limit-yes = ✅ Order { $title } was approved.
bot-approval-answer-order_limit-no = Order { $title } was not approved; it is cancelled.
bot-director-order_limit = A colleague orders more than their limit
bot-director-membership = Asks to join your company
bot-director-plate_access = Asks for access to a machine by its plate and would join your company as a mechanic
bot-approval-answer-plate_access-yes = ✅ Access granted: { $title }
bot-approval-answer-plate_access-no = Access was refused: { $title }
bot-approval-answer-machine_claim-yes = ✅ { $title }: the passport is ready, the machine is in your park.
bot-approval-answer-machine_claim-no = { $title }: no passport could be made. Write to us if that is a mistake.
bot-history-hours = Running hours: { $title }
bot-plate-unknown = There is no such plate. Point the camera once more.
bot-plate-blank = This plate is on no machine yet.
bot-plate-hello = This is { $model }. To open its passport share your phone: it tells us your company. Then point the camera once more.
bot-plate-foreign = This is { $model }. It belongs to a company that you are not a member of. You may ask for access or say that the machine is down.
bot-plate-open = Open the plate
bot-history-plate = Plate { $title }
bot-gaps = ⚠ Deal { $deal } is won, but there is no passport yet: something is missing.
bot-gaps-what = Fill in the fields of the deal, and the passport comes by itself.
bot-gaps-filled = ✅ Deal { $deal }: all filled in, the machine is registered.
bot-gap-serial = machine { $line }, { $model }: no serial number
bot-gap-model = machine { $line }, № { $serial }: no model
bot-gap-unknown-model = no model “{ $model }” in the catalogue
bot-gap-serial-twice = number { $serial } stands there twice
bot-gap-refused = number { $serial } was not confirmed
bot-access-ends = ⚠ The token of { $connection } is valid until { $date }.
bot-access-ends-what = Make a new one: the integration in amoCRM → «Ключи и доступы». Put it into AMOCRM_ACCESS_TOKEN and restart the program.
bot-paused = ⚠ The connection { $connection } is stopped. Deliveries wait, nothing is lost.
bot-paused-what = The reason is in the answer above. Check access and token, then run mypark doctor.
bot-works = ✅ The connection { $connection } works again. What waited is being sent.
bot-webhooks-silent = ⚠ No webhooks come from { $connection }, though deals change. The last one: { $since }.
bot-webhooks-silent-what = Changes are found by asking, with a delay. Run mypark doctor --fix.
bot-webhooks-heard = ✓ Webhooks from { $connection } come again.
bot-webhooks-renewed = ⚠ The webhook in { $connection } was switched off. We switched it on again.
bot-webhooks-disabled = ⚠ The webhook in { $connection } is switched off and cannot be switched on.
bot-webhooks-disabled-what = Changes are found by asking. Switch the hook on in amoМаркет → ⋯ → WebHooks and save.
bot-webhooks-removed = ⚠ Our webhook is no longer in { $connection }.
bot-webhooks-removed-what = Changes are found by asking. To bring it back: mypark doctor --fix.
bot-catalogue-refused = ⚠ Catalogue { $connection }: a whole export would switch off { $off } of { $of } goods, so it was not taken.
bot-catalogue-refused-what = Prices and stock go on as usual, and what is gone there stays on sale. If it is right, confirm it by the command:
bot-catalogue-failed = ⚠ Catalogue { $connection } is not kept up to date: several tries in a row failed.
bot-catalogue-failed-what = It is tried again. How it stands: mypark catalogue status.
bot-catalogue-works = ✅ Catalogue { $connection } is kept up to date again.
bot-mapping = ⚠ The settings of the connection { $connection } no longer fit the CRM:
bot-mapping-what = Mend them and check: mypark doctor. You will not hear of it again until something changes.
bot-mapping-well = ✅ The settings of the connection { $connection } fit the CRM again.
