// The rules in force, and what one that is being written would have found.
import { ask, byId, make } from "./elements.js";
import { Scenes } from "./scenes.js";

export class Rules {
  #matched = new Scenes(byId("matched"));

  constructor() {
    byId("try").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#try(byId("when").value);
    });
  }

  async begin(several) {
    this.#matched.several = several;
    const told = await ask("/api/rules");
    byId("rules").hidden = !told.can_try && !told.rules.length;
    byId("try").hidden = !told.can_try;
    byId("rules-list").replaceChildren(...told.rules.map(({ name, when, alerts }) =>
      make("li", { dir: "auto" }, make("strong", { text: name }), " ", make("code", { text: when }), ` · ${alerts} alerts`)));
    byId("rules-list").hidden = !told.rules.length;
  }

  async #try(when) {
    byId("try-told").textContent = byId("try-wrong").textContent = "";
    this.#matched.replace([]);
    try {
      const { matched, tried } = await ask("/api/rules/try", {
        method: "POST",
        headers: { "content-type": "application/json", accept: "application/json" },
        body: JSON.stringify({ when }),
      });
      this.#matched.replace(matched);
      byId("try-told").textContent = `${matched.length} of the last ${tried} events match`;
    } catch (error) {
      byId("try-wrong").textContent = error.message;
    }
  }
}
