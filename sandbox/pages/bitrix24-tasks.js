// Bitrix24: tasks as whoever does them sees them, and the notifications of everybody.
import { follow, h, moment, read, toast, write } from "./kit.js";

/** Mounts the page of tasks; `base` is where the fake's own service stands. */
export function mountTasks(element, base) {
  const who = h("select", { name: "who", "aria-label": "От чьего имени" });
  const list = h("div", { class: "sbx-mails" });
  const notices = h("ul", { class: "sbx-plain" });
  element.replaceChildren(
    h("header", { class: "sbx-bar" }, h("div", { class: "sbx-title" }, h("b", {}, "Задачи")), h("label", { class: "sbx-field" }, h("span", {}, "От имени"), who)),
    list,
    h("details", { class: "sbx-journal" }, h("summary", {}, "Уведомления"), notices),
  );
  const opened = new Set();
  const typed = new Map();
  const act = async (task, name, text) => {
    try {
      await write(`${base}/tasks/${task.id}/${name}`, { user: Number(who.value), text });
      if (name === "comment") typed.delete(task.id);
    } catch {
      toast(element, name === "comment" ? "Напишите комментарий" : "Не вышло", true);
    }
  };
  const load = async () => {
    const { people, tasks, notices: told } = await read(`${base}/tasks`);
    if (!who.options.length) who.append(...people.map((one) => h("option", { value: String(one.id) }, one.name)));
    const focused = document.activeElement?.dataset?.task;
    list.replaceChildren(...(tasks.length ? tasks.map((task) => entry(task, { opened, typed, act })) : [h("p", { class: "sbx-empty" }, "Задач пока нет")]));
    if (focused) list.querySelector(`input[data-task="${focused}"]`)?.focus();
    notices.replaceChildren(...(told.length ? told.map(notice) : [h("li", { class: "sbx-hint" }, "пока тихо")]));
  };
  return follow(`${base}/events`, load);
}

function notice(one) {
  return h("li", {}, h("b", {}, one.to), ` · ${one.text}`, h("span", { class: "sbx-hint" }, ` · ${moment(one.at)}`));
}

function entry(task, { opened, typed, act }) {
  const text = h("input", {
    name: "text",
    placeholder: "Комментарий",
    value: typed.get(task.id) ?? "",
    dataset: { task: String(task.id) },
    oninput: (event) => typed.set(task.id, event.target.value),
  });
  const button = (name, words) => h("button", { type: "button", class: "sbx-button", dataset: { act: name }, onclick: () => act(task, name, "") }, words);
  const form = h("form", { class: "sbx-form sbx-narrow" }, text, h("button", { class: "sbx-button sbx-main", type: "submit", dataset: { act: "comment" } }, "Написать"));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    act(task, "comment", text.value);
  });
  const people = [task.responsible.name, ...task.others].join(", ");
  const shown = h(
    "details",
    { class: "sbx-mail sbx-task", open: opened.has(task.id), dataset: { task: String(task.id), done: String(task.done) } },
    h(
      "summary",
      {},
      h("span", {}, h("span", { class: task.done ? "sbx-good" : "sbx-hint" }, task.done ? "завершена" : "ждёт"), ` ${task.title}`),
      h("span", { class: "sbx-hint" }, [people, task.till && `до ${moment(task.till)}`].filter(Boolean).join(" · ")),
    ),
    h("pre", {}, task.text),
    h("ul", { class: "sbx-plain" }, task.comments.map((one) => h("li", {}, h("b", {}, one.who), `: ${one.text}`, h("span", { class: "sbx-hint" }, ` · ${moment(one.at)}`)))),
    form,
    h("div", { class: "sbx-bar" }, task.done ? button("renew", "Вернуть в работу") : button("complete", "Завершить"), button("delete", "Удалить")),
  );
  shown.addEventListener("toggle", () => (shown.open ? opened.add(task.id) : opened.delete(task.id)));
  return shown;
}
