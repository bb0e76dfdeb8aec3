# Words of the staff console in a browser.
console-skip = К содержанию
console-menu = Меню
console-sign-out = Выйти
console-home = На главную
console-find = Найти
console-pages = Страницы
console-first-page = К началу
console-next-page = Дальше
console-nav-today = Сегодня
console-nav-approvals = Согласования
console-nav-deliveries = Доставки
console-nav-events = Входящие
console-nav-connections = Подключения
console-nav-people = Сотрудники
console-nav-settings = Настройки
console-nav-audit = Журнал

role-engineer = инженер
role-manager = менеджер
role-administrator = администратор

# Coming in.
console-sign-in-title = Вход для сотрудников
console-sign-in-how = Отправьте боту команду /console. Он пришлёт код на 5 минут.
console-sign-in-bot = Открыть бота
console-sign-in-code = Код из чата
console-sign-in-act = Войти
console-sign-in-or = или
console-sign-in-telegram = Войти через Telegram
console-sign-in-expired = Эта ссылка уже использована или устарела. Войдите ещё раз.
console-sign-in-forged = Telegram не подтвердил этот вход. Войдите ещё раз.
console-sign-in-stranger = Этого человека нет среди сотрудников. Попросите администратора добавить вас.
error-sign-in-code = Код не подходит: он работает один раз и только 5 минут. Отправьте боту /console ещё раз.
console-way-code = по коду из чата
console-way-telegram = через Telegram
console-way-bitrix24 = через Битрикс24
app-problem-spent-text = Этот вход уже использован. Войдите ещё раз.

# Today.
console-today-calm = Новое появится здесь само.
console-today-troubles = Требует внимания
console-today-approvals = { $count ->
    [one] {$count} решение ждёт
    [few] {$count} решения ждут
   *[other] {$count} решений ждут
}
console-today-dead = { $count ->
    [one] {$count} доставка не дошла и больше не повторяется
    [few] {$count} доставки не дошли и больше не повторяются
   *[other] {$count} доставок не дошли и больше не повторяются
}

# Settings.
console-settings-language = Язык
console-settings-sessions = Где вы вошли
console-settings-foot = Если какой-то вход не ваш, завершите все и сообщите администратору.
console-session-note = {$way} · вход {$since} · последний раз {$seen}
console-session-here = этот браузер
console-session-end = Завершить
console-everywhere = Выйти везде
console-everywhere-ask = Все входы завершатся, и в этом браузере тоже. Войти можно будет снова.
console-keys = Клавиши
console-keys-move = вниз и вверх по списку
console-keys-open = открыть
console-keys-find = поиск

# Lists.
console-what = Что
console-state = Состояние
console-since = Создана
console-came = Пришло
console-all-connections = Все подключения
console-deliveries-lead = Всё, что уходит наружу: в CRM, в чат, по почте.
console-events-empty-title = Пусто
console-events-empty-text = Сообщения Telegram и CRM появятся здесь, как только придут.

# The audit log.
console-audit-lead = Кто что сделал в консоли. Записи не меняются и не удаляются.
console-audit-what = Действие
console-audit-who = Кто
console-audit-when = Когда
console-audit-on = С чем
console-audit-more = Подробности
console-audit-everybody = Все сотрудники
console-audit-empty-title = Записей нет
console-audit-empty-text = Здесь появится всё, что сотрудники сделают в консоли.
audit-sign-in = Вход
audit-sign-out = Выход
audit-sign-out-everywhere = Выход везде
audit-delivery-retry = Повтор доставки
audit-delivery-retry-all = Повтор всех недошедших
audit-delivery-cancel = Отмена доставки
audit-event-retry = Повторный разбор события
audit-on-session = вход
audit-on-staff = сотрудник
audit-on-delivery = доставка
audit-on-event = событие

# Connections.
console-connections-lead = Куда уходят заказы, заявки и обращения и слышно ли оттуда.
console-connections-empty-title = CRM не подключена
console-connections-empty-text = Подключение описывается в настройках сервера, см. руководство администратора.
console-connection-kind = CRM
console-connection-takes = Берёт
console-connection-why = Почему стоит
console-connection-until = Следующая проба
console-connection-open = Ждут отправки
console-connection-age = Самая старая ждёт
console-connection-dead = Не дошли
console-connection-heard = Последний вебхук
console-connection-polled = Последний опрос
console-connection-silent = Вебхуки молчат с
console-connection-unfit = настройка не подходит
console-connection-deaf = вебхуки молчат
console-connection-deliveries = Доставки этого подключения
console-takes-leads = обращения
console-takes-orders = заказы
console-takes-requests = заявки на сервис
console-takes-reminders = задачи о ТО

# Staff.
console-people-lead = Роль выдаёт администратор. Никто не может выбрать её сам.
console-people-name = Имя
console-people-role = Роль
console-people-telegram = Telegram ID
console-people-add = Новый сотрудник
console-people-add-act = Добавить
console-people-foot = Свой Telegram ID человек увидит у любого бота вроде @userinfobot. Войти сюда он сможет, когда отправит нашему боту /console.
console-people-empty-title = Никого нет
console-people-empty-text = Добавьте первого сотрудника.
console-person-sessions = Где вошёл
console-person-nowhere = Сейчас нигде.
console-person-remove = Убрать из сотрудников
console-person-remove-ask = Роль пропадёт сразу, все входы завершатся. История останется.
error-telegram-id = Telegram ID — положительное число.
app-problem-last-administrator-text = Это последний администратор. Сначала назначьте другого.
audit-staff-grant = Выдана роль
audit-staff-revoke = Роль снята

# Orders, requests, customers, machines.
console-nav-requests = Заявки
console-nav-orders = Заказы
console-nav-customers = Клиенты
console-nav-machines = Станки
console-open = Открытые
console-all = Все
console-order = Заказ
console-request = Заявка
console-customer = Клиент
console-company = Компания
console-company-inn = { $name }, ИНН { $inn }
console-machine = Станок
console-serial = Серийный номер
console-model = Модель
console-site = Площадка
console-kind = Что нужно
console-sum = Сумма
console-next = Следующее ТО
console-email = Почта
console-reach = Связь
console-reach-met = в Telegram
console-reach-unmet = ещё не в боте
console-reach-unreachable = закрыл бота
console-known = Добавлен
console-customers-unmet = Ещё не в боте
console-customers-unreachable = Закрыли бота
console-machines-down = Стоят
console-nameless = Без имени
console-positions = { $count ->
    [one] { $count } позиция
    [few] { $count } позиции
   *[many] { $count } позиций
}
console-orders-search = Номер заказа или телефон
console-orders-empty-title = Заказов нет
console-orders-empty-text = Здесь появятся заказы клиентов. Если искали — проверьте номер или телефон.
console-requests-search = Номер заявки, телефон или серийный номер
console-requests-empty-title = Заявок нет
console-requests-empty-text = Здесь появятся заявки на сервис. Если искали — проверьте номер, телефон или серийный номер.
console-customers-search = Телефон, почта или ИНН компании
console-customers-empty-title = Никого нет
console-customers-empty-text = Здесь появятся клиенты. Если искали — введите телефон, почту или ИНН целиком.
console-machines-search = Серийный номер
console-machines-empty-title = Станков нет
console-machines-empty-text = Здесь появятся станки клиентов. Если искали — введите серийный номер целиком, регистр и дефисы не важны.
console-customer-no-machines = Станков за клиентом нет.
console-invite = Создать приглашение
console-invite-why = Клиент ещё не открывал бота. По одноразовой ссылке он увидит свои станки и заказы.
console-invite-made = Приглашение
console-invite-foot = Отправьте ссылку клиенту. Она сработает один раз, в течение семи дней, и больше здесь не появится.
audit-order-take = Заказ взят
audit-request-take = Заявка взята
audit-request-assign = Назначен инженер
audit-customer-invite = Создано приглашение
audit-on-order = заказ
audit-on-request = заявка
audit-on-customer = клиент

# Parts and tables.
console-nav-parts = Запчасти
console-part = Запчасть
console-category = Раздел
console-stock = Наличие
console-price = Цена
console-parts-search = Артикул, чертёж, название или модель
console-parts-empty-title = Запчастей нет
console-parts-empty-text = Загрузите таблицу или подключите каталог CRM. Если искали — попробуйте другие слова.
console-nav-import = Загрузка таблиц
console-import-lead = Модели, запчасти и станки из CSV. Повторная загрузка того же файла ничего не меняет.
console-import-what = Что в таблице
console-import-models = Модели
console-import-parts = Запчасти
console-import-machines = Станки
console-import-file = Файл CSV
console-import-try = Проверить
console-import-apply = Загрузить
console-import-foot = UTF-8 или Windows-1251, запятая или точка с запятой, до 32 МБ. «Проверить» покажет отчёт и ничего не запишет.
console-import-dry = Проверка: ничего не записано
console-import-done = Загружено
console-import-created = Новых
console-import-changed = Изменено
console-import-unchanged = Без изменений
console-import-refused = Не принято
console-import-line = Строка { $count }
console-import-more = И ещё { $count }: исправьте показанные и загрузите снова.
audit-import = Загружена таблица
audit-on-table = таблица
# Approvals.
console-approvals-open = Ждут решения
console-approvals-mine = Ждут меня
console-approvals-approved = Согласованы
console-approvals-rejected = Отклонены
console-approvals-changes-requested = На доработке
console-approvals-expired = Срок вышел
console-approvals-all = Все
console-approvals-empty-title = Решать нечего
console-approvals-empty-text = Новое согласование появится здесь само.
console-approval-what = О чём
console-approval-sum = Сумма
console-approval-who = Решает
console-approval-until = Решить до
console-approval-asker = Просит
console-approval-rule = Правило
console-approval-asked = Когда спросили
console-approval-decided = Когда решили
console-approval-connection = CRM
console-approval-stage = Этап
console-approval-reason = Причина
console-approval-open = Открыть в CRM
console-approval-decide = Ваше решение
console-approval-why = Причина (нужна, чтобы отклонить или вернуть)
console-approval-changes = Что изменилось
console-approval-goods = Состав
console-approval-seats = Кого спросили
console-approval-history = История
console-approval-state-open = ждёт решения
console-approval-state-approved = согласовано
console-approval-state-rejected = отклонено
console-approval-state-changes_requested = на доработке
console-approval-state-withdrawn = отозвано
console-approval-state-expired = срок вышел
console-seat-waiting = ждёт очереди
console-seat-asked = решает
console-seat-approved = согласен
console-seat-rejected = против
console-seat-changes_requested = вернул
console-seat-passed = решил коллега
console-seat-ended = уже не нужно
console-seat-by = за него {$name}
console-approval-event-opened = Спросили
console-approval-event-approved = Согласие
console-approval-event-rejected = Отказ
console-approval-event-changes_requested = На доработку
console-approval-event-reopened = Спросили заново
console-approval-event-withdrawn = Отозвано
console-approval-event-reminded = Напомнили
console-approval-event-escalated = Передали выше
console-approval-event-expired = Срок вышел
console-rules = Правила
console-rules-lead = Когда сделка или лид требует решения и чьего. Подходит первое правило сверху.
console-rule-file = из mypark.toml
console-rule-off = выключено
console-rule-new = Новое правило
console-rule-name = Название
console-rule-connection = Подключение
console-rule-entity = О чём
console-rule-deal = сделки
console-rule-lead = лиды
console-rule-from = от {$sum}
console-rule-asks = решает {$who}
console-rule-amount-from = Сумма от, ₽
console-rule-amount-to = Сумма до, ₽
console-rule-pipeline = Воронка (ID)
console-rule-stages = Этапы (ID через запятую)
console-rule-responsible = Ответственные (ID через запятую)
console-rule-fields = Поля с такими значениями, по одному на строку
console-rule-approvers = Кто решает: Telegram ID, manager, administrator, head (руководитель ответственного)
console-rule-need = Сколько голосов: all, in_turn или число
console-rule-deadline = Срок, рабочих часов
console-rule-remind = Напомнить через, рабочих часов
console-rule-escalate = Потом решает
console-rule-own = Можно согласовать своё
console-rule-on-approve = Если согласовано
console-rule-on-reject = Если отклонено
console-rule-on-changes = Если на доработку
console-rule-stage = Перевести на этап
console-rule-comment = Комментарий в сделку
console-rule-task = Поставить задачу
console-rule-set = Заполнить поле (код=значение)
console-rule-active = Правило включено
console-rule-remove = Удалить правило
console-rule-remove-ask = Правило перестанет действовать. Открытые согласования останутся.
console-dry = Что поймало бы
console-dry-again = Прочитать сделки заново
console-dry-deals = Правило поймало бы { $caught } из { $count } последних сделок
console-dry-leads = Правило поймало бы { $caught } из { $count } последних лидов
console-dry-waits = Последние сделки читаются из «{ $name }». Страница обновится сама.
console-dry-age = Прочитано из «{ $name }» { $at }.
console-dry-reading = Прочитано из «{ $name }» { $at }, сейчас читаются заново.
console-dry-failed = Прочитать не получилось. Причина — на странице «Доставки».
console-dry-nothing = Правила следят за сделками и лидами Битрикс24. «{ $name }» — другая CRM: правило ничего не поймает.
console-dry-before = раньше сработает «{ $name }»
console-dry-what = Сделка
console-dry-pipeline = Воронка
console-dry-responsible = Ответственный
console-dry-empty-title = Ничего
console-dry-empty-text = Ни одна из последних сделок под правило не подходит.
console-hand = Спросить согласование
console-hand-about-page = Когда решение нужно не по правилу: скидка, отсрочка, исключение. Решают здесь, в Telegram и в задаче портала.
console-hand-what = О чём
console-hand-title = Суть одной строкой
console-hand-words = Подробности
console-hand-amount = Сумма, ₽
console-hand-files = Файлы
console-hand-who = Кто решает
console-hand-seat = Решает { $place }
console-hand-any = любой: { $role }
console-hand-need = Сколько голосов нужно
console-hand-need-all = все
console-hand-need-turn = все по очереди
console-hand-need-count = { $count } из них
console-hand-about = К какой сделке (можно не указывать)
console-hand-deal = сделка
console-hand-lead = лид
console-hand-deal-id = Номер или ссылка на карточку
console-hand-ask = Отправить на согласование
console-report = Сроки и очередь
console-report-waits = Ждут решения
console-report-nothing-waits = Ничего не ждёт решения.
console-report-whom = Кого ждём
console-report-nobody-left = решать некому
console-report-long = Сколько ждёт
console-report-speed = Как быстро решают
console-report-period = За какое время
console-report-days = { $count ->
    [one] { $count } день
    [few] { $count } дня
   *[other] { $count } дней
}
console-report-nobody = За это время никто ничего не решал.
console-report-who = Кто решал
console-report-all = все вместе
console-report-no-rule = без правила
console-report-answers = Решений
console-report-median = Медиана
console-report-median-minutes = Медиана, рабочих минут
console-report-foot = Медиана — рабочее время от вопроса до ответа: половина решений быстрее, половина медленнее. Считается каждый ответ, и тот, после которого сделка изменилась и спросили заново.
console-report-times = Сроки в CSV
console-report-cases = Согласования в CSV
console-substitutes = Замещения
console-substitutes-lead = Кто решает, пока человека нет. Карточки приходят заместителю в эти дни сами.
console-substitutes-now = Сейчас и впереди
console-substitutes-none = Никто никого не замещает.
console-substitute-who = За { $name } решает { $substitute }
console-substitute-days = { $from } — { $to }
console-substitute-remove = Убрать
console-substitute-new = Новое замещение
console-substitute-absent = Кого не будет
console-substitute-decides = Кто решает
console-substitute-from = С какого дня
console-substitute-to = По какой день
error-approver = Укажите Telegram ID, роль (engineer, manager, administrator) или head; для голосов — all, in_turn или число.
error-deal = Укажите номер сделки или ссылку на её карточку.
error-pairs = Каждая строка: код поля, знак «=» и значение.
audit-approval-decide = Решение по согласованию
audit-rule-add = Новое правило согласования
audit-rule-change = Изменено правило согласования
audit-rule-remove = Удалено правило согласования
audit-approval-ask = Согласование написано вручную
audit-substitute-add = Назначен заместитель
audit-substitute-remove = Замещение убрано
audit-on-approval = согласование
audit-on-rule = правило

# The portal.
console-sign-in-portal = Войти через Битрикс24
console-portal-stranger = Портал вас знает, а «Мой Парк» ещё нет
console-portal-how = Отправьте боту /link и введите код, который он пришлёт: так мы узнаем, что в портале это вы. Или попросите администратора указать ваш e-mail: mypark staff add … --email.
console-portal-code = Код
console-portal-go = Войти
