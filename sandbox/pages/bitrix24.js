// Bitrix24: boards of leads and of each pipeline, the console of events, the switches.
import { mountTasks } from "./bitrix24-tasks.js";
import { mountBoard } from "./board.js";
import { TROUBLES, mountFaults } from "./faults.js";
import { dress, follow, h, moment, read, toast, write } from "./kit.js";

const MODES = [
  [null, "Работает", "Отвечает как обычно"],
  ["rate-limited", "503", "Слишком много запросов: QUERY_LIMIT_EXCEEDED"],
  ["refused:OPERATION_TIME_LIMIT", "429", "Метод исчерпал своё время: OPERATION_TIME_LIMIT"],
  ["refused:OVERLOAD_LIMIT", "Перегрузка", "REST закрыт вручную: OVERLOAD_LIMIT"],
  ["unauthorized", "401", "Вебхук отозван: NO_AUTH_FOUND"],
  ["refused:expired_token", "Токен истёк", "expired_token"],
  ["refused:insufficient_scope", "Нет прав", "insufficient_scope"],
  ["refused:ACCESS_DENIED", "Не оплачен", "REST только на платных тарифах: ACCESS_DENIED"],
  ...TROUBLES,
];

const ROUTES = [
  ["", "все вызовы"],
  ["crm.lead.", "лиды"],
  ["crm.deal.", "сделки"],
  ["crm.contact.", "контакты"],
  ["crm.timeline.", "комментарии"],
  ["disk.", "диск"],
  ["tasks.", "задачи"],
  ["batch", "пакеты"],
];

const FATES = [
  ["usual", "Доходят"],
  ["lost", "Теряются"],
  ["doubled", "Дважды"],
];

const EVENTS = ["ONCRMLEADADD", "ONCRMLEADUPDATE", "ONCRMDEALADD", "ONCRMDEALUPDATE", "ONCRMDEALDELETE", "ONCRMCONTACTUPDATE", "ONTASKUPDATE", "ONTASKDELETE", "ONTASKCOMMENTADD"];

/** Mounts boards, console and switches; `apiBase` is where the fake's own service stands. */
export function mountBitrix24(element, { apiBase = "." } = {}) {
  dress(element);
  const base = apiBase.replace(/\/$/, "");
  const tabs = h("div", { class: "sbx-switches sbx-tabs", role: "tablist", "aria-label": "Битрикс24" });
  const place = h("div", { role: "tabpanel" });
  const switches = h("div", {});
  const faults = h("details", { class: "sbx-journal" }, h("summary", {}, "Как ведёт себя Битрикс24"), switches);
  element.replaceChildren(tabs, place, faults);
  let stop = null;
  const open = (key, mount) => {
    stop?.();
    for (const tab of tabs.children) {
      const chosen = tab.dataset.key === key;
      tab.setAttribute("aria-selected", String(chosen));
      tab.classList.toggle("sbx-chosen", chosen);
    }
    const body = h("div", {});
    place.replaceChildren(body);
    stop = mount(body);
    localStorage.setItem("sandbox.bitrix24", key);
  };
  const ended = { value: false };
  read(`${base}/boards`).then((boards) => {
    if (ended.value) return;
    const options = (key) => ({ apiBase: `${base}/boards/${key}`, words: key === "leads" ? LEADS : undefined });
    const entries = boards.map(({ key, name }) => [key, name, (body) => mountBoard(body, options(key))]);
    entries.push(["tasks", "Задачи", (body) => mountTasks(body, base)]);
    entries.push(["console", "События", (body) => mountConsole(body, base)]);
    tabs.append(
      ...entries.map(([key, name, mount]) =>
        h("button", { type: "button", class: "sbx-switch", role: "tab", dataset: { key }, onclick: () => open(key, mount) }, name),
      ),
    );
    const last = localStorage.getItem("sandbox.bitrix24");
    const [key, , mount] = entries.find(([one]) => one === last) ?? entries[0];
    open(key, mount);
  });
  const stopFaults = mountFaults(switches, { apiBase: base, name: "Битрикс24", modes: MODES, routes: ROUTES });
  return () => {
    ended.value = true;
    stop?.();
    stopFaults();
  };
}

const LEADS = {
  one: "лид",
  few: "лида",
  many: "лидов",
  title: "Лид",
  add: "Новый лид",
  made: "Лид создан",
  form: [
    ["contact", "Кто", "text", "Имя и фамилия", true],
    ["phone", "Телефон", "tel", "+7 900 000-00-00", true],
    ["email", "Почта", "email", ""],
    ["company", "Компания", "text", "ООО «…»"],
    ["price", "Сумма, ₽", "number", "0"],
  ],
};

/** Every event as it was sent, who hears of what, and what becomes of them. */
function mountConsole(element, base) {
  const fates = h("div", { class: "sbx-switches", role: "group", "aria-label": "Что становится с событиями" });
  const list = h("div", { class: "sbx-mails" });
  const listeners = h("ul", { class: "sbx-plain" });
  element.replaceChildren(
    h("header", { class: "sbx-bar" }, h("div", { class: "sbx-title" }, h("b", {}, "События"), h("span", { class: "sbx-hint" }, "одна попытка, только номер объекта")), fates),
    h("details", { class: "sbx-journal" }, h("summary", {}, "Кто их слышит"), listeners, webhookForm(element, base)),
    list,
  );
  const opened = new Set();
  const load = async () => {
    const { events, handlers, mode } = await read(`${base}/console`);
    fates.replaceChildren(
      ...FATES.map(([value, name]) =>
        h(
          "button",
          {
            type: "button",
            class: value !== mode ? "sbx-switch" : value === "usual" ? "sbx-switch sbx-calm" : "sbx-switch sbx-on",
            "aria-pressed": String(value === mode),
            dataset: { fate: value },
            onclick: () => write(`${base}/hooks`, value).catch(() => toast(element, "Переключить не вышло", true)),
          },
          name,
        ),
      ),
    );
    listeners.replaceChildren(...(handlers.length ? handlers.map(listener) : [h("li", { class: "sbx-hint" }, "пока никто")]));
    list.replaceChildren(...(events.length ? events.map((one) => sent(one, opened)) : [h("p", { class: "sbx-empty" }, "Пока тихо: передвиньте карточку")]));
  };
  return follow(`${base}/events`, load);
}

function listener(one) {
  const where = one.offline ? "очередь" : one.url;
  return h("li", {}, h("code", {}, one.event), ` → ${where}`, one.token && h("span", { class: "sbx-hint" }, ` · ${one.token}`));
}

function sent(one, opened) {
  const good = one.status >= 200 && one.status < 300;
  const state = one.status === null ? "…" : one.status === 0 ? "нет связи" : one.status === 499 ? "не дождались" : String(one.status);
  const entry = h(
    "details",
    { class: "sbx-mail", open: opened.has(one.id), dataset: { event: one.event } },
    h(
      "summary",
      {},
      h("span", {}, h("code", { class: good ? "sbx-good" : "sbx-bad" }, state), ` ${one.event}`),
      h("span", { class: "sbx-hint" }, `${moment(one.at)} → ${one.destination}`),
    ),
    h("pre", {}, one.pairs.map(([key, value]) => `${key} = ${value}`).join("\n")),
  );
  entry.addEventListener("toggle", () => (entry.open ? opened.add(one.id) : opened.delete(one.id)));
  return entry;
}

function webhookForm(element, base) {
  const url = h("input", { name: "url", type: "url", required: true, placeholder: "https://…/webhook/bitrix24" });
  const form = h(
    "form",
    { class: "sbx-form sbx-narrow" },
    h("label", { class: "sbx-field" }, h("span", {}, "Исходящий вебхук"), url),
    h("p", { class: "sbx-hint" }, EVENTS.join(", ")),
    h("button", { class: "sbx-button", type: "submit" }, "Добавить"),
  );
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      const { token } = await write(`${base}/console`, { url: url.value, events: EVENTS });
      url.value = "";
      toast(element, `Токен приложения: ${token}`);
    } catch {
      toast(element, "Не вышло: нужен полный адрес", true);
    }
  });
  return form;
}
