# Words of the Mini App.
app-name = My Park
app-back = Back
app-yes = Yes
app-cancel = Cancel
app-close = Close
app-save = Save
app-remove = Remove
app-show-more = Show more
app-copied = Copied
app-retry = Retry
app-offline = No connection. Check the internet.
app-seen = No connection. This is how it was on {"{at}"}.
app-failed = That did not work. Try again.
app-file-too-large = “{"{"}name{"}"}” is over 10 MB. Compress it or send a link.
app-mb = MB
app-kb = KB
app-price-on-request = on request
app-pieces = pcs
app-at-time = at
app-optional = optional

# Dates.
app-today = today
app-tomorrow = tomorrow
app-yesterday = yesterday
app-month-1 = January
app-month-2 = February
app-month-3 = March
app-month-4 = April
app-month-5 = May
app-month-6 = June
app-month-7 = July
app-month-8 = August
app-month-9 = September
app-month-10 = October
app-month-11 = November
app-month-12 = December

# Notices of the shell.
app-outside-title = Open in Telegram
app-outside-text = My Park works inside Telegram: that is how we know whose machines these are.
app-outside-act = Open the bot
app-expired-title = The session has ended
app-expired-text = Close the app and open it again, so that Telegram confirms it is you.
app-expired-act = Close and open again

# Welcome.
app-welcome-title = Hello
app-welcome-named = Hello, {$name}
app-welcome-text = Share your phone and we will find your company’s machines.
app-welcome-act = Share the phone
app-welcome-foot = Only the dealer sees the number. If the button does not work, send your contact to the bot.
app-welcome-chat = Write to the bot
app-invite-title = You are invited
app-invite-text = One step is left, in the chat: press Start there, and your company’s machines will appear here.
app-invite-act = Open the chat

# Park.
app-park-title = My park
app-park-attention = Needs attention
app-park-empty-title = No machines yet
app-park-empty-text = When the dealer hands a machine over, its passport appears here.
app-park-empty-act = Write to the dealer
app-park-call-service = Call service
app-park-search = Serial or model
app-park-none-title = Nothing found
app-park-none-text = Try a part of the serial or model: case, dashes and keyboard layout do not matter.
app-park-add = Add a machine
app-park-add-sub = One bought elsewhere, too
app-claim-title = Add a machine
app-claim-serial = Serial number
app-claim-model = Model
app-claim-other = another one
app-claim-other-model = What the model is called, if it is not in the list
app-claim-other-hint = IR500, Haas VF-2…
app-claim-words = Anything else about it
app-claim-photo = Photo of its plate
app-claim-foot = A manager looks at it and makes the passport. We will answer in the chat.
app-claim-send = Send
app-claim-asked = The manager has it. When it is decided we will write in the chat, and the machine will be in your park.
app-claim-known = We know a machine with this serial already. We have asked for access to it and will answer in the chat.
app-hours-title = Check the running hours
app-hours-typed = You entered
app-hours-foot = If the counter was changed, or the last entry was a mistake, all is well.
app-hours-mend = Correct it
app-hours-sure = Yes, it is right
app-event-hours = Running hours: {$count}
app-tile-parts = Parts
app-tile-cart = Cart
app-tile-orders = Orders
app-tile-requests = Requests
app-no-site = No site

# Passport.
app-passport = Digital passport
app-passport-next = Next maintenance
app-passport-why = why this date
app-maintenance-title = Maintenance
app-maintenance-answer = What shall we do?
app-maintenance-book = Book a visit
app-maintenance-book-text = Maintenance booked, due { $date }.
app-maintenance-kit = Order the kit — { $sum }
app-maintenance-kit-on-request = Order the kit, price on request
app-maintenance-own = Done ourselves
app-maintenance-own-text = What was done
app-maintenance-own-send = Mark as done
app-maintenance-later = Remind me later
app-maintenance-three-days = In 3 days
app-maintenance-week = In a week
app-maintenance-month = In a month
app-passport-no-next = No maintenance date set
app-passport-dates = Dates
app-passport-made = Made
app-passport-shipped = Shipped
app-passport-commissioned = Commissioned
app-passport-warranty = Warranty until
app-passport-configuration = Configuration
app-passport-specification = Specification
app-passport-documents = Documents
app-passport-no-documents = No documents yet
app-passport-history = History
app-passport-no-history = Visits and orders will appear here
app-passport-plate = QR and plate
app-passport-plate-foot = Stick it on the machine: the code opens this passport to your people.
app-passport-print = Print the passport
app-passport-pdf = The passport on one page, PDF
app-passport-verdict = Warranty
app-warranty-holds = { $count ->
    [0] The warranty holds for the last day, { $date }.
    [one] The warranty holds until { $date }, { $count } more day.
   *[other] The warranty holds until { $date }, { $count } more days.
  }
app-warranty-over = The warranty ended on { $date }.
app-warranty-unknown = No warranty date is known. The dealer can tell it.
app-passport-since-visit = The last maintenance was on { $date }: the date is counted from it.
app-passport-since-start = The date is counted from commissioning, { $date }.
app-passport-since-dealer = The dealer, or the engineer after a visit, set this date.
app-paper-due = Due
app-paper-visits = Last visits
app-paper-more = Rows that did not fit: { $count }. All of it is behind the QR code.
app-paper-printed = Printed { $date }
app-passport-hours = Running hours
app-passport-hours-unit = {$count} h
app-passport-serial = Serial number
app-passport-parts = Parts
app-passport-service = Call service
app-serial = No. {$serial}

# The reader's own.
app-me-title = Profile
app-me-name = Name
app-me-phone = Phone
app-me-data = Personal data
app-me-agreed = You agreed on { $date }, { $way }. Edition { $version }.
app-me-consent-due = The text of the consent to the use of personal data has changed. Please read it and confirm it once more.
app-me-consent-agree = I agree
app-me-forget = /forget in the chat erases your data: name, phone, e-mail and Telegram id go; orders and requests stay as the company’s documents without a name.
app-consent-by-bot = in the chat with the bot
app-consent-by-plate = on the page of a plate
app-consent-by-app = in the app
# Notifications.
app-notify-title = Notifications
app-notify-kinds = What to write about in the chat
app-notify-orders = Orders
app-notify-service = Service requests
app-notify-maintenance = Maintenance that draws near
app-notify-machines = New machine passports
app-notify-always = You can see everything here in the app as well. We always write about what waits for your decision: a quote, the time of a visit, an approval, a question about a request.
app-notify-quiet = Quiet hours
app-notify-from = From
app-notify-to = Until
app-notify-quiet-foot = Messages that can wait come later, in their order. We write at once about a machine that stands still and about what waits for your decision. Clear both fields to have no quiet hours.
app-notify-quiet-staff = Approvals come at once if they fall due within the quiet hours.
app-notify-save = Save

app-problem-last-director-text = You are the only director. Pass the role on to a colleague on the company’s page first, or nobody could let people in.

# Plates.
app-plate-code = Plate
app-plate-bound = Plate {$code}
app-plate-unknown = There is no such plate
app-plate-unknown-text = Check the address, or point the camera at the plate again.
app-plate-blank = A new plate
app-plate-blank-text = This plate is on no machine yet. An engineer binds it at commissioning.
app-plate-telegram = Open in Telegram
app-plate-telegram-sub = Passport, parts and service, for the owner’s people
app-plate-dealer = The dealer’s service
app-plate-down = Machine is down
app-plate-down-sub = Tell the service: a phone and a photo, no account needed
app-plate-phone = Phone to call back
app-plate-name = Your name
app-plate-text = What happened
app-plate-text-hint = The spindle does not start, error E-41…
app-plate-photos = Photos, up to three
app-plate-consent = I agree that my personal data are used to get back to me about this request
app-plate-foot = A phone is needed, and a photo or a few words.
app-plate-send = Send
app-plate-made = Request {$number} is accepted
app-plate-made-text = The service will call that number. The downtime clock is running.
app-plate-foreign = This machine belongs to a company that you are not a member of.
app-plate-ask = Ask for access
app-plate-asked = Your request has been sent. We will write in the chat when it is decided.
app-plate-ask-foot = The company’s director or the dealer decides. Until then the passport stays closed.
app-plate-words = Who you are and why
app-plate-words-hint = Setter, second shift
app-plate-jobs = Which job is it for
app-job-plate = The machine’s plate
app-job-plate-code = Code of the plate
app-job-plate-scan = Scan
app-job-plate-bind = Bind to the machine
app-job-plate-foot = Stick the plate on and bind it: its address never changes again.
app-problem-plate_bound-text = This plate is on another machine already. Take a blank one.
app-problem-member-text = You have access already.

# Parts.
app-parts-title = Parts
app-parts-search = Article, code, name
app-parts-for = for:
app-parts-clear = Clear the filter
app-parts-empty-title = Nothing found
app-parts-empty-text = Check the article or describe the part in a request; we will find it.
app-parts-empty-act = Ask about a part
app-parts-fits = fits
app-part-price = Price
app-part-stock = Stock
app-part-lead = Lead time
app-part-article = Article
app-part-codes = Codes
app-part-fits = Fits your machines
app-part-fits-none = Does not fit your machines. Check the model before ordering.
app-part-models = Models
app-part-replaced = Discontinued. Replaced by:
app-part-for-machine = For machine
app-part-any-machine = Not given
app-part-quantity = Quantity
app-part-add = Add to cart
app-part-add-more = Add more
app-part-in-cart = In the cart: {$count}
app-part-to-cart = Open
app-stock-some = {$count} pcs
app-stock-none = out of stock
app-lead-days =
    { $count ->
        [one] {$count} day
       *[other] {$count} days
    }
app-lead-weeks =
    { $count ->
        [one] {$count} week
       *[other] {$count} weeks
    }

# Cart and checkout.
app-cart-title = Cart
app-cart-bar = Cart · {$count} · {$total}
app-cart-bar-no-total = Cart · {$count}
app-cart-empty-title = The cart is empty
app-cart-empty-text = Find a part by its article or open parts from a machine’s passport.
app-cart-empty-act = To the parts
app-cart-no-machine = No machine
app-cart-changed = What has changed
app-cart-confirm = Take into account and order
app-cart-price-gone = The price is on request now.
app-cart-price-came = There is a price now.
app-cart-stock-left = Only {$count} left in stock.
app-cart-stock-none = Not in stock any more, made to order.
app-cart-line-edit = Machine and note
app-cart-note = Note
app-cart-note-hint = For example, needed by Friday
app-problem-cart-changed-text = Something in the cart has changed meanwhile. Open it and check the prices.
app-checkout-contact = Who receives it
app-checkout-contact-hint = Name and phone
app-parts-found = {$count ->
    [one] {$count} part found
   *[other] {$count} parts found
}
app-parts-found-more = The first {$count} are shown
app-bought-title = Ordered for the machine
app-bought-link = What was ordered for this machine
app-bought-gone = sold no more
app-bought-empty-title = Nothing was ordered for this machine yet
app-bought-empty-text = Everything that you buy for it will be gathered here.
app-part-instead = instead of {$sku}
app-part-replaced-by = replaced by {$sku}
app-parts-suggestions = You may be looking for
app-part-replaces = Replaces
app-part-in-stock = {$count} in stock
app-part-analogues = Equivalents
app-part-kit = In the kit
app-part-kit-add = Put the kit into the cart
app-part-kit-add-sum = Kit into the cart · {$total}
app-stock-at = as of {$date}
app-cart-was = The price has changed: it was {$was}
app-cart-total = Total
app-cart-on-request =
    { $count ->
        [one] {$count} line on request: the manager will send the price
       *[other] {$count} lines on request: the manager will send the prices
    }
app-cart-checkout = Check out
app-cart-remove = Remove from the cart
app-cart-remove-ask = Remove “{$name}” from the cart?
app-lines =
    { $count ->
        [one] {$count} line
       *[other] {$count} lines
    }
app-checkout-title = Checkout
app-checkout-delivery = Delivery
app-checkout-pickup = Pickup
app-checkout-pickup-sub = From the dealer’s store
app-checkout-courier = Courier
app-checkout-courier-sub = To the door, in town
app-checkout-carrier = Carrier
app-checkout-carrier-sub = To a terminal or your site
app-checkout-address = Address
app-checkout-address-hint = Town, street, house
app-checkout-company = Company
app-checkout-inn = INN (tax number)
app-checkout-inn-hint = 10 or 12 digits
app-checkout-comment = Comment
app-checkout-comment-hint = Urgency, gate pass, whom to ask for
app-checkout-payer = Payer
app-checkout-submit = Place the order
app-checkout-submit-sum = Place the order · {$total}
app-checkout-foot = The manager will confirm the order and send the invoice.

# Orders.
app-orders-title = Orders
app-orders-active = In progress
app-orders-past = Completed
app-orders-empty-title = No orders yet
app-orders-empty-text = You will see here what is being packed and when it ships.
app-orders-empty-act = To the parts
app-order-title = Order {$number}
app-order-lines = Lines
app-order-delivery = Delivery
app-order-history = What happened
app-order-repeat = Order again
app-order-cancel = Cancel the order
app-order-cancel-ask = Order {$number} will be cancelled. What was packed goes back to the store.
app-order-cancel-act = Cancel the order
app-order-for = for {$machine}
app-order-document = Document: {$name}
app-quote-title = Offer {$revision}
app-quote-make = Send an offer
app-quote-again = Send a new offer
app-quote-price = Price of one piece, ₽ (wanted: {$count})
app-quote-line-comment = Remark
app-quote-line-hint = For example an equivalent or a lead time
app-quote-whole = About the whole order
app-quote-valid = Valid until
app-quote-comment = Comment
app-quote-voids = The earlier offer will count no more.
app-quote-send = Send to the customer
app-discount = Discount
app-discount-off = {$percent}%, that is {$sum}
app-discount-listed = In the catalogue
app-discount-offered = In the offer
app-discount-waits = The discount awaits approval
app-discount-rejected = The discount was not approved
app-discount-changes = The discount was sent back for changes
app-discount-expired = Nobody approved the discount in time
app-discount-hidden = The customer gets the offer once the discount is approved.
app-discount-again = The customer has not seen this offer. Change it and send it again.
app-discount-alone = A discount above {$percent}% of the order must be approved first.
app-quote-accept = Accept · {$total}
app-quote-note = The manager has named the prices. Accept the offer or ask about any item.
app-quote-over-note = The offer has run out. Write about any item and the manager will send a new one.
app-quote-is-open = Waits for the customer
app-quote-is-over = Run out
app-quote-is-accepted = Accepted
app-quote-by = Manager
app-quote-sent = Sent
app-problem-quoted-text = Another manager has already sent an offer for this order. Open the order again.
app-problem-quote-replaced-text = The manager has sent a new offer. Open the order again and look at it.
app-thread-ask = Ask about this item
app-thread-count = {$count ->
    [one] {$count} message
   *[other] {$count} messages
}
app-thread-empty = Ask about this item here: lead time, equivalent, replacement.
app-thread-write = Message
app-thread-send = Send
app-order-placed-note = The order is in. The manager will confirm it and write to you.

# Service.
app-service-title = Call service
app-service-machine = Machine
app-service-choose = Choose a machine
app-service-kind = What happened
app-service-down = The machine is down
app-service-down-sub = We move it up the queue and start the standstill clock
app-service-text = Describe it
app-service-text-hint = What you did, what you saw, the alarm code
app-service-files = Photos and files
app-service-add-file = Add a photo or a file
app-service-symptoms = Symptoms
app-service-alarm = Alarm code on the screen
app-service-photos = Take photos: { $list }. With them the engineer brings what is needed at once.
app-service-no-photos = I cannot take photos
app-draft-kept = Going on with what was begun { $when }
app-draft-drop = Begin anew
app-upload-waits = waiting for a connection
app-service-files-foot = PDF, DOC, XLS, JPG, PNG, GIF, TXT, voice and video up to 10 MB each
app-service-submit = Send the request
app-requests-title = Requests
app-requests-open = Open
app-requests-past = Closed
app-requests-empty-title = No requests yet
app-requests-empty-text = Something wrong with a machine? Describe it and an engineer will be in touch.
app-request-title = Request {$number}
app-request-clock = The machine has been down for {$time}
app-request-described = Description
app-request-thread = Messages
app-request-no-messages = Messages with the manager will be here
app-request-write = Write
app-request-write-hint = Message
app-request-send = Send
app-request-unread = new message
app-thread-you = you
app-visit = Visit
app-windows-ask = When may the engineer come?
app-windows-offered = The customer has not chosen a time yet
app-windows-offer = Offer times of a visit
app-windows-send = Offer
app-window-day = Day
app-window-from = From
app-window-until = Until
app-rating = Rating
app-rate-ask = How did it go?
app-rate-word = What was good, what was not
app-rate-send = Rate
app-request-withdraw = Withdraw the request
app-request-withdraw-ask = Request {$number} will be withdrawn and no engineer will come.
app-request-confirm = It works
app-request-reopen = Not fixed
app-request-take = I take it
app-request-assign = Assign an engineer
app-request-engineer = Engineer
app-request-customer = Customer
app-request-phone = Phone
app-request-company = Company
app-request-choose-engineer = Choose an engineer
app-you = you

# Jobs.
app-jobs-title = Jobs
app-jobs-now = Now
app-jobs-next = Next
app-jobs-done = Done
app-jobs-empty-title = No jobs yet
app-jobs-empty-text = When a request is assigned to you, it appears here and in the chat.
app-job-title = Job for {$number}
app-job-window = Window
app-job-address = Address
app-job-contact = Contact
app-job-accept = Accept
app-job-start = Start
app-job-pause = Pause
app-job-resume = Resume
app-job-done = Done
app-job-report = Report
app-job-report-text = What was done
app-job-report-hint = Cause, what was replaced, how it was checked
app-job-next-date = Next maintenance
app-job-hours = Running hours
app-job-photos = Photos before and after
app-job-add-photo = Add a photo
app-job-done-ask = Close the job? The customer and the CRM will get the report.
app-job-checklist = Checklist
app-job-details = Request

# Desk.
app-desk-title = Desk
app-desk-waiting = Waiting for you
app-desk-mine = In progress
app-desk-calm-title = All clear
app-desk-calm-text = New requests and orders will appear here.
app-desk-deliveries = Did not reach the CRM
app-desk-deliveries-ok = Everything delivered
app-desk-retry = Retry
app-desk-waits-since =
    { $count ->
        [one] {$count} waiting since {$since}
       *[other] {$count} waiting since {$since}
    }

# Problems.
app-problem-not-found-title = No such page
app-problem-not-found-text = The link is old, or this is not yours. Go back home.
app-problem-forbidden-title = Not for you
app-problem-forbidden-text = This page is for the dealer’s staff.
app-problem-failed-title = Something broke
app-problem-failed-text = We know already. Try again a little later.
app-problem-id = Number for support
app-problem-home = Home

# What pages say of machines.
app-machine-stands = down for {$time}
app-machine-due-in =
    { $count ->
        [one] due in {$count} day
       *[other] due in {$count} days
    }
app-machine-due-today = due today
app-machine-overdue =
    { $count ->
        [one] {$count} day overdue
       *[other] {$count} days overdue
    }
app-passport-warranty-until = warranty until {$date}
app-passport-maker = Maker
app-passport-rule-both = The model’s rule: every {$months} months or {$hours} running hours, whichever comes first.
app-passport-rule-months = The model’s rule: every {$count} months.
app-passport-rule-hours = The model’s rule: every {$count} running hours.
app-document-passport = Passport
app-document-manual = Manual
app-document-wiring = Wiring diagram
app-document-hydraulics = Hydraulic diagram
app-document-act = Certificate of work
app-document-certificate = Certificate
app-document-invoice = Invoice
app-document-revision = rev. {$revision}
app-part-code = Code
app-part-your-machine = in your park
app-cart-gone = No longer sold. Remove it from the cart.
app-order-way = How
app-request-manager = Manager
app-job-request = Request
app-desk-taken = With colleagues
app-desk-suspected = Looks like spam
app-lead-kind = from the site
app-lead-title = Request {$number}
app-lead-email = E-mail
app-lead-form = Form
app-lead-page = Page
app-lead-referrer = Came from
app-lead-sent = Sent {$when}
app-lead-suspicion-trap = A field was filled that people do not see. Programs do that.
app-lead-suspicion-haste = The form was filled faster than people type.
app-lead-convert = Became a deal
app-lead-reject = Reject the request
app-lead-reject-ask = The request is closed here and in the CRM. The site will see that it was rejected.
app-lead-spam = It is spam
app-lead-release = It is a customer

# The answer to a form of the site that the browser posted by itself.
app-sent-title = Thank you! Your request is accepted
app-sent-number = Number {$number}
app-sent-text = We will reach you by the phone or e-mail that you left. Keep the number in case you want to add something.
app-sent-back = Back to the site
app-sent-again = Press “Back” in the browser: what you wrote is still in the form.
app-sent-foreign-title = The form is not of our site
app-sent-foreign-text = It has sent nothing. Open our site and write from there, or call us.
app-sent-name = Name
app-sent-phone = Phone
app-sent-message = Message
app-sent-files = Files
app-desk-paused = {$connection}: the connection is stopped
app-desk-consent = {$connection}: no access was given
app-delivery-notice = Telegram message
app-delivery-mail_order = mail about an order
app-delivery-mail_request = mail about a request
app-delivery-crm_order = deal of an order
app-delivery-crm_request = deal of a request
app-delivery-crm_quote = offer for an order
app-delivery-crm_order_state = stage of an order
app-delivery-crm_request_state = stage of a request
app-delivery-mail_lead = mail about a request from the site
app-delivery-crm_lead = lead from the site
app-delivery-crm_lead_touch = repeated request from the site
app-delivery-crm_lead_state = stage of a request from the site
app-delivery-site_lead = state of a request, for the site
app-delivery-crm_visit = report of a visit
app-delivery-crm_request_news = note on the deal of a request
app-delivery-crm_maintenance = task about maintenance
app-delivery-crm_maintenance_done = maintenance done by the customer
app-delivery-crm_machine = machine fields in its deal
app-delivery-crm_sale_note = what a deal lacks
app-delivery-crm_sale_look = a deal that waited for its model, read again
app-delivery-crm_account = pipelines, fields and people, read again
app-delivery-crm_approval_answer = an answer in the task of an approval
app-delivery-crm_sample = deals for the dry run of a rule
app-delivery-crm_approval_files = files of the deal for an approval
app-delivery-crm_approval = approval in the CRM
app-delivery-mail_approval = letter with the link to an approval

# Steps of a case, short enough to stand side by side.
app-step-order-placed = placed
app-step-order-confirmed = packing
app-step-order-shipped = shipped
app-step-order-completed = received
app-step-request-new = new
app-step-request-taken = taken
app-step-request-scheduled = engineer
app-step-request-in_progress = at work
app-step-request-done = done
app-step-job-assigned = assigned
app-step-job-accepted = accepted
app-step-job-in_progress = running
app-step-job-done = done

# Refusals.
app-problem-unknown-title = Open the app again
app-problem-unknown-text = We did not recognise you. Close My Park and open it from the bot.
app-problem-many-title = Too often
app-problem-many-text = Wait a minute and try again.
app-problem-invalid-title = Check the form
app-problem-malformed-text = The data arrived damaged. Reload the page and send it again.
app-problem-large-title = The file is too large
app-problem-body-large-text = Too much at once. Send less text or fewer files.
app-problem-kind-title = This file will not do
app-problem-body-kind-text = We do not read this format. Reload the page and send it again.
app-problem-conflict-title = It has changed already
app-problem-taken-text = A colleague has taken it already.
app-problem-window-chosen-text = The time of the visit is chosen already.
app-problem-window-gone-text = This time is no longer offered. Reload the page.
app-problem-rated-text = You have rated this request already. Thank you.
app-problem-assigned-text = An engineer is assigned already.
app-problem-done-text = The job is closed already with another report.
app-problem-state-text = The state has changed meanwhile. Reload the page.
app-problem-mapping-text = Somebody else has changed the mapping. Open the page again and make your changes over theirs.

# The delivery desk.
app-desk-mail = Mail
app-desk-all = All
app-desk-open = Open
app-desk-to-deliveries = All deliveries
app-desk-to-events = Inbound events
app-approvals-title = Approvals
app-approvals-empty-title = Nothing to decide
app-approvals-empty-text = Where a won deal disputes a machine's passport, both histories appear here.
app-approvals-owner = The machine is another's
app-approvals-typo = The serial is like another machine's
app-approvals-deal = In the deal
app-approvals-machine = With us
app-approvals-row-model = Model
app-approvals-row-serial = Serial
app-approvals-row-owner = Owner
app-approvals-row-source = From
app-approvals-source = «{$title}», deal {$deal} ({$connection})
app-approvals-passport = Machine passport
app-approvals-history = What happened to the machine
app-approvals-history-none = No records yet
app-approvals-transfer-ask = The machine, its history and reminders go to the new owner; the former one no longer sees it.
app-approvals-separate-ask = One more passport is made, with the deal's serial.
app-approvals-same-ask = The serial in the deal is corrected to the passport's.
app-approvals-reject-ask = The passport stays as it is, the deal gets a note.
app-decisions-wait = Awaiting your decision
app-decisions-empty-text = When somebody of your company exceeds their limit, or asks to join it, the decision appears here.
app-decision-asked = Asked
app-decision-foot = To reject, write the reason: whoever asks will read it.
app-decision-approve = Approve
app-decision-reject = Reject
app-approve-title = Approval
app-approve-done = Your decision counts.
app-approve-unknown = This link does not fit. Open the latest letter.
app-approve-reason = Reason
app-approve-foot = A rejection and a request for changes need a reason. The link works once.
app-approve-asker = Asked by
app-approve-sum = Sum
app-approve-changed = Changed
app-approve-until = Decide by
app-problem-decided-text = This has been decided already.
app-problem-no-new-owner-text = The deal has neither a phone nor a Telegram ID: there is nobody to hand over to.
app-desk-approvals = Approvals
app-desk-approvals-note = A won deal disputes a passport
app-catalogue-head = Catalogue
app-catalogue = Goods of {$source}
app-catalogue-read = being read: {$done} of {$total}
app-catalogue-written = being written: {$done} of {$total}
app-catalogue-refused = a whole export was not taken: it would switch off {$off} of {$of} goods
app-catalogue-synced = brought up to date {$time}
app-catalogue-never = not read yet
app-catalogue-pictures =
    { $count ->
        [one] {$count} picture is to come
       *[other] {$count} pictures are to come
    }
app-desk-mapping = {$connection}: the settings do not fit the CRM
app-deliveries-title = Deliveries
app-deliveries-search = Number of an order or request
app-deliveries-connections = Connections
app-deliveries-state = State
app-deliveries-empty-title = Nothing here
app-deliveries-empty-text = Nothing fits this filter.
app-deliveries-older = Show more
app-deliveries-again = Not delivered
app-deliveries-retry-dead = Try the undelivered again
app-deliveries-retry-ask =
    { $count ->
        [one] {$count} delivery will be queued again. What was cancelled stays cancelled.
       *[other] Up to {$count} deliveries will be queued again. What was cancelled stays cancelled.
    }
app-deliveries-since = Only from this day on
app-deliveries-since-note = Without a date, all of them.
app-deliveries-export = Download as CSV
app-deliveries-export-note = The whole list under this filter
app-connection-goes = works
app-connection-stopped = stopped
app-connection-probed = being probed
app-connection-next = next probe {$time}
app-connection-rests = rests until {$time}
app-connection-oldest = oldest {$since}
app-connection-waits =
    { $count ->
        [one] {$count} waits
       *[other] {$count} wait
    }
app-connection-dead =
    { $count ->
        [one] {$count} not delivered
       *[other] {$count} not delivered
    }
app-delivery-to = To
app-delivery-promised = Made
app-delivery-changed = Changed
app-delivery-next = Next try
app-delivery-tries = Tries
app-delivery-outcome = Outcome
app-delivery-unknown = may have arrived: we look first
app-delivery-entity = About
app-delivery-id = Id
app-delivery-cancel = Cancel the delivery
app-delivery-cancel-ask = It will not be sent any more. The reason and your name stay in its history.
app-delivery-reason = Why do you cancel it
app-delivery-acts = What people did
app-act-retry = {$who}: again
app-act-cancel = {$who}: cancelled
app-act-command = A command on the server
app-try = Try {$number} · {$time}
app-try-open = not ended
app-call-request = Request
app-call-response = Answer
app-call-no-answer = no answer
app-call-took = {$count} ms
app-body-dropped = The raw text is gone: its time is over.
app-body-cut = … this is the beginning; a command on the server shows all
app-plan-title = What would change
app-plan-event-title = What this event would change
app-plan-note = Under today's settings, nothing is sent
app-plan-foot = Nothing was sent. So it would be under today's settings and by what is known here. What the CRM says now the command dry-run shows.
app-events-title = Inbound
app-events-lead = What Telegram and the CRMs sent, word by word
app-events-empty-text = There are no such events.
app-event-telegram = Telegram message
app-event-crm = Event of {$source}
app-event-came = Came
app-event-done = Processed
app-event-lane = Lane
app-event-body = As it came
app-event-retry = Process again
state-event-received = waiting
state-event-processing = being processed
state-event-processed = processed
state-event-failed = not understood
app-problem-running-text = It is being sent right now. Wait a minute and reload the page.
app-problem-delivered-text = It has arrived; there is nothing to cancel.
app-problem-pruned-text = The raw text is gone; there is nothing to process.

# The companies of a customer.
app-company-title = My companies
app-company-limit = up to { $sum } without approval
app-company-alone = You belong to no company.
app-company-all = All companies
app-company-look = What to show
app-company-looked = now
app-company-look-foot = Machines, orders, requests and the checkout of the chosen company only. Your access to all of them stays.
app-company-you = you
app-company-offered = offered to be director
app-company-people = People
app-company-waiting = Waiting invitations
app-company-until = until { $when }
app-company-revoke = Take back
app-company-invite = Invite a colleague
app-company-note = Whom you invite
app-company-role-of = Role
app-company-limit-of = Order limit, ₽
app-company-invite-foot = The link works once, within seven days. An order above the limit comes to you for approval; an empty limit means none. The dealer must confirm a second director.
app-company-invite-act = Make a link
app-company-link = The link is ready
app-company-link-foot = Send it only to the person you invite. It will not be shown here again.
app-company-share = Send in Telegram
app-company-share-text = An invitation to { $company }: machines, parts and service
app-company-offer-text = The director passes their role on to you: you will invite colleagues and approve orders. They stay as a buyer.
app-company-take = Become director
app-company-decline = Decline
app-company-pass = Pass on the director’s role
app-company-pass-to = To whom
app-company-pass-ask = Your colleague confirms and becomes director, and you a buyer. Nothing changes until they answer.
app-company-pass-act = Offer
app-company-leave = Leave the company
app-company-leave-ask = You will no longer see the machines of { $company }. Orders and requests stay.
app-problem-director-text = This colleague is a director already.
app-problem-offer-gone-text = The offer was taken back, or is out of date.
app-company-join = Join a company
app-company-inn = INN of the company
app-company-role = What you do
app-company-foot = The machines and orders of the company open once its director or the dealer's manager agrees. The answer comes in the chat.
app-company-ask = Ask to join
app-order-ask-cancel = Ask to call it off
app-order-ask-cancel-ask = The order is confirmed already, so a manager decides. The answer comes in the chat.
app-order-ask-cancel-act = Ask
