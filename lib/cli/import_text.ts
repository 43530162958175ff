/** The messages of an import. */
import { answerHead } from "../formats/conclusions.ts";
import { countText } from "./count_text.ts";
import type { ImportPlan } from "../transfer/import_check.ts";
import type { NoteCounts } from "../transfer/import_notes.ts";
import type { PastCounts, PastWhat } from "../transfer/import_past.ts";
import type { Tools } from "./tools.ts";

/** Returns a progress reporter: called with the number of new readings so far, and null at the end. */
export function importProgress({ io }: Tools): (done: number | null) => void {
  if (!io.stderr.isTty) return () => {};
  return (done) =>
    io.stderr.write(`\r\x1b[K${done === null ? "" : `Read ${countText(done, "new reading")}`}`);
}

export function reportReadings(tools: Tools, plan: ImportPlan, dryRun: boolean, zone: string): void {
  const { readings, polls, stored, expired, accounts } = plan;
  const merged = [...accounts].filter(([, { late }]) => late > 0);
  const late = merged.reduce((sum, [, account]) => sum + account.late, 0);
  if (tools.json) {
    tools.printJson({
      ...answerHead(tools.now, zone),
      what: "readings",
      dryRun,
      imported: dryRun ? 0 : readings,
      readings,
      polls,
      alreadyStored: stored,
      merged: late,
      accounts: accounts.size,
    });
    return;
  }
  const did = dryRun ? "Would import" : "Imported";
  tools.print(
    `${did} ${countText(readings, "reading")} in ${countText(polls, "poll")}, of ${
      countText(accounts.size, "account")
    } in the file`,
  );
  if (stored > 0) tools.print(`${countText(stored, "reading")} already stored, skipped`);
  if (expired > 0) {
    tools.print(
      `${
        countText(expired, "reading")
      } skipped: the readings of that time have expired here, and only their sums are kept`,
    );
  }
  if (late > 0) {
    tools.print(
      `${countText(late, "reading")} older than the newest stored: the history of ${
        merged.map(([account]) => account).join(", ")
      } ${dryRun ? "would be" : "was"} recalculated from all readings`,
    );
  }
}

const ONE: Readonly<Record<PastWhat, string>> = { buckets: "bucket", cycles: "cycle", sessions: "session" };

export function reportPast(
  tools: Tools,
  { what, counts, dryRun }: {
    readonly what: PastWhat;
    readonly counts: PastCounts;
    readonly dryRun: boolean;
  },
  zone: string,
): void {
  const { missing, same, different, open, accounts } = counts;
  if (tools.json) {
    tools.printJson({
      ...answerHead(tools.now, zone),
      what,
      dryRun,
      imported: dryRun ? 0 : missing,
      missing,
      alreadyStored: same,
      storedOtherwise: different,
      stillOpen: open,
      accounts: accounts.size,
    });
    return;
  }
  const one = ONE[what];
  tools.print(
    `${dryRun ? "Would import" : "Imported"} ${countText(missing, one)}, of ${
      countText(accounts.size, "account")
    } in the file`,
  );
  if (same > 0) tools.print(`${countText(same, one)} already stored, skipped`);
  if (different > 0) {
    tools.print(
      `${countText(different, one)} stored with other values or overlapping in time, stored version kept`,
    );
  }
  if (open > 0) tools.print(`${countText(open, one)} still open when exported, skipped`);
}

export function reportNotes(tools: Tools, counts: NoteCounts, dryRun: boolean, zone: string): void {
  const { missing, same, different } = counts;
  if (tools.json) {
    tools.printJson({
      ...answerHead(tools.now, zone),
      what: "notes",
      dryRun,
      imported: dryRun ? 0 : missing.length,
      missing: missing.length,
      alreadyStored: same,
      storedOtherwise: different,
    });
    return;
  }
  tools.print(`${dryRun ? "Would import" : "Imported"} ${countText(missing.length, "note")}`);
  if (same > 0) tools.print(`${countText(same, "note")} already stored, skipped`);
  if (different > 0) {
    tools.print(`${countText(different, "note")} changed since the export, stored version kept`);
  }
}
