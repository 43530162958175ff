import { api } from "@/lib/web/answer.ts";
import { answerCommand } from "@/lib/web/answer_command.ts";
import { define } from "@/lib/web/state.ts";

/** What a read-only command would print on this machine, for callers on another. */
export const handlers = define.handlers(api({
  GET: ({ params, url, state }) => answerCommand(state.services, params.command!, url.searchParams),
}));
