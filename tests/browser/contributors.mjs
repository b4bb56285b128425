// What a WebAssembly program is made of: bytes of code by module, and of data. Reads the program as
// the compiler left it, with its names; what wasm-opt and the host's compression make of it is
// smaller by half and more.

import { readFileSync } from "node:fs";

/** Bytes by module, largest first, and in all. */
export function contributors(file) {
  const bytes = readFileSync(file);
  const functions = [];
  const names = new Map();
  let imported = 0;
  let data = 0;
  let at = 8;
  const number = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at];
      at += 1;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  };
  const text = () => {
    const length = number();
    at += length;
    return bytes.toString("utf8", at - length, at);
  };
  while (at < bytes.length) {
    const id = bytes[at];
    at += 1;
    const size = number();
    const end = at + size;
    if (id === 2) imported = imports(bytes, number, text, () => at, (to) => (at = to));
    if (id === 10) {
      for (let left = number(); left > 0; left -= 1) {
        const size = number();
        functions.push(size);
        at += size;
      }
    }
    if (id === 11) data = size;
    if (id === 0 && text() === "name") {
      while (at < end) {
        const kind = bytes[at];
        at += 1;
        const next = number() + at;
        if (kind === 1) for (let left = number(); left > 0; left -= 1) names.set(number(), text());
        at = next;
      }
    }
    at = end;
  }
  const sums = new Map([["data: texts, scenarios, tables", data]]);
  functions.forEach((size, index) => {
    const part = module(names.get(index + imported) ?? "");
    sums.set(part, (sums.get(part) ?? 0) + size);
  });
  return { rows: [...sums].sort(([, a], [, b]) => b - a), all: bytes.length };
}

/** The number of imported functions, which come before all others. */
function imports(bytes, number, text, where, to) {
  let functions = 0;
  for (let left = number(); left > 0; left -= 1) {
    text();
    text();
    const kind = bytes[where()];
    to(where() + 1);
    if (kind === 0) {
      functions += 1;
      number();
    } else if (kind === 1) {
      to(where() + 1);
      limits(bytes, number, where, to);
    } else if (kind === 2) limits(bytes, number, where, to);
    else to(where() + 2);
  }
  return functions;
}

function limits(bytes, number, where, to) {
  const flags = bytes[where()];
  to(where() + 1);
  number();
  if (flags & 1) number();
}

/** Crate and module of a function, from its mangled name: `ackward::ui::view`. */
function module(name) {
  const parts = [];
  let rest = name.match(/^_ZN(.*)$/)?.[1] ?? "";
  for (let match; (match = rest.match(/^(\d+)/)); ) {
    const length = Number(match[1]);
    parts.push(rest.slice(match[1].length, match[1].length + length));
    rest = rest.slice(match[1].length + length);
  }
  if (parts.length === 0) return "other";
  // `_<ackward_core..sim..World as core..clone..Clone>`: the implementing type says where it belongs.
  const path = parts[0].startsWith("_$LT$")
    ? parts[0].slice(5).split("$u20$as$u20$")[0].replaceAll("$RF$", "").split("..")
    : parts;
  return path.slice(0, path[0].startsWith("ackward") ? 3 : 1).filter((part) => !part.includes("$")).join("::");
}
