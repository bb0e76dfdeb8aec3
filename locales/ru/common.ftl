# Words that every face of the product shares: states, kinds, plurals, faults of a field.

product-name = Мой Парк

days = { $count ->
    [one] { $count } день
    [few] { $count } дня
   *[many] { $count } дней
}
hours = { $count ->
    [one] { $count } час
    [few] { $count } часа
   *[many] { $count } часов
}
machines-count = { $count ->
    [one] { $count } станок
    [few] { $count } станка
   *[many] { $count } станков
}
positions-count = { $count ->
    [one] { $count } позиция
    [few] { $count } позиции
   *[many] { $count } позиций
}
files-count = { $count ->
    [one] { $count } файл
    [few] { $count } файла
   *[many] { $count } файлов
}
today = сегодня
tomorrow = завтра
yesterday = вчера
month-1 = января
month-2 = февраля
month-3 = марта
month-4 = апреля
month-5 = мая
month-6 = июня
month-7 = июля
month-8 = августа
month-9 = сентября
month-10 = октября
month-11 = ноября
month-12 = декабря

state-order-placed = Оформлен
state-order-quoted = Есть предложение
state-order-awaiting_approval = Ждёт согласования
state-order-confirmed = Подтверждён
state-order-shipped = Отправлен
state-order-completed = Выполнен
state-order-cancelled = Отменён
state-order-expired = Истёк

state-request-new = Принята
state-request-taken = Взята в работу
state-request-scheduled = Инженер назначен
state-request-in_progress = Инженер работает
state-request-waiting_customer = Ждём вас
state-request-waiting_parts = Ждём запчасти
state-request-done = Выполнена
state-request-closed = Закрыта
state-request-cancelled = Отменена

state-lead-suspected = Похоже на спам
state-lead-new = Новое
state-lead-taken = В работе
state-lead-converted = Стало сделкой
state-lead-rejected = Отклонено

state-job-assigned = Назначена
state-job-accepted = Принята
state-job-en_route = В пути
state-job-in_progress = Идёт
state-job-paused = На паузе
state-job-done = Выполнена

state-machine-working = в работе
state-machine-down = стоит

state-delivery-queued = в очереди
state-delivery-running = отправляется
state-delivery-delivered = доставлено
state-delivery-waiting = ждёт
state-delivery-unknown = проверяем
state-delivery-dead = не доставлено

kind-breakdown = Поломка
kind-maintenance = Техобслуживание
kind-commissioning = Пусконаладка
kind-consultation = Консультация
kind-warranty = Гарантия

delivery-pickup = Самовывоз
delivery-courier = Курьер
delivery-carrier = Транспортная компания

price-on-request = по запросу
machine-down = станок стоит
for-machine = { $model } № { $serial }

error-required = Заполните это поле.
error-too-long = Слишком длинный текст.
error-number = Нужно целое число.
error-quantity = Количество — от 1 до 9999.
error-phone = Не похоже на номер телефона. Пример: +7 900 111-22-33.
error-email = Не похоже на адрес почты. Пример: ivanov@example.com.
error-inn = ИНН не сходится с контрольными цифрами. Проверьте цифры.
error-date = Дата в виде ГГГГ-ММ-ДД.
error-invites-many = Слишком много приглашений ждут. Отзовите лишние.
error-quiet-same = Начало и конец тихих часов совпадают.
error-date-past = Эта дата уже прошла.
error-windows = От одного до трёх окон, каждое в будущем, конец позже начала.
error-name-taken = Такое название уже есть. Выберите другое.
error-choice = Выберите вариант из списка.
error-address = Укажите адрес доставки.
error-client-key = Форма устарела. Откройте её заново.
error-files-many = Не больше 10 файлов за раз.
symptom-no-start = Не включается
symptom-alarm = Ошибка на экране
symptom-spindle = Не вращается шпиндель
symptom-axis = Не двигается ось
symptom-precision = Потерял точность
symptom-noise = Шум, вибрация
symptom-leak = Течёт
symptom-heat = Греется
photo-screen = экран с кодом ошибки
photo-fault = место поломки
photo-plate = заводская табличка
photo-place = место установки
guided-alarm = Код ошибки: { $code }
guided-symptoms = Признаки: { $list }
error-photos-needed = Нужны все фото из списка. Если какое-то не сделать, отметьте, что сфотографировать не можете.
error-upload-gone = Файл не дошёл до конца или пролежал больше суток. Выберите его ещё раз.
error-uploads-many = Слишком много файлов в пути. Отправьте или уберите прежние.
error-file-large = Файл больше 10 МБ. Сожмите его или отправьте ссылкой.
error-file-kind = Такой файл не подойдёт. Можно PDF, DOC, DOCX, XLS, XLSX, JPG, PNG, GIF и TXT, в заявке и переписке ещё голос и видео.
error-hours-back = Наработка не может быть меньше прежней.
error-hours-many = Слишком много моточасов. Проверьте, нет ли лишней цифры.
error-hours-fast = С прошлой записи столько часов ещё не прошло.
error-claim-photo = Нужно фото шильдика: JPG, PNG или GIF.
error-photos-many = Не больше трёх фото за раз.
error-photo-kind = Нужно фото: JPG, PNG или GIF.
error-consent = Без согласия мы не можем сохранить ваш телефон.
error-plate-empty = Приложите фото или напишите, что случилось.
error-plate-robot = Не получилось отправить. Позвоните нам, пожалуйста.
error-plate-haste = Слишком быстро. Проверьте написанное и отправьте ещё раз.
error-plate-code = Такой таблички нет. Проверьте код: восемь знаков под QR.
error-plate-machine = В этой работе не указан станок, закреплять не за чем.
error-plates-count = За раз можно сделать от 1 до 1000 табличек.
error-plates-address = Сначала задайте PUBLIC_URL: этот адрес будет на табличках навсегда.
request-from-plate = С таблички на станке, без регистрации. Оставил: { $name }, { $phone } (номер не проверен).
plate-hint = Наведите камеру: паспорт станка и вызов сервиса
error-cart-empty = Корзина пуста.
error-phone-taken = Этот номер уже привязан к другому Telegram. Напишите нам, разберёмся.

timeline-registered = Паспорт станка создан
timeline-claimed = Паспорт создан по заявке владельца
timeline-handed-over = Станок передан новому владельцу
timeline-plan-set = Дата ТО назначена в CRM: { $theirs }
timeline-plan-moved = Дата ТО перенесена в CRM: была { $ours }, стала { $theirs }
timeline-plan-theirs = Дату ТО меняли и здесь ({ $ours }), и в CRM ({ $theirs }). В CRM — позже: ТО { $theirs }
timeline-plan-ours = Дату ТО меняли и здесь ({ $ours }), и в CRM ({ $theirs }). Здесь — позже: ТО { $ours }
timeline-serial-corrected = Серийный номер исправлен в CRM: был { $was }, стал { $now }
timeline-model-corrected = Модель исправлена в CRM: была { $was }, стала { $now }
timeline-configuration-changed = Конфигурация изменена в CRM
timeline-own-maintenance = ТО сделано самостоятельно
error-part-gone = Часть деталей больше не продаётся. Уберите их из корзины.
error-cart-full = В корзине не больше 100 позиций. Оформите заказ частями.
error-import-kit = Состав набора — артикулы через «|», количество после «*»: 16К20.02.080*4.
error-quote-price = Укажите цену в каждой строке: 12400 или 12400,50.
error-quote-long = Предложение не может действовать дольше года.
error-line-text = Напишите что-нибудь, до 1000 знаков.
error-line-full = Здесь уже слишком много сообщений. Позвоните, так будет быстрее.
error-money = Сумма в рублях: 12400 или 12400,50.
error-import-file = Файл не читается как CSV. Сохраните его ещё раз как CSV (UTF-8).
error-import-column = В заголовке есть незнакомая колонка. Сверьте названия колонок с описанием.
error-import-column-twice = Колонка стоит в заголовке дважды. Оставьте одну.
error-import-column-missing = Нет обязательной колонки. Добавьте её в заголовок.
error-import-cells = Ячеек в строке не столько, сколько колонок. Проверьте разделители и кавычки.
error-import-twice = Такая строка уже была выше в этом файле. Оставьте одну.
error-import-model = Нет такой модели. Сначала загрузите модели.
error-import-other-source = Этот артикул ведёт другой источник. Уберите его из одного из двух.
error-import-sku-taken = Такой артикул уже есть у другого товара этого источника.
error-import-xml = Файл не читается как YML целиком. Выгрузите его ещё раз.
error-import-pairs = Характеристики — в виде имя=значение через «|».
approval-nobody = владельца ещё нет
approval-what = Пока ничего не изменено. Что делаем?
approval-transfer = Передать новому владельцу
approval-separate = Это другой станок
approval-same = Это тот же станок: опечатка
approval-reject = Отклонить
approval-kind-deal = Согласование
approval-kind-hand = Согласование
approval-kind-owner = Станок числится за другим
approval-kind-typo = Номер похож на другой станок
approval-kind-membership = Вступление в компанию
approval-kind-late_cancel = Отмена подтверждённого заказа
approval-kind-order_limit = Заказ сверх лимита сотрудника
approval-kind-plate_access = Доступ к станку по табличке
approval-kind-machine_claim = Станок, купленный не у нас
approval-kind-discount = Скидка сверх лимита
approval-act-approve = ✅ Согласовать
approval-act-reject = ❌ Отклонить
approval-act-changes = ↩️ На доработку
approval-asks = Просит { $name }
approval-sum = Сумма { $sum }
approval-until = Решить до { $at }
approval-awaits = Ждёт решения
approval-left-files = эти файлы открываются в карточке сделки
approval-more-rows = … и ещё { $count }
approval-changed-amount = Сумма была { $from }, стала { $to }
approval-changed-added = Добавили: { $name }, { $to }
approval-changed-removed = Убрали: { $name }, { $from }
approval-changed-goods = Изменили: { $name }, было { $from }, стало { $to }
approval-answer-approved = ✅ { $name }
approval-answer-rejected = ❌ { $name }
approval-answer-changes-requested = ↩️ { $name }
approval-ended-approved = ✅ Согласовано. Решение: { $name }
approval-ended-rejected = ❌ Отклонено. Решение: { $name }
approval-ended-changes-requested = ↩️ На доработку. Решение: { $name }
approval-ended-withdrawn = Решать больше нечего: согласование отозвано.
approval-ended-expired = ⌛ Срок вышел, решения нет.
approval-refused-decided = Уже решено.
approval-refused-withdrawn = Решать больше нечего: согласование отозвано.
approval-refused-expired = Срок вышел, решение не принято.
approval-refused-reopened = Условия изменились. Посмотрите новую карточку и решите заново.
approval-refused-repeated = Вы уже ответили. Ждём остальных.
approval-refused-not-your-turn = Сначала решают другие. Карточка придёт, когда дойдёт очередь.
approval-refused-stranger = Это согласование адресовано не вам.
approval-refused-own = Своё согласовать нельзя: решает другой.
approval-refused-reason-needed = Напишите причину.
approval-refused-old = Карточка слишком старая. Откройте согласование заново.
approval-csv-asked = Спрошено
approval-csv-kind = Что
approval-csv-title = О чём
approval-csv-rule = Правило
approval-csv-connection = Подключение
approval-csv-deal = Сделка
approval-csv-sum = Сумма
approval-csv-asker = Просит
approval-csv-state = Состояние
approval-csv-decider = Решение
approval-csv-reason = Причина
approval-csv-decided = Решено
approval-csv-version = Который раз
approval-state-open = ждёт решения
approval-state-approved = согласовано
approval-state-rejected = отклонено
approval-state-changes_requested = на доработке
approval-state-withdrawn = отозвано
approval-state-expired = срок вышел
