/** Walks through the answers of a provider's fixtures, and changes one part of them at a time. */
import type { Answer, Provider } from "../../lib/provider/contract.ts";
import { limitAnswer } from "../../lib/poll/validate_answer.ts";
import { assert } from "./assert.ts";
import {
  type Exchange,
  exchangesOf,
  type Fixture,
  fixturesOf,
  matching,
  outcomeOf,
  responseOf,
  settingOfFixture,
} from "./exchange.ts";
import { createFakeContext } from "./fake_context.ts";
import { checkReadings, kindOf } from "./check_readings.ts";

export type Path = readonly (string | number)[];

export function pathsIn(value: unknown, at: Path = []): readonly Path[] {
  const inner = typeof value === "object" && value !== null
    ? Object.entries(value).flatMap(([name, member]) =>
      pathsIn(member, [...at, Array.isArray(value) ? Number(name) : name])
    )
    : [];
  return at.length === 0 ? inner : [at, ...inner];
}

/** A copy with one place changed; undefined if the change has no effect. */
export function changed(body: unknown, path: Path, how: Change): unknown {
  const copy: unknown = structuredClone(body);
  const holder = path.slice(0, -1).reduce<unknown>((one, name) => Reflect.get(Object(one), name), copy);
  const name = path.at(-1) ?? "";
  if (typeof holder !== "object" || holder === null) return undefined;
  return how(holder as Record<string, unknown> | unknown[], name, Reflect.get(holder, name))
    ? copy
    : undefined;
}

/** Changes the field of an object; false if there is nothing to change. */
export type Change = (
  holder: Record<string, unknown> | unknown[],
  name: string | number,
  value: unknown,
) => boolean;

export const put = (value: unknown): Change => (holder, name) => Reflect.set(holder, name, value);

export const remove: Change = (holder, name) => {
  if (Array.isArray(holder)) return holder.splice(Number(name), 1).length > 0;
  return Reflect.deleteProperty(holder, name);
};

export function at(body: unknown, path: Path): unknown {
  return path.reduce<unknown>((one, name) => Reflect.get(Object(one), name), body);
}

async function read(
  provider: Provider,
  fixture: Fixture,
  exchanges: readonly Exchange[],
  at = -1,
  body?: unknown,
) {
  const ctx = createFakeContext({
    ...settingOfFixture(fixture),
    answer(sent) {
      const exchange = matching(exchanges, sent, true);
      if (!exchange) return new Response("{}", { status: 404 });
      if (exchanges.indexOf(exchange) !== at) return responseOf(exchange.response);
      const { status, headers } = exchange.response;
      return new Response(JSON.stringify(body), { status, headers: { ...headers } });
    },
  });
  const [account] = await provider.accounts(ctx);
  assert(account);
  return limitAnswer(await provider.read(ctx, account), ctx.now());
}

/** The answer, or the kind of failure. Anything other than a known kind of failure is a fault. */
export async function outcome(...given: Parameters<typeof read>): Promise<Answer | string> {
  try {
    const answer = await read(...given);
    checkReadings(answer.readings);
    return answer;
  } catch (error) {
    const kind = kindOf(error);
    assert(!kind.startsWith("none"), `${given[0].id} ${given[1].name}: ${kind}`);
    return kind;
  }
}

/** Reports whether an answer reports something as dropped that another does not. */
export function tellsMore({ dropped: before = [] }: Answer, { dropped = [] }: Answer): boolean {
  return dropped.some(({ what }) => !before.some((one) => one.what === what));
}

export interface Walked {
  readonly provider: Provider;
  readonly fixture: Fixture;
  readonly exchanges: readonly Exchange[];
  readonly good: Answer;
  readonly at: number;
  readonly body: unknown;
  readonly path: Path;
}

export async function* walk(provider: Provider): AsyncGenerator<Walked> {
  for (const fixture of fixturesOf(provider.id).filter((one) => outcomeOf(one) === "ok")) {
    const exchanges = exchangesOf(fixture);
    const good = await outcome(provider, fixture, exchanges);
    if (typeof good === "string") continue;
    for (const [at, { response: { body } }] of exchanges.entries()) {
      if (typeof body !== "object" || body === null) continue;
      for (const path of pathsIn(body)) yield { provider, fixture, exchanges, good, at, body, path };
    }
  }
}
