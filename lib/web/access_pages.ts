/** The pages about access: their content and the actions of their forms. */
import { HttpError } from "fresh";
import { decide } from "../access/decide.ts";
import { isRole, isScope } from "../access/principal.ts";
import { DAY_MS } from "../model/duration.ts";
import { wallText } from "../model/time.ts";
import { plain } from "../base/text.ts";
import type { AppContext } from "../app/context.ts";
import type { AccessTab } from "../ui/access/parts.tsx";
import type { KeysView } from "../ui/access/KeysPage.tsx";
import { limitText } from "../ui/access/parts.tsx";
import { describeSignIn } from "../access/sign_in_words.ts";
import type { PeopleView } from "../ui/access/PeoplePage.tsx";
import type { FrameFacts } from "../ui/Frame.tsx";
import { frameFacts } from "./frame.ts";
import { pageZone } from "./preferences.ts";
import type { State } from "./state.ts";

export interface AccessPageData<View> {
  readonly facts: FrameFacts;
  readonly tab: AccessTab;
  readonly view: View;
  /** Whether people and keys are visible as well. */
  readonly all: boolean;
  readonly note: string;
}

/** @param note what was done, or why it was not */
export async function accessPage<View>(
  state: State,
  tab: AccessTab,
  title: string,
  view: (state: State) => Promise<View>,
  note = "",
): Promise<AccessPageData<View>> {
  const all = decide(state.principal, "access", state.services.access.now()) === "allowed";
  return { facts: await frameFacts(state, title), tab, view: await view(state), all, note };
}

/**
 * Runs the action that a form requests. Refusals by access are shown on the page, as a sentence.
 *
 * @returns the sentence of the refusal, or null when it was done
 */
export async function runForRefusal(work: () => Promise<unknown>): Promise<string | null> {
  try {
    await work();
    return null;
  } catch (error) {
    // By name, since bundles may hold two copies of the class.
    if (!(error instanceof Error) || error.name !== "AccessError") throw error;
    return `Nothing was changed. ${error.message}.`;
  }
}

/** Formats instants in the zone of the page. */
export function timeText(state: State): (at: number) => string {
  const zone = pageZone(state);
  return (at) => wallText(at, zone);
}

/** Describes what was done, for the audit log and the user; `null` when nothing was. */
export function recordDone(state: State, done: NonNullable<State["done"]> | null, note: string): string {
  state.done = done;
  return note;
}

async function accountKeys({ accounts }: AppContext): Promise<readonly string[]> {
  return (await accounts.list()).map(({ key }) => key);
}

export async function peopleView(state: State): Promise<PeopleView> {
  const { services, principal } = state;
  const time = timeText(state);
  const { access } = services;
  const [people, passkeys] = await Promise.all([access.people.list(), access.passkeys.list()]);
  return {
    accounts: await accountKeys(services),
    people: people.map(({ name, role, accounts, createdAt, hasPassword }) => ({
      name,
      role,
      accounts,
      since: time(createdAt),
      signsInBy: describeSignIn(hasPassword, passkeys.filter(({ person }) => person === name).length),
      isYou: principal!.kind === "person" && principal!.name === name,
    })),
  };
}

/** Runs an action of the page of people; returns the note to show. @throws {AccessError} {HttpError} */
export async function changePeople(state: State, form: URLSearchParams): Promise<string> {
  const { people } = state.services.access;
  const id = form.get("id") ?? "";
  const password = form.get("password") ?? "";
  const role = form.get("role");
  const chosen = form.getAll("account");
  const limits = chosen.length === 0 ? null : chosen;
  switch (form.get("action")) {
    case "add": {
      if (!isRole(role)) throw new HttpError(400, "The role is not valid: use viewer, operator or admin");
      const name = form.get("name")?.trim() ?? "";
      const { name: added } = await people.add({ name, role, password, accounts: limits });
      const detail = { role, sees: limitText(limits) };
      return recordDone(
        state,
        { action: "added a person", target: added, detail },
        `${added} can sign in now.`,
      );
    }
    case "change": {
      if (!isRole(role)) throw new HttpError(400, "The role is not valid: use viewer, operator or admin");
      const after = await people.change(id, { role, accounts: limits });
      const sees = limitText(after.accounts);
      return recordDone(
        state,
        { action: "changed a person", target: after.name, detail: { role, sees } },
        `${after.name} is ${after.role} and sees ${sees}.`,
      );
    }
    case "reset":
      await people.reset(id, password);
      return recordDone(
        state,
        { action: "reset a password", target: id },
        `${plain(id, 80)} has a new password, and all their sign-ins and passkeys have ended.`,
      );
    case "remove":
      if (form.get("sure") === null) {
        return recordDone(state, null, "Nothing was changed. Tick the box to remove a person.");
      }
      await people.remove(id);
      return recordDone(state, { action: "removed a person", target: id }, `${plain(id, 80)} was removed.`);
    default:
      throw new HttpError(400, "There is no such action");
  }
}

export function keysView(created: KeysView["created"]): (state: State) => Promise<KeysView> {
  return async (state) => {
    const { services } = state;
    const time = timeText(state);
    const keys = await services.access.keys.list();
    return {
      created,
      accounts: await accountKeys(services),
      keys: keys.map((
        { id, name, prefix, scopes, accounts, owner, createdAt, expiresAt, usedAt, usedFrom },
      ) => ({
        id,
        name,
        prefix,
        scopes: scopes.join(", "),
        accounts,
        owner: owner ?? "the owner of the machine",
        created: time(createdAt),
        ends: expiresAt === null ? "no end" : `until ${time(expiresAt)}`,
        used: usedAt === null
          ? "never used"
          : `used ${time(usedAt)}${usedFrom === null ? "" : ` from ${usedFrom}`}`,
      })),
    };
  };
}

export interface ChangedKeys {
  readonly note: string;
  readonly created: KeysView["created"];
}

/** Runs an action of the page of keys. @throws {AccessError} {HttpError} */
export async function changeKeys(state: State, form: URLSearchParams): Promise<ChangedKeys> {
  const { services, principal } = state;
  const { keys, now } = services.access;
  switch (form.get("action")) {
    case "create": {
      const days = form.get("days")?.trim() ?? "";
      if (days !== "" && !/^[1-9][0-9]{0,4}$/.test(days)) {
        const note = recordDone(state, null, "Nothing was changed. Days must be a whole number, 1 or more.");
        return { note, created: null };
      }
      const accounts = form.getAll("account");
      const { key, secret } = await keys.create({
        name: form.get("name") ?? "",
        scopes: form.getAll("scope").filter(isScope),
        accounts: accounts.length === 0 ? null : accounts,
        expiresAt: days === "" ? null : now() + Number(days) * DAY_MS,
      }, principal!);
      const detail = { scopes: key.scopes.join(", "), sees: limitText(key.accounts) };
      const note = recordDone(state, { action: "made a key", target: key.name, detail }, "");
      return { note, created: { name: key.name, secret } };
    }
    case "revoke": {
      const id = form.get("id") ?? "";
      const name = (await keys.list()).find((key) => key.id === id)?.name ?? null;
      await keys.revoke(id);
      const note = recordDone(state, { action: "revoked a key", target: name }, "The key was revoked.");
      return { note, created: null };
    }
    default:
      throw new HttpError(400, "There is no such action");
  }
}
