/** `syntrack audit`: who did what, newest first, and the proof that the record was not altered. */
import type { AuditRow } from "../../store/store.ts";
import { plain } from "../../base/text.ts";
import { auditJson, detailText } from "../../formats/audit.ts";
import { wallText } from "../../model/time.ts";
import { countText } from "../count_text.ts";
import { formatGrid } from "../grid.ts";
import { EXIT_FAILED, EXIT_OK } from "../io.ts";
import { readLimit } from "../range.ts";
import type { Tools } from "../tools.ts";
import { hasFlag } from "../values.ts";

const BY_DEFAULT = 50;

export async function audit(tools: Tools): Promise<number> {
  const store = await tools.store();
  if (hasFlag(tools.typed, "verify")) {
    const verdict = await store?.audit.verify() ?? { state: "whole" as const, rows: 0, last: "0".repeat(64) };
    if (tools.json) tools.printJson(verdict);
    else if (verdict.state === "whole") {
      tools.print(`The record is intact: ${countText(verdict.rows, "row")}, the last one ${verdict.last}`);
    } else tools.print(`The record was changed: ${verdict.reason}`);
    return verdict.state === "whole" ? EXIT_OK : EXIT_FAILED;
  }
  const zone = (await tools.dataLocation()).zone();
  const rows = await store?.audit.list({ limit: readLimit(tools.typed, BY_DEFAULT) }) ?? [];
  if (tools.json) {
    tools.printJson({ audit: rows.map(auditJson) });
  } else if (rows.length === 0) tools.print("Nothing has been recorded yet");
  else {
    const titles = ["TIME", "WHO", "DID", "WHAT", "WITH", "FROM"].map((title) => ({ title }));
    tools.print(...formatGrid(titles, rows.map((row) => formatCells(row, zone)), { paint: tools.paint }));
  }
  return EXIT_OK;
}

function formatCells(row: AuditRow, zone: string): readonly string[] {
  const { at, name, action, target, credential, address } = row;
  return [
    wallText(at, zone),
    plain(name, 64),
    plain(action, 64),
    plain([target ?? "", detailText(row)].filter((text) => text !== "").join(" "), 120),
    plain(credential ?? "", 64),
    plain(address ?? "", 64),
  ];
}
