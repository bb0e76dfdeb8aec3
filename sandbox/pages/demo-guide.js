// «Что попробовать»: the way round the circle, one step at a time, with a hand where it helps.
import { h, write } from "/sandbox/amocrm/kit.js";

const ANNA = { contact: "Анна Соколова", phone: "+7 900 111-22-33", company: "ООО «Тульский станочный цех»" };

function steps({ phones, go, say }) {
  const on = (key) => {
    go(key);
    return phones.get(key);
  };
  return [
    {
      title: "Познакомьтесь с ботом",
      text: "Анна нажимает «Старт» и делится телефоном. Бот узнаёт её по номеру: станки уже записаны на её цех.",
      acts: [["Нажать «Старт» за Анну", () => on("anna").act({ act: "start", payload: "" })]],
    },
    {
      title: "Откройте «Мой парк»",
      text: "Станки двух площадок, первым — то, что требует внимания. Загляните в паспорт: документы, история, следующее ТО.",
      acts: [["Открыть парк", () => on("anna").openMiniApp({})]],
    },
    {
      title: "Закажите запчасти",
      text: "В паспорте нажмите «Запчасти»: список подобран под станок. Положите две-три детали в корзину и оформите заказ.",
      acts: [["Открыть парк", () => on("anna").openMiniApp({})]],
    },
    {
      title: "Проследите за заказом",
      text: "На доске сделка с контактом, полями и примечанием о позициях. Копия на почте, у Марии карточка с кнопкой «Беру».",
      acts: [["Доска", () => go("amocrm")], ["Почта", () => go("mail")], ["Мария", () => go("maria")]],
    },
    {
      title: "Продайте станок",
      text: "Создайте сделку на новый станок и перетащите её в «Успешно реализовано»: у Анны появятся паспорт и сообщение.",
      acts: [
        [
          "Создать сделку на станок",
          async () => {
            const serial = `НОВ-${String(Date.now()).slice(-4)}`;
            await write("/sandbox/amocrm/leads", { ...ANNA, model: "РТ755Ф3", serial, price: 4850000, configuration: "РМЦ 2000 мм, ЧПУ NC-210" });
            go("amocrm");
            say(`Сделка на РТ755Ф3 № ${serial} стоит на доске`);
          },
        ],
      ],
    },
    {
      title: "Вызовите сервис",
      text: "Анна выбирает станок, пишет, что случилось, прикладывает фото. Мария назначает Игоря, он делает работу, сделка движется.",
      acts: [["Отправить /service за Анну", () => on("anna").send("/service")], ["Мария", () => go("maria")], ["Игорь", () => go("igor")]],
    },
    {
      title: "Получите напоминание",
      text: "Один станок ждёт ТО через месяц. Утром придёт напоминание, а в CRM — задача менеджеру. Ждать утра не нужно.",
      acts: [
        [
          "Напомнить о ТО сейчас",
          async () => {
            const { sent } = await write("/sandbox/reminders", {});
            go("anna");
            say(sent ? `Новых напоминаний: ${sent}` : "Обо всём, что близко, уже напомнили");
          },
        ],
      ],
    },
    {
      title: "Напишите с сайта дилера",
      text: "Откройте сайт и отправьте форму с чертежом. В Битрикс24 встанет лид с файлами, у Марии — карточка с «Беру».",
      acts: [["Открыть сайт", () => window.open("/sandbox/shop?utm_source=demo&utm_medium=guide", "_blank", "noopener")], ["Битрикс24", () => go("bitrix24")], ["Мария", () => go("maria")]],
    },
    {
      title: "Сведите две CRM",
      text: "Заказ стоит сделкой и в amoCRM, и в Битрикс24. Передвиньте её в amoCRM: двойник на доске «Сделки» пойдёт следом.",
      acts: [["amoCRM", () => go("amocrm")], ["Битрикс24", () => go("bitrix24")]],
    },
    {
      title: "Согласуйте крупную сделку",
      text: "Сделка от 500 000 ₽ в Битрикс24 ждёт решения: у Марии карточка в чате, на портале задача. Решить можно там, здесь или в консоли.",
      acts: [
        [
          "Создать крупную сделку",
          async () => {
            const serial = `КР-${String(Date.now()).slice(-4)}`;
            await write("/sandbox/bitrix24/boards/0/leads", { ...ANNA, model: "РТ755Ф3", serial, price: 600000 });
            go("maria");
            say(`Сделка на 600 000 ₽, станок № ${serial}`);
          },
        ],
        ["Битрикс24", () => go("bitrix24")],
        ["Консоль", () => window.open("/staff", "_blank", "noopener")],
      ],
    },
    {
      title: "Сломайте CRM",
      text: "Включите 429, обрыв или зависание и оформите ещё заказ. Он примется сразу, доставка повторится, сделка будет одна, а вторая CRM ничего не заметит.",
      acts: [["Переключатели", () => go("amocrm")], ["Доставки", () => go("deliveries")]],
    },
  ];
}

// On a small screen the strip shows the title alone, and a tap on it the whole list.
const narrow = matchMedia("(max-width: 759px)");

/** Mounts the guide; `toggle` opens the whole list, `go` shows a phone or a panel. */
export function mountGuide({ element, toggle, phones, go }) {
  const said = h("span", { class: "demo-said", role: "status" });
  let clear = null;
  const say = (text) => {
    said.textContent = text;
    clearTimeout(clear);
    clear = setTimeout(() => (said.textContent = ""), 6000);
  };
  const all = steps({ phones, go, say });
  const kept = () => Math.min(Number(localStorage.getItem("sandbox.step")) || 0, all.length - 1);
  let open = false;

  const press = async (button, act, index) => {
    button.disabled = true;
    if (open) {
      // What the act does shows below; the list would push it out of sight.
      open = false;
      choose(index);
    }
    try {
      await act();
    } catch {
      say("Не вышло. Песочница ещё запускается?");
    }
    button.disabled = false;
  };
  const acts = (step, index) =>
    step.acts.map(([name, act], place) => {
      const button = h("button", { type: "button", class: place === 0 ? "demo-act demo-first" : "demo-act" }, name);
      button.onclick = () => press(button, act, index);
      return button;
    });
  const choose = (index) => {
    localStorage.setItem("sandbox.step", String(index));
    said.textContent = "";
    draw();
  };
  const arrow = (name, sign, to) =>
    h("button", { type: "button", class: "demo-arrow", "aria-label": name, title: name, disabled: to < 0 || to >= all.length, onclick: () => choose(to) }, sign);

  const strip = (step, index) => [
    h("div", { class: "demo-count", "aria-hidden": "true" }, `${index + 1}`, h("small", {}, `из ${all.length}`)),
    h("div", { class: "demo-step", onclick: () => narrow.matches && toggle.click() }, h("h2", {}, step.title), h("p", {}, step.text), said),
    h("div", { class: "demo-acts" }, acts(step, index)),
    h("div", { class: "demo-arrows" }, arrow("Прошлый шаг", "‹", index - 1), arrow("Следующий шаг", "›", index + 1)),
  ];
  const whole = (chosen) =>
    h(
      "ol",
      { class: "demo-steps" },
      all.map((step, index) =>
        h(
          "li",
          { class: index === chosen ? "demo-now" : index < chosen ? "demo-past" : "" },
          h("h3", {}, step.title),
          h("p", {}, step.text),
          h("div", { class: "demo-acts" }, acts(step, index)),
        ),
      ),
    );
  const draw = () => {
    const index = kept();
    toggle.setAttribute("aria-expanded", String(open));
    element.classList.toggle("demo-open", open);
    element.replaceChildren(...(open ? [whole(index), said] : strip(all[index], index)));
  };
  toggle.onclick = () => {
    open = !open;
    draw();
    if (open) element.scrollIntoView({ block: "nearest" });
  };
  draw();
}
