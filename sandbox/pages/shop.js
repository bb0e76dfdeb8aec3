// «Спросить» under a part writes its name into the form: what a site of a dealer usually does.
for (const link of document.querySelectorAll("[data-about]")) {
  link.addEventListener("click", () => {
    const message = document.querySelector("textarea[name=message]");
    message.value = `Интересует: ${link.dataset.about}. Сколько стоит и когда будет?`;
    message.dispatchEvent(new Event("input", { bubbles: true }));
    document.querySelector("input[name=name]").focus({ preventScroll: true });
  });
}

// What becomes of the last request: the token that the form was answered with opens its state.
const STATES = {
  new: "принято, менеджер скоро возьмёт его",
  taken: "у менеджера в работе",
  converted: "стало сделкой",
  rejected: "закрыто",
};
const KEPT = "shop.lead";
const state = document.querySelector(".shop-state");
let asking = null;

async function ask() {
  clearTimeout(asking);
  const kept = JSON.parse(localStorage.getItem(KEPT) ?? "null");
  if (!kept) return;
  const answer = document.hidden ? null : await fetch(`/ingest/lead/${kept.token}`).catch(() => null);
  // Another demo does not know the request of the last one.
  if (answer?.status === 404) return localStorage.removeItem(KEPT);
  if (answer?.ok) {
    const lead = await answer.json();
    const words = `Обращение ${lead.number}: ${STATES[lead.state] ?? lead.state}`;
    if (state.textContent !== words) state.textContent = words;
    state.dataset.state = lead.state;
    state.hidden = false;
  }
  asking = setTimeout(ask, 2500);
}

addEventListener("mypark:sent", (event) => {
  localStorage.setItem(KEPT, JSON.stringify(event.detail));
  ask();
});
ask();
