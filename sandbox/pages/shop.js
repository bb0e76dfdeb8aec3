// «Спросить» under a part writes its name into the form: what a site of a dealer usually does.
for (const link of document.querySelectorAll("[data-about]")) {
  link.addEventListener("click", () => {
    const message = document.querySelector("textarea[name=message]");
    message.value = `Интересует: ${link.dataset.about}. Сколько стоит и когда будет?`;
    message.dispatchEvent(new Event("input", { bubbles: true }));
    document.querySelector("input[name=name]").focus({ preventScroll: true });
  });
}
