// Search among events, and the events of an hour.
import { ask, byId } from "./elements.js";
import { Scenes } from "./scenes.js";

const MOST = 50;

export class Search {
  #found = new Scenes(byId("found"));

  constructor() {
    byId("search").addEventListener("submit", (event) => {
      event.preventDefault();
      this.look({ q: byId("query").value });
    });
  }

  begin(journal, several) {
    this.#found.several = several;
    byId("search-hint").hidden = journal;
  }

  async look(asked) {
    byId("search-wrong").textContent = byId("search-told").textContent = "";
    try {
      const { events } = await ask(`/api/search?${new URLSearchParams({ limit: MOST, ...asked })}`);
      this.#found.replace(events);
      const more = events.length === MOST ? `The newest ${MOST}` : `${events.length}`;
      byId("search-told").textContent = events.length ? `${more} found` : "Nothing found";
    } catch (error) {
      this.#found.replace([]);
      byId("search-wrong").textContent = error.message;
    }
  }
}
