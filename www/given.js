// A scenario's JSON as the lines that the program of embeds reads (src/catalogue/lines.rs).
//
// Which JSON is a scenario, and what is wrong with one that is none, is for the whole program to say
// (src/core/sim/scenario.rs): to read JSON with all that it says of mistakes takes more code than an embed
// is to load. Here the browser reads what is surely right, and leaves the rest to the whole program.
// src/catalogue/lines/given.rs holds the two against each other.

const FORGETS = "fire-and-forget";
/** Settings that have several values. */
const LIST = /^(consumer\.program|producer\.sqs\.Message(GroupId|Body))$/;
/** Settings that are always in quotes, also where they look like numbers. */
const QUOTED = /^producer\.(kafka\.acks|sqs\.MessageDeduplicationId)$/;
/** Settings that people give a name. */
const NAME = /^(producer\.kafka\.transactional\.id|broker\.rabbitmq\.x-dead-letter-exchange)$/;
/** A value that says the same in lines and in addresses. */
const PLAIN = /^[\w.:-]+( [\w.:-]+)*$/;

/** The lines; null where the whole program is to read the JSON. */
export function lines(json) {
  try {
    return scenario(json).map((line) => `${line.join(" ")}\n`).join("");
  } catch {
    return null;
  }
}

function sure(certain) {
  if (!certain) throw new Error("This is for the whole program.");
}

/** The entries of an object. */
function entries(value) {
  sure(value && typeof value === "object" && !Array.isArray(value));
  return Object.entries(value);
}

/** The only entry. */
function only(value) {
  const all = entries(value);
  sure(all.length === 1);
  return all[0];
}

/** All of these, and nothing else. */
function exactly(value, ...names) {
  sure(entries(value).length === names.length && names.every((name) => name in value));
  return names.map((name) => value[name]);
}

function text(value) {
  sure(typeof value === "string" && !/[\r\n]/.test(value));
  return value;
}

/** A text before another. */
function word(value) {
  sure(!text(value).includes(" "));
  return value;
}

const count = (value) =>
  value && typeof value === "object"
    ? Object.values(value).reduce((sum, inner) => sum + count(inner), Array.isArray(value) ? 0 : Object.keys(value).length)
    : 0;

function scenario(json) {
  const all = JSON.parse(json);
  // What only a browser forgives: a name given twice, numbers that are not whole, half a character.
  const bare = json.replace(/"(?:[^"\\]|\\.)*"/g, "");
  sure(count(all) === bare.split(":").length - 1 && !/\d[.e]|-/i.test(bare) && !/\\ud[89a-f]/i.test(json));

  const {
    version, id, title, summary, messages, producer, broker, consumer, database, store,
    faults = [], notes = [], takeaway = "", cure, sources = [], expect, ...unknown
  } = all;
  sure(version === 1 && entries(unknown).length === 0);
  const [maker, sending] = producer === FORGETS ? [FORGETS, {}] : only(producer);
  sure(producer === FORGETS || maker !== FORGETS);
  const [product, keeping] = only(broker);

  const settings = [["messages", messages]];
  if (maker === FORGETS) settings.push(["producer", maker]);
  if (database !== undefined) settings.push(["database", database]);
  if (store !== undefined) settings.push(["store.amount", ...exactly(store, "amount")]);
  settings.push(...sent(maker, sending), ...kept(product, keeping), ...consumed(product, consumer));

  return [
    ["id", text(id)],
    ["title", text(title)],
    ["summary", text(summary)],
    ["producer", maker],
    ["broker", product],
    ...settings.map(set).filter(Boolean),
    ...faults.map((fault) => ["fault", text(fault)]),
    ...notes.map((note) => exactly(note, "at", "say")).map(([at, say]) => ["note", word(at), text(say)]),
    ["takeaway", text(takeaway)],
    ...(cure === undefined ? [] : [exactly(cure, "to", "say")]).map(([to, say]) => ["cure", word(to), text(say)]),
    ...sources.map((source) => ["source", text(source)]),
    ...(expect === undefined ? [] : [["expect", text(expect)]]),
  ];
}

function sent(maker, all) {
  entries(all);
  const { backoff, ...settings } = all;
  const path = `producer.${maker}`;
  const times = [];
  if (maker === "retry") {
    sure("timeout_ms" in settings && "attempts" in settings);
    const [kind, own] = only(backoff);
    const fixed = kind === "fixed";
    const [first, most] = fixed ? exactly(own, "delay_ms") : exactly(own, "first_ms", "max_ms");
    times.push([`${path}.backoff`, kind], [`${path}.backoff.delay_ms`, first]);
    if (!fixed) times.push([`${path}.backoff.max_ms`, most]);
  } else {
    sure(backoff === undefined);
  }
  const own = entries(settings).map(([name, value]) => {
    // With a dot it would be a place further in.
    sure(maker !== "retry" || !name.includes("."));
    return [name === "on_restart" ? "producer.on_restart" : `${path}.${name}`, value];
  });
  return [...times, ...own];
}

function kept(product, settings) {
  sure(product !== "generic" || "acknowledge" in settings);
  return entries(settings).map(([name, value]) => {
    const path = `broker.${product}.${name}`;
    if (name !== "acknowledge") return [path, value];
    if (typeof value === "string") {
      sure(!value.startsWith("after-replication"));
      return [path, value];
    }
    const [nodes] = exactly(value, "after-replication");
    sure(typeof nodes === "number");
    return [path, `after-replication-${nodes}`];
  });
}

function consumed(product, { program, ...settings }) {
  const own = entries(settings).flatMap(([name, value]) => {
    sure(!name.includes("."));
    if (name !== product) return [[`consumer.${name}`, value]];
    return entries(value).map(([name, value]) => [`consumer.${product}.${name}`, value]);
  });
  return [["consumer.program", program], ...own];
}

/** The line of a setting; none where it says that there is none. */
function set([path, value]) {
  if (value === null && path === "broker.generic.max_deliveries") return null;
  sure(!path.includes("="));
  if (LIST.test(path)) {
    sure(value.every((one) => typeof one === "string" && PLAIN.test(one) && !/^(none|unset)$/.test(one)));
    return ["set", `${path}=${value.join(",") || "none"}`];
  }
  if (typeof value === "string") {
    // In JSON as little as here is `"5"` a number, or `"none"` nothing.
    sure(PLAIN.test(value) && (QUOTED.test(path) || !/^(\d+|true|false|default|none|unset)$/.test(value)));
  } else {
    sure(/^(number|boolean)$/.test(typeof value) && !QUOTED.test(path) && !NAME.test(path));
  }
  return ["set", `${path}=${value}`];
}
