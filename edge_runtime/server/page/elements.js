// Elements are made here and nowhere else, and text becomes text: nothing that a camera or a file is called is ever read as HTML.

export const byId = (id) => document.getElementById(id);

export function make(tag, given = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(given)) {
    if (value === null || value === undefined) continue;
    if (name === "class") element.className = value;
    else if (name === "text") element.textContent = value;
    else element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

// Lines are { language: sentence }; each says its language and finds its own direction.
export function lines(given, kind) {
  return Object.entries(given).map(([language, text]) =>
    make("p", { class: kind, lang: language, dir: "auto", text: text }));
}

export async function ask(address, options = {}) {
  const answer = await fetch(address, { headers: { accept: "application/json" }, ...options });
  if (answer.status === 401) location.assign("/login");
  let told;
  try {
    told = await answer.json();
  } catch {
    throw new Error(`The server answered with status ${answer.status}.`);
  }
  if (told.error) throw new Error([told.error, told.excerpt].filter(Boolean).join("\n"));
  return told;
}
