// Events with their pictures, the newest first; a change is made in its place.
import { lines, make } from "./elements.js";

const MOST = 100;
const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });
const day = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });

function time(iso) {
  const at = new Date(iso);
  const today = at.toDateString() === new Date().toDateString();
  return make("time", { datetime: iso, text: (today ? clock : day).format(at) });
}

function about(scene, several) {
  const told = make("p", { class: "about" }, time(scene.started_at));
  const add = (text, given = {}) => told.append(" · ", make("span", { dir: "auto", text: text, ...given }));
  if (several && scene.source) add(scene.source);
  if (scene.zone) add(scene.zone);
  if (scene.confidence !== null && !scene.abstained) add(`${Math.round(100 * scene.confidence)} % sure`);
  if (scene.ended_at) {
    const seconds = Math.max(0, Math.round((new Date(scene.ended_at) - new Date(scene.started_at)) / 1000));
    add(`over after ${seconds} s`);
  } else if (scene.over) add("over");
  if (scene.rules?.length) add(`alert: ${scene.rules.join(", ")}`, { class: "alerts" });
  return told;
}

function item(scene, several) {
  const over = scene.ended_at || scene.over;
  const told = make("li", { class: over ? "over" : "", "data-id": scene.id });
  const version = scene.picture ? `?v=${encodeURIComponent(scene.picture)}` : "";
  if (scene.picture === null) told.append(make("span"));
  else {
    // The sentence beside it says what it shows.
    const address = `/api/events/${encodeURIComponent(scene.id)}.jpg${version}`;
    const picture = make("img", { src: address, alt: "", loading: "lazy", width: 96, height: 72 });
    picture.addEventListener("error", () => picture.replaceWith(make("span")));
    told.append(picture);
  }
  const said = scene.shown_lines ?? { [scene.language]: scene.shown, ...others(scene) };
  told.append(make("div", {}, ...lines(said, "text"), about(scene, several)));
  return told;
}

function others(scene) {
  const { [scene.language]: main, ...rest } = scene.captions ?? {};
  return rest;
}

export class Scenes {
  #list; #none; #known = new Map(); several = false;

  constructor(list, none = null) {
    this.#list = list;
    this.#none = none;
  }

  // Ids sort by time.
  put(scene, fresh = false) {
    const known = this.#known.get(scene.id);
    const told = item(scene, this.several);
    if (known) known.element.replaceWith(told);
    else {
      if (fresh) told.classList.add("fresh");
      const next = [...this.#list.children].find((other) => other.dataset.id < scene.id);
      this.#list.insertBefore(told, next ?? null);
    }
    this.#known.set(scene.id, { scene, element: told });
    while (this.#list.children.length > MOST) {
      this.#known.delete(this.#list.lastElementChild.dataset.id);
      this.#list.lastElementChild.remove();
    }
    if (this.#none) this.#none.hidden = true;
  }

  alert(id, rule) {
    const scene = this.#known.get(id)?.scene;
    if (scene && !scene.rules?.includes(rule)) this.put({ ...scene, rules: [...(scene.rules ?? []), rule] });
  }

  // What the server knows now; of what it does not know any more, nothing goes on.
  merge(scenes) {
    const told = new Set(scenes.map((scene) => scene.id));
    for (const { scene } of [...this.#known.values()]) {
      if (!told.has(scene.id) && !scene.ended_at) this.put({ ...scene, over: true });
    }
    scenes.forEach((scene) => this.put(scene));
  }

  replace(scenes) {
    this.#list.replaceChildren();
    this.#known.clear();
    scenes.forEach((scene) => this.put(scene));
  }
}
