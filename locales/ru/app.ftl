# Words of the Mini App.
app-name = Мой Парк
app-back = Назад
app-yes = Да
app-cancel = Отмена
app-close = Закрыть
app-save = Сохранить
app-remove = Убрать
app-show-more = Показать ещё
app-copied = Скопировано
app-retry = Повторить
app-offline = Нет связи. Проверьте интернет.
app-seen = Нет связи. Показываем, как было {"{at}"}.
app-failed = Не получилось. Попробуйте ещё раз.
app-file-too-large = «{"{"}name{"}"}» больше 10 МБ. Сожмите файл или отправьте ссылкой.
app-mb = МБ
app-kb = КБ
app-price-on-request = по запросу
app-pieces = шт.
app-at-time = в
app-optional = необязательно

# Dates.
app-today = сегодня
app-tomorrow = завтра
app-yesterday = вчера
app-month-1 = января
app-month-2 = февраля
app-month-3 = марта
app-month-4 = апреля
app-month-5 = мая
app-month-6 = июня
app-month-7 = июля
app-month-8 = августа
app-month-9 = сентября
app-month-10 = октября
app-month-11 = ноября
app-month-12 = декабря

# Notices of the shell.
app-outside-title = Откройте в Telegram
app-outside-text = «Мой Парк» работает внутри Telegram: так мы знаем, чьи это станки.
app-outside-act = Открыть бота
app-expired-title = Сеанс закончился
app-expired-text = Закройте приложение и откройте снова: так Telegram подтвердит, что это вы.
app-expired-act = Закрыть и открыть снова

# Welcome.
app-welcome-title = Здравствуйте
app-welcome-named = Здравствуйте, {$name}
app-welcome-text = Поделитесь телефоном, и мы найдём станки вашей компании.
app-welcome-act = Поделиться телефоном
app-welcome-foot = Номер увидит только дилер. Если кнопка не работает, отправьте контакт боту.
app-welcome-chat = Написать боту
app-invite-title = Вас пригласили
app-invite-text = Осталось подтвердить в чате: нажмите там «Старт», и станки вашей компании появятся здесь.
app-invite-act = Открыть чат

# Park.
app-park-title = Мой парк
app-park-attention = Требует внимания
app-park-empty-title = Пока нет станков
app-park-empty-text = Когда дилер передаст вам станок, его паспорт появится здесь.
app-park-empty-act = Написать дилеру
app-park-call-service = Вызвать сервис
app-park-search = Номер или модель
app-park-none-title = Ничего не нашлось
app-park-none-text = Попробуйте часть номера или модели: регистр, дефисы и раскладка не важны.
app-park-add = Добавить станок
app-park-add-sub = Купленный не у нас тоже
app-claim-title = Добавить станок
app-claim-serial = Заводской номер
app-claim-model = Модель
app-claim-other = другая
app-claim-other-model = Как называется модель, если её нет в списке
app-claim-other-hint = ИР500, Haas VF-2…
app-claim-words = Что ещё о нём сказать
app-claim-photo = Фото шильдика
app-claim-foot = Менеджер посмотрит и создаст паспорт. Ответим в чате.
app-claim-send = Отправить
app-claim-asked = Отправили менеджеру. Когда он ответит, напишем в чат, и станок появится в парке.
app-claim-known = Станок с таким номером у нас уже есть. Попросили доступ к нему, ответим в чате.
app-hours-title = Проверьте наработку
app-hours-typed = Вы ввели
app-hours-foot = Если счётчик меняли или прошлая запись была ошибкой, всё верно.
app-hours-mend = Исправить
app-hours-sure = Да, верно
app-event-hours = Наработка {$count} ч
app-tile-parts = Запчасти
app-tile-cart = Корзина
app-tile-orders = Заказы
app-tile-requests = Заявки
app-no-site = Без площадки

# Passport.
app-passport = Цифровой паспорт
app-passport-next = Следующее ТО
app-passport-why = почему эта дата
app-maintenance-title = Техобслуживание
app-maintenance-answer = Что сделаем?
app-maintenance-book = Записаться на ТО
app-maintenance-book-text = Запись на ТО, срок { $date }.
app-maintenance-kit = Заказать комплект — { $sum }
app-maintenance-kit-on-request = Заказать комплект, цена по запросу
app-maintenance-own = Сделали сами
app-maintenance-own-text = Что сделали
app-maintenance-own-send = Отметить сделанным
app-maintenance-later = Напомнить позже
app-maintenance-three-days = Через 3 дня
app-maintenance-week = Через неделю
app-maintenance-month = Через месяц
app-passport-no-next = Дата ТО не назначена
app-passport-dates = Даты
app-passport-made = Изготовлен
app-passport-shipped = Отгружен
app-passport-commissioned = Введён в эксплуатацию
app-passport-warranty = Гарантия до
app-passport-configuration = Комплектация
app-passport-specification = Характеристики
app-passport-documents = Документы
app-passport-no-documents = Документов пока нет
app-passport-history = История
app-passport-no-history = Здесь появятся визиты и заказы
app-passport-plate = QR и табличка
app-passport-plate-foot = Наклейте на станок: код открывает этот паспорт вашим людям.
app-passport-print = Напечатать паспорт
app-passport-pdf = Паспорт одним листом, PDF
app-passport-verdict = Гарантия
app-warranty-holds = { $count ->
    [0] Гарантия действует последний день, { $date }.
    [one] Гарантия действует до { $date }, ещё { $count } день.
    [few] Гарантия действует до { $date }, ещё { $count } дня.
   *[other] Гарантия действует до { $date }, ещё { $count } дней.
  }
app-warranty-over = Гарантия закончилась { $date }.
app-warranty-unknown = Срок гарантии не указан. Его назовёт дилер.
app-passport-since-visit = Последнее ТО было { $date }: срок отсчитан от него.
app-passport-since-start = Срок отсчитан от ввода в эксплуатацию, { $date }.
app-passport-since-dealer = Эту дату назначил дилер или инженер после визита.
app-paper-due = Срок
app-paper-visits = Последние визиты
app-paper-more = Не поместилось строк: { $count }. Полностью — по QR-коду.
app-paper-printed = Напечатано { $date }
app-passport-hours = Наработка
app-passport-hours-unit = {$count} ч
app-passport-serial = Заводской номер
app-passport-parts = Запчасти
app-passport-service = Вызвать сервис
app-serial = № {$serial}

# The reader's own.
app-me-title = Профиль
app-me-name = Имя
app-me-phone = Телефон
app-me-data = Персональные данные
app-me-agreed = Вы согласились { $date }, { $way }. Редакция { $version }.
app-me-consent-due = Текст согласия на обработку персональных данных изменился. Посмотрите и подтвердите его ещё раз.
app-me-consent-agree = Согласен
app-me-forget = Стереть данные можно командой /forget в чате: имя, телефон, почта и Telegram ID исчезнут, заказы и заявки останутся документами компании без имени.
app-consent-by-bot = в чате с ботом
app-consent-by-plate = на странице таблички
app-consent-by-app = в приложении
# Notifications.
app-notify-title = Уведомления
app-notify-kinds = О чём писать в чат
app-notify-orders = Заказы
app-notify-service = Заявки на сервис
app-notify-maintenance = Приближение ТО
app-notify-machines = Новые паспорта станков
app-notify-always = Всё видно и здесь, в приложении. О том, что ждёт вашего решения, пишем всегда: предложение к заказу, время визита, согласование, вопрос по заявке.
app-notify-quiet = Тихие часы
app-notify-from = С
app-notify-to = До
app-notify-quiet-foot = В это время сообщения, которые могут подождать, придут позже, по порядку. О стоящем станке и о том, что ждёт вашего решения, напишем сразу. Чтобы не было тихих часов, очистите оба поля.
app-notify-quiet-staff = Согласования придут сразу, если их срок истекает в тихие часы.
app-notify-save = Сохранить

app-problem-last-director-text = Вы единственный директор. Передайте роль коллеге на странице компании, иначе некому будет принимать людей.

# Plates.
app-plate-code = Табличка
app-plate-bound = Табличка {$code}
app-plate-unknown = Такой таблички нет
app-plate-unknown-text = Проверьте адрес или наведите камеру на табличку ещё раз.
app-plate-blank = Новая табличка
app-plate-blank-text = Эту табличку ещё не закрепили за станком. Её закрепляет инженер при вводе в работу.
app-plate-telegram = Открыть в Telegram
app-plate-telegram-sub = Паспорт, запчасти и сервис — для сотрудников владельца
app-plate-dealer = Сервис дилера
app-plate-down = Станок стоит
app-plate-down-sub = Сообщить в сервис: телефон и фото, без регистрации
app-plate-phone = Телефон для связи
app-plate-name = Как к вам обращаться
app-plate-text = Что случилось
app-plate-text-hint = Не включается шпиндель, ошибка E-41…
app-plate-photos = Фото, до трёх
app-plate-consent = Согласен на обработку персональных данных, чтобы со мной связались по этой заявке
app-plate-foot = Нужны телефон и фото или пара слов.
app-plate-send = Отправить
app-plate-made = Заявка {$number} принята
app-plate-made-text = Сервис позвонит по указанному телефону. Отсчёт простоя пошёл.
app-plate-foreign = Этот станок числится за компанией, в которой вы не состоите.
app-plate-ask = Попросить доступ
app-plate-asked = Запрос отправлен. Когда его рассмотрят, напишем в чат.
app-plate-ask-foot = Решает руководитель компании или дилер. До ответа паспорт закрыт.
app-plate-words = Кто вы и зачем
app-plate-words-hint = Наладчик, вторая смена
app-plate-jobs = К какой работе она относится
app-job-plate = Табличка станка
app-job-plate-code = Код таблички
app-job-plate-scan = Сканировать
app-job-plate-bind = Закрепить за станком
app-job-plate-foot = Наклейте табличку и закрепите её: адрес на ней уже не изменится.
app-problem-plate_bound-text = Эта табличка уже на другом станке. Возьмите чистую.
app-problem-member-text = Доступ у вас уже есть.

# Parts.
app-parts-title = Запчасти
app-parts-search = Артикул, код, название
app-parts-for = для:
app-parts-clear = Убрать фильтр
app-parts-empty-title = Ничего не нашли
app-parts-empty-text = Проверьте артикул или опишите деталь в заявке, мы подберём.
app-parts-empty-act = Спросить о детали
app-parts-fits = подходит
app-part-price = Цена
app-part-stock = Наличие
app-part-lead = Срок
app-part-article = Артикул
app-part-codes = Коды
app-part-fits = Подходит к вашим станкам
app-part-fits-none = К вашим станкам не подходит. Проверьте модель перед заказом.
app-part-models = Модели
app-part-replaced = Снята с производства. Вместо неё:
app-part-for-machine = Для станка
app-part-any-machine = Не указан
app-part-quantity = Количество
app-part-add = В корзину
app-part-add-more = Добавить ещё
app-part-in-cart = В корзине: {$count}
app-part-to-cart = Открыть
app-stock-some = {$count} шт.
app-stock-none = нет на складе
app-lead-days =
    { $count ->
        [one] {$count} день
        [few] {$count} дня
       *[many] {$count} дней
    }
app-lead-weeks =
    { $count ->
        [one] {$count} неделя
        [few] {$count} недели
       *[many] {$count} недель
    }

# Cart and checkout.
app-cart-title = Корзина
app-cart-bar = Корзина · {$count} · {$total}
app-cart-bar-no-total = Корзина · {$count}
app-cart-empty-title = Корзина пуста
app-cart-empty-text = Найдите деталь по артикулу или откройте запчасти из паспорта станка.
app-cart-empty-act = К запчастям
app-cart-no-machine = Без станка
app-cart-changed = Что изменилось
app-cart-confirm = Учесть и оформить
app-cart-price-gone = Цена теперь по запросу.
app-cart-price-came = Теперь есть цена.
app-cart-stock-left = В наличии осталось {$count} шт.
app-cart-stock-none = Больше нет в наличии, под заказ.
app-cart-line-edit = Станок и примечание
app-cart-note = Примечание
app-cart-note-hint = Например, нужна до пятницы
app-problem-cart-changed-text = Пока вы оформляли, в корзине что-то изменилось. Откройте её и проверьте цены.
app-checkout-contact = Кто примет
app-checkout-contact-hint = Имя и телефон
app-parts-found = {$count ->
    [one] Найдена {$count} запчасть
    [few] Найдены {$count} запчасти
   *[other] Найдено {$count} запчастей
}
app-parts-found-more = Показаны первые {$count}
app-bought-title = Заказывали для станка
app-bought-link = Что уже заказывали для этого станка
app-bought-gone = больше не продаётся
app-bought-empty-title = Для этого станка ещё не заказывали
app-bought-empty-text = Здесь соберётся всё, что вы для него покупали.
app-part-instead = вместо {$sku}
app-part-replaced-by = заменена на {$sku}
app-parts-suggestions = Возможно, вы ищете
app-part-replaces = Заменяет
app-part-in-stock = в наличии {$count} шт.
app-part-analogues = Аналоги
app-part-kit = В наборе
app-part-kit-add = Положить набор в корзину
app-part-kit-add-sum = Набор в корзину · {$total}
app-stock-at = на {$date}
app-cart-was = Цена изменилась: было {$was}
app-cart-total = Итого
app-cart-on-request =
    { $count ->
        [one] {$count} позиция по запросу: цену пришлёт менеджер
        [few] {$count} позиции по запросу: цены пришлёт менеджер
       *[many] {$count} позиций по запросу: цены пришлёт менеджер
    }
app-cart-checkout = Оформить
app-cart-remove = Убрать из корзины
app-cart-remove-ask = Убрать «{$name}» из корзины?
app-lines =
    { $count ->
        [one] {$count} позиция
        [few] {$count} позиции
       *[many] {$count} позиций
    }
app-checkout-title = Оформление
app-checkout-delivery = Получение
app-checkout-pickup = Самовывоз
app-checkout-pickup-sub = Со склада дилера
app-checkout-courier = Курьер
app-checkout-courier-sub = До двери, по городу
app-checkout-carrier = Транспортная компания
app-checkout-carrier-sub = До терминала или площадки
app-checkout-address = Адрес
app-checkout-address-hint = Город, улица, дом
app-checkout-company = Компания
app-checkout-inn = ИНН
app-checkout-inn-hint = 10 или 12 цифр
app-checkout-comment = Комментарий
app-checkout-comment-hint = Срочность, пропуск, к кому обратиться
app-checkout-payer = Плательщик
app-checkout-submit = Заказать
app-checkout-submit-sum = Заказать · {$total}
app-checkout-foot = Менеджер подтвердит заказ и пришлёт счёт.

# Orders.
app-orders-title = Заказы
app-orders-active = В работе
app-orders-past = Завершённые
app-orders-empty-title = Заказов пока нет
app-orders-empty-text = Здесь будет видно, что собирают и когда отправят.
app-orders-empty-act = К запчастям
app-order-title = Заказ {$number}
app-order-lines = Позиции
app-order-delivery = Получение
app-order-history = Что происходило
app-order-repeat = Повторить заказ
app-order-cancel = Отменить заказ
app-order-cancel-ask = Заказ {$number} будет отменён. Собранное вернут на склад.
app-order-cancel-act = Отменить заказ
app-order-for = для {$machine}
app-order-document = Документ: {$name}
app-quote-title = Предложение {$revision}
app-quote-make = Отправить предложение
app-quote-again = Отправить новое предложение
app-quote-price = Цена за штуку, ₽ (нужно: {$count})
app-quote-line-comment = Пояснение
app-quote-line-hint = Например, аналог или срок поставки
app-quote-whole = Ко всему заказу
app-quote-valid = Действует до
app-quote-comment = Комментарий
app-quote-voids = Прежнее предложение перестанет действовать.
app-quote-send = Отправить клиенту
app-discount = Скидка
app-discount-off = {$percent} %, это {$sum}
app-discount-listed = По каталогу
app-discount-offered = В предложении
app-discount-waits = Ждёт согласования скидки
app-discount-rejected = Скидку не согласовали
app-discount-changes = Скидку вернули на доработку
app-discount-expired = Скидку не согласовали в срок
app-discount-hidden = Клиент получит предложение, когда скидку согласуют.
app-discount-again = Клиент этого предложения не видел. Измените его и отправьте снова.
app-discount-alone = Скидка больше {$percent} % от заказа сначала уйдёт на согласование.
app-quote-accept = Принять · {$total}
app-quote-note = Менеджер назвал цены. Примите предложение или спросите о любой позиции.
app-quote-over-note = Срок предложения вышел. Напишите по любой позиции, и менеджер пришлёт новое.
app-quote-is-open = Ждёт ответа клиента
app-quote-is-over = Срок вышел
app-quote-is-accepted = Принято
app-quote-by = Менеджер
app-quote-sent = Отправлено
app-problem-quoted-text = Предложение к этому заказу уже отправил другой менеджер. Откройте заказ заново.
app-problem-quote-replaced-text = Менеджер прислал новое предложение. Откройте заказ заново и посмотрите его.
app-thread-ask = Спросить о позиции
app-thread-count = {$count ->
    [one] {$count} сообщение
    [few] {$count} сообщения
   *[other] {$count} сообщений
}
app-thread-empty = Здесь можно спросить об этой позиции: срок, аналог, замену.
app-thread-write = Сообщение
app-thread-send = Отправить
app-order-placed-note = Заказ принят. Менеджер подтвердит его и напишет вам.

# Service.
app-service-title = Вызов сервиса
app-service-machine = Станок
app-service-choose = Выберите станок
app-service-kind = Что случилось
app-service-down = Станок стоит
app-service-down-sub = Поставим выше в очереди и включим часы простоя
app-service-text = Опишите
app-service-text-hint = Что делали, что увидели, код ошибки
app-service-files = Фото и файлы
app-service-add-file = Добавить фото или файл
app-service-symptoms = Признаки
app-service-alarm = Код ошибки на экране
app-service-photos = Сфотографируйте: { $list }. С ними инженер сразу привезёт нужное.
app-service-no-photos = Сфотографировать не могу
app-draft-kept = Продолжаем начатое { $when }
app-draft-drop = Начать заново
app-upload-waits = ждём связь
app-service-files-foot = PDF, DOC, XLS, JPG, PNG, GIF, TXT, голос и видео до 10 МБ каждый
app-service-submit = Отправить заявку
app-requests-title = Заявки
app-requests-open = Открытые
app-requests-past = Закрытые
app-requests-empty-title = Заявок пока нет
app-requests-empty-text = Что-то не так со станком? Опишите, и инженер свяжется с вами.
app-request-title = Заявка {$number}
app-request-clock = Станок стоит {$time}
app-request-described = Описание
app-request-thread = Переписка
app-request-no-messages = Здесь будет переписка с менеджером
app-request-write = Написать
app-request-write-hint = Сообщение
app-request-send = Отправить
app-request-unread = новое сообщение
app-thread-you = вы
app-visit = Визит
app-windows-ask = Когда удобно принять инженера?
app-windows-offered = Клиент ещё не выбрал время
app-windows-offer = Предложить время визита
app-windows-send = Предложить
app-window-day = День
app-window-from = С
app-window-until = До
app-rating = Оценка
app-rate-ask = Как всё прошло?
app-rate-word = Что понравилось, что нет
app-rate-send = Оценить
app-request-withdraw = Отозвать заявку
app-request-withdraw-ask = Заявка {$number} будет отозвана, инженер не приедет.
app-request-confirm = Всё работает
app-request-reopen = Не исправлено
app-request-take = Беру
app-request-assign = Назначить инженера
app-request-engineer = Инженер
app-request-customer = Клиент
app-request-phone = Телефон
app-request-company = Компания
app-request-choose-engineer = Выберите инженера
app-you = вы

# Jobs.
app-jobs-title = Работы
app-jobs-now = Сейчас
app-jobs-next = Дальше
app-jobs-done = Сделано
app-jobs-empty-title = Работ пока нет
app-jobs-empty-text = Когда вам назначат заявку, она появится здесь и в чате.
app-job-title = Работа по {$number}
app-job-window = Окно
app-job-address = Адрес
app-job-contact = Контакт
app-job-accept = Принять
app-job-start = Начать
app-job-pause = Пауза
app-job-resume = Продолжить
app-job-done = Выполнено
app-job-report = Отчёт
app-job-report-text = Что сделано
app-job-report-hint = Причина, что заменили, как проверили
app-job-next-date = Следующее ТО
app-job-hours = Наработка, ч
app-job-photos = Фото до и после
app-job-add-photo = Добавить фото
app-job-done-ask = Закрыть работу? Клиент и CRM получат отчёт.
app-job-checklist = Проверка
app-job-details = Заявка

# Desk.
app-desk-title = Заявки
app-desk-waiting = Ждут вас
app-desk-mine = В работе
app-desk-calm-title = Всё разобрано
app-desk-calm-text = Новые заявки и заказы появятся здесь.
app-desk-deliveries = Не дошло до CRM
app-desk-deliveries-ok = Всё доставлено
app-desk-retry = Повторить
app-desk-waits-since =
    { $count ->
        [one] {$count} ждёт с {$since}
        [few] {$count} ждут с {$since}
       *[many] {$count} ждут с {$since}
    }

# Problems.
app-problem-not-found-title = Такой страницы нет
app-problem-not-found-text = Ссылка устарела, или это не ваше. Вернитесь на главную.
app-problem-forbidden-title = Сюда нельзя
app-problem-forbidden-text = Эта страница для сотрудников дилера.
app-problem-failed-title = Что-то сломалось
app-problem-failed-text = Мы уже знаем. Попробуйте ещё раз чуть позже.
app-problem-id = Номер для поддержки
app-problem-home = На главную

# What pages say of machines.
app-machine-stands = стоит {$time}
app-machine-due-in =
    { $count ->
        [one] ТО через {$count} день
        [few] ТО через {$count} дня
       *[many] ТО через {$count} дней
    }
app-machine-due-today = ТО сегодня
app-machine-overdue =
    { $count ->
        [one] ТО просрочено на {$count} день
        [few] ТО просрочено на {$count} дня
       *[many] ТО просрочено на {$count} дней
    }
app-passport-warranty-until = гарантия до {$date}
app-passport-maker = Изготовитель
app-passport-rule-both = По правилу модели: каждые {$months} мес. или {$hours} ч работы, что раньше.
app-passport-rule-months = По правилу модели: каждые {$count} мес.
app-passport-rule-hours = По правилу модели: каждые {$count} ч работы.
app-document-passport = Паспорт
app-document-manual = Руководство
app-document-wiring = Электросхема
app-document-hydraulics = Гидросхема
app-document-act = Акт
app-document-certificate = Сертификат
app-document-invoice = Счёт
app-document-revision = ред. {$revision}
app-part-code = Код
app-part-your-machine = в вашем парке
app-cart-gone = Больше не продаётся. Уберите из корзины.
app-order-way = Способ
app-request-manager = Менеджер
app-job-request = Заявка
app-desk-taken = У коллег
app-desk-suspected = Похоже на спам
app-lead-kind = с сайта
app-lead-title = Обращение {$number}
app-lead-email = Почта
app-lead-form = Форма
app-lead-page = Страница
app-lead-referrer = Откуда пришли
app-lead-sent = Прислано {$when}
app-lead-suspicion-trap = Заполнено поле, которого люди не видят. Так делают программы.
app-lead-suspicion-haste = Форма заполнена быстрее, чем печатает человек.
app-lead-convert = Стало сделкой
app-lead-reject = Отклонить обращение
app-lead-reject-ask = Обращение закроется здесь и в CRM. Сайт увидит, что оно отклонено.
app-lead-spam = Это спам
app-lead-release = Это клиент

# Ответ на форму сайта, которую отправил сам браузер, без скрипта.
app-sent-title = Спасибо! Обращение принято
app-sent-number = Номер {$number}
app-sent-text = Мы свяжемся с вами по телефону или почте, которые вы указали. Номер пригодится, если захотите что-то добавить.
app-sent-back = Вернуться на сайт
app-sent-again = Нажмите «Назад» в браузере: то, что вы написали, останется в форме.
app-sent-foreign-title = Форма не с нашего сайта
app-sent-foreign-text = Она ничего не отправила. Откройте наш сайт и напишите оттуда или позвоните нам.
app-sent-name = Имя
app-sent-phone = Телефон
app-sent-message = Сообщение
app-sent-files = Файлы
app-desk-paused = {$connection}: подключение остановлено
app-desk-consent = {$connection}: доступ не получен
app-delivery-notice = сообщение в Telegram
app-delivery-mail_order = письмо о заказе
app-delivery-mail_request = письмо о заявке
app-delivery-crm_order = сделка по заказу
app-delivery-crm_request = сделка по заявке
app-delivery-crm_quote = предложение по заказу
app-delivery-crm_order_state = этап заказа
app-delivery-crm_request_state = этап заявки
app-delivery-mail_lead = письмо об обращении с сайта
app-delivery-crm_lead = лид с сайта
app-delivery-crm_lead_touch = повторное обращение с сайта
app-delivery-crm_lead_state = этап обращения с сайта
app-delivery-site_lead = состояние обращения для сайта
app-delivery-crm_visit = отчёт о визите
app-delivery-crm_request_news = заметка к сделке по заявке
app-delivery-crm_maintenance = задача о ТО
app-delivery-crm_maintenance_done = ТО, сделанное клиентом
app-delivery-crm_machine = поля станка в сделке
app-delivery-crm_sale_note = чего не хватает в сделке
app-delivery-crm_sale_look = сделка ждала модель: прочитать снова
app-delivery-crm_account = воронки, поля и люди: прочитать заново
app-delivery-crm_approval_answer = ответ в задаче согласования
app-delivery-crm_sample = сделки для пробы правила
app-delivery-crm_approval_files = файлы сделки для согласования
app-delivery-crm_approval = согласование в CRM
app-delivery-mail_approval = письмо со ссылкой на согласование

# Steps of a case, short enough to stand side by side.
app-step-order-placed = принят
app-step-order-confirmed = собираем
app-step-order-shipped = в пути
app-step-order-completed = выдан
app-step-request-new = принята
app-step-request-taken = взята
app-step-request-scheduled = инженер
app-step-request-in_progress = в работе
app-step-request-done = готово
app-step-job-assigned = назначена
app-step-job-accepted = принята
app-step-job-in_progress = идёт
app-step-job-done = сделана

# Refusals.
app-problem-unknown-title = Откройте приложение заново
app-problem-unknown-text = Мы не узнали вас. Закройте «Мой Парк» и откройте его из бота.
app-problem-many-title = Слишком часто
app-problem-many-text = Подождите минуту и попробуйте снова.
app-problem-invalid-title = Проверьте форму
app-problem-malformed-text = Данные пришли повреждёнными. Обновите страницу и отправьте ещё раз.
app-problem-large-title = Слишком большой файл
app-problem-body-large-text = Слишком много данных за раз. Отправьте меньше текста или файлов.
app-problem-kind-title = Такой файл не подойдёт
app-problem-body-kind-text = Такой формат мы не читаем. Обновите страницу и отправьте ещё раз.
app-problem-conflict-title = Уже изменилось
app-problem-taken-text = Это уже взял другой сотрудник.
app-problem-window-chosen-text = Время визита уже выбрано.
app-problem-window-gone-text = Это время больше не предлагают. Обновите страницу.
app-problem-rated-text = Вы уже оценили эту заявку. Спасибо.
app-problem-assigned-text = Инженер уже назначен.
app-problem-done-text = Работа уже закрыта с другим отчётом.
app-problem-state-text = Состояние успело измениться. Обновите страницу.
app-problem-mapping-text = Сопоставление уже изменил кто-то другой. Откройте страницу заново и внесите правки поверх его.

# The delivery desk.
app-desk-mail = Почта
app-desk-all = Все
app-desk-open = Не закрыты
app-desk-to-deliveries = Все доставки
app-desk-to-events = Входящие события
app-approvals-title = Согласования
app-approvals-empty-title = Решать нечего
app-approvals-empty-text = Если выигранная сделка спорит с паспортом станка, здесь появятся обе истории.
app-approvals-owner = Станок числится за другим
app-approvals-typo = Номер похож на другой станок
app-approvals-deal = В сделке
app-approvals-machine = У нас
app-approvals-row-model = Модель
app-approvals-row-serial = № станка
app-approvals-row-owner = Владелец
app-approvals-row-source = Откуда
app-approvals-source = «{$title}», сделка {$deal} ({$connection})
app-approvals-passport = Паспорт станка
app-approvals-history = Что было со станком
app-approvals-history-none = Записей пока нет
app-approvals-transfer-ask = Станок, его история и напоминания перейдут новому владельцу, прежний его больше не увидит.
app-approvals-separate-ask = Будет создан ещё один паспорт с номером из сделки.
app-approvals-same-ask = Номер в сделке исправим на тот, что в паспорте.
app-approvals-reject-ask = Паспорт не изменится, в сделку напишем примечание.
app-decisions-wait = Ждут вашего решения
app-decisions-empty-text = Когда сотрудник вашей компании превысит лимит или кто-то попросится в неё, решение появится здесь.
app-decision-asked = Когда спросили
app-decision-foot = Чтобы отклонить, напишите причину: её прочтёт тот, кто просит.
app-decision-approve = Согласовать
app-decision-reject = Отклонить
app-approve-title = Согласование
app-approve-done = Решение учтено.
app-approve-unknown = Ссылка не подходит. Откройте последнее письмо.
app-approve-reason = Причина
app-approve-foot = Без причины нельзя ни отклонить, ни вернуть на доработку. Ссылка сработает один раз.
app-approve-asker = Просит
app-approve-sum = Сумма
app-approve-changed = Изменилось
app-approve-until = Решить до
app-problem-decided-text = Здесь уже решили.
app-problem-no-new-owner-text = В сделке нет ни телефона, ни Telegram ID: передавать некому.
app-desk-approvals = Согласования
app-desk-approvals-note = Выигранная сделка спорит с паспортом
app-catalogue-head = Каталог
app-catalogue = Товары из {$source}
app-catalogue-read = читаются: {$done} из {$total}
app-catalogue-written = записываются: {$done} из {$total}
app-catalogue-refused = полную выгрузку не приняли: она скрыла бы {$off} из {$of} товаров
app-catalogue-synced = обновлены {$time}
app-catalogue-never = ещё не загружены
app-catalogue-pictures =
    { $count ->
        [one] осталась {$count} картинка
        [few] осталось {$count} картинки
       *[other] осталось {$count} картинок
    }
app-desk-mapping = {$connection}: настройки не сходятся с CRM
app-deliveries-title = Доставки
app-deliveries-search = Номер заказа или заявки
app-deliveries-connections = Подключения
app-deliveries-state = Состояние
app-deliveries-empty-title = Здесь пусто
app-deliveries-empty-text = По этому отбору ничего нет.
app-deliveries-older = Показать ещё
app-deliveries-again = Недоставленное
app-deliveries-retry-dead = Повторить недоставленные
app-deliveries-retry-ask =
    { $count ->
        [one] {$count} доставка встанет в очередь ещё раз. Отменённые останутся отменёнными.
        [few] До {$count} доставок встанут в очередь ещё раз. Отменённые останутся отменёнными.
       *[many] До {$count} доставок встанут в очередь ещё раз. Отменённые останутся отменёнными.
    }
app-deliveries-since = Только с этого дня
app-deliveries-since-note = Без даты повторятся все.
app-deliveries-export = Выгрузить в CSV
app-deliveries-export-note = Весь список по этому отбору
app-connection-goes = работает
app-connection-stopped = остановлено
app-connection-probed = проверяем
app-connection-next = следующая проба {$time}
app-connection-rests = отдыхает до: {$time}
app-connection-oldest = старшая {$since}
app-connection-waits =
    { $count ->
        [one] {$count} ждёт
        [few] {$count} ждут
       *[many] {$count} ждут
    }
app-connection-dead =
    { $count ->
        [one] {$count} не доставлена
        [few] {$count} не доставлены
       *[many] {$count} не доставлено
    }
app-delivery-to = Куда
app-delivery-promised = Создана
app-delivery-changed = Изменилась
app-delivery-next = Следующая попытка
app-delivery-tries = Попыток
app-delivery-outcome = Исход
app-delivery-unknown = могло дойти: сначала поищем
app-delivery-entity = О чём
app-delivery-id = Идентификатор
app-delivery-cancel = Отменить доставку
app-delivery-cancel-ask = Мы больше не будем её отправлять. В истории останутся причина и ваше имя.
app-delivery-reason = Почему отменяете
app-delivery-acts = Что сделали люди
app-act-retry = {$who}: ещё раз
app-act-cancel = {$who}: отмена
app-act-command = Команда на сервере
app-try = Попытка {$number} · {$time}
app-try-open = не закончена
app-call-request = Запрос
app-call-response = Ответ
app-call-no-answer = без ответа
app-call-took = {$count} мс
app-body-dropped = Дословный текст удалён: вышел срок хранения.
app-body-cut = … показано начало, целиком — командой на сервере
app-plan-title = Что изменится
app-plan-event-title = Что изменит это событие
app-plan-note = По нынешним настройкам, без отправки
app-plan-foot = Ничего не отправлено. Так будет по нынешним настройкам и тому, что известно здесь. Что CRM говорит сейчас, покажет команда dry-run.
app-events-title = Входящие
app-events-lead = Что прислали Telegram и CRM, дословно
app-events-empty-text = Таких событий нет.
app-event-telegram = Сообщение в Telegram
app-event-crm = Событие {$source}
app-event-came = Пришло
app-event-done = Разобрано
app-event-lane = Очередь
app-event-body = Как пришло
app-event-retry = Разобрать ещё раз
state-event-received = ждёт
state-event-processing = разбирается
state-event-processed = разобрано
state-event-failed = не разобрано
app-problem-running-text = Она как раз отправляется. Подождите минуту и обновите страницу.
app-problem-delivered-text = Она уже дошла, отменять нечего.
app-problem-pruned-text = Дословный текст удалён, разбирать нечего.

# The companies of a customer.
app-company-title = Мои компании
app-company-limit = без согласования до { $sum }
app-company-alone = Вы не состоите ни в одной компании.
app-company-all = Все компании
app-company-look = Что показывать
app-company-looked = сейчас
app-company-look-foot = Станки, заказы, заявки и оформление — только выбранной компании. Доступ ко всем остаётся.
app-company-you = это вы
app-company-offered = предложена роль директора
app-company-people = Сотрудники
app-company-waiting = Ждут по приглашениям
app-company-until = до { $when }
app-company-revoke = Отозвать
app-company-invite = Пригласить коллегу
app-company-note = Кого приглашаете
app-company-role-of = Роль
app-company-limit-of = Лимит заказа, ₽
app-company-invite-foot = Ссылка сработает один раз, в течение семи дней. Заказ дороже лимита придёт вам на согласование; пустой лимит — без ограничения. Второго директора должен подтвердить дилер.
app-company-invite-act = Создать ссылку
app-company-link = Ссылка готова
app-company-link-foot = Отправьте её только тому, кого приглашаете. Больше здесь она не появится.
app-company-share = Отправить в Telegram
app-company-share-text = Приглашение в компанию «{ $company }»: станки, запчасти и сервис
app-company-offer-text = Директор передаёт вам свою роль: вы будете приглашать коллег и согласовывать заказы. Он останется снабженцем.
app-company-take = Стать директором
app-company-decline = Отказаться
app-company-pass = Передать роль директора
app-company-pass-to = Кому
app-company-pass-ask = Коллега подтвердит и станет директором, а вы — снабженцем. До ответа ничего не меняется.
app-company-pass-act = Предложить
app-company-leave = Выйти из компании
app-company-leave-ask = Станки компании «{ $company }» больше не будут вам видны. Заказы и заявки останутся.
app-problem-director-text = Этот коллега уже директор.
app-problem-offer-gone-text = Предложение уже отозвано или устарело.
app-company-join = Вступить в компанию
app-company-inn = ИНН компании
app-company-role = Чем занимаетесь
app-company-foot = Станки и заказы компании откроются, когда согласится её директор или менеджер дилера. Ответ придёт в чат.
app-company-ask = Попроситься
app-order-ask-cancel = Попросить отменить
app-order-ask-cancel-ask = Заказ уже подтверждён, поэтому решит менеджер. Ответ придёт в чат.
app-order-ask-cancel-act = Попросить
