import { ask, byId } from "./elements.js";
import { Day } from "./day.js";
import { Picture } from "./picture.js";
import { Rules } from "./rules.js";
import { Scenes } from "./scenes.js";
import { Search } from "./search.js";
import { Sentences } from "./sentences.js";
import { Stream } from "./stream.js";
import { showHealth } from "./health.js";

const LOADED = 30, DAY_SECONDS = 30;
const scenes = new Scenes(byId("events"), byId("events-none"));
const sentences = new Sentences(byId("sentences"), byId("statuses"));
const picture = new Picture(), search = new Search(), day = new Day(search), rules = new Rules();
let dayShown = 0, dayAwaited = 0;

async function load() {
  try {
    scenes.merge((await ask(`/api/events?limit=${LOADED}`)).events);
  } catch (error) {
    byId("events-none").hidden = false;
    byId("events-none").textContent = error.message;
  }
}

function showDay() {
  // The first at once, and after many in a row the last one too.
  clearTimeout(dayAwaited);
  const wait = dayShown + 1000 * DAY_SECONDS - Date.now();
  if (wait > 0) {
    dayAwaited = setTimeout(showDay, wait);
    return;
  }
  dayShown = Date.now();
  day.show();
}

function hello(told) {
  const several = told.sources.length > 1;
  scenes.several = several;
  sentences.begin(told.sentences, told.statuses, several);
  search.begin(told.journal, several);
  rules.begin(several).catch(() => { byId("rules").hidden = true; });
  picture.begin(told.sources);
  byId("leave").hidden = !told.guarded;
  showHealth(told.health);
  if (!told.complete) load();
  showDay();
}

const takers = {
  hello,
  words: (told) => sentences.words(told),
  caption: (told) => sentences.caption(told),
  status: (told) => sentences.status(told),
  health: showHealth,
  resync: load,
  alert: (told) => scenes.alert(told.id, told.rule),
  scene: (told) => {
    scenes.put(told, told.event === "new");
    if (told.event !== "end") picture.captioned(told.source);
    // A new event alone is spoken: words and changes would never let a screen reader come to rest.
    if (told.event === "new") byId("announcer").textContent = told.shown;
    showDay();
  },
};

const stream = new Stream((kind, told) => takers[kind](told), (state, text) => {
  if (byId("connection").textContent !== text) byId("connection").textContent = text;
  byId("connection").dataset.state = state;
});

function look() {
  if (document.hidden) {
    stream.close();
    picture.stop();
  } else stream.open();
}

document.addEventListener("visibilitychange", look);
addEventListener("pagehide", () => { stream.close(); picture.stop(); });
addEventListener("pageshow", (event) => { if (event.persisted) look(); });
look();
