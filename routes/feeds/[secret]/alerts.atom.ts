import { api } from "@/lib/web/answer.ts";
import { alertsFeed } from "@/lib/web/feeds.ts";
import { define } from "@/lib/web/state.ts";

/** The alerts as an Atom feed; the guard has checked the secret in its address. */
export const handlers = define.handlers(api({ GET: alertsFeed }));
