// Age, milliseconds, temperature, gate and sources.
import { byId, make } from "./elements.js";

const ms = (value) => `${Math.round(value)} ms`;

export function showHealth(told) {
  const rows = [];
  const add = (name, text) => rows.push(make("dt", { text: name }), make("dd", { dir: "auto", text: text }));
  const { caption, gate } = told;
  if (caption) {
    add("Age of a caption", `${ms(caption.age_ms_p50)}, 95 % within ${ms(caption.age_ms_p95)}`);
    const { preprocess, encode, decode } = caption.timings_ms;
    add("Time of the newest", `preprocess ${ms(preprocess)}, encode ${ms(encode)}, decode ${ms(decode)}`);
    add("Gate", `${gate.looked_at} frames looked at, ${gate.captioned} captioned; last change ${caption.difference} of 1`);
    add("Model", caption.variant);
  }
  add("Temperature", told.temperature_c === null ? "not told by this machine" : `${told.temperature_c} °C`);
  for (const source of told.sources) {
    const age = source.frame_age_s === null ? "no frame yet" : `newest frame ${source.frame_age_s.toFixed(1)} s ago`;
    const state = source.failure ?? (source.ended ? "ended" : source.away ? "lost" : "there");
    add(source.source, `${state}; ${age}; lost ${source.counters.lost} times`);
  }
  byId("health").replaceChildren(...rows);
}
