import { api } from "@/lib/web/answer.ts";
import { alertsFeed } from "@/lib/web/feeds.ts";
import { define } from "@/lib/web/state.ts";

/** The alerts as an Atom feed; the guard has held the secret of its address against those there are. */
export const handlers = define.handlers(api({ GET: alertsFeed }));
