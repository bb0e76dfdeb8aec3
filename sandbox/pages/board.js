// The board of a CRM: columns of the pipeline, cards that are dragged or moved by a list.
import { dress, follow, h, moment, read, roubles, size, toast, write } from "./kit.js";

/** What the cards are called, and what is typed into a new one: name, label, type, hint, required. */
const DEALS = {
  one: "сделка",
  few: "сделки",
  many: "сделок",
  title: "Сделка",
  add: "Новая сделка",
  made: "Сделка создана",
  form: [
    ["serial", "Серийный номер", "text", "1234", true],
    ["model", "Модель", "text", "16К20", true],
    ["contact", "Контакт", "text", "Имя и фамилия"],
    ["phone", "Телефон", "tel", "+7 900 000-00-00"],
    ["company", "Компания", "text", "ООО «…»"],
    ["price", "Сумма, ₽", "number", "0"],
    ["next_maintenance", "Следующее ТО", "date", ""],
  ],
};
const HOOK_SOURCES = [
  ["by_hand", "заведён руками: этапы и контакты"],
  ["subscribed", "подписка программы: ещё поля и компании"],
  ["nobody", "вебхука нет, только опрос"],
];

const HOOK_MODES = [
  ["usual", "доходят"],
  ["lost", "теряются"],
  ["doubled", "приходят дважды"],
];

/** Mounts the board; `apiBase` is where the fake's own service stands. */
export function mountBoard(element, { apiBase = ".", words = DEALS } = {}) {
  dress(element);
  const board = new Board(element, apiBase.replace(/\/$/, ""), words);
  return follow(`${board.base}/events`, () => board.load());
}

class Board {
  constructor(root, base, words) {
    this.root = root;
    this.base = base;
    this.words = words;
    this.state = null;
    this.open = null;
    this.dragging = null;
    this.title = h("div", { class: "sbx-title" });
    this.columns = h("div", { class: "sbx-columns" });
    this.log = h("div", { class: "sbx-log" });
    this.card = h("dialog", { class: "sbx-card-dialog", onclose: () => this.closed() });
    this.form = h("dialog", { class: "sbx-card-dialog sbx-form-dialog" });
    const add = h(
      "button",
      { class: "sbx-button sbx-main", type: "button", dataset: { act: "new-deal" }, onclick: () => this.newDeal() },
      words.add,
    );
    const journal = h("details", { class: "sbx-journal" }, h("summary", {}, "Журнал: вызовы и вебхуки"), this.log);
    root.replaceChildren(h("header", { class: "sbx-bar" }, this.title, add), this.columns, journal, this.card, this.form);
    this.columns.addEventListener("focusout", () => setTimeout(() => this.late && this.draw(), 0));
    for (const dialog of [this.card, this.form]) {
      dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
    }
  }

  async load() {
    this.state = await read(`${this.base}/state`);
    this.draw();
  }

  /** A list that is open or a card in the hand must not be pulled away by a redraw. */
  busy() {
    const active = document.activeElement;
    return this.dragging !== null || (active?.tagName === "SELECT" && this.columns.contains(active));
  }

  draw() {
    this.late = this.busy();
    if (this.late || !this.state) return;
    const { stages, leads, pipeline, account } = this.state;
    const sum = leads.reduce((all, lead) => all + lead.price, 0);
    this.title.replaceChildren(
      h("b", {}, pipeline.name),
      h("span", { class: "sbx-hint" }, `${account.host} · ${this.count(leads.length)} · ${roubles(sum)}`),
    );
    const across = this.columns.scrollLeft;
    this.columns.replaceChildren(...stages.map((stage) => this.column(stage)).filter(Boolean));
    this.columns.scrollLeft = across;
    this.drawLog();
    if (this.open !== null) this.drawCard();
  }

  count(number) {
    const tail = number % 100 > 10 && number % 100 < 15 ? 0 : number % 10;
    const { one, few, many } = this.words;
    return `${number} ${tail === 1 ? one : tail >= 2 && tail <= 4 ? few : many}`;
  }

  column(stage) {
    const leads = this.state.leads.filter((lead) => lead.status_id === stage.id).sort((a, b) => b.updated_at - a.updated_at);
    if (stage.shy && leads.length === 0) return null;
    const sum = leads.reduce((all, lead) => all + lead.price, 0);
    const column = h(
      "section",
      { class: "sbx-column", dataset: { statusId: stage.id }, "aria-label": stage.name },
      h(
        "header",
        { style: `--stage:${stage.color}` },
        h("b", {}, stage.name),
        h("span", { class: "sbx-hint" }, leads.length ? `${this.count(leads.length)} · ${roubles(sum)}` : "пусто"),
      ),
      h("div", { class: "sbx-stack" }, leads.map((lead) => this.leadCard(lead))),
    );
    column.addEventListener("dragover", (event) => {
      event.preventDefault();
      column.classList.add("sbx-over");
    });
    column.addEventListener("dragleave", (event) => {
      if (!column.contains(event.relatedTarget)) column.classList.remove("sbx-over");
    });
    column.addEventListener("drop", (event) => {
      event.preventDefault();
      column.classList.remove("sbx-over");
      const id = this.dragging ?? Number(event.dataTransfer.getData("text/plain"));
      this.dragging = null;
      this.move(id, stage.id);
    });
    return column;
  }

  leadCard(lead) {
    const field = (id) => lead.fields.find((one) => one.id === id)?.values[0];
    const { model, serial } = this.state.machine;
    const machine = [field(model), field(serial) && `№ ${field(serial)}`].filter(Boolean).join(" ");
    const who = [lead.contacts[0]?.name, lead.company?.name].filter(Boolean).join(" · ");
    const waiting = lead.tasks.filter((task) => !task.done).length;
    const marks = [
      lead.notes.length > 0 && `прим. ${lead.notes.length}`,
      waiting > 0 && `задач ${waiting}`,
      lead.files.length > 0 && `файлов ${lead.files.length}`,
    ].filter(Boolean);
    const card = h(
      "article",
      { class: "sbx-lead", draggable: true, dataset: { leadId: lead.id, statusId: lead.status_id } },
      h("button", { class: "sbx-lead-open", type: "button", onclick: () => this.show(lead.id) }, lead.name),
      h("div", { class: "sbx-lead-line" }, h("b", {}, roubles(lead.price)), h("span", { class: "sbx-hint" }, moment(lead.updated_at))),
      machine && h("div", { class: "sbx-machine" }, machine),
      who && h("div", { class: "sbx-hint" }, who),
      h(
        "div",
        { class: "sbx-tags" },
        lead.by_robot && h("span", { class: "sbx-tag sbx-robot" }, "Мой Парк"),
        lead.tags.map((tag) => h("span", { class: "sbx-tag" }, tag)),
      ),
      h("div", { class: "sbx-lead-line" }, h("span", { class: "sbx-hint" }, marks.join(" · ")), this.mover(lead)),
    );
    card.addEventListener("dragstart", (event) => {
      this.dragging = lead.id;
      event.dataTransfer.setData("text/plain", String(lead.id));
      event.dataTransfer.effectAllowed = "move";
      card.classList.add("sbx-held");
    });
    card.addEventListener("dragend", () => {
      this.dragging = null;
      card.classList.remove("sbx-held");
      this.draw();
    });
    return card;
  }

  /** The same as dragging, for a keyboard, a finger or a test. */
  mover(lead) {
    const others = this.state.stages.filter((stage) => stage.id !== lead.status_id);
    const list = h(
      "select",
      { class: "sbx-mover", "aria-label": `Переместить «${lead.name}»`, dataset: { act: "move" } },
      h("option", { value: "" }, "переместить в…"),
      others.map((stage) => h("option", { value: String(stage.id) }, stage.name)),
    );
    list.addEventListener("change", () => {
      const target = others.find((stage) => String(stage.id) === list.value);
      list.blur();
      if (target) this.move(lead.id, target.id);
    });
    return list;
  }

  async move(id, statusId) {
    const lead = this.state.leads.find((one) => one.id === id);
    if (!lead || lead.status_id === statusId) return this.draw();
    const stage = this.state.stages.find((one) => one.id === statusId);
    lead.status_id = statusId;
    lead.updated_at = Date.now() / 1000;
    this.draw();
    await this.act(() => write(`${this.base}/leads/${id}/move`, { status_id: statusId }), `«${lead.name}» → ${stage.name}`);
  }

  async act(work, said) {
    try {
      await work();
      toast(this.root, said);
    } catch {
      toast(this.root, "Не вышло: такое значение здесь не подходит", true);
    }
    await this.load();
  }

  show(id) {
    this.open = id;
    this.drawCard();
    if (!this.card.open) this.card.showModal();
  }

  closed() {
    this.open = null;
  }

  drawCard() {
    const lead = this.state.leads.find((one) => one.id === this.open);
    if (!lead) return this.card.close();
    if (this.card.contains(document.activeElement) && document.activeElement.tagName === "INPUT") return;
    const stage = this.state.stages.find((one) => one.id === lead.status_id);
    const close = h("button", { class: "sbx-close", type: "button", "aria-label": "Закрыть", onclick: () => this.card.close() }, "✕");
    this.card.replaceChildren(
      h("header", { style: `--stage:${stage.color}` }, h("div", {}, h("h2", { tabIndex: -1, autofocus: true }, lead.name), h("span", { class: "sbx-stage" }, stage.name)), close),
      h(
        "div",
        { class: "sbx-card-body" },
        h(
          "div",
          { class: "sbx-facts" },
          h("p", { class: "sbx-hint" }, `${this.words.title} ${lead.id} · ${roubles(lead.price)} · ${moment(lead.created_at)}`),
          lead.acts?.length > 0 && h("p", { class: "sbx-switches" }, lead.acts.map((one) => this.doer(lead, one))),
          block("Поля", lead.fields.map((field) => this.field(lead, field))),
          lead.contacts.map((contact) => block("Контакт", this.person(contact))),
          lead.company && block("Компания", [h("p", {}, lead.company.name)]),
        ),
        h(
          "div",
          { class: "sbx-feed" },
          block("Примечания", lead.notes.map(note), "Примечаний нет"),
          lead.rows?.length > 0 && block("Товары", lead.rows.map(row)),
          block("Задачи", lead.tasks.map(task), "Задач нет"),
          block("Файлы", lead.files.map((file) => this.file(file)), "Файлов нет"),
        ),
      ),
    );
  }

  /** A button that does one more thing with a card. */
  doer(lead, { act, name }) {
    const onclick = () => this.act(() => write(`${this.base}/leads/${lead.id}/acts/${act}`, {}), `«${lead.name}»: ${name.toLowerCase()}`);
    return h("button", { class: "sbx-switch", type: "button", dataset: { act }, onclick }, name);
  }

  field(lead, field) {
    const date = field.type === "date";
    const value = date && field.values[0] ? day(field.values[0]) : field.values.join(", ");
    const input = h("input", { type: date ? "date" : "text", value, readOnly: field.fixed === true, "aria-label": field.name, dataset: { fieldId: field.id } });
    input.addEventListener("change", () => {
      const body = { field_id: field.id, value: input.value };
      input.blur();
      this.act(() => write(`${this.base}/leads/${lead.id}/field`, body), `${field.name}: записано`);
    });
    return h("label", { class: "sbx-field" }, h("span", {}, field.name), input);
  }

  person(contact) {
    const rows = [["name", "Имя", contact.name], ["phone", "Телефон", contact.fields[0].values[0]], ["email", "Почта", contact.fields[1].values[0]]];
    return rows.map(([key, name, value]) => {
      const input = h("input", { type: "text", value: value ?? "", "aria-label": name, dataset: { contact: key } });
      input.addEventListener("change", () => {
        const body = { [key]: input.value };
        input.blur();
        this.act(() => write(`${this.base}/contacts/${contact.id}`, body), `${name}: записано`);
      });
      return h("label", { class: "sbx-field" }, h("span", {}, name), input);
    });
  }

  file(file) {
    return h("a", { class: "sbx-file", href: `${this.base}/files/${file.uuid}`, download: file.name }, file.name, h("span", { class: "sbx-hint" }, size(file.size)));
  }

  newDeal() {
    const form = h(
      "form",
      {},
      h("header", {}, h("h2", {}, this.words.add), h("button", { class: "sbx-close", type: "button", "aria-label": "Закрыть", onclick: () => this.form.close() }, "✕")),
      h(
        "div",
        { class: "sbx-form" },
        this.words.form.map(([name, label, type, placeholder, required], at) =>
          h("label", { class: "sbx-field" }, h("span", {}, label), h("input", { name, type, placeholder, autofocus: at === 0, required })),
        ),
        h("button", { class: "sbx-button sbx-main", type: "submit" }, "Создать"),
      ),
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const deal = Object.fromEntries(new FormData(form));
      deal.price = Number(deal.price) || 0;
      this.form.close();
      this.act(() => write(`${this.base}/leads`, deal), this.words.made);
    });
    this.form.replaceChildren(form);
    this.form.showModal();
  }

  /** How the webhook came to be, and what becomes of it on its way; a CRM may have no such choice. */
  hookSwitches() {
    if (!this.state.hook_source) return null;
    const choice = (label, act, now, values, path) =>
      h(
        "select",
        {
          "aria-label": label,
          dataset: { act },
          onchange: (event) => this.act(() => write(`${this.base}${path}`, event.target.value), "Вебхуки переключены"),
        },
        values.map(([value, name]) => h("option", { value, selected: value === now }, name)),
      );
    return h(
      "div",
      { class: "sbx-reach" },
      choice("Кто завёл вебхук", "hook-source", this.state.hook_source, HOOK_SOURCES, "/hooks/source"),
      choice("Что с ними в дороге", "hook-mode", this.state.hook_mode, HOOK_MODES, "/hooks"),
    );
  }

  drawLog() {
    const calls = [...this.state.calls].reverse().map((call) =>
      h("li", {}, h("code", { class: tone(call.status) }, call.status ?? "—"), ` ${call.method} ${decodeURIComponent(safe(call.path))}`),
    );
    const hooks = this.state.hooks.map((hook) =>
      h("li", {}, h("code", { class: hook.delivered ? "sbx-good" : "sbx-bad" }, hook.attempts.join(" → ") || "…"), ` ${hook.event} · ${moment(hook.at)}`),
    );
    this.log.replaceChildren(
      h("div", {}, h("h3", {}, "Вызовы API"), h("ul", {}, calls.length ? calls : h("li", { class: "sbx-hint" }, "пока тихо"))),
      h("div", {}, h("h3", {}, "Вебхуки"), this.hookSwitches(), h("ul", {}, hooks.length ? hooks : h("li", { class: "sbx-hint" }, "пока тихо"))),
    );
  }
}

function block(title, children, empty) {
  const shown = children.length ? children : [h("p", { class: "sbx-hint" }, empty ?? "")];
  return h("section", { class: "sbx-block" }, h("h3", {}, title), shown);
}

function note(one) {
  return h("div", { class: "sbx-note" }, h("pre", {}, one.text), h("span", { class: "sbx-hint" }, moment(one.at)));
}

function task(one) {
  return h("div", { class: one.done ? "sbx-note sbx-done" : "sbx-note" }, one.text, h("span", { class: "sbx-hint" }, `до ${moment(one.till)}`));
}

function row(one) {
  return h("div", { class: "sbx-note" }, one.productName, h("span", { class: "sbx-hint" }, `${one.quantity} × ${roubles(one.price)}`));
}

/** The account lives by Moscow time, wherever the browser is. */
function day(seconds) {
  return new Date((seconds + 3 * 3600) * 1000).toISOString().slice(0, 10);
}

function tone(status) {
  if (status === null || status >= 400) return "sbx-bad";
  return "sbx-good";
}

function safe(path) {
  try {
    decodeURIComponent(path);
    return path;
  } catch {
    return encodeURIComponent(path);
  }
}
