/**
 * Walks through every provider and all of its successful answers. Each field of an answer is made unknown, renamed,
 * negated, removed or doubled, one at a time. In every case, no figure may appear that the vendor did not state, a
 * figure may only disappear if that is reported, and an answer without any figure is not a success.
 */
import type { Answer } from "../../lib/provider/contract.ts";
import type { Reading } from "../../lib/model/quota.ts";
import { countFigures } from "../../lib/provider_kit/readings.ts";
import { providers } from "../../providers/mod.ts";
import { assertEquals } from "../support/assert.ts";
import {
  at,
  type Change,
  changed,
  outcome,
  put,
  remove,
  tellsMore,
  walk,
  type Walked,
} from "../support/walk_answers.ts";

const rename: Change = (holder, name, value) => {
  if (Array.isArray(holder)) return false;
  delete holder[name];
  holder[`${name}Renamed`] = value;
  return true;
};

const negate: Change = (holder, name, value) => {
  const figure = typeof value === "number" || (typeof value === "string" && /^\d+(?:\.\d+)?$/.test(value));
  if (!figure || Number(value) === 0) return false;
  return Reflect.set(holder, name, typeof value === "number" ? -value : `-${value}`);
};

const double: Change = (holder, _, value) => {
  if (!Array.isArray(holder)) return false;
  holder.push(structuredClone(value));
  return true;
};

/** Values that make a figure unreadable. */
const UNREADABLE: readonly Change[] = ["", "abc", "1e999", {}, [], true, 1e308].map(put);

const FIGURES = ["used", "limit", "remaining"] as const;

function figuresOf(readings: readonly Reading[]): ReadonlySet<number> {
  return new Set(readings.flatMap((one) => FIGURES.map((name) => one[name])).filter((one) => one !== null));
}

/** Numbers stated anywhere in an answer, as numbers or as text. */
function statedIn(value: unknown): readonly number[] {
  if (typeof value === "number") return [value];
  if (typeof value === "string") {
    return /^-?\$?[\d,.]+$/.test(value) ? [Number(value.replace(/[$,]/g, ""))] : [];
  }
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(statedIn) : [];
}

/** A figure that silently became unused or fully used. */
function madeUp(good: Answer, bad: Answer): readonly string[] {
  const known = figuresOf(good.readings);
  return bad.readings.flatMap((reading) => {
    const before = good.readings.find(({ quota }) => quota === reading.quota);
    // The same share in another unit: percent instead of counts. Or the same figure under another name.
    if (before && countFigures(before) === countFigures(reading)) return [];
    if (good.readings.some((one) => FIGURES.every((name) => one[name] === reading[name]))) return [];
    return FIGURES.flatMap((name) => {
      const value = reading[name];
      const was = before?.[name];
      if (value === null || was === undefined || was === null || was === value) return [];
      const isWhole = name !== "limit" && value === reading.limit;
      const isMadeUp = value === 0 ? was !== 0 : isWhole && !known.has(value);
      return isMadeUp ? [`${reading.quota}.${name} became ${value}, and was ${was}`] : [];
    });
  });
}

function where({ fixture, path }: Walked): string {
  return `${fixture.name} ${path.join(".")}`;
}

function isFigure(value: unknown): boolean {
  return statedIn(value).length === 1 && typeof value !== "object";
}

/** Whether all figures are still shown, possibly under another name. */
function isAllThere(good: Answer, bad: Answer): boolean {
  const figures = figuresOf(bad.readings);
  return [...figuresOf(good.readings)].every((figure) => figures.has(figure));
}

for (const provider of providers) {
  Deno.test(`${provider.id}: an unreadable figure becomes no other one`, async () => {
    const faults: string[] = [];
    for await (const one of walk(provider)) {
      if (!isFigure(at(one.body, one.path))) continue;
      for (const [index, how] of UNREADABLE.entries()) {
        const body = changed(one.body, one.path, how);
        const bad = await outcome(provider, one.fixture, one.exchanges, one.at, body);
        if (typeof bad === "string") continue;
        for (const fault of madeUp(one.good, bad)) faults.push(`${where(one)} way ${index}: ${fault}`);
      }
    }
    assertEquals(faults, []);
  });

  Deno.test(`${provider.id}: a negative figure does not become 0`, async () => {
    const faults: string[] = [];
    for await (const one of walk(provider)) {
      const body = changed(one.body, one.path, negate);
      if (body === undefined) continue;
      const bad = await outcome(provider, one.fixture, one.exchanges, one.at, body);
      if (typeof bad === "string") continue;
      for (const reading of bad.readings) {
        const before = one.good.readings.find(({ quota }) => quota === reading.quota);
        const isMoved = one.good.readings.some((other) =>
          FIGURES.every((name) => other[name] === reading[name])
        );
        if (!before || isMoved) continue;
        // Use beyond the limit leaves nothing.
        const isOver = reading.used !== null && reading.limit !== null && reading.used > reading.limit;
        for (const name of FIGURES) {
          if (reading[name] !== 0 || before[name] === 0 || (name === "remaining" && isOver)) continue;
          if (before[name] !== null) faults.push(`${where(one)}: ${reading.quota}.${name} became 0`);
        }
      }
    }
    assertEquals(faults, []);
  });

  Deno.test({
    name:
      `${provider.id}: what is renamed goes with a word, and an answer of which nothing is left is no success`,
    fn: async () => {
      const faults: string[] = [];
      for await (const one of walk(provider)) {
        if (statedIn(at(one.body, one.path)).length === 0) continue;
        const body = changed(one.body, one.path, rename);
        if (body === undefined) continue;
        const bad = await outcome(provider, one.fixture, one.exchanges, one.at, body);
        if (typeof bad === "string") continue;
        if (!isAllThere(one.good, bad) && !tellsMore(one.good, bad)) {
          faults.push(`${where(one)}: went without a word`);
        }
        if (bad.readings.length === 0 && one.good.readings.length > 0) {
          faults.push(`${where(one)}: success without quotas`);
        }
      }
      assertEquals(faults, []);
    },
  });

  Deno.test(`${provider.id}: a doubled or missing row causes no failure`, async () => {
    for await (const one of walk(provider)) {
      for (const how of [double, remove]) {
        const body = changed(one.body, one.path, how);
        if (body !== undefined) await outcome(provider, one.fixture, one.exchanges, one.at, body);
      }
    }
  });
}
