/** `syntrack history`: the readings of each quota, newest first, or as a sparkline. */
import { DAY_MS } from "../../model/duration.ts";
import { listingJson, quotaHead, readingJson } from "../../formats/listing.ts";
import { type Terms, unitAt } from "../../model/engine/terms.ts";
import {
  displayUnit,
  earlierDisplayUnit,
  formatAmount,
  formatQuantity,
  formatShareExactly,
} from "../../model/view/format.ts";
import { readingShare } from "../../model/quota.ts";
import { wallText } from "../../model/time.ts";
import type { StoredReading } from "../../store/store.ts";
import { plain } from "../../base/text.ts";
import { tabLines } from "../grid.ts";
import { explainNoMatch, printWhyEmpty, quotaTitle, toListedQuota } from "../headings.ts";
import { EXIT_OK } from "../io.ts";
import { loadPart } from "../lazy.ts";
import { chooseQuotas, type SelectedQuota } from "../select.ts";
import { MAX_LISTED, readLimit } from "../range.ts";
import { tableLines } from "../show_table.ts";
import { pickTightest } from "../tightest.ts";
import type { Tools } from "../tools.ts";
import { daysOf, hasFlag } from "../values.ts";
import { wrapWords } from "../wrap.ts";

/** Maximum number of quotas on a terminal, unless the user names quotas or a number of readings. */
const MAX_QUOTAS = 1;
const BY_DEFAULT = 20;

export async function history(tools: Tools): Promise<number> {
  const { typed, now, paint, width } = tools;
  const days = daysOf(typed);
  if (hasFlag(typed, "chart") && !tools.json) {
    const drawUsage = await loadPart("drawUsage");
    return await drawUsage(tools, days);
  }
  const store = await tools.store();
  const { quotas: chosen, note } = pickTightest(
    tools,
    store ? chooseQuotas(typed, await tools.records()) : [],
    MAX_QUOTAS,
  );
  const limit = readLimit(typed, tools.rows === null || tools.json ? MAX_LISTED : BY_DEFAULT);
  const zone = (await tools.dataLocation()).zone();
  const lists = await Promise.all(chosen.map(async (quota) => ({
    quota,
    terms: await store?.terms(quota.key) ?? [],
    readings: await store?.readings({
      quota: quota.key,
      from: now - days * DAY_MS,
      to: now + 1,
      newestFirst: true,
      ...limit < MAX_LISTED ? { limit: limit + 1 } : {},
    }) ?? [],
  })));
  if (tools.json) {
    const quotas = lists.map(({ quota, readings, terms }) => ({
      ...quotaHead(toListedQuota(quota)),
      readings: readings.slice(0, limit).map((reading) => {
        const unit = unitAt(terms, quota.state.reading.unit, reading.at);
        return { ...readingJson(reading), ...unit === undefined ? {} : { unit } };
      }),
    }));
    tools.printJson(listingJson(quotas, now, zone));
    return EXIT_OK;
  }
  tools.note(paint.bold(`Usage History (last ${days} ${days === 1 ? "day" : "days"})`));
  if (lists.length === 0) printWhyEmpty(tools, await explainNoMatch(tools), "");
  for (const { quota, readings, terms } of lists) {
    tools.note("", ...wrapWords(quotaTitle(quota, paint), width));
    tools.print(...readingLines(tools, quota, readings.slice(0, limit), terms, zone));
    if (readings.length > limit) tools.note(paint.dim("There are more: raise --limit to see them"));
  }
  if (note.length > 0) tools.note("", ...note);
  return EXIT_OK;
}

function readingLines(
  tools: Tools,
  { key, state }: SelectedQuota,
  readings: readonly StoredReading[],
  terms: readonly Terms[],
  zone: string,
): readonly string[] {
  if (readings.length === 0) return tools.plain ? [] : ["No readings in this range."];
  const { paint } = tools;
  const { window } = state.reading;
  const columns = [
    { title: "Time" },
    { title: "Limit", right: true, dropOrder: 2 },
    { title: "Used", right: true },
    { title: "Left", right: true, dropOrder: 1 },
    { title: "%", right: true },
    { title: "" },
  ];
  const rows = readings.map((reading) => {
    const then = unitAt(terms, state.reading.unit, reading.at);
    // The title names no unit, so amounts whose unit changed name their own.
    const formatCellAmount = (value: number | null) =>
      then === undefined
        ? formatAmount(value, displayUnit(state.reading))
        : formatQuantity(value, earlierDisplayUnit(state.reading, then));
    return [
      wallText(reading.at, zone),
      formatCellAmount(reading.limit),
      formatCellAmount(reading.used),
      formatCellAmount(reading.remaining),
      formatShareExactly(readingShare({ ...reading, window })),
      reading.reset ? paint.cyan("reset") : "",
    ];
  });
  // With several quotas, each row names its own.
  return tools.plain ? tabLines(rows.map((row) => [plain(key), ...row])) : tableLines(tools, columns, rows);
}
