/** Fixtures of providers: one poll each, as files under `tests/fixtures/<provider>/`. */
import { isDeepStrictEqual } from "node:util";
import type { CommandResult, Os, Row } from "../../lib/provider/context.ts";
import { FAILURE_KINDS, type FailureKind } from "../../lib/model/outcome.ts";
import { type Reading, readingUtilization, type Unit } from "../../lib/model/quota.ts";
import { assert, assertClose, assertEquals } from "./assert.ts";

export interface Fixture {
  /** The file name without extension. */
  readonly name: string;
  readonly about: string;
  /** The instant of the poll, ISO 8601. */
  readonly now: string;
  /** The environment variables. */
  readonly settings: Readonly<Record<string, string>>;
  /** Files at the exact paths that the provider declares: text as it is, everything else as JSON. */
  readonly files?: Readonly<Record<string, unknown>>;
  /** Rows of SQLite files, by path in the same way. */
  readonly rows?: Readonly<Record<string, readonly Row[]>>;
  /** Output of commands, by command and arguments separated by spaces. */
  readonly commands?: Readonly<Record<string, CommandResult>>;
  readonly os?: Os;
  /** The expected first secret of the account, if it is in no setting. */
  readonly credential?: string;
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
  /** `EXEC` if there is no request, because the poll only runs commands. */
  readonly method: string;
  readonly host: string;
  /** Including the query, if any. */
  readonly path: string;
  /** With lower-case names; other headers may be sent too. */
  readonly headers: Readonly<Record<string, string>>;
  /** Text, or the expected JSON of the body. */
  readonly body?: unknown;
}

export interface GivenResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text is sent as it is, everything else as JSON. */
  readonly body: unknown;
}

export interface Expected {
  readonly error?: FailureKind;
  readonly reason?: "expired";
  /** ISO 8601; null if there must be none. */
  readonly retryAt?: string | null;
  readonly quotas?: readonly ExpectedQuota[];
  readonly plan?: string | null;
  /** What is reported as dropped, in the vendor's words; nothing by default. */
  readonly dropped?: readonly string[];
  /** Contents of the answer besides quotas; times are ISO 8601. */
  readonly facts?: readonly {
    readonly key: string;
    readonly count: number;
    readonly expiresAt: string | null;
  }[];
  /** A part of the hint of a successful answer. */
  readonly hint?: string;
}

export interface ExpectedQuota {
  readonly key: string;
  readonly unit: Unit;
  readonly used: number | null;
  readonly limit: number | null;
  readonly utilization: number | null;
  readonly resetsAt: string | null;
  readonly windowSeconds: number | null;
  readonly remaining?: number | null;
  readonly currency?: string;
  readonly parts?: readonly { readonly name: string; readonly used: number }[];
  /** For a balance, the granted and the paid part. */
  readonly granted?: number;
  readonly toppedUp?: number;
  readonly label?: string;
  /** Null if the vendor gave no verdict. */
  readonly allowed?: boolean | null;
  /** When its window began, ISO 8601. */
  readonly startedAt?: string;
  readonly usedUsd?: number;
  readonly limitUsd?: number;
}

/** A request as it arrived. */
export interface Sent {
  readonly method: string;
  readonly host: string;
  /** Including the query. */
  readonly path: string;
  readonly headers: Headers;
  /** Empty if there is none. */
  readonly body: string;
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

/** Returns an answer to another program's request, which tests the decoder alone. */
export function passiveFixture(provider: string, name: string): Pick<Fixture, "now" | "response" | "expect"> {
  return JSON.parse(Deno.readTextFileSync(new URL(`${provider}/passive/${name}.json`, FOLDER)));
}

/** Compares readings by id with the expected quotas of a fixture. */
export function checkQuotas(readings: readonly Reading[], quotas: readonly ExpectedQuota[]) {
  assertEquals(
    readings.map((reading) => reading.quota).sort(),
    quotas.map((quota) => quota.key).sort(),
  );
  for (const quota of quotas) {
    const reading = readings.find((one) => one.quota === quota.key);
    assert(reading);
    assertEquals(reading.unit, quota.unit);
    assertNear(reading.used, quota.used);
    assertNear(reading.limit, quota.limit);
    assertNear(readingUtilization(reading), quota.utilization);
    const resetsAt = reading.resetsAt === null ? null : new Date(reading.resetsAt).toISOString();
    assertEquals(resetsAt, quota.resetsAt);
    assertEquals(reading.window.seconds, quota.windowSeconds);
    if (quota.remaining !== undefined) assertNear(reading.remaining, quota.remaining);
    if (quota.currency !== undefined) assertEquals(reading.currency, quota.currency);
    if (quota.parts !== undefined) assertEquals(reading.parts, quota.parts);
    const part = (name: string) => reading.parts?.find((one) => one.name === name)?.used;
    if (quota.granted !== undefined) assertEquals(part("Granted"), quota.granted);
    if (quota.toppedUp !== undefined) assertEquals(part("Topped up"), quota.toppedUp);
    if (quota.label !== undefined) assertEquals(reading.label, quota.label);
    if (quota.allowed !== undefined) assertEquals(reading.allowed ?? null, quota.allowed);
    if (quota.startedAt !== undefined) {
      assertEquals(new Date(reading.startedAt ?? NaN).toISOString(), quota.startedAt);
    }
    if (quota.usedUsd !== undefined) assertNear(reading.usd?.used ?? null, quota.usedUsd);
    if (quota.limitUsd !== undefined) assertNear(reading.usd?.limit ?? null, quota.limitUsd);
  }
}

function assertNear(actual: number | null, expected: number | null) {
  if (actual === null || expected === null) assertEquals(actual, expected);
  else assertClose(actual, expected, 1e-6);
}

export function exchangesOf(fixture: Fixture): readonly Exchange[] {
  const { request, response, also = [] } = fixture;
  // Output of commands is in `commands`, and needs no request.
  return request.method === "EXEC" ? also : [{ request, response }, ...also];
}

/** The files of a fixture as text. */
export function filesOf({ files = {} }: Fixture): Readonly<Record<string, string>> {
  const texts = Object.entries(files).map(([path, content]) => {
    return [path, typeof content === "string" ? content : JSON.stringify(content)] as const;
  });
  return Object.fromEntries(texts);
}

/** `ok`, or the kind of failure a fixture shows. */
export function outcomeOf(fixture: Fixture): "ok" | FailureKind {
  return FAILURE_KINDS.find((kind) => kind === fixture.expect.error) ?? "ok";
}

/** Returns the environment of a fixture, without its network exchanges. */
export function settingOfFixture(fixture: Fixture) {
  const { settings, now, rows = {}, commands = {}, os = "linux" } = fixture;
  return { settings, now, files: filesOf(fixture), rows, commands, os };
}

/** Returns the exchange of a request, which must contain everything that the exchange names. */
export function matching(exchanges: readonly Exchange[], sent: Sent, anyHost: boolean): Exchange | undefined {
  return exchanges.find(({ request }) =>
    request.method === sent.method && request.path === sent.path && (anyHost || request.host === sent.host) &&
    Object.entries(request.headers).every(([name, value]) => sent.headers.get(name) === value) &&
    isBody(request.body, sent.body)
  );
}

function isBody(expected: unknown, sent: string): boolean {
  if (expected === undefined) return true;
  if (typeof expected === "string") return sent === expected;
  try {
    return isDeepStrictEqual(JSON.parse(sent), expected);
  } catch {
    return false;
  }
}

export function responseOf({ status, headers, body }: GivenResponse): Response {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return new Response(text, { status, headers: { ...headers } });
}
