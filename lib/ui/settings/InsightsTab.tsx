/** Selects which kinds of insights to show. */
import type { InsightsView } from "./kinds.ts";
import { Card, SaveRow, TabForm } from "./parts.tsx";

export function InsightsTab({ view }: { readonly view: InsightsView }) {
  return (
    <Card title="Insights to show">
      <TabForm tab="insights">
        <fieldset>
          <legend class="text-sm text-muted">
            Similar kinds are shown and hidden together.
          </legend>
          <ul class="mt-3 grid gap-x-6 gap-y-1 sm:grid-cols-2">
            {view.types.map(({ type, title, about, shown }) => (
              <li key={type}>
                <label class="flex items-start gap-2 py-1">
                  <input type="checkbox" name="show" value={type} checked={shown} class="mt-1.5" />
                  <span>
                    {title}
                    <span class="block text-sm text-muted">{about}</span>
                  </span>
                </label>
              </li>
            ))}
          </ul>
        </fieldset>
        {view.hidden.length > 0 && (
          <fieldset>
            <legend class="text-sm font-medium">Hidden individually</legend>
            <p class="text-sm text-muted">Clear a box to show the insight again.</p>
            <ul class="mt-2">
              {view.hidden.map(({ key, title }) => (
                <li key={key}>
                  <label class="outside-text flex items-center gap-2 py-1 text-sm">
                    <input type="checkbox" name="keep" value={key} checked />
                    {title}
                  </label>
                </li>
              ))}
            </ul>
          </fieldset>
        )}
        <SaveRow />
      </TabForm>
    </Card>
  );
}
