/** The outcomes of an account's last polls. */
import { formatDuration } from "../../model/view/format.ts";
import type { Outcome, OutcomeKind } from "../../model/outcome.ts";
import { harmless } from "../../base/text.ts";
import { Instant } from "../table/cells.tsx";

/** The same words as for account health. */
const WORDS: Readonly<Record<OutcomeKind, string>> = {
  ok: "ok",
  missing: "no usable login",
  auth: "sign-in rejected",
  rate_limited: "rate limited",
  unavailable: "vendor unreachable",
  bad_response: "unexpected response",
};

export type LoggedPoll = Pick<Outcome, "at" | "durationMs" | "kind" | "hint" | "nextAt">;

export function PollLog({ polls, zone }: {
  readonly polls: readonly LoggedPoll[];
  readonly zone: string;
}) {
  if (polls.length === 0) return <p class="p-4 text-sm text-muted">Not polled yet.</p>;
  return (
    <table class="poll-log data-table">
      <caption class="sr-only">The last polls</caption>
      <thead>
        <tr>
          <th scope="col">Ended</th>
          <th scope="col" class="number">Took</th>
          <th scope="col">Outcome</th>
        </tr>
      </thead>
      <tbody>
        {polls.map(({ at, durationMs, kind, hint }) => (
          <tr key={at} data-outcome={kind}>
            <th scope="row" class="whitespace-nowrap">
              <Instant at={at} zone={zone} />
            </th>
            <td class="number">
              {durationMs < 1000 ? `${Math.round(durationMs)} ms` : formatDuration(durationMs)}
            </td>
            <td>
              <span class={kind === "ok" ? "text-healthy" : "text-danger"}>{WORDS[kind]}</span>
              {hint !== undefined && (
                <span class="outside-text block text-xs text-muted">{harmless(hint).slice(0, 300)}</span>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
