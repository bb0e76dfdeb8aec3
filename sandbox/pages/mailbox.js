// The mailbox: what came, newest first, and a switch for bad days.
import { dress, follow, h, read, toast, write } from "./kit.js";

const FAULTS = [
  ["", "принимает почту"],
  ["unavailable", "закрыт: 421"],
  ["try-later", "просит позже: 451"],
  ["no-such-box", "нет такого ящика: 550"],
  ["hang", "молчит"],
  ["drop-after", "рвёт связь после письма"],
];

/** Mounts the mailbox; `apiBase` is where its service stands. */
export function mountMailbox(element, { apiBase = "." } = {}) {
  dress(element);
  const base = apiBase.replace(/\/$/, "");
  const count = h("b", {});
  const list = h("div", { class: "sbx-mails" });
  const fault = h("select", { "aria-label": "Как ведёт себя почта" }, FAULTS.map(([value, name]) => h("option", { value }, name)));
  const clear = h("button", { class: "sbx-button", type: "button", onclick: () => act(() => fetch(`${base}/mails`, { method: "DELETE" })) }, "Очистить");
  element.replaceChildren(h("header", { class: "sbx-bar" }, h("div", { class: "sbx-title" }, count), h("div", { class: "sbx-reach" }, fault, clear)), list);

  const act = async (work) => {
    try {
      await work();
    } catch {
      toast(element, "Не вышло", true);
    }
    await load();
  };
  fault.addEventListener("change", () => act(() => write(`${base}/fault`, { fault: fault.value || null })));
  const load = async () => {
    const { mails, fault: now } = await read(`${base}/mails`);
    count.textContent = mails.length ? `Писем: ${mails.length}` : "Почта";
    fault.value = now ?? "";
    const open = new Set([...list.querySelectorAll("details[open]")].map((one) => one.dataset.mailId));
    const shown = mails.map((mail) => letter(mail, open.has(String(mail.id))));
    list.replaceChildren(...(shown.length ? shown : [h("p", { class: "sbx-empty" }, "Писем пока нет. Оформите заказ или заявку — копия придёт сюда.")]));
  };
  return follow(`${base}/events`, load);
}

function letter(mail, open) {
  const at = new Date(mail.at).toLocaleString("ru-RU", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
  return h(
    "details",
    { class: "sbx-mail", open, dataset: { mailId: String(mail.id) } },
    h("summary", {}, h("b", {}, mail.subject || "(без темы)"), h("span", { class: "sbx-hint" }, `${mail.from} → ${mail.to.join(", ")} · ${at}`)),
    h("pre", {}, mail.text),
    mail.attachments.length ? h("p", { class: "sbx-hint" }, `Вложения: ${mail.attachments.join(", ")}`) : null,
  );
}
