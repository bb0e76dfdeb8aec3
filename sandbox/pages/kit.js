// What the sandbox's panels share: elements, calls, news, formats.

/** Makes an element; text always goes in as text, never as markup. */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [key, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (key === "class") element.className = value;
    else if (key === "dataset") Object.assign(element.dataset, value);
    else if (key in element && key !== "list") element[key] = value;
    else element.setAttribute(key, value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** Puts the shared style sheet on the page, once. */
export function dress(element) {
  const href = new URL("./board.css", import.meta.url).href;
  if (!document.querySelector('link[data-sbx]')) {
    document.head.append(h("link", { rel: "stylesheet", href, dataset: { sbx: "1" } }));
  }
  element.classList.add("sbx");
}

export async function read(url) {
  const answer = await fetch(url, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`${answer.status}`);
  return answer.json();
}

export async function write(url, body, method = "POST") {
  const answer = await fetch(url, {
    method,
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${answer.status}`);
  return answer.status === 204 ? null : answer.json();
}

/**
 * Calls `load` now and after every change; several changes at once load once. A page that is left for another may be
 * kept alive for the way back: it gives up its connection then, of which a browser opens six to a host.
 */
export function follow(url, load) {
  let running = false;
  let again = false;
  const run = async () => {
    if (running) {
      again = true;
      return;
    }
    running = true;
    do {
      again = false;
      try {
        await load();
      } catch {
        // The sandbox is restarting; the next event tries again.
      }
    } while (again);
    running = false;
  };
  let source;
  const listen = () => {
    source = new EventSource(url);
    source.onmessage = run;
    source.onopen = run;
  };
  const leave = () => source.close();
  const back = (event) => event.persisted && listen();
  addEventListener("pagehide", leave);
  addEventListener("pageshow", back);
  listen();
  run();
  return () => {
    removeEventListener("pagehide", leave);
    removeEventListener("pageshow", back);
    source.close();
  };
}

const money = new Intl.NumberFormat("ru-RU");

export function roubles(sum) {
  return sum ? `${money.format(sum)}\u00a0₽` : "без суммы";
}

export function moment(seconds) {
  return new Date(seconds * 1000).toLocaleString("ru-RU", {
    day: "numeric",
    month: "short",
    hour: "2-digit",
    minute: "2-digit",
  });
}

export function size(bytes) {
  if (bytes < 1024) return `${bytes} Б`;
  if (bytes < 1048576) return `${Math.round(bytes / 1024)} КБ`;
  return `${(bytes / 1048576).toFixed(1).replace(".", ",")} МБ`;
}

/** A short word at the bottom of the panel that goes away by itself. */
export function toast(root, text, bad = false) {
  root.querySelector(".sbx-toast")?.remove();
  const shown = h("div", { class: bad ? "sbx-toast sbx-bad" : "sbx-toast", role: "status" }, text);
  root.append(shown);
  setTimeout(() => shown.remove(), 3200);
}
