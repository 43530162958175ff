/** `syntrack cycles`: the cycles of each quota, from reset to reset, newest first. */
import { answerHead, cycleJson } from "../../formats/conclusions.ts";
import type { DisplayCycle } from "../../model/view/display_cycle.ts";
import {
  earlierDisplayUnit,
  formatAmount,
  formatDuration,
  formatShareExactly,
} from "../../model/view/format.ts";
import type { Reading } from "../../model/quota.ts";
import { wallText } from "../../model/time.ts";
import { openSubjects } from "../analysing.ts";
import { type TakenRows, takePages } from "../../read/take_pages.ts";
import { explainNoMatch, printWhyEmpty } from "../headings.ts";
import { EXIT_OK } from "../io.ts";
import { readLimit, readRange } from "../range.ts";
import { keyCell, tableLines } from "../show_table.ts";
import type { Tools } from "../tools.ts";

const BY_DEFAULT = 20;
const PAGE = 200;

export async function cycles(tools: Tools): Promise<number> {
  const { now, paint, typed } = tools;
  const limit = readLimit(typed, BY_DEFAULT);
  const zone = (await tools.dataLocation()).zone();
  const range = readRange(typed, now, zone);
  const subjects = await openSubjects(tools);
  const chosen = subjects?.chosen ?? [];
  const taken: TakenRows<DisplayCycle> = subjects
    ? await takePages(
      { ...range, limit, accept: () => true },
      (after) => subjects.analysis.cycles({ quotas: chosen.map(({ key }) => key), limit: PAGE, after }, now),
    )
    : { items: [], more: false };
  if (tools.json) {
    const { items, more } = taken;
    tools.printJson({ ...answerHead(now, zone), more, cycles: items.map(cycleJson) });
    return EXIT_OK;
  }
  tools.note(paint.bold(`Cycles (newest first, times in ${zone})`), "");
  if (!subjects || subjects.chosen.length === 0) printWhyEmpty(tools, await explainNoMatch(tools));
  else if (taken.items.length === 0) printWhyEmpty(tools, "No cycle started in this range.");
  else {
    const units = new Map(chosen.map(({ key, state }) => [key as string, state.reading]));
    tools.print(...formatLines(taken.items, units, tools, zone));
    if (taken.more) tools.note(paint.dim("There are more: raise --limit to see them"));
  }
  return EXIT_OK;
}

function formatLines(
  cycles: readonly DisplayCycle[],
  units: ReadonlyMap<string, Pick<Reading, "unit" | "currency">>,
  tools: Tools,
  zone: string,
): readonly string[] {
  const { now, paint } = tools;
  const columns = [
    { title: "Quota", minWidth: 20 },
    { title: "Started", minWidth: 16 },
    { title: "Ended", dropOrder: 4 },
    { title: "Lasted", right: true, dropOrder: 2 },
    { title: "Peak", right: true, dropOrder: 5 },
    { title: "%", right: true },
    { title: "Consumed", right: true, dropOrder: 1, minWidth: 8 },
    { title: "Ended by", dropOrder: 3, minWidth: 10 },
  ];
  const rows = cycles.map((cycle) => {
    const { quota, startedAt, endedAt, peak, peakShare, consumed, whole, endedBy } = cycle;
    const unit = earlierDisplayUnit(units.get(quota) ?? { unit: "requests" }, cycle.unit);
    // The cycle in progress at the first reading began earlier and used more.
    return [
      keyCell(quota),
      [
        `${whole ? "" : "before "}${wallText(startedAt, zone)}`,
        `${whole ? "" : "<"}${wallText(startedAt, zone).slice(5)}`,
      ] as const,
      endedAt === null ? paint.cyan("open") : wallText(endedAt, zone),
      formatDuration((endedAt ?? now) - startedAt),
      formatAmount(peak, unit),
      peakShare === null ? "-" : formatShareExactly(peakShare),
      `${whole || consumed === null ? "" : "at least "}${formatAmount(consumed, unit)}`,
      endedBy.join(", "),
    ];
  });
  return tableLines(tools, columns, rows);
}
