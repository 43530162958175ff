/** Parses a snooze form: what to silence, and until when: for hours, until a time, or until the reset. */
import { HttpError } from "fresh";
import type { AppContext } from "../app/context.ts";
import { ALERT_KINDS } from "../model/alerts/alert.ts";
import type { Snooze } from "../model/alerts/delivery.ts";
import { nextReset } from "../model/alerts/next_reset.ts";
import { HOUR_MS } from "../model/duration.ts";
import { instantAt, isoInstant } from "../model/time.ts";
import type { SnoozeBody } from "./alert_bodies.ts";
import { isWindow, readSubject } from "./alert_rules.ts";
import { FieldsError } from "./failure.ts";

const MAX_HOURS = 24 * 366;
/** `2026-11-21 14:00`, as pages write it, or with a T. */
const WALL = /^(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d)(?::\d\d)?$/;

/**
 * @param zone of the form's time
 * @throws {FieldsError}
 */
export async function parseSnooze(
  services: AppContext,
  form: URLSearchParams,
  zone: string,
): Promise<Snooze> {
  const target = await readTarget(services, form.get("target") ?? "");
  const word = form.get("kind") ?? "";
  const kind = ALERT_KINDS.find((one) => one === word);
  if (word !== "" && kind === undefined) {
    throw new FieldsError([{ field: "kind", message: "There is no such kind of alert" }]);
  }
  return { target, until: await readUntil(services, target, form, zone), ...kind && { kind } };
}

/** @throws {FieldsError} */
async function readTarget(services: AppContext, word: string): Promise<Snooze["target"]> {
  const { of } = await readSubject(services, word, "target");
  if (!isWindow(of)) return of;
  throw new FieldsError([{
    field: "target",
    message: "Accounts and quotas are snoozed, not kinds of windows",
  }]);
}

/** Lists the snoozes for programs, without those of accounts the caller cannot see. */
export async function snoozesMessage({ alerts, dashboard }: AppContext) {
  const [snoozes, { accounts }] = await Promise.all([alerts.snoozes(), dashboard()]);
  const known = new Set<string>([
    "*",
    ...accounts.flatMap(({ key, quotas }) => [key, ...quotas.map((one) => one.key)]),
  ]);
  return {
    snoozes: snoozes.filter(({ target }) => known.has(target)).map(({ target, kind, until }) => ({
      target,
      kind: kind ?? null,
      until: isoInstant(until),
    })),
  };
}

/** @throws {FieldsError} */
export async function addSnooze(services: AppContext, body: SnoozeBody) {
  const { kind, hours, until, untilReset } = body;
  const now = services.clock.now();
  if ([hours, until, untilReset].filter((one) => one !== undefined).length !== 1) {
    throw new FieldsError([{ field: "until", message: "Give exactly one of hours, until and untilReset" }]);
  }
  const target = await readTarget(services, body.target);
  const end = until !== undefined
    ? Date.parse(until)
    : hours !== undefined
    ? now + hours * HOUR_MS
    : await readReset(services, target, now);
  if (!(end > now && end - now <= MAX_HOURS * HOUR_MS)) {
    throw new FieldsError([{ field: "until", message: "The time must be in the future, within a year" }]);
  }
  await services.alerts.snooze({ target, until: end, ...kind && { kind } });
  services.hub.publish({ kind: "alerts", account: null });
  return await snoozesMessage(services);
}

/** Ends the snoozes of a target. @throws {HttpError} 404 when there are none */
export async function endSnooze(services: AppContext, target: string) {
  const snooze = (await services.alerts.snoozes()).find((one) => one.target === target);
  if (!snooze) throw new HttpError(404, "There is no such snooze");
  await services.alerts.unsnooze(snooze.target);
  services.hub.publish({ kind: "alerts", account: null });
  return await snoozesMessage(services);
}

async function readUntil(
  services: AppContext,
  target: Snooze["target"],
  form: URLSearchParams,
  zone: string,
): Promise<number> {
  const now = services.clock.now();
  const until = form.get("until") ?? "";
  if (until !== "") {
    const [, year, month, day, hour, minute] = (WALL.exec(until) ?? []).map(Number);
    const at = year === undefined
      ? Number.NaN
      : instantAt({ year, month: month!, day: day!, hour: hour!, minute: minute! }, zone);
    if (!(at > now && at - now <= MAX_HOURS * HOUR_MS)) {
      throw new FieldsError([{ field: "until", message: "The time must be in the future, within a year" }]);
    }
    return at;
  }
  if (form.get("hours") === "reset") return await readReset(services, target, now);
  const hours = Number(form.get("hours"));
  if (!(hours > 0) || hours > MAX_HOURS) {
    throw new FieldsError([{
      field: "hours",
      message: "The hours must be above 0 and at most a year",
    }]);
  }
  return now + hours * HOUR_MS;
}

/** Returns the next announced reset of a quota, or of any quota of an account. */
async function readReset(services: AppContext, target: Snooze["target"], now: number): Promise<number> {
  const reset = nextReset((await services.dashboard()).accounts, target, now);
  if (reset === null) {
    throw new FieldsError([{
      field: "hours",
      message: "No reset of it is announced: choose a time instead",
    }]);
  }
  return reset;
}
