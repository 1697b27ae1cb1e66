// The live picture: only while the page is looked at, one source at a time, and still where motion is not wanted.
import { byId, make } from "./elements.js";

const AGAIN = 3000;

export class Picture {
  #image = byId("picture"); #source = byId("source"); #button = byId("pause");
  #paused = matchMedia("(prefers-reduced-motion: reduce)").matches;
  #number = 0; #timer = 0; #runs = false;

  constructor() {
    this.#source.addEventListener("change", () => this.start());
    this.#button.addEventListener("click", () => {
      this.#paused = !this.#paused;
      this.start();
    });
    this.#image.addEventListener("error", () => {
      if (!this.#runs || !this.#image.hasAttribute("src")) return;
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.start(), AGAIN);
    });
  }

  begin(sources) {
    const chosen = this.#source.value;
    this.#source.replaceChildren(...sources.map((name) => make("option", { value: name, text: name })));
    if (sources.includes(chosen)) this.#source.value = chosen;
    byId("source-label").hidden = sources.length < 2;
    this.start();
  }

  start() {
    this.stop();
    this.#runs = true;
    const query = `source=${encodeURIComponent(this.#source.value)}&n=${++this.#number}`;
    this.#image.alt = `${this.#paused ? "Last captioned" : "Live"} picture of ${this.#source.value}`;
    this.#button.textContent = this.#paused ? "Play picture" : "Pause picture";
    this.#button.setAttribute("aria-pressed", String(this.#paused));
    this.#image.src = `/api/${this.#paused ? "snapshot.jpg" : "live.mjpeg"}?${query}`;
  }

  // A picture that stands still is renewed when there is another one.
  captioned(source) {
    if (this.#runs && this.#paused && source === this.#source.value) this.start();
  }

  stop() {
    clearTimeout(this.#timer);
    this.#runs = false;
    this.#image.removeAttribute("src");
  }
}
