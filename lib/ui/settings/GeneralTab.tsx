/** General display settings: zone, wording, thresholds, look. */
import { MadeFrom } from "../MadeFrom.tsx";
import { Card, Field, Radios, SaveRow, TabForm } from "./parts.tsx";
import type { GeneralView, Problems } from "./kinds.ts";

export function GeneralTab({ view, problems }: {
  readonly view: GeneralView;
  readonly problems: Problems;
}) {
  const { fields, stored, zones, serverZone } = view;
  return (
    <Card title="General">
      <TabForm tab="general">
        <MadeFrom values={stored} />
        <Field
          name="timezone"
          id="settings-timezone"
          label="Time zone"
          hint={'Days and weeks begin at midnight in this zone, and times are shown in it. Type a city or a part of its name, or "browser" ' +
            "to use the zone of each browser. Leave it empty to use the zone of the server."}
          problem={problems["timezone"]}
        >
          {(described) => (
            <>
              <input
                id="settings-timezone"
                name="timezone"
                class="field max-w-full sm:w-96"
                list="settings-timezones"
                value={fields.timezone}
                placeholder={`The server's zone (${serverZone})`}
                maxLength={64}
                autocomplete="off"
                spellcheck={false}
                aria-invalid={problems["timezone"] === undefined ? undefined : "true"}
                aria-describedby={described}
              />
              <datalist id="settings-timezones">
                <option value="browser">Each browser's own zone</option>
                {zones.map(({ name, also }) => <option key={name} value={name}>{also}</option>)}
              </datalist>
            </>
          )}
        </Field>
        <Radios
          name="display"
          legend="Percentages show"
          value={fields.display}
          choices={[["used", "what is used"], ["left", "what is left"]]}
          problem={problems["display"]}
        />
        <div class="grid gap-4 sm:grid-cols-2">
          <Threshold
            name="warning"
            label="Warning from, percent used"
            value={fields.warning}
            problem={problems["thresholds.warning"] ?? problems["thresholds"]}
          />
          <Threshold
            name="critical"
            label="Critical from, percent used"
            value={fields.critical}
            problem={problems["thresholds.critical"]}
          />
        </div>
        <Radios
          name="work-days"
          legend="Working days per week"
          hint="Weekly quotas are paced over these days, counted from Monday."
          value={fields.workDays}
          choices={[["5", "5 days"], ["6", "6 days"], ["7", "7 days"]]}
          problem={problems["work_days"]}
        />
        <Radios
          name="theme"
          legend="Theme"
          hint="For browsers that have not chosen one with the button at the top."
          value={fields.theme}
          choices={[["system", "system"], ["light", "light"], ["dark", "dark"]]}
          problem={problems["theme"]}
        />
        <Radios
          name="density"
          legend="Overview"
          value={fields.density}
          choices={[["comfortable", "cards up to nine quotas, then a list"], ["compact", "always a list"]]}
          problem={problems["density"]}
        />
        <SaveRow />
      </TabForm>
    </Card>
  );
}

function Threshold({ name, label, value, problem }: {
  readonly name: "warning" | "critical";
  readonly label: string;
  readonly value: string;
  readonly problem: string | undefined;
}) {
  const id = `threshold-${name}`;
  return (
    <Field name={name} id={id} label={label} problem={problem}>
      {(described) => (
        <input
          id={id}
          name={name}
          type="number"
          min="1"
          max="100"
          step="any"
          required
          value={value}
          class="field w-28"
          aria-invalid={problem === undefined ? undefined : "true"}
          aria-describedby={described}
        />
      )}
    </Field>
  );
}
