# Dates and durations, shared by every face.
words-date = { $day } { $month }
words-date-year = { $day } { $month } { $year } г.
words-when = { $date }, { $time }
words-under-a-minute = меньше минуты
words-minutes = { $count } мин
words-hours = { $count } ч

# What Telegram shows of the bot.
bot-description =
    Паспорта ваших станков, запчасти и сервис в одном месте.

    Видно, что стоит и когда ТО. Запчасть находится по артикулу, коду или модели. Сервис вызывается одной кнопкой.
bot-short-description = Паспорта станков, запчасти и сервис от вашего дилера.
bot-command-park = мои станки
bot-command-parts = запчасти
bot-command-cart = корзина
bot-command-orders = мои заказы
bot-command-service = вызвать сервис
bot-command-requests = мои заявки
bot-command-language = язык / language
bot-command-help = что умеет бот
bot-command-forget = удалить мои данные
bot-command-jobs = мои работы
bot-command-desk = что ждёт менеджера
bot-command-console = вход в консоль в браузере
bot-console-code = Код для входа в консоль: <code>{$code}</code>. Он работает один раз и только 5 минут, никому его не пересылайте.

# Meeting.
bot-hello =
    Здравствуйте. Это «Мой Парк»: паспорта ваших станков, запчасти и сервис.

    Поделитесь телефоном, и мы найдём станки вашей компании. Нажимая кнопку, вы соглашаетесь на обработку имени и телефона. Отозвать согласие можно в любой момент: /forget.
bot-who-are-you = Сначала познакомимся: поделитесь телефоном, и мы найдём ваши станки. Нажимая кнопку, вы соглашаетесь на обработку имени и телефона.
bot-share-phone = Поделиться телефоном
bot-share-phone-hint = Нажмите кнопку ниже
bot-foreign-contact = Это чужой контакт. Чтобы мы узнали вас, отправьте свой номер кнопкой ниже.
bot-thanks = Спасибо, { $name }. Номер видит только дилер.
bot-found-company = { $company }: { $machines }.
bot-found = У вас { $machines }.
bot-nearest-maintenance = Ближайшее ТО: { $machine }, { $date }.
bot-late-maintenance = ТО просрочено на { $days }: { $machine }, было { $date }.
bot-nothing-yet = Пока за вами нет станков. Когда дилер передаст вам станок, его паспорт появится здесь. Вызвать сервис и заказать запчасти можно уже сейчас.
bot-joined = Вы в компании «{ $company }», роль — { $role }.
bot-joining = Вас зовут в компанию «{ $company }», роль — { $role }. Её подтвердит дилер, ответ придёт сюда.
bot-joined-by = Вас пригласили: { $name }.
bot-invite-member = Вы уже в этой компании. Ссылка осталась нетронутой.
bot-direction-offered = Вам передают роль директора в компании «{ $company }». Откройте её страницу и ответьте.
bot-direction-taken = ✅ Роль директора в компании «{ $company }» принята. Теперь вы снабженец.
bot-direction-declined = От роли директора в компании «{ $company }» отказались. Директор по-прежнему вы.
bot-open-company = Открыть компанию
bot-invite-spent = Эта ссылка уже использована или истекла. Попросите новую у того, кто её прислал.
bot-hello-engineer =
    Здравствуйте, { $name }. Новые работы приходят сюда карточками: примите, начните, отчитайтесь.
    Все ваши работы: /jobs
bot-hello-manager =
    Здравствуйте, { $name }. Новые заявки и заказы приходят сюда карточками с кнопкой «Беру».
    Всё, что ждёт: /desk
bot-hello-administrator =
    Здравствуйте, { $name }. Сюда приходят заявки, заказы и сообщения о связи с CRM.
    Всё, что ждёт: /desk

# Help and settings.
bot-help =
    Что здесь можно:
    /park — станки: состояние, паспорта, ТО
    /parts — запчасти по артикулу, коду, модели
    /cart — корзина
    /orders — заказы
    /service — вызвать сервис
    /requests — заявки на сервис
    /language — язык
    /forget — удалить свои данные
bot-help-engineer = Для инженера: /jobs — ваши работы.
bot-help-manager = Для менеджера: /desk — заявки и заказы, которые ждут.
bot-hint = Не понял. Чтобы вызвать сервис, отправьте /service, станки — /park, остальное — /help.
bot-no-such-command = Такой команды нет. Что есть: /help
bot-which-language = На каком языке говорим?
bot-language-ru = Русский
bot-language-en = English
bot-language-set = Хорошо, говорим по-русски.
bot-ask-forget =
    Удалить ваши данные? Мы сотрём имя, телефон, почту, связь с Telegram и корзину. Вы перестанете видеть станки компании.
    Заказы и заявки останутся документами фирмы, без вашего имени. От обращений с сайта с вашего телефона останутся только номер и даты.
bot-yes-forget = Да, удалить
bot-no-forget = Оставить
bot-forgotten = Данные удалены. Если передумаете, отправьте /start.
bot-not-forgotten = Хорошо, ничего не удаляем.

# Faults.
bot-button-stale = Эта кнопка уже не действует. Откройте нужное заново: /help
bot-not-found = Такого здесь нет. Проверьте ссылку или начните с /help
bot-failed = Не получилось по нашей вине. Попробуйте ещё раз, а если срочно, позвоните дилеру.
bot-conflict = Уже изменилось. Откройте ещё раз.
bot-conflict-taken = Уже взял другой менеджер.
bot-conflict-assigned = Инженер уже назначен.
bot-conflict-state = Уже изменилось: показываю, как сейчас.
bot-conflict-done = Эта работа уже закрыта.
bot-conflict-window_chosen = Время уже выбрано.
bot-conflict-window_gone = Это время больше не предлагают.
bot-conflict-rated = Вы уже оценили. Спасибо.
bot-conflict-maintenance_done = Это ТО уже отмечено сделанным.
bot-conflict-decided = Здесь уже решили.
bot-conflict-owner_met = Владелец уже в боте, ссылка не нужна.
bot-conflict-no_new_owner = В сделке нет ни телефона, ни Telegram ID: передавать некому.
bot-conflict-maintenance_moved = Дата этого ТО уже изменилась.
bot-conflict-kit_gone = Этот комплект больше не продаётся. Запишитесь, и менеджер подберёт другой.
bot-conflict-phone_taken = Этот номер уже привязан к другому Telegram. Напишите дилеру, разберёмся.
bot-error-date = Не похоже на дату с сегодняшнего дня. Пример: 14.12.2026.

# Park and passport.
bot-open = Открыть
bot-notifications = Уведомления
bot-open-app = Открыть «Мой Парк»
bot-open-park = Открыть парк
bot-open-passport = Открыть паспорт
bot-passport-here = Паспорт здесь
bot-park-here = Станки
bot-park-title = Мой парк: { $machines }
bot-park-empty = Пока за вами нет станков. Когда дилер передаст вам станок, его паспорт появится здесь.
bot-park-no-site = Без площадки
bot-park-more = И ещё { $count }: все в приложении.
bot-down-for = стоит { $lasted }
bot-stands = станок стоит { $lasted }, с { $since }
bot-stood = станок стоял { $lasted }
bot-maintenance-on = ТО { $date }
bot-maintenance-overdue-on = ТО просрочено, было { $date }
bot-made-on = Выпущен: { $date }
bot-shipped-on = Отгружен: { $date }
bot-commissioned-on = Введён в работу: { $date }
bot-warranty-until = Гарантия до: { $date }
bot-next-maintenance = Следующее ТО: { $date }
bot-rule-months = { $count ->
    [one] ТО каждый месяц
    [few] ТО каждые { $count } месяца
   *[many] ТО каждые { $count } месяцев
}
bot-hours = { $count ->
    [one] Наработка: { $count } час
    [few] Наработка: { $count } часа
   *[many] Наработка: { $count } часов
}
bot-history = История
bot-history-order = Заказ { $title }
bot-documents = Документы ({ $count })
bot-documents-title = Документы { $machine }. Нажмите, и пришлю.
bot-parts = Запчасти
bot-call-service = Вызвать сервис
bot-parts-hint = Поиск по артикулу, коду, названию и модели, с ценами и наличием.
bot-cart-hint = Корзина одна и та же на телефоне и на компьютере.
bot-open-cart = Открыть корзину

# Orders.
bot-order = Заказ { $number }
bot-new-order = 🛒 Новый заказ { $number }
bot-sum-and-request = { $sum } и позиции по запросу
bot-and-more = и ещё { $count }
bot-quote = «{ $text }»
bot-order-placed = Принят. Менеджер проверит наличие и подтвердит.
bot-order-quoted = Есть предложение по ценам: посмотрите и ответьте.
bot-order-awaiting_approval = Ждёт согласования у директора вашей компании.
bot-order-confirmed = Подтверждён, собираем.
bot-order-shipped = Отправлен.
bot-order-completed = Выполнен.
bot-order-cancelled = Отменён.
bot-order-expired = Предложение истекло. Можно повторить заказ.
bot-card-below = ⬇ Карточка теперь ниже, в новом сообщении.
bot-open-quote = Посмотреть
bot-quote-accept = Принять
bot-quote-until = Действует до { $date }.
bot-quote-over = Срок предложения вышел. Напишите по любой позиции, и менеджер пришлёт новое.
bot-quote-replaced = Менеджер прислал новое предложение, смотрите его.
bot-quote-late = Заказ уже не ждёт этого ответа.
bot-quote-thanks = Принято, собираем.
bot-quote-accepted = ✅ Клиент принял предложение: заказ { $number }, { $sum }
bot-answer = Ответить
bot-repeat = Повторить
bot-repeated = Всё, что ещё продаётся, лежит в корзине.
bot-cancel-order = Отменить
bot-ask-cancel-order = Отменить заказ { $number }? Собирать его не будем.
bot-ask-cancel-request = Отменить заявку { $number }? Инженер не приедет.
bot-yes-cancel = Да, отменить
bot-no-keep = Нет, оставить
bot-too-late-to-cancel = Уже не отменить: заказ в работе. Напишите менеджеру.
bot-orders-title = Заказы
bot-orders-empty = Заказов пока нет. Запчасти подберём к вашему станку.
bot-open-orders = Все заказы

# Requests.
bot-request = Заявка { $number }
bot-new-request = ⚙ Новая заявка { $number }
bot-new-lead = 🌐 Обращение с сайта { $number }
bot-lead = Обращение с сайта { $number }
bot-lead-source = пришли из { $source }
bot-lead-touches = { $count ->
    [one] написали { $count } раз
    [few] написали { $count } раза
   *[many] написали { $count } раз
}
bot-request-new = Принята. Менеджер скоро ответит.
bot-request-taken = Менеджер взял заявку.
bot-request-scheduled = Инженер назначен.
bot-request-in_progress = Инженер работает.
bot-request-scheduled-by = Назначен инженер { $name }.
bot-request-in_progress-by = Инженер { $name } работает.
bot-request-done-by = Инженер { $name } закончил. Всё работает?
bot-request-waiting_customer = Ждём вашего ответа.
bot-request-waiting_parts = Ждём запчасти.
bot-request-done = Инженер закончил. Всё работает?
bot-request-closed = Закрыта. Спасибо, что подтвердили.
bot-request-cancelled = Отменена.
bot-staff-request-new = Новая
bot-staff-request-taken = Взята
bot-staff-request-scheduled = Инженер назначен
bot-staff-request-in_progress = Инженер работает
bot-staff-request-waiting_customer = Ждём клиента
bot-staff-request-waiting_parts = Ждём запчасти
bot-staff-request-done = Выполнена
bot-staff-request-closed = Закрыта
bot-staff-request-cancelled = Отменена
bot-engineer = инженер { $name }
bot-cancel-request = Отменить
bot-confirm-fixed = Всё работает
bot-not-fixed = Не помогло
bot-write = Написать
bot-word-ask = Напишите сообщение по заявке { $number }. Можно с фото.
bot-word-sent = Передали.
bot-word-from-dealer = 💬 { $name }, заявка { $number }:
bot-word-from-customer = 💬 { $name }, заявка { $number }:
bot-windows-ask = Когда удобно принять инженера?
bot-window-noted = Записали.
bot-visit = 🗓 Визит: { $window }
bot-rate-ask = Оцените работу от 1 до 5.
bot-rate-why = Жаль. Напишите одним сообщением, что было не так: прочитает менеджер.
bot-rate-thanks = Спасибо.
bot-rated = Оценка по заявке { $number }
bot-requests-title = Заявки на сервис
bot-requests-empty = Заявок пока нет.
bot-open-requests = Все заявки

# Who somebody is in the portal of Bitrix24.
bot-link-code =
    Ваш код: { $code }
    Войдите в консоль через Битрикс24 и введите его там в течение 15 минут: так мы узнаем, что в портале это вы. Никому его не пересылайте.

# The desk.
bot-take = Беру
bot-taken = Ваше.
bot-taken-by = занимается { $name }
bot-assign = Назначить инженера
bot-assigned = Инженер назначен, карточка у него.
bot-whom-to-send = Кого отправить?
bot-no-engineers = Инженеров пока нет. Администратор добавит: mypark staff add.
bot-back = Назад
bot-open-desk = Открыть заявки
bot-desk-title = Ждут вас
bot-desk-requests = Заявки: { $count }
bot-desk-orders = Заказы: { $count }
bot-desk-leads = Обращения с сайта: { $count }
bot-desk-empty = Всё разобрано: открытых заявок и заказов нет.

# Jobs.
bot-job = 🔧 Работа по { $number }
bot-job-report = Отчёт: { $text }
bot-job-window = 🕐 { $when }
bot-job-passed-on = Работа по { $number } передана другому инженеру.
bot-job-accept = Принимаю
bot-job-start = Начать
bot-job-pause = Пауза
bot-job-resume = Продолжить
bot-job-done = Выполнено
bot-jobs-title = Работы
bot-jobs-empty = Открытых работ нет.
bot-open-jobs = Открыть работы

# Calling for service.
bot-quit = Отмена
bot-left = Хорошо, отменил. Ничего не отправлено.
bot-nothing-to-cancel = Отменять нечего.
bot-use-buttons = Выберите кнопкой под сообщением выше. Передумали — /cancel
bot-words-or-files = Нужен текст, фото или документ. Передумали — /cancel
bot-service-which-machine = Какой станок?
bot-service-type-serial = Не видите свой? Напишите серийный номер или модель.
bot-service-no-such-machine = Такого станка в вашем парке нет. Выберите кнопкой или напишите номер иначе.
bot-service-no-machine = Без станка
bot-service-what-kind = Что нужно?
bot-service-is-down = Станок стоит?
bot-yes-down = Да, стоит
bot-no-works = Нет, работает
bot-service-describe = Опишите своими словами: что происходит, какой код ошибки. Можно сразу с фото.
bot-send-files = Добавьте фото и документы, если есть: до 10 файлов по 10 МБ. Или нажмите «Готово».
bot-files-done = Готово
bot-service-check = Проверьте заявку
bot-send = Отправить
bot-sent-before = Уже отправлено.
bot-request-sent = Заявка { $number } принята.

# The report.
bot-report-title = Отчёт по { $number }
bot-report-describe = Что сделано? Напишите своими словами, можно сразу с фото.
bot-report-files = Пришлите фото до и после. Или нажмите «Готово».
bot-report-send = Закрыть работу
bot-report-hours = Наработка
bot-report-date = Следующее ТО
bot-report-ask-hours = Сколько моточасов на счётчике? Напишите числом.
bot-report-ask-date = Когда следующее ТО? Напишите дату, например 14.12.2026.
bot-report-sent = ✅ Работа по { $number } закрыта, клиент видит отчёт.

# Notices.
bot-registered = ✅ Ваше оборудование зарегистрировано!
bot-registered-where = { $machine } уже в вашем парке.
bot-maintenance-due = { $machine }: ТО через { $days } ({ $date }).
bot-maintenance-today = { $machine }: ТО сегодня, { $date }.
bot-maintenance-overdue = { $machine }: ТО просрочено на { $days }, было { $date }.
bot-book = Записаться
bot-book-text = Запись на ТО, срок { $date }.
bot-booked = Записали: { $number }. Менеджер предложит время.
bot-booked-before = Вы уже записаны: { $number }.
bot-order-kit = Заказать комплект — { $sum }
bot-order-kit-on-request = Заказать комплект, цена по запросу
bot-kit-in-cart = 🛒 Комплект уже в корзине:
bot-done-ourselves = Сделали сами
bot-later = Напомнить позже
bot-later-when = Когда напомнить?
bot-later-three-days = Через 3 дня
bot-later-week = Через неделю
bot-later-month = Через месяц
bot-rests = Напомню { $date }.
bot-maintenance-done = { $machine }: ТО сделано. Спасибо!
bot-maintenance-moved = { $machine }: дата ТО изменилась, новая — в паспорте.
bot-open-request = Открыть заявку
bot-own-title = ТО своими силами: { $machine }
bot-own-no-hours = Не знаю
bot-own-files = Пришлите фото и пару слов о том, что сделали. Или сразу нажмите «Готово».
bot-own-sent = ✅ Отметили: ТО { $machine } сделано. Следующее — { $date }.
bot-own-sent-no-date = ✅ Отметили: ТО { $machine } сделано. Когда следующее, подскажет менеджер.
bot-staff-own = 🔧 Клиент сделал ТО сам: { $machine }
bot-staff-own-no-date = Следующее ТО не назначено: у модели нет срока.
bot-invite = Паспорт { $machine } ждёт своего владельца. Отправьте клиенту ссылку:
bot-invite-how = Она сработает один раз, в течение 14 дней.
bot-invite-new = Новая ссылка
bot-invite-renewed = Вот новая ссылка, прежняя больше не работает.
bot-approval-owner = ⚠ Сделка выиграна, но этот станок числится за другим
bot-approval-typo = ⚠ Сделка выиграна, а серийный номер похож на другой станок
bot-approval-deal = В сделке:
bot-approval-machine = У нас:
bot-approval-transferred = ✅ Передан новому владельцу. Решение: { $name }
bot-approval-was-separate = ✅ Это другой станок, паспорт создан. Решение: { $name }
bot-approval-was-same = ✅ Это тот же станок: номер в сделке исправим. Решение: { $name }
bot-approval-rejected = ❌ Отклонено, в сделке есть примечание. Решение: { $name }
bot-approval-withdrawn = Решать больше нечего: сделку изменили.
bot-approval-counted = Решение учтено
bot-approval-show = Показать
bot-approval-words = Напишите причину словами, одним сообщением.
bot-approval-why-reject = Почему отклоняете «{ $title }»? Напишите причину одним сообщением.
bot-approval-why-changes = Что доработать в «{ $title }»? Напишите одним сообщением.
bot-approval-news-reminder = ⏰ Ждёт вашего решения: { $title }
bot-approval-discount =
    Клиент: { $customer }
    По каталогу { $listed } → предлагаем { $offered }
    Скидка { $percent } % — это { $off }
bot-approval-news-reopened = 🔁 Условия новые, решите заново: { $title }
bot-approval-news-escalated = ⏫ Никто не решил в срок, решать вам: { $title }
bot-approval-news-expired = ⌛ Срок вышел, решения нет: { $title }
bot-approval-news-ended-approved = ✅ Согласовано: { $title }. Решение: { $name }
bot-approval-news-ended-rejected = ❌ Отклонено: { $title }. Решение: { $name }
bot-approval-news-ended-changes-requested = ↩️ На доработку: { $title }. Решение: { $name }
bot-approval-news-ended-withdrawn = Согласование отозвано: { $title }
bot-approval-news-ended-expired = ⌛ Срок вышел, решения нет: { $title }
bot-ask-late-cancel = Попросить отменить
bot-late-cancel-asked = Спросили менеджера, ответим здесь.
bot-approval-answer-membership-yes = ✅ Теперь вы в компании: { $title }
bot-approval-answer-membership-no = Вас не приняли в компанию: { $title }
bot-approval-answer-late_cancel-yes = ✅ Отмену заказа { $title } согласовали.
bot-approval-answer-late_cancel-no = Заказ { $title } отменить не получится.
bot-approval-answer-order_limit-yes = ✅ Заказ { $title } согласован.
bot-approval-answer-order_limit-no = Заказ { $title } не согласован, он отменён.
bot-director-order_limit = Сотрудник заказывает больше своего лимита
bot-director-membership = Просится в вашу компанию
bot-director-plate_access = Просит доступ к станку по его табличке и вступит в вашу компанию механиком
bot-approval-answer-plate_access-yes = ✅ Доступ открыт: { $title }
bot-approval-answer-plate_access-no = В доступе отказали: { $title }
bot-approval-answer-machine_claim-yes = ✅ { $title }: паспорт готов, станок в вашем парке.
bot-approval-answer-machine_claim-no = { $title }: паспорт создать не получилось. Напишите нам, если это ошибка.
bot-history-hours = Наработка { $title } ч
bot-plate-unknown = Такой таблички нет. Наведите камеру ещё раз.
bot-plate-blank = Эту табличку ещё не закрепили за станком.
bot-plate-hello = Это { $model }. Чтобы открыть его паспорт, поделитесь номером телефона: по нему найдём вашу компанию. Потом наведите камеру ещё раз.
bot-plate-foreign = Это { $model }. Он числится за компанией, в которой вы не состоите. Можно попросить доступ или сообщить, что станок стоит.
bot-plate-open = Открыть табличку
bot-history-plate = Табличка { $title }
bot-gaps = ⚠ Сделка { $deal } выиграна, но паспорта пока нет: не хватает данных.
bot-gaps-what = Заполните поля в сделке, и паспорт появится сам.
bot-gaps-filled = ✅ Сделка { $deal }: данные заполнены, станок зарегистрирован.
bot-gap-serial = станок { $line }, { $model }: нет серийного номера
bot-gap-model = станок { $line }, № { $serial }: нет модели
bot-gap-unknown-model = модели «{ $model }» нет в каталоге
bot-gap-serial-twice = номер { $serial } указан дважды
bot-gap-refused = номер { $serial } не подтверждён
bot-access-ends = ⚠ Токен связи { $connection } действует до { $date }.
bot-access-ends-what = Выпустите новый: интеграция в amoCRM → «Ключи и доступы». Впишите его в AMOCRM_ACCESS_TOKEN и перезапустите программу.
bot-paused = ⚠ Связь { $connection } остановлена. Отправки ждут, ничего не потеряно.
bot-paused-what = Причина в ответе выше. Проверьте доступ и токен, затем mypark doctor.
bot-works = ✅ Связь { $connection } снова работает. Всё, что ждало, отправляется.
bot-webhooks-silent = ⚠ Вебхуки { $connection } не приходят, хотя сделки меняются. Последний был: { $since }.
bot-webhooks-silent-what = Изменения приходят опросом, с задержкой. Запустите mypark doctor --fix.
bot-webhooks-heard = ✓ Вебхуки { $connection } снова приходят.
bot-webhooks-renewed = ⚠ В { $connection } вебхук был отключён. Мы включили его снова.
bot-webhooks-disabled = ⚠ В { $connection } вебхук отключён, и включить его не дают.
bot-webhooks-disabled-what = Изменения приходят опросом. Включите хук в amoМаркет → ⋯ → WebHooks и сохраните.
bot-webhooks-removed = ⚠ В { $connection } больше нет нашего вебхука.
bot-webhooks-removed-what = Изменения приходят опросом. Вернуть его: mypark doctor --fix.
bot-catalogue-refused = ⚠ Каталог { $connection }: полная выгрузка скрыла бы { $off } из { $of } товаров, поэтому её не приняли.
bot-catalogue-refused-what = Цены и остатки обновляются как обычно, а пропавшие у них товары остаются в продаже. Если всё верно, подтвердите командой:
bot-catalogue-failed = ⚠ Каталог { $connection } не обновляется: несколько попыток подряд не удались.
bot-catalogue-failed-what = Попытки продолжаются. Как он стоит: mypark catalogue status.
bot-catalogue-works = ✅ Каталог { $connection } снова обновляется.
bot-mapping = ⚠ Настройки подключения { $connection } больше не сходятся с CRM:
bot-mapping-what = Исправьте и проверьте: mypark doctor. Больше об этом не напишем, пока ничего не изменится.
bot-mapping-well = ✅ Настройки подключения { $connection } снова сходятся с CRM.
