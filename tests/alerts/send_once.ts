/** A separate program, because trusted certificates are fixed at its start: sends one message by one channel. */
import { channelType } from "../../lib/alerts/channels/mod.ts";
import { composeMessage } from "../../lib/alerts/compose_message.ts";
import { createOutside } from "../../lib/alerts/outside.ts";
import { HOUR_MS } from "../../lib/model/duration.ts";
import { READ_AT } from "../support/views.ts";

const settings: Record<string, string> = JSON.parse(await new Response(Deno.stdin.readable).text());
const message = composeMessage([{
  id: "threshold|acme/default/five-hour|0.8|1",
  kind: "threshold",
  severity: "warning",
  account: "acme/default",
  quota: "five-hour",
  at: READ_AT,
  title: "Acme 5-hour quota: 85% used",
  text: "85% used, over 80%.",
  details: "",
  expiresAt: READ_AT + HOUR_MS,
}], READ_AT);
try {
  await channelType(Deno.args[0]!)!.send(message, {
    ...createOutside({ env: () => undefined }),
    settings,
    now: () => READ_AT,
    signal: new AbortController().signal,
  });
  console.log("sent");
} catch (error) {
  console.log(error instanceof Error ? error.message : String(error));
}
// The end of its time is still awaited, as in the program, which ends the same way.
Deno.exit();
