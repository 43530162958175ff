/** Randomly changed answers: a provider gives valid readings or a known kind of failure, nothing else. */
import fc from "fast-check";
import type { Provider } from "../../lib/provider/contract.ts";
import { providers } from "../../providers/mod.ts";
import { DAY_MS } from "../../lib/model/duration.ts";
import { limitAnswer } from "../../lib/poll/validate_answer.ts";
import { assert } from "../support/assert.ts";
import {
  exchangesOf,
  type Fixture,
  fixturesOf,
  matching,
  outcomeOf,
  responseOf,
  settingOfFixture,
} from "../support/exchange.ts";
import { createFakeContext } from "../support/fake_context.ts";
import { checkReadings, kindOf } from "../support/check_readings.ts";

/** The same changes in each run, and for a slow machine an end: what remains is left to the walks through all parts. */
const BOUNDED = { seed: 20261121, interruptAfterTimeLimit: 3_000, markInterruptAsFailure: false } as const;

// An answer may show that a setting is needed: which of several workspaces to use.
const FAILURES = ["missing", "auth", "rate_limited", "unavailable", "bad_response"];

/** Polls as in the fixture, except for the answer to one of its requests. */
async function poll(provider: Provider, fixture: Fixture, changed: number, text: string, status = 200) {
  const exchanges = exchangesOf(fixture);
  const ctx = createFakeContext({
    ...settingOfFixture(fixture),
    answer(sent) {
      const exchange = matching(exchanges, sent, true);
      const isChanged = exchange === undefined || exchanges.indexOf(exchange) === changed;
      return isChanged ? new Response(text, { status }) : responseOf(exchange.response);
    },
  });
  const [account] = await provider.accounts(ctx);
  assert(account);
  try {
    const answer = await provider.read(ctx, account);
    checkReadings(answer.readings);
    for (const { quota, resetsAt } of limitAnswer(answer, ctx.now()).readings) {
      assert(resetsAt === null || resetsAt - ctx.now() < 401 * DAY_MS, `${quota} resets in ${resetsAt}`);
    }
  } catch (error) {
    assert(FAILURES.includes(kindOf(error)), `${kindOf(error)} for ${text.slice(0, 400)}`);
  }
}

/** Values that vendors have sent, or might send. */
const odd = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    "",
    "0",
    "-1",
    "NaN",
    "1e999",
    "$-5",
    0,
    -0,
    -1,
    1e308,
    -1e308,
    1e15,
    5e-324,
    [],
    {},
    [[]],
    "2026-11-21T12:00:00Z",
    1795273961,
    "\u202e\u0000",
    "__proto__",
  ),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.jsonValue({ maxDepth: 2 }),
);

interface Mutation {
  /** The selected place, as a share of all places. */
  readonly at: number;
  readonly how: "replace" | "remove" | "rename" | "double";
  readonly value: unknown;
}

const mutation: fc.Arbitrary<Mutation> = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  how: fc.constantFrom("replace", "remove", "rename", "double"),
  value: odd,
});

type Place = readonly [holder: Record<string, unknown> | unknown[], name: string];

function placesIn(value: unknown): readonly Place[] {
  if (typeof value !== "object" || value === null) return [];
  const holder = value as Record<string, unknown> | unknown[];
  return Object.entries(value).flatMap((
    [name, member],
  ): readonly Place[] => [[holder, name], ...placesIn(member)]);
}

function mutated(body: unknown, mutations: readonly Mutation[]): unknown {
  const copy: unknown = structuredClone(body);
  for (const { at, how, value } of mutations) {
    const places = placesIn(copy);
    const place = places[Math.min(places.length - 1, Math.floor(at * places.length))];
    if (!place) continue;
    const [holder, name] = place;
    const before = Reflect.get(holder, name);
    if (how === "replace") Reflect.set(holder, name, value);
    else if (how === "double" && Array.isArray(holder)) holder.push(structuredClone(before));
    else if (Array.isArray(holder)) holder.splice(Number(name), 1);
    else {
      delete holder[name];
      if (how === "rename") holder[`${name}_new`] = before;
    }
  }
  return copy;
}

for (const provider of providers) {
  const cases = fixturesOf(provider.id).filter((fixture) => outcomeOf(fixture) === "ok")
    .flatMap((fixture) =>
      exchangesOf(fixture).map(({ response }, changed) => ({ fixture, response, changed }))
    );
  const oneCase = fc.constantFrom(...cases);

  Deno.test(`${provider.id} gives valid readings or a known kind of failure when parts of its answer change`, async () => {
    const mutations = fc.array(mutation, { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(oneCase, mutations, async ({ fixture, response, changed }, mutations) => {
        await poll(provider, fixture, changed, JSON.stringify(mutated(response.body, mutations)));
      }),
      { numRuns: 600, ...BOUNDED },
    );
  });

  Deno.test(`${provider.id} gives valid readings or a known kind of failure when the text of its answer is damaged`, async () => {
    const damage = fc.record({
      from: fc.double({ min: 0, max: 1, noNaN: true }),
      length: fc.nat(20),
      put: fc.string({ maxLength: 4 }),
      status: fc.constantFrom(200, 200, 200, 206, 400, 401, 403, 404, 418, 429, 500, 503, 529),
    });
    await fc.assert(
      fc.asyncProperty(oneCase, damage, async ({ fixture, response, changed }, damage) => {
        const { from, length, put, status } = damage;
        const text = typeof response.body === "string" ? response.body : JSON.stringify(response.body);
        const start = Math.floor(from * text.length);
        await poll(
          provider,
          fixture,
          changed,
          text.slice(0, start) + put + text.slice(start + length),
          status,
        );
      }),
      { numRuns: 400, ...BOUNDED },
    );
  });

  Deno.test(`${provider.id} gives valid readings or a known kind of failure for any JSON`, async () => {
    await fc.assert(
      fc.asyncProperty(
        oneCase,
        fc.json(),
        ({ fixture, changed }, text) => poll(provider, fixture, changed, text),
      ),
      { numRuns: 200, ...BOUNDED },
    );
  });
}
