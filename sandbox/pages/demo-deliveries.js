// The deliveries: what was promised to the outside, where it stands, and every try as it went.
import { dress, h, read, toast, write } from "/sandbox/amocrm/kit.js";

const STATES = {
  queued: "в очереди",
  running: "идёт",
  delivered: "доставлено",
  waiting: "ждёт повтора",
  unknown: "исход неизвестен",
  dead: "не доставлено",
};

const KINDS = {
  mail_order: "Копия заказа",
  mail_request: "Копия заявки",
  mail_lead: "Копия обращения с сайта",
  mail_stopped: "Письмо об остановке Telegram",
  crm_order: "Сделка по заказу",
  crm_request: "Сделка по заявке",
  crm_order_state: "Этап сделки заказа",
  crm_request_state: "Этап сделки заявки",
  crm_visit: "Отчёт инженера",
  crm_maintenance: "Задача о ТО",
  crm_maintenance_done: "ТО, сделанное клиентом",
  crm_lead: "Обращение с сайта",
  crm_lead_touch: "Клиент написал ещё раз",
  crm_lead_state: "Этап обращения",
  crm_machine: "Поля сделки о станке",
  crm_sale_note: "Чего не хватает в сделке",
  crm_sale_look: "Ещё раз взглянуть на сделку",
  site_lead: "Состояние обращения — сайту",
};

const NOTICES = {
  machine_registered: "Станок зарегистрирован",
  order_card: "Карточка заказа",
  request_card: "Карточка заявки",
  staff_order_card: "Карточка заказа менеджеру",
  staff_request_card: "Карточка заявки менеджеру",
  staff_lead_card: "Карточка обращения менеджеру",
  job_card: "Карточка работы",
  maintenance_due: "Напоминание о ТО",
  maintenance_done: "Клиент сделал ТО сам",
  invite_ready: "Приглашение к паспорту",
  approval_card: "Карточка решения",
  sale_gaps: "Чего не хватает в сделке",
  webhooks: "Новости о вебхуках",
  mapping: "Настройки разошлись с CRM",
  connection_paused: "Связь остановлена",
  connection_works: "Связь восстановлена",
  access_ends: "Доступ скоро кончится",
};

const PEOPLE = { 5001: "Анна", 5002: "Игорь", 5003: "Мария" };
const PLACES = { telegram: "Telegram", mail: "Почта", amocrm: "amoCRM", bitrix24: "Битрикс24", site: "Сайт" };
const EVERY = 2000;

/** Mounts the list; resolves to what stops it. */
export function mountDeliveries(element) {
  dress(element);
  const desk = new Desk(element);
  desk.load();
  return () => desk.stop();
}

class Desk {
  constructor(root) {
    this.root = root;
    this.rows = new Map();
    this.title = h("div", { class: "sbx-title" });
    this.list = h("div", { class: "dlv-list" });
    this.only = h("select", { "aria-label": "Какие доставки показать", onchange: () => this.load() }, [
      ["", "все"],
      ["open", "что ещё не дошло"],
      ["telegram", "Telegram"],
      ["amocrm", "amoCRM"],
      ["bitrix24", "Битрикс24"],
      ["mail", "почта"],
    ].map(([value, name]) => h("option", { value }, name)));
    root.replaceChildren(h("header", { class: "sbx-bar" }, this.title, h("div", { class: "sbx-reach" }, this.only)), this.list);
  }

  stop() {
    this.stopped = true;
    clearTimeout(this.next);
  }

  async load() {
    clearTimeout(this.next);
    try {
      if (!document.hidden) this.show((await read("/sandbox/deliveries")).deliveries);
    } catch {
      this.title.textContent = "Песочница не отвечает";
    }
    if (!this.stopped) this.next = setTimeout(() => this.load(), EVERY);
  }

  show(deliveries) {
    const open = deliveries.filter((one) => one.state !== "delivered" && one.state !== "dead").length;
    const dead = deliveries.filter((one) => one.state === "dead").length;
    const words = [open ? `в пути ${open}` : "всё доставлено", dead && `не доставлено ${dead}`].filter(Boolean).join(" · ");
    this.title.replaceChildren(h("b", {}, "Доставки"), h("span", { class: "sbx-hint" }, deliveries.length ? words : ""));
    const only = this.only.value;
    const wanted = deliveries.filter((one) => !only || (only === "open" ? one.state !== "delivered" : one.connection === only));
    const nodes = wanted.map((one) => this.row(one));
    const empty = h("p", { class: "sbx-empty" }, deliveries.length ? "Таких доставок нет." : "Доставок пока нет. Каждое сообщение, сделка и письмо появится здесь.");
    const shown = nodes.length ? nodes : [empty];
    const same = shown.length === this.list.children.length && shown.every((node, index) => node === this.list.children[index]);
    if (!same) this.list.replaceChildren(...shown);
  }

  /** A row that did not change stays the same element, so that what is open stays open. */
  row(delivery) {
    const kept = this.rows.get(delivery.id);
    const row = kept ?? this.newRow(delivery.id);
    row.delivery = delivery;
    row.summary.replaceChildren(...summary(delivery));
    if (row.node.open && row.updated !== delivery.updated_at) this.fill(row);
    return row.node;
  }

  newRow(id) {
    const row = { summary: h("summary", {}), body: h("div", { class: "dlv-body" }), updated: null };
    row.node = h("details", { class: "dlv", dataset: { delivery: id } }, row.summary, row.body);
    row.node.addEventListener("toggle", () => row.node.open && this.fill(row));
    this.rows.set(id, row);
    return row;
  }

  async fill(row) {
    row.updated = row.delivery.updated_at;
    try {
      const { delivery, attempts, exchanges } = await read(`/sandbox/deliveries/${row.delivery.id}`);
      const again = ["dead", "waiting", "unknown"].includes(delivery.state);
      const button = again && h("button", { type: "button", class: "sbx-button", onclick: () => this.retry(delivery.id) }, "Повторить сейчас");
      const tries = attempts.map((attempt) => tried(attempt, exchanges.filter((one) => one.attempt === attempt.number)));
      row.body.replaceChildren(...[button, ...(tries.length ? tries : [h("p", { class: "sbx-hint" }, "Попыток ещё не было.")])].filter(Boolean));
    } catch {
      row.updated = null;
    }
  }

  async retry(id) {
    try {
      await write(`/sandbox/deliveries/${id}/retry`, {});
      toast(this.root, "Поставлено в очередь");
    } catch {
      toast(this.root, "Не вышло", true);
    }
    this.load();
  }
}

function summary(delivery) {
  const open = ["queued", "waiting", "unknown"].includes(delivery.state);
  const facts = [
    delivery.attempts > 1 && `${delivery.attempts}-я попытка`,
    open && due(delivery.run_at),
    delivery.state !== "delivered" && delivery.last_error,
  ].filter(Boolean);
  return [
    h("span", { class: `dlv-state dlv-${delivery.state}` }, STATES[delivery.state] ?? delivery.state),
    h("span", { class: "dlv-what" }, h("b", {}, what(delivery)), h("span", { class: "sbx-hint" }, where(delivery))),
    facts.length ? h("span", { class: "dlv-facts" }, facts.join(" · ")) : h("span", { class: "dlv-facts" }),
    h("time", { class: "sbx-hint", dateTime: delivery.created_at }, clock(delivery.created_at)),
  ];
}

function message(delivery) {
  try {
    return JSON.parse(delivery.payload);
  } catch {
    return {};
  }
}

function what(delivery) {
  const { notice } = message(delivery);
  return NOTICES[notice?.notice] ?? KINDS[delivery.kind] ?? delivery.kind;
}

function where(delivery) {
  const place = PLACES[delivery.connection] ?? delivery.connection;
  const { to } = message(delivery);
  return to ? `${place} → ${PEOPLE[to] ?? to}` : place;
}

function due(at) {
  const seconds = Math.round((new Date(at) - Date.now()) / 1000);
  if (seconds <= 0) return "сейчас";
  return seconds < 90 ? `через ${seconds} с` : `в ${clock(at)}`;
}

function clock(at) {
  return new Date(at).toLocaleTimeString("ru-RU", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
}

function tried(attempt, exchanges) {
  const took = attempt.finished_at ? `${((new Date(attempt.finished_at) - new Date(attempt.started_at)) / 1000).toFixed(1).replace(".", ",")} с` : "не закончена";
  const words = [clock(attempt.started_at), took, STATES[attempt.outcome] ?? attempt.outcome, attempt.detail].filter(Boolean).join(" · ");
  return h("section", { class: "dlv-try" }, h("h3", {}, `Попытка ${attempt.number}`, h("span", { class: "sbx-hint" }, words)), exchanges.map(exchanged));
}

function exchanged(one) {
  const bad = one.status === null || one.status >= 400;
  return h(
    "details",
    { class: "dlv-call" },
    h("summary", {}, h("code", { class: bad ? "sbx-bad" : "sbx-good" }, one.status ?? "нет ответа"), h("code", {}, `${one.method} ${path(one.url)}`)),
    h("div", { class: "dlv-raw" }, raw("Запрос", one.request), raw("Ответ", one.response)),
  );
}

function raw(title, text) {
  return h("div", {}, h("h4", {}, title), h("pre", {}, pretty(text) || "пусто"));
}

function path(url) {
  return url.replace(/^https?:\/\/[^/]+(\/telegram)?/, "");
}

function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text ?? "";
  }
}
