// What happens, as server-sent events. The page waits by itself before it tries again, and says so; what it missed is told by
// the server where that still knows it.

const KINDS = ["hello", "words", "caption", "scene", "alert", "status", "health", "resync"];
const FIRST = 500, LONGEST = 15000, SILENT = 10000;

export class Stream {
  #take; #show; #source = null; #after = ""; #delay = FIRST; #timer = 0; #watch = 0;

  constructor(take, show) {
    this.#take = take;
    this.#show = show;
  }

  open() {
    this.close();
    const query = this.#after ? `?after=${encodeURIComponent(this.#after)}` : "";
    const source = this.#source = new EventSource(`/api/stream${query}`);
    for (const kind of KINDS) source.addEventListener(kind, (event) => this.#heard(kind, event));
    source.onerror = () => this.#again();
    this.#expect();
  }

  close() {
    clearTimeout(this.#timer);
    clearTimeout(this.#watch);
    this.#source?.close();
    this.#source = null;
  }

  #heard(kind, event) {
    this.#expect();
    const told = JSON.parse(event.data);
    if (kind === "hello") {
      this.#delay = FIRST;
      if (!told.complete) this.#after = told.position;
      this.#show("on", "Connected");
    }
    this.#take(kind, told);
    if (event.lastEventId) this.#after = event.lastEventId;
  }

  // The server reports every two seconds: a connection that is silent is none, whatever the browser thinks.
  #expect() {
    clearTimeout(this.#watch);
    this.#watch = setTimeout(() => this.#again(), SILENT);
  }

  #again() {
    this.close();
    const wait = this.#delay * (0.8 + 0.4 * Math.random());
    this.#delay = Math.min(LONGEST, this.#delay * 2);
    const seconds = Math.max(1, Math.round(wait / 1000));
    this.#show("off", `Connection lost; trying again in ${seconds} s`);
    this.#timer = setTimeout(async () => {
      // An event source does not tell why it failed: where a token is asked for now, this does.
      try {
        const answer = await fetch("/healthz");
        if (answer.status === 401) return location.assign("/login");
      } catch {
        return this.#again();
      }
      return this.open();
    }, wait);
  }
}
