// What is said now of each source and zone, word by word as it comes.
import { lines, make } from "./elements.js";

const RECOVERY = { recovered: "lost", moving: "frozen", "full-speed": "slowed", day: "night" };
const SHOWN = new Set(["lost", "failed", "ended", "frozen", "slowed", "night", "stopped"]);

export class Sentences {
  #place; #statuses; #parts = new Map(); #troubles = new Map(); #several = false;

  constructor(place, statuses) {
    this.#place = place;
    this.#statuses = statuses;
  }

  begin(sentences, statuses, several) {
    this.#several = several;
    this.#parts.clear();
    this.#place.replaceChildren();
    this.#troubles.clear();
    sentences.forEach((told) => this.caption(told));
    statuses.forEach((told) => this.status(told));
    this.#showTroubles();
  }

  words({ source, zone, text }) {
    const part = this.#part(source, zone);
    const first = part.said.firstElementChild ?? part.said.appendChild(make("p", { class: "sentence", dir: "auto" }));
    first.textContent = text;
    first.classList.add("coming");
  }

  caption({ source, zone, lines: said }) {
    const part = this.#part(source, zone);
    part.said.replaceChildren(...lines(said, "sentence"));
  }

  status({ kind, source, message }) {
    const key = source ?? "";
    const trouble = this.#troubles.get(key);
    if (SHOWN.has(kind)) this.#troubles.set(key, { kind, message });
    else if (trouble && RECOVERY[kind] === trouble.kind) this.#troubles.delete(key);
    this.#showTroubles();
  }

  #showTroubles() {
    this.#statuses.replaceChildren(...[...this.#troubles.values()].map(({ message }) =>
      make("li", { dir: "auto", text: message })));
    this.#statuses.hidden = !this.#troubles.size;
  }

  #part(source, zone) {
    const key = JSON.stringify([source, zone]);
    if (!this.#parts.has(key)) {
      const said = make("div");
      const name = [this.#several ? source : "", zone].filter(Boolean).join(" · ");
      const part = make("div", {}, ...(name ? [make("p", { class: "about", dir: "auto", text: name })] : []), said);
      this.#place.append(part);
      this.#parts.set(key, { said });
    }
    return this.#parts.get(key);
  }
}
