// Shows one page of the Mini App in both themes; the address keeps which.
import { THEMES } from "/sandbox/telegram/telegram-theme.js";

const name = document.getElementById("name");
const lang = document.getElementById("lang");
const names = await (await fetch("/sandbox/gallery/names")).json();
for (const one of ["parts", ...names]) name.append(new Option(one === "parts" ? "Все части" : one, one));

const wanted = new URLSearchParams(location.search);
if (["parts", ...names].includes(wanted.get("page"))) name.value = wanted.get("page");
if (wanted.get("lang") === "en") lang.value = "en";

function show() {
  const place = new URLSearchParams({ page: name.value, lang: lang.value });
  history.replaceState(null, "", `?${place}`);
  for (const frame of document.querySelectorAll("iframe")) {
    // The Mini App takes its theme from where Telegram puts it.
    const launch = new URLSearchParams({ tgWebAppThemeParams: JSON.stringify(THEMES[frame.dataset.theme]) });
    const fresh = frame.cloneNode();
    fresh.src = `/sandbox/gallery/show/${name.value}?lang=${lang.value}#${launch}`;
    frame.replaceWith(fresh);
  }
}

name.onchange = show;
lang.onchange = show;
show();
