/** The database: its size, retention, backups and exports. */
import type { DataView, Problems } from "./kinds.ts";
import { MAX_KEEP_DAYS } from "../../model/setting_limits.ts";
import { Card, Facts, Field, SaveRow, TabForm } from "./parts.tsx";

export function DataTab({ view, problems }: { readonly view: DataView; readonly problems: Problems }) {
  const { store, keep } = view;
  const problem = problems["keep_readings_days"];
  return (
    <>
      <Card title="How long readings are kept">
        <TabForm tab="data">
          <Field
            name="keep"
            id="settings-keep"
            label="Days"
            hint={`Empty for what the server was started with${
              store ? ` (${store.usual})` : ""
            }; 0 keeps them for ever. Hours, days, cycles and sessions are always kept.`}
            problem={problem}
          >
            {(described) => (
              <input
                id="settings-keep"
                name="keep"
                type="number"
                min="0"
                max={MAX_KEEP_DAYS}
                step="1"
                value={keep}
                class="field w-28"
                aria-invalid={problem === undefined ? undefined : "true"}
                aria-describedby={described}
              />
            )}
          </Field>
          <SaveRow />
        </TabForm>
      </Card>
      {store === null
        ? (
          <p class="notice mt-4">
            The database cannot be looked after from here: it is in memory.
          </p>
        )
        : (
          <>
            <Card title="The database">
              <Facts facts={store.facts} />
              <TabForm tab="data">
                <p class="flex flex-wrap gap-2">
                  {store.hasFile && <Action action="backup" text="Download a backup" />}
                  <Action action="prune" text="Remove what is not kept" />
                  {store.hasFile && <Action action="vacuum" text="Give back free room" />}
                </p>
                <p class="text-sm text-muted">
                  {store.hasFile
                    ? "A backup is a whole SQLite file without credentials, logins and keys. While free room is " +
                      "given back, everything else waits."
                    : "This database is not one file that could be copied: syntrack export writes all that is stored."}
                </p>
              </TabForm>
            </Card>
          </>
        )}
      <Card title="Export">
        <p class="mt-1 text-sm text-muted">
          Every table has files of what it shows: <a class="underline" href="/history">readings</a>,{" "}
          <a class="underline" href="/cycles">cycles</a>, <a class="underline" href="/sessions">sessions</a>,
          {" "}
          <a class="underline" href="/stats">days and weeks</a>. All of the history at once:{" "}
          <code class="rounded bg-sunken px-1">syntrack export</code>
        </p>
      </Card>
    </>
  );
}

function Action({ action, text }: Readonly<Record<"action" | "text", string>>) {
  return <button type="submit" name="action" value={action} class="button touch-target">{text}</button>;
}
