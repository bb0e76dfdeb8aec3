// The page of the demo: three phones and what stands around them. The panel that is not looked at is
// not mounted: a browser opens six connections to a host, and each live panel holds one.
import { mountBoard } from "/sandbox/amocrm/board.js";
import { mountFaults } from "/sandbox/amocrm/faults.js";
import { mountBitrix24 } from "/sandbox/bitrix24/bitrix24.js";
import { h, read } from "/sandbox/amocrm/kit.js";
import { mountMailbox } from "/sandbox/mailbox/mailbox.js";
import { mountPhone } from "/sandbox/telegram/telegram.js";
import { mountDeliveries } from "/sandbox/demo-deliveries.js";
import { mountGuide } from "/sandbox/demo-guide.js";

const TELEGRAM = "/sandbox/telegram";
const AMOCRM = "/sandbox/amocrm";
const BITRIX24 = "/sandbox/bitrix24";

const PEOPLE = [
  { key: "anna", id: 5001, name: "Анна", role: "клиент", about: "механик, «Тульский станочный цех»" },
  { key: "igor", id: 5002, name: "Игорь", role: "инженер", about: "сервис дилера" },
  { key: "maria", id: 5003, name: "Мария", role: "менеджер", about: "отдел продаж дилера" },
];

const DESKS = [
  { key: "amocrm", name: "amoCRM", mount: mountCrm },
  { key: "bitrix24", name: "Битрикс24", mount: (element) => mountBitrix24(element, { apiBase: BITRIX24 }) },
  { key: "mail", name: "Почта", mount: (element) => mountMailbox(element, { apiBase: "/sandbox/mailbox" }) },
  { key: "deliveries", name: "Доставки", mount: mountDeliveries },
];

const narrow = matchMedia("(max-width: 759px)");
const wide = matchMedia("(min-width: 1240px)");
const phones = new Map();
const badges = new Map();
let desk = null;
let stopDesk = null;

function mountCrm(element) {
  const switches = h("div", {});
  const board = h("div", {});
  const faults = h(
    "details",
    { class: "demo-faults", open: localStorage.getItem("sandbox.faults") !== "closed" },
    h("summary", {}, "Как ведёт себя amoCRM"),
    switches,
  );
  faults.addEventListener("toggle", () => localStorage.setItem("sandbox.faults", faults.open ? "open" : "closed"));
  element.replaceChildren(board, faults);
  const stops = [mountBoard(board, { apiBase: AMOCRM }), mountFaults(switches, { apiBase: AMOCRM })];
  return () => stops.forEach((stop) => stop());
}

// ---- where one is

const one = (list, key) => list.find((entry) => entry.key === key);

/** Shows a phone or a panel by its name; the address remembers the last one. */
function go(key, { scroll = true, write = true } = {}) {
  if (one(PEOPLE, key)) choosePerson(key);
  else if (one(DESKS, key)) chooseDesk(key);
  else return;
  document.body.dataset.shows = one(PEOPLE, key) ? "phones" : "panels";
  mark();
  if (write) history.replaceState(null, "", `#${key}`);
  if (scroll && wide.matches) reveal(key);
  else if (scroll && narrow.matches) window.scrollTo(0, 0);
}

function choosePerson(key) {
  document.body.dataset.person = key;
  localStorage.setItem("sandbox.person", key);
}

function chooseDesk(key) {
  localStorage.setItem("sandbox.desk", key);
  if (desk === key) return;
  if (stopDesk) stopDesk();
  desk = key;
  document.body.dataset.desk = key;
  const panel = document.getElementById(`panel-${key}`);
  for (const { key: other } of DESKS) {
    const element = document.getElementById(`panel-${other}`);
    element.hidden = other !== key;
    element.replaceChildren();
  }
  const body = h("div", { class: "demo-panel-body" });
  panel.append(body);
  stopDesk = one(DESKS, key).mount(body);
}

function reveal(key) {
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const behavior = calm ? "auto" : "smooth";
  if (one(PEOPLE, key)) return document.getElementById("phones").scrollIntoView({ behavior, block: "nearest" });
  // The foot of the phones, where new messages come, stays in sight above the panel.
  const top = document.getElementById("panels").getBoundingClientRect().top + scrollY;
  return window.scrollTo({ top: top - innerHeight * 0.38, behavior });
}

/** Tells the tabs which of them are chosen; on a small screen only one of them all is. */
function mark() {
  const shows = document.body.dataset.shows;
  const chosen = { people: document.body.dataset.person, desks: desk };
  for (const [list, key] of Object.entries(chosen)) {
    const counts = !narrow.matches || (list === "people") === (shows === "phones");
    for (const tab of document.getElementById(list).children) {
      const on = counts && tab.dataset.key === key;
      tab.setAttribute("aria-selected", String(on));
      tab.tabIndex = tab.dataset.key === key ? 0 : -1;
    }
  }
}

// ---- what the page is made of

function tabs(list, entries, panelOf) {
  const host = document.getElementById(list);
  for (const entry of entries) {
    const badge = h("i", { class: "demo-badge", hidden: true });
    badges.set(entry.key, badge);
    const label = [h("span", {}, entry.name), entry.role && h("small", {}, entry.role), badge];
    const tab = h(
      "button",
      { type: "button", class: "demo-tab", role: "tab", id: `tab-${entry.key}`, "aria-controls": panelOf(entry), onclick: () => go(entry.key) },
      label.filter(Boolean),
    );
    tab.dataset.key = entry.key;
    host.append(tab);
  }
  host.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const all = [...host.children];
    const next = all[(all.indexOf(event.target.closest(".demo-tab")) + step + all.length) % all.length];
    next.focus();
    go(next.dataset.key, { scroll: false });
  });
}

async function addPhone(person) {
  const stand = h("div", { class: "demo-stand" });
  const place = h(
    "section",
    { class: "demo-phone", id: `phone-${person.key}`, "aria-label": `Телефон: ${person.name}, ${person.role}` },
    h("h2", { class: "demo-who" }, h("b", {}, person.name), h("span", { class: "demo-role" }, person.role), h("small", {}, person.about)),
    stand,
  );
  place.dataset.key = person.key;
  document.getElementById("phones").append(place);
  const options = { personId: person.id, apiBase: TELEGRAM, theme: theme(), bare: narrow.matches };
  const phone = await mountPhone(stand, options);
  phones.set(person.key, phone);
}

const theme = () => document.documentElement.dataset.theme;

function setTheme(name) {
  document.documentElement.dataset.theme = name;
  localStorage.setItem("sandbox.theme", name);
  for (const phone of phones.values()) phone.setTheme(name);
  drawTheme();
}

function drawTheme() {
  const button = document.getElementById("theme");
  const dark = theme() === "dark";
  button.textContent = dark ? "☀" : "☾";
  button.title = dark ? "Светлая тема" : "Тёмная тема";
}

function badge(key, text, bad) {
  const node = badges.get(key);
  node.hidden = !text;
  node.textContent = text || "";
  node.classList.toggle("demo-bad", Boolean(bad));
}

/** What waits and what is broken shows on the tabs, whichever panel is open. */
async function watch() {
  if (document.hidden) return;
  const { deliveries } = await read("/sandbox/deliveries");
  const open = deliveries.filter((one) => one.state !== "delivered");
  badge("deliveries", open.length ? String(open.length) : "", open.some((one) => one.state === "dead"));
  for (const [key, base] of [["amocrm", AMOCRM], ["bitrix24", BITRIX24]]) {
    const { plans } = await read(`${base}/faults`);
    badge(key, plans.length ? "сбой" : "", true);
  }
}

async function start() {
  tabs("people", PEOPLE, (entry) => `phone-${entry.key}`);
  tabs("desks", DESKS, (entry) => `panel-${entry.key}`);
  for (const { key } of DESKS) {
    document.getElementById("panels").append(
      h("section", { class: "demo-panel", id: `panel-${key}`, role: "tabpanel", "aria-labelledby": `tab-${key}`, hidden: true }),
    );
  }
  drawTheme();
  document.getElementById("theme").onclick = () => setTheme(theme() === "dark" ? "light" : "dark");
  mountGuide({ element: document.getElementById("guide"), toggle: document.getElementById("guide-toggle"), phones, go });

  const wanted = location.hash.slice(1);
  choosePerson(localStorage.getItem("sandbox.person") || "anna");
  chooseDesk(localStorage.getItem("sandbox.desk") || "amocrm");
  document.body.dataset.shows = "phones";
  go(wanted, { scroll: false, write: false });
  mark();
  addEventListener("hashchange", () => go(location.hash.slice(1), { write: false }));
  narrow.addEventListener("change", () => {
    for (const phone of phones.values()) phone.node.classList.toggle("tg-bare", narrow.matches);
    mark();
  });
  await Promise.all(PEOPLE.map(addPhone));
  if (one(DESKS, wanted) && wide.matches) reveal(wanted);
  const again = () => watch().catch(() => {}).finally(() => setTimeout(again, 2500));
  again();
}

start();
