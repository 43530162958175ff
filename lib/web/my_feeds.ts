/** The feeds on the page of the user's own account: lists, creates and revokes them. */
import { type Context, HttpError } from "fresh";
import { decide } from "../access/decide.ts";
import { plain } from "../base/text.ts";
import type { FeedsView } from "../ui/access/FeedsCard.tsx";
import { recordDone, timeText } from "./access_pages.ts";
import { feedPath } from "./feeds.ts";
import type { State } from "./state.ts";

/** @param created a feed just created, whose URL is shown only once */
export async function feedsView(state: State, created: FeedsView["created"]): Promise<FeedsView> {
  const { services: { access }, principal } = state;
  const { kind, name, role } = principal!;
  const time = timeText(state);
  const seesAll = decide(principal, "access", access.now()) === "allowed";
  const feeds = seesAll ? await access.feeds.list() : kind === "person" ? await access.feeds.list(name) : [];
  return {
    created,
    mayCreate: kind !== "key" && (kind !== "proxy" || role === "admin"),
    feeds: feeds.map(({ id, name, kind, accounts, owner, createdAt, usedAt }) => ({
      id,
      name: owner === null || owner === principal!.name ? name : `${name} (${owner})`,
      kind,
      accounts,
      created: time(createdAt),
      used: usedAt === null ? "never read" : `last read ${time(usedAt)}`,
    })),
  };
}

export interface ChangedFeeds {
  readonly note: string;
  readonly created: FeedsView["created"];
}

/** Runs a form's action on feeds; null for a form about something else. @throws {AccessError} {HttpError} */
export async function changeFeeds(
  { url, state }: Pick<Context<State>, "url" | "state">,
  form: URLSearchParams,
): Promise<ChangedFeeds | null> {
  const { feeds } = state.services.access;
  switch (form.get("action")) {
    case "make-feed": {
      const kind = form.get("kind");
      if (kind !== "alerts" && kind !== "calendar") throw new HttpError(400, "The kind of feed is not valid");
      const { feed, secret } = await feeds.create({ name: form.get("name") ?? "", kind }, state.principal!);
      const created = { name: feed.name, address: `${url.origin}${feedPath(kind, secret)}` };
      return { note: recordDone(state, { action: "made a feed", target: feed.name }, ""), created };
    }
    case "revoke-feed": {
      // Only their own feeds: another user's id counts as unknown.
      const feed = (await feedsView(state, null)).feeds.find(({ id }) => id === form.get("id"));
      if (!feed) {
        return {
          note: recordDone(state, null, "There is no such feed: it may have been revoked already."),
          created: null,
        };
      }
      await feeds.revoke(feed.id);
      const note = `The address of ${plain(feed.name, 80)} no longer works.`;
      return {
        note: recordDone(state, { action: "revoked a feed", target: feed.name }, note),
        created: null,
      };
    }
    default:
      return null;
  }
}
