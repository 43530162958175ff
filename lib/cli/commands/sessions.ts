/** `syntrack sessions`: the sessions of each account, newest first. */
import { answerHead, sessionJson } from "../../formats/conclusions.ts";
import { earlierDisplayUnit, formatDuration, formatQuantity } from "../../model/view/format.ts";
import { quotaKey, type Reading, splitAccountKey } from "../../model/quota.ts";
import type { DisplaySession } from "../../model/view/display_session.ts";
import { wallText } from "../../model/time.ts";
import { plain } from "../../base/text.ts";
import { openSubjects } from "../analysing.ts";
import { type TakenRows, takePages } from "../../read/take_pages.ts";
import { explainNoMatch, printWhyEmpty } from "../headings.ts";
import { EXIT_OK } from "../io.ts";
import { readLimit, readRange } from "../range.ts";
import type { Cell } from "../grid.ts";
import { tableLines } from "../show_table.ts";
import type { Tools } from "../tools.ts";

const BY_DEFAULT = 20;
const PAGE = 200;

export async function sessions(tools: Tools): Promise<number> {
  const { now, paint, typed } = tools;
  const limit = readLimit(typed, BY_DEFAULT);
  const zone = (await tools.dataLocation()).zone();
  const range = readRange(typed, now, zone);
  const subjects = await openSubjects(tools);
  const chosen = subjects?.chosen ?? [];
  const units = new Map(chosen.map(({ key, state }) => [key as string, state.reading]));
  // With --quota, those in which it was used.
  const accept = ({ account, quotas }: DisplaySession) =>
    quotas.some(({ quota }) => units.has(quotaKey(account, quota)));
  const taken: TakenRows<DisplaySession> = subjects
    ? await takePages({ ...range, limit, accept }, (after) => {
      const accounts = [...new Set(chosen.map(({ account }) => account))];
      return subjects.analysis.sessions({ accounts, limit: PAGE, after }, now);
    })
    : { items: [], more: false };
  if (tools.json) {
    const { items, more } = taken;
    tools.printJson({ ...answerHead(now, zone), more, sessions: items.map(sessionJson) });
    return EXIT_OK;
  }
  tools.note(paint.bold(`Sessions (newest first, times in ${zone})`), "");
  if (!subjects || subjects.chosen.length === 0) printWhyEmpty(tools, await explainNoMatch(tools));
  else if (taken.items.length === 0) printWhyEmpty(tools, "Nothing was used in this range.");
  else {
    tools.print(...formatLines(taken.items, units, tools, zone));
    if (taken.more) tools.note(paint.dim("There are more: raise --limit to see them"));
  }
  return EXIT_OK;
}

function formatLines(
  sessions: readonly DisplaySession[],
  units: ReadonlyMap<string, Pick<Reading, "unit" | "currency">>,
  tools: Tools,
  zone: string,
): readonly string[] {
  const { paint } = tools;
  const columns = [
    { title: "Account", minWidth: 10 },
    { title: "Started", minWidth: 10 },
    { title: "Ended", dropOrder: 2, minWidth: 10 },
    { title: "Lasted", right: true, dropOrder: 3 },
    { title: "Used", minWidth: 14, dropOrder: 1 },
  ];
  const rows = sessions.map(({ account, startedAt, endedAt, lastRiseAt, quotas }) => {
    const { provider, name } = splitAccountKey(account);
    const used = quotas.map(({ quota, consumed, unit: then }) => {
      const now = units.get(quotaKey(account, quota));
      const unit = now === undefined ? then ?? null : earlierDisplayUnit(now, then);
      return `${plain(quota)} ${unit === null ? consumed : formatQuantity(consumed, unit)}`;
    });
    return [
      [plain(`${provider}/${name}`), plain(name === "default" ? provider : `${provider}/${name}`)] as const,
      timeCell(startedAt, zone),
      endedAt === null ? paint.cyan("open") : timeCell(endedAt, zone),
      formatDuration((endedAt ?? lastRiseAt) - startedAt),
      used.join(", "),
    ];
  });
  return tableLines(tools, columns, rows);
}

/** A wall clock time; without its year where there is no room. */
function timeCell(at: number, zone: string): Cell {
  const text = wallText(at, zone);
  return [text, text.slice(5)];
}
