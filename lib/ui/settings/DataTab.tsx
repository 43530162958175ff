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
            hint={`Leave it empty to use the setting of the server${
              store ? ` (${store.usual})` : ""
            }; 0 keeps them forever. Hours, days, cycles and sessions are always kept.`}
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
            The database is in memory, so it needs no maintenance.
          </p>
        )
        : (
          <>
            <Card title="The database">
              <Facts facts={store.facts} />
              <TabForm tab="data">
                <p class="flex flex-wrap gap-2">
                  {store.hasFile && <Action action="backup" text="Download a backup" />}
                  <Action action="prune" text="Remove expired rows" />
                  {store.hasFile && <Action action="vacuum" text="Free unused space" />}
                </p>
                <p class="text-sm text-muted">
                  {store.hasFile
                    ? "A backup is a complete SQLite file without credentials, logins and keys. While unused space is " +
                      "freed, everything else waits."
                    : "This database is not a single file that can be copied: syntrack export writes everything that is stored."}
                </p>
              </TabForm>
            </Card>
          </>
        )}
      <Card title="Export">
        <p class="mt-1 text-sm text-muted">
          Every table can be downloaded: <a class="underline" href="/history">readings</a>,{" "}
          <a class="underline" href="/cycles">cycles</a>, <a class="underline" href="/sessions">sessions</a>,
          {" "}
          <a class="whitespace-nowrap underline" href="/stats">days and weeks</a>. All of the history at once:
          {" "}
          <code class="rounded bg-sunken px-1">syntrack export</code>
        </p>
      </Card>
    </>
  );
}

function Action({ action, text }: Readonly<Record<"action" | "text", string>>) {
  return <button type="submit" name="action" value={action} class="button touch-target">{text}</button>;
}
