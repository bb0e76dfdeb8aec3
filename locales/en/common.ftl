# Words that every face of the product shares: states, kinds, plurals, faults of a field.

product-name = My Fleet

days = { $count ->
    [one] { $count } day
   *[other] { $count } days
}
hours = { $count ->
    [one] { $count } hour
   *[other] { $count } hours
}
machines-count = { $count ->
    [one] { $count } machine
   *[other] { $count } machines
}
positions-count = { $count ->
    [one] { $count } item
   *[other] { $count } items
}
files-count = { $count ->
    [one] { $count } file
   *[other] { $count } files
}
today = today
tomorrow = tomorrow
yesterday = yesterday
month-1 = January
month-2 = February
month-3 = March
month-4 = April
month-5 = May
month-6 = June
month-7 = July
month-8 = August
month-9 = September
month-10 = October
month-11 = November
month-12 = December

state-order-placed = Placed
state-order-quoted = Quoted
state-order-awaiting_approval = Awaiting approval
state-order-confirmed = Confirmed
state-order-shipped = Shipped
state-order-completed = Completed
state-order-cancelled = Cancelled
state-order-expired = Expired

state-request-new = Received
state-request-taken = Taken
state-request-scheduled = Engineer assigned
state-request-in_progress = Engineer at work
state-request-waiting_customer = Waiting for you
state-request-waiting_parts = Waiting for parts
state-request-done = Done
state-request-closed = Closed
state-request-cancelled = Cancelled

state-lead-suspected = Looks like spam
state-lead-new = New
state-lead-taken = In progress
state-lead-converted = Became a deal
state-lead-rejected = Rejected

state-job-assigned = Assigned
state-job-accepted = Accepted
state-job-en_route = On the way
state-job-in_progress = In progress
state-job-paused = Paused
state-job-done = Done

state-machine-working = working
state-machine-down = down

state-delivery-queued = queued
state-delivery-running = being sent
state-delivery-delivered = delivered
state-delivery-waiting = waiting
state-delivery-unknown = being checked
state-delivery-dead = not delivered

kind-breakdown = Breakdown
kind-maintenance = Maintenance
kind-commissioning = Commissioning
kind-consultation = Consultation
kind-warranty = Warranty

delivery-pickup = Pickup
delivery-courier = Courier
delivery-carrier = Freight carrier

price-on-request = on request
machine-down = machine down
for-machine = { $model } No. { $serial }

error-required = Please fill in this field.
error-too-long = The text is too long.
error-number = A whole number is needed.
error-quantity = Quantity is from 1 to 9999.
error-phone = This does not look like a phone number. Example: +7 900 111-22-33.
error-email = This does not look like an e-mail address. Example: ivanov@example.com.
error-inn = The INN does not match its check digits. Please check the digits.
error-date = A date as YYYY-MM-DD.
error-invites-many = Too many invitations are waiting. Take some of them back.
error-quiet-same = The quiet hours begin and end at the same time.
error-date-past = This date has already passed.
error-windows = One to three times, each ahead of now, its end after its beginning.
error-name-taken = This name is taken. Choose another.
error-choice = Choose one of the options.
error-address = Give the delivery address.
error-client-key = This form is out of date. Please open it again.
error-files-many = No more than 10 files at once.
symptom-no-start = Does not start
symptom-alarm = Alarm on the screen
symptom-spindle = The spindle does not turn
symptom-axis = An axis does not move
symptom-precision = Lost its precision
symptom-noise = Noise, vibration
symptom-leak = Leaks
symptom-heat = Gets hot
photo-screen = the screen with the alarm code
photo-fault = where it broke
photo-plate = the maker's plate
photo-place = the place where it stands
guided-alarm = Alarm code: { $code }
guided-symptoms = Symptoms: { $list }
error-photos-needed = All photos of the list are needed. If one cannot be taken, tick that you cannot.
error-upload-gone = A file did not arrive whole, or lay for more than a day. Choose it again.
error-uploads-many = Too many files are on their way. Send or remove the earlier ones.
error-file-large = The file is larger than 10 MB. Compress it or send a link.
error-file-kind = This file will not do. PDF, DOC, DOCX, XLS, XLSX, JPG, PNG, GIF and TXT will, and in a request and its messages voice and video.
error-hours-back = Running hours cannot go back.
error-hours-many = Too many running hours. Is there a digit too many?
error-hours-fast = Not so many hours have passed since the last entry.
error-claim-photo = A photo of the machine’s plate is needed: JPG, PNG or GIF.
error-photos-many = No more than three photos at a time.
error-photo-kind = A photo is needed: JPG, PNG or GIF.
error-consent = Without your consent we cannot keep your phone.
error-plate-empty = Add a photo or write what happened.
error-plate-robot = It could not be sent. Please call us.
error-plate-haste = That was too fast. Check what you wrote and send it again.
error-plate-code = There is no such plate. Check the code: eight characters beside the QR.
error-plate-machine = This job names no machine, so there is nothing to bind the plate to.
error-plates-count = Between 1 and 1000 plates can be made at a time.
error-plates-address = Set PUBLIC_URL first: plates bear that address for ever.
request-from-plate = From the plate on the machine, without an account. Left by { $name }, { $phone } (number not verified).
plate-hint = Point your camera: machine passport and service call
error-cart-empty = The cart is empty.
error-phone-taken = This number already belongs to another Telegram account. Write to us and we will sort it out.

timeline-registered = Passport created
timeline-claimed = Passport created at the owner’s request
timeline-handed-over = Handed over to a new owner
timeline-plan-set = Maintenance date set in the CRM: { $theirs }
timeline-plan-moved = Maintenance date moved in the CRM: from { $ours } to { $theirs }
timeline-plan-theirs = Maintenance date changed both here ({ $ours }) and in the CRM ({ $theirs }). The CRM was later: { $theirs }
timeline-plan-ours = Maintenance date changed both here ({ $ours }) and in the CRM ({ $theirs }). We were later: { $ours }
timeline-serial-corrected = Serial number corrected in the CRM: from { $was } to { $now }
timeline-model-corrected = Model corrected in the CRM: from { $was } to { $now }
timeline-configuration-changed = Configuration changed in the CRM
timeline-own-maintenance = Maintenance done by own people
error-part-gone = Some parts are no longer sold. Please take them out of the cart.
error-cart-full = A cart holds no more than 100 items. Please order in several steps.
error-import-kit = The contents of a kit are articles separated by “|”, the number after “*”: 16К20.02.080*4.
error-quote-price = Give a price in each line: 12400 or 12400.50.
error-quote-long = An offer cannot hold for more than a year.
error-line-text = Write something, up to 1000 characters.
error-line-full = There are too many messages here already. A call will be quicker.
error-money = An amount in roubles: 12400 or 12400.50.
error-import-file = The file cannot be read as CSV. Save it as CSV (UTF-8) once more.
error-import-column = The header has an unknown column. Compare the column names with the description.
error-import-column-twice = The header has this column twice. Keep one.
error-import-column-missing = A required column is missing. Add it to the header.
error-import-cells = The row has more or fewer cells than the header. Check separators and quotes.
error-import-twice = This was in the file already, further up. Keep one.
error-import-model = No such model. Import the models first.
error-import-other-source = Another source keeps this article. Take it out of one of the two.
error-import-sku-taken = Another product of this source has this article already.
error-import-xml = The file cannot be read as a whole YML feed. Export it once more.
error-import-pairs = The specification is name=value items separated by “|”.
approval-nobody = no owner yet
approval-what = Nothing has changed so far. What shall we do?
approval-transfer = Hand over to the new owner
approval-separate = This is another machine
approval-same = The same machine: a typo
approval-reject = Reject
approval-kind-deal = Approval
approval-kind-hand = Approval
approval-kind-owner = The machine is another's
approval-kind-typo = The serial is like another machine's
approval-kind-membership = Joining a company
approval-kind-late_cancel = Cancelling a confirmed order
approval-kind-order_limit = Order above a member's limit
approval-kind-plate_access = Access to a machine by its plate
approval-kind-machine_claim = A machine bought elsewhere
approval-kind-discount = Discount above the limit
approval-act-approve = ✅ Approve
approval-act-reject = ❌ Reject
approval-act-changes = ↩️ Ask for changes
approval-asks = Asked by { $name }
approval-sum = Sum { $sum }
approval-until = Decide by { $at }
approval-awaits = Awaiting a decision
approval-left-files = these files open in the card of the deal
approval-more-rows = … and { $count } more
approval-changed-amount = The sum was { $from }, now { $to }
approval-changed-added = Added: { $name }, { $to }
approval-changed-removed = Removed: { $name }, { $from }
approval-changed-goods = Changed: { $name }, was { $from }, now { $to }
approval-answer-approved = ✅ { $name }
approval-answer-rejected = ❌ { $name }
approval-answer-changes-requested = ↩️ { $name }
approval-ended-approved = ✅ Approved. Decided by { $name }
approval-ended-rejected = ❌ Rejected. Decided by { $name }
approval-ended-changes-requested = ↩️ Changes requested. Decided by { $name }
approval-ended-withdrawn = Nothing to decide any more: the approval was withdrawn.
approval-ended-expired = ⌛ Time is up, nobody decided.
approval-refused-decided = Already decided.
approval-refused-withdrawn = Nothing to decide any more: the approval was withdrawn.
approval-refused-expired = Time is up, the decision does not count.
approval-refused-reopened = The terms have changed. See the new card and decide again.
approval-refused-repeated = You have answered. Others are still awaited.
approval-refused-not-your-turn = Others decide first. The card comes when it is your turn.
approval-refused-stranger = You are not asked to decide this.
approval-refused-own = You cannot approve what you asked for: somebody else decides.
approval-refused-reason-needed = Please write the reason.
approval-refused-old = The card is too old. Open the approval anew.
approval-csv-asked = Asked
approval-csv-kind = What
approval-csv-title = About
approval-csv-rule = Rule
approval-csv-connection = Connection
approval-csv-deal = Deal
approval-csv-sum = Sum
approval-csv-asker = Asked by
approval-csv-state = State
approval-csv-decider = Decided by
approval-csv-reason = Reason
approval-csv-decided = Decided
approval-csv-version = Times asked
approval-state-open = awaiting a decision
approval-state-approved = approved
approval-state-rejected = rejected
approval-state-changes_requested = changes requested
approval-state-withdrawn = withdrawn
approval-state-expired = time is up
