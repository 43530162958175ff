import { roundFigure } from "@/lib/formats/spend.ts";
import { isoInstant } from "@/lib/model/time.ts";
import { api } from "@/lib/web/answer.ts";
import { define } from "@/lib/web/state.ts";
import { tableFile } from "@/lib/web/tables/files.ts";
import { createQueryReader } from "@/lib/web/tables/query_reader.ts";

const COLUMNS = [
  "provider",
  "account",
  "currency",
  "month",
  "amount",
  "since",
  "projected",
  "budget",
] as const;

/** The months of `/spend`, one row for each account, currency and month with readings. */
export const handlers = define.handlers(api({
  GET: tableFile(async (services, { zone }, query) => {
    const { months, accounts } = await services.spend(zone);
    return {
      reader: createQueryReader(query),
      file: {
        what: "spend",
        about: [],
        columns: COLUMNS,
        rows: accounts.flatMap(({ provider, account, currency, budget, projection, ...one }) =>
          one.months.flatMap((seen, back) =>
            seen === null ? [] : [[
              provider,
              account.slice(provider.length + 1),
              currency,
              months[back]!.label,
              roundFigure(seen.amount),
              seen.since === null ? null : isoInstant(seen.since),
              back === 0 ? roundFigure(projection?.amount ?? null) : null,
              back === 0 ? budget : null,
            ]]
          )
        ),
      },
    };
  }),
}));
