/** The page of the user's own account: its content and the actions of its forms. */
import { type Context, HttpError } from "fresh";
import { AccessError } from "../access/access.ts";
import { isFresh } from "../access/decide.ts";
import { passkeySite } from "../access/passkeys/ceremony.ts";
import type { Principal } from "../access/principal.ts";
import { plain } from "../base/text.ts";
import { isLoopback } from "../net/address.ts";
import type { MeView, PasskeysView } from "../ui/access/MePage.tsx";
import { limitText } from "../ui/access/parts.tsx";
import { recordDone, timeText } from "./access_pages.ts";
import { feedsView } from "./my_feeds.ts";
import type { State } from "./state.ts";

const MAX_DEVICE = 120;
const KINDS: Readonly<Record<Principal["kind"], string>> = {
  local: "the owner of this machine, locally",
  person: "with name and password",
  key: "by a key",
  token: "by a token of the server",
  proxy: "by the proxy in front",
};

/**
 * Builds the page at the requested URL.
 *
 * @param created a feed just created, whose URL is shown only once
 */
export function meView(
  { url }: Pick<Context<State>, "url">,
  created: MeView["feeds"]["created"] = null,
): (state: State) => Promise<MeView> {
  return async (state) => {
    const { services: { access }, principal } = state;
    const { kind, name, role, scopes, accounts, credentialId } = principal!;
    const time = timeText(state);
    const all = kind === "person" ? await access.signIns.list(name) : [];
    const person = kind === "person" ? (await access.people.list()).find((one) => one.name === name) : null;
    const isOwn = (id: string) => credentialId === `login:${id}`;
    const byPasskey = all.some((one) => one.byPasskey && isOwn(one.id));
    return {
      name,
      password: person ? person.hasPassword ? "set" : "none" : null,
      isFresh: isFresh(principal!, access.now()),
      passkeys: person ? await passkeysView(state, name, url) : null,
      feeds: await feedsView(state, created),
      facts: [
        ["Name", plain(name, 80)],
        ["Signed in", byPasskey ? "by passkey" : KINDS[kind]],
        ["Role", role],
        ...scopes === null ? [] : [["Scopes", scopes.join(", ")] as const],
        ["Sees", limitText(accounts)],
      ],
      signIns: all.map(({ id, device, address, startedAt, seenAt, byPasskey }) => ({
        id,
        device: plain(device, MAX_DEVICE) || "an unnamed program",
        address: address ?? "a socket of the machine",
        way: byPasskey ? "by passkey" : "by password",
        started: time(startedAt),
        seen: time(seenAt),
        isThis: isOwn(id),
      })),
    };
  };
}

async function passkeysView(state: State, name: string, url: URL): Promise<PasskeysView> {
  const { services } = state;
  const time = timeText(state);
  const site = passkeySite(url);
  // A user on this machine only has to open it by its name.
  const near = isLoopback(url.hostname.replace(/^\[(.*)\]$/, "$1")) ? `localhost:${url.port || "80"}` : null;
  const own = await services.access.passkeys.list(name);
  return {
    here: site?.rpId ?? null,
    instead: site === null && near !== null && services.hosts.has(near) ? `http://${near}/` : null,
    all: own.map((one) => ({
      id: one.id,
      name: one.name,
      site: one.rpId,
      created: time(one.createdAt),
      used: one.usedAt === null ? "never used" : `last used ${time(one.usedAt)}`,
      backup: one.isBackedUp ? "copied to other devices" : "on one device only",
    })),
  };
}

/** Runs the actions of the page. @throws {AccessError} {HttpError} */
export async function changeMe(
  { url, state }: Pick<Context<State>, "url" | "state">,
  form: URLSearchParams,
): Promise<string> {
  const { services: { access }, client, principal } = state;
  const by = principal!;
  const id = form.get("id") ?? "";
  switch (form.get("action")) {
    case "password":
      await access.people.changePassword(by, client, form.get("old") ?? "", form.get("new") ?? "");
      return recordDone(
        state,
        { action: "changed their password" },
        "The password was changed, and all your other sign-ins have ended.",
      );
    case "set-password":
      await access.people.setPassword(by, form.get("new") ?? "");
      return recordDone(
        state,
        { action: "set a password" },
        "You now have a password, and all your other sign-ins have ended.",
      );
    case "remove-password":
      if (form.get("sure") === null) throw new AccessError("invalid", "Tick the box to remove your password");
      await access.people.removePassword(by);
      return recordDone(
        state,
        { action: "removed their password" },
        "From now on you sign in with passkeys only, and all your other sign-ins have ended.",
      );
    case "add-passkey": {
      const site = passkeySite(url);
      if (site === null) throw new AccessError("invalid", NOT_HERE);
      const answer = form.get("answer") ?? "";
      const passkey = await access.passkeys.add(by, { site, client, name: form.get("name") ?? "", answer });
      return recordDone(
        state,
        { action: "added a passkey", target: passkey.name, detail: { at: passkey.rpId } },
        `The passkey "${passkey.name}" now signs you in at ${passkey.rpId}.`,
      );
    }
    case "remove-passkey": {
      const gone = await access.passkeys.remove(by, id);
      return recordDone(
        state,
        { action: "removed a passkey", target: gone.name, detail: { at: gone.rpId } },
        `The passkey "${gone.name}" no longer works, and the other sign-ins made with it have ended.`,
      );
    }
    case "revoke": {
      const own = by.kind === "person" ? await access.signIns.list(by.name) : [];
      // Only their own: the id of another user's sign-in counts as unknown.
      if (!own.some((one) => one.id === id)) {
        return recordDone(state, null, "There is no such sign-in: it may have ended already.");
      }
      await access.signIns.revoke(id);
      return recordDone(
        state,
        { action: "ended a sign-in", target: `sign-in ${id.slice(0, 8)}` },
        "That sign-in has ended.",
      );
    }
    default:
      throw new HttpError(400, "There is no such action");
  }
}

export const NOT_HERE = "Passkeys need https and a name in the address, or http://localhost";
