# What the dealer's people read in the CRM and in mail copies.

crm-order-title = Заказ { $number } — { $customer }
crm-request-title = Сервис { $number } — { $machine }
crm-request-title-no-machine = Сервис { $number } — { $customer }
crm-parts = Запчасти
crm-positions = Состав заказа { $number }
crm-position = { $index }. { $sku } — { $name }, { $price } × { $quantity } = { $sum }
crm-position-on-request = { $index }. { $sku } — { $name }, цена по запросу × { $quantity }
crm-position-machine = для { $machine }
crm-total = Итого: { $total }
crm-total-partly = Итого без позиций по запросу: { $total }
crm-delivery = Доставка: { $way }
crm-address = Адрес: { $address }
crm-inn = ИНН: { $inn }
crm-comment = Комментарий: { $comment }
crm-customer = Клиент: { $name }
crm-phone = Телефон: { $phone }
crm-email = E-mail: { $email }
crm-company = Компания: { $company }
crm-request = Заявка { $number }: { $kind }
crm-machine = Станок: { $model } № { $serial }
crm-machine-down = Станок стоит с { $since }
crm-files = Файлы: { $count }
crm-visit = Работа по заявке { $number } выполнена
crm-visit-engineer = Инженер: { $engineer }
crm-visit-hours = Наработка: { $hours } ч
crm-visit-next = Следующее ТО: { $date }
crm-own-maintenance = ТО сделано силами клиента: { $model } № { $serial }, срок { $date }
crm-own-files = Фото и документы: { $count }, в «Мой Парк»
crm-maintenance-task = Допродажа: { $model } № { $serial }, ТО { $date }. Предложите визит и расходники.
crm-test-lead = Проверка связи «Мой Парк»

mail-order-subject = Заказ { $number } на { $total }
mail-request-subject = Заявка на сервис { $number }
mail-stopped-subject = Связь { $connection } остановлена
mail-stopped =
    Связь { $connection } остановлена: { $reason }
    Сообщения ждут, ничего не потеряно. Проверьте доступ и токен, затем выполните mypark doctor.
