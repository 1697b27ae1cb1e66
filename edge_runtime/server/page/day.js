// A day's events by the hour: each bar is a button that shows them.
import { ask, byId, make } from "./elements.js";
import { Scenes } from "./scenes.js";

const hour = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });

function events(number) {
  return number === 1 ? "1 event" : `${number} events`;
}

export class Day {
  #search; #unusual = new Scenes(byId("unusual"));

  constructor(search) {
    this.#search = search;
    const now = new Date();
    byId("date").value = [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((part) => String(part).padStart(2, "0")).join("-");
    byId("day").addEventListener("submit", (event) => {
      event.preventDefault();
      this.show();
    });
  }

  async show() {
    try {
      const told = await ask(`/api/day?date=${encodeURIComponent(byId("date").value)}`);
      const most = Math.max(1, ...told.hours.map((one) => one.scenes));
      byId("hours").replaceChildren(...told.hours.map((one) => make("li", {}, this.#bar(one, most))));
      this.#unusual.replace(told.unusual);
      byId("unusual-title").hidden = !told.unusual.length;
      byId("day-told").textContent = `${told.cut ? "More than " : ""}${events(told.scenes)}`;
    } catch (error) {
      byId("hours").replaceChildren();
      byId("day-told").textContent = error.message;
    }
  }

  #bar(one, most) {
    const begin = new Date(one.from);
    const bar = make("span", { class: "bar" });
    bar.style.height = `${Math.round(80 * one.scenes / most)}%`;
    const number = make("span", { "aria-hidden": "true", text: String(Number(one.from.slice(11, 13))) });
    const button = make("button", { type: "button" }, bar, number);
    const alerts = one.alerts ? `, ${one.alerts} with alerts` : "";
    button.setAttribute("aria-label", `${hour.format(begin)}: ${events(one.scenes)}${alerts}`);
    button.title = one.first;
    button.disabled = !one.scenes;
    button.addEventListener("click", () => {
      this.#search.look({ since: one.from, until: one.to });
      byId("search-title").scrollIntoView({ block: "start" });
    });
    return button;
  }
}
