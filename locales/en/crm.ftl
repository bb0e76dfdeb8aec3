# What the dealer's people read in the CRM and in mail copies.

crm-order-title = Order { $number } — { $customer }
crm-request-title = Service { $number } — { $machine }
crm-request-title-no-machine = Service { $number } — { $customer }
crm-parts = Parts
crm-positions = Items of order { $number }
crm-position = { $index }. { $sku } — { $name }, { $price } × { $quantity } = { $sum }
crm-position-on-request = { $index }. { $sku } — { $name }, price on request × { $quantity }
crm-position-machine = for { $machine }
crm-total = Total: { $total }
crm-total-partly = Total without items on request: { $total }
crm-delivery = Delivery: { $way }
crm-address = Address: { $address }
crm-inn = INN: { $inn }
crm-comment = Comment: { $comment }
crm-customer = Customer: { $name }
crm-phone = Phone: { $phone }
crm-email = E-mail: { $email }
crm-company = Company: { $company }
crm-request = Request { $number }: { $kind }
crm-machine = Machine: { $model } No. { $serial }
crm-machine-down = Machine down since { $since }
crm-files = Files: { $count }
crm-visit = The job for request { $number } is done
crm-visit-engineer = Engineer: { $engineer }
crm-visit-hours = Running hours: { $hours } h
crm-visit-next = Next maintenance: { $date }
crm-own-maintenance = Maintenance done by the customer: { $model } no. { $serial }, due { $date }
crm-own-files = Photos and papers: { $count }, in My Park
crm-maintenance-task = Upsell: { $model } No. { $serial }, maintenance on { $date }. Offer a visit and consumables.
crm-test-lead = Connection check of My Fleet

mail-order-subject = Order { $number } for { $total }
mail-request-subject = Service request { $number }
mail-stopped-subject = The connection { $connection } is stopped
mail-stopped =
    The connection { $connection } is stopped: { $reason }
    Messages wait, nothing is lost. Check access and token, then run mypark doctor.
