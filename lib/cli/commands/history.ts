/** `syntrack history`: the readings of each quota, newest first, or a line of them. */
import { DAY_MS } from "../../model/duration.ts";
import { listingJson, quotaHead, readingJson } from "../../formats/listing.ts";
import { formatAmount, formatShareExactly } from "../../model/view/format.ts";
import { readingShare } from "../../model/quota.ts";
import { wallText } from "../../model/time.ts";
import type { StoredReading } from "../../store/store.ts";
import { grid } from "../grid.ts";
import { listed, nothingText, quotaTitle } from "../headings.ts";
import { EXIT_OK } from "../io.ts";
import { lazily } from "../lazy.ts";
import { chooseQuotas, type SelectedQuota } from "../select.ts";
import type { Tools } from "../tools.ts";
import { daysOf, hasFlag } from "../values.ts";

export async function history(tools: Tools): Promise<number> {
  const { typed, now, paint } = tools;
  const days = daysOf(typed);
  if (hasFlag(typed, "chart") && !tools.json) {
    const drawUsage = await lazily("drawUsage");
    return await drawUsage(tools, days);
  }
  const store = await tools.store();
  const chosen = store ? chooseQuotas(typed, await tools.records()) : [];
  const zone = (await tools.place()).zone();
  const lists = await Promise.all(chosen.map(async (quota) => ({
    quota,
    readings: await store?.readings({
      quota: quota.key,
      from: now - days * DAY_MS,
      to: now + 1,
      newestFirst: true,
    }) ?? [],
  })));
  if (tools.json) {
    const quotas = lists.map(({ quota, readings }) => ({
      ...quotaHead(listed(quota)),
      readings: readings.map(readingJson),
    }));
    tools.printJson(listingJson(quotas, now, zone));
    return EXIT_OK;
  }
  tools.print(paint.bold(`Usage History (last ${days} ${days === 1 ? "day" : "days"})`));
  if (lists.length === 0) tools.print("", await nothingText(tools));
  for (const { quota, readings } of lists) {
    tools.print("", quotaTitle(quota, paint), ...readingLines(tools, quota, readings, zone));
  }
  return EXIT_OK;
}

function readingLines(
  { paint }: Tools,
  { state }: SelectedQuota,
  readings: readonly StoredReading[],
  zone: string,
): readonly string[] {
  if (readings.length === 0) return ["No readings in this time."];
  const { unit, window } = state.reading;
  const columns = [
    { title: "Time" },
    { title: "Limit", right: true },
    { title: "Used", right: true },
    { title: "Left", right: true },
    { title: "%", right: true },
    { title: "" },
  ];
  const rows = readings.map((reading) => [
    wallText(reading.at, zone),
    formatAmount(reading.limit, unit),
    formatAmount(reading.used, unit),
    formatAmount(reading.remaining, unit),
    formatShareExactly(readingShare({ ...reading, window })),
    reading.reset ? paint.cyan("reset") : "",
  ]);
  return grid(columns, rows, paint);
}
