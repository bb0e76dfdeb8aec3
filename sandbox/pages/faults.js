// Switches that make a CRM misbehave.
import { dress, follow, h, read, toast, write } from "./kit.js";

/** What any CRM may do, whatever it calls its refusals. */
export const TROUBLES = [
  ["blocked", "403", "Страница блокировки вместо ответа"],
  ["error-before", "500", "Ошибка, ничего не сделано"],
  ["error-after", "500 после", "Ошибка, но дело сделано"],
  ["bad-gateway", "502", "HTML от балансировщика"],
  ["hang-before", "Висит", "Нет ответа, ничего не сделано"],
  ["hang-after", "Висит после", "Нет ответа, но дело сделано"],
  ["drop-before", "Обрыв", "Связь рвётся, ничего не сделано"],
  ["drop-after", "Обрыв после", "Связь рвётся, но дело сделано"],
  ["half-answer", "Пол-ответа", "Дело сделано, ответ оборван"],
  ["garbage", "Мусор 200", "Дело сделано, ответ не разобрать"],
];

const MODES = [
  [null, "Работает", "Отвечает как обычно"],
  ["rate-limited", "429", "Слишком много запросов"],
  ["unauthorized", "401", "Токен отозван"],
  ...TROUBLES,
];

const ROUTES = [
  ["", "все вызовы"],
  ["POST /leads", "создание сделок"],
  ["PATCH /leads", "изменение сделок"],
  ["/contacts", "контакты"],
  ["/notes", "примечания"],
  ["/v1.0/", "файлы"],
];

/** Mounts the switches; `apiBase` is where the fake's own service stands. */
export function mountFaults(element, { apiBase = ".", name = "amoCRM", modes = MODES, routes = ROUTES } = {}) {
  dress(element);
  const base = apiBase.replace(/\/$/, "");
  const buttons = h("div", { class: "sbx-switches", role: "group", "aria-label": `Как ведёт себя ${name}` });
  const reach = h(
    "select",
    { "aria-label": "Сколько вызовов портить" },
    h("option", { value: "all" }, "каждый вызов"),
    h("option", { value: "1" }, "один следующий"),
    h("option", { value: "3" }, "три следующих"),
    h("option", { value: "share" }, "каждый третий наугад"),
  );
  const route = h("select", { "aria-label": "Какие вызовы портить" }, routes.map(([value, name]) => h("option", { value }, name)));
  const fired = h("span", { class: "sbx-hint" });
  element.replaceChildren(buttons, h("div", { class: "sbx-reach" }, reach, route, fired));

  // A refusal is chosen with the service's code for it: refused:expired_token.
  const set = async (chosen) => {
    const [mode, error = null] = chosen?.split(":") ?? [];
    const plan = { mode, error, scope: scope(reach.value), only: route.value ? [route.value] : [] };
    try {
      await write(`${base}/faults`, mode ? [plan] : []);
    } catch {
      toast(element, "Переключить не вышло", true);
    }
    await load();
  };
  const load = async () => {
    const { plans, fired: count } = await read(`${base}/faults`);
    const error = plans[0]?.error;
    const mode = plans[0] ? [plans[0].mode, error].filter(Boolean).join(":") : null;
    const left = plans[0]?.scope.kind === "next" ? `ещё вызовов: ${plans[0].scope.calls}` : null;
    const meaning = modes.find(([value]) => value === mode)?.[2];
    fired.textContent = [meaning, left, count > 0 && `испорчено всего: ${count}`].filter(Boolean).join(" · ");
    buttons.replaceChildren(
      ...modes.map(([value, name, meaning]) =>
        h(
          "button",
          {
            type: "button",
            class: value === mode ? (value ? "sbx-switch sbx-on" : "sbx-switch sbx-calm") : "sbx-switch",
            title: meaning,
            "aria-pressed": String(value === mode),
            dataset: { fault: value ?? "none" },
            onclick: () => set(value),
          },
          name,
        ),
      ),
    );
  };
  return follow(`${base}/events`, load);
}

function scope(reach) {
  if (reach === "all") return { kind: "all" };
  if (reach === "share") return { kind: "share", probability: 0.33, seed: Date.now() % 1000 };
  return { kind: "next", calls: Number(reach) };
}
