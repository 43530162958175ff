import { api } from "@/lib/web/answer.ts";
import { calendarOfResets } from "@/lib/web/feeds.ts";
import { define } from "@/lib/web/state.ts";

/** Coming resets and expected run-outs as a calendar; the guard has checked the secret in its address. */
export const handlers = define.handlers(api({ GET: calendarOfResets }));
