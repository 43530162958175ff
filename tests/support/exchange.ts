/** Fixtures of providers: one poll each, as files under `tests/fixtures/<provider>/`. */
import { FAILURE_KINDS, type FailureKind } from "../../lib/model/outcome.ts";
import type { Unit } from "../../lib/model/quota.ts";

export interface Fixture {
  /** The file's name without its ending. */
  readonly name: string;
  readonly about: string;
  /** The instant of the poll, ISO 8601. */
  readonly now: string;
  /** What stands in the environment. */
  readonly settings: Readonly<Record<string, string>>;
  readonly request: ExpectedRequest;
  readonly response: GivenResponse;
  /** Further exchanges of the same poll, in order. */
  readonly also?: readonly Exchange[];
  readonly expect: Expected;
}

export interface Exchange {
  readonly request: ExpectedRequest;
  readonly response: GivenResponse;
}

export interface ExpectedRequest {
  readonly method: string;
  readonly host: string;
  /** With the query, where there is one. */
  readonly path: string;
  /** Lower-case names; further headers may be sent. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface GivenResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text is sent as it is, everything else as JSON. */
  readonly body: unknown;
}

export interface Expected {
  readonly error?: FailureKind;
  /** ISO 8601; null: no instant may come out. */
  readonly retryAt?: string | null;
  readonly quotas?: readonly ExpectedQuota[];
  readonly plan?: string | null;
}

export interface ExpectedQuota {
  readonly key: string;
  readonly unit: Unit;
  readonly used: number | null;
  readonly limit: number | null;
  readonly utilization: number | null;
  readonly resetsAt: string | null;
  readonly windowSeconds: number | null;
  readonly remaining?: number;
  readonly parts?: readonly { readonly name: string; readonly used: number }[];
}

/** A request as it arrived. */
export interface Sent {
  readonly method: string;
  readonly host: string;
  /** With the query. */
  readonly path: string;
  readonly headers: Headers;
}

const FOLDER = new URL("../fixtures/", import.meta.url);

/** All fixtures of a provider, by name. */
export function fixturesOf(provider: string): readonly Fixture[] {
  const folder = new URL(`${provider}/`, FOLDER);
  return [...Deno.readDirSync(folder)]
    .filter((entry) => entry.isFile && entry.name.endsWith(".json"))
    .map((entry) => {
      const fixture = JSON.parse(Deno.readTextFileSync(new URL(entry.name, folder)));
      return { name: entry.name.replace(/\.json$/, ""), ...fixture } as Fixture;
    })
    .sort((a, b) => a.name < b.name ? -1 : 1);
}

export function fixtureOf(provider: string, name: string): Fixture {
  const fixture = fixturesOf(provider).find((one) => one.name === name);
  if (!fixture) throw new Error(`No fixture "${name}" of ${provider}`);
  return fixture;
}

export function exchangesOf(fixture: Fixture): readonly Exchange[] {
  return [{ request: fixture.request, response: fixture.response }, ...fixture.also ?? []];
}

/** `ok`, or the kind of failure a fixture shows. */
export function outcomeOf(fixture: Fixture): "ok" | FailureKind {
  return FAILURE_KINDS.find((kind) => kind === fixture.expect.error) ?? "ok";
}

/** The exchange a request belongs to: everything it names must be there. */
export function matching(exchanges: readonly Exchange[], sent: Sent, anyHost: boolean): Exchange | undefined {
  return exchanges.find(({ request }) =>
    request.method === sent.method && request.path === sent.path && (anyHost || request.host === sent.host) &&
    Object.entries(request.headers).every(([name, value]) => sent.headers.get(name) === value)
  );
}

export function responseOf({ status, headers, body }: GivenResponse): Response {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return new Response(text, { status, headers: { ...headers } });
}
