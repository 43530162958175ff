/** The channels that deliver alerts: the state of each, a test button, and the form to add one. */
import type { ComponentChild } from "preact";
import { wallText } from "../../model/time.ts";
import { formatAge } from "../../model/view/format.ts";
import { ChannelRuleFields, type RuleFields } from "./ChannelRuleFields.tsx";
import { Card, Field } from "../settings/parts.tsx";

export interface ListedChannel {
  readonly id: string;
  readonly typeName: string;
  /** Which alerts it takes, in words. */
  readonly takes: string;
  readonly enabled: boolean;
  readonly isReachable: boolean;
  /** True for a command from the config file. */
  readonly isFromConfig: boolean;
  readonly state: "well" | "trouble" | "new";
  readonly problem: string;
  /** Epoch milliseconds. */
  readonly since: number | null;
  readonly sentAt: number | null;
  readonly waiting: number;
  readonly answers: readonly { readonly at: number; readonly state: string; readonly note: string }[];
}

export interface ChannelsView {
  readonly channels: readonly ListedChannel[];
  readonly types: readonly { readonly id: string; readonly name: string }[];
  /** The type whose form is shown, with the submitted values; null for none. */
  readonly adding: {
    readonly type: string;
    readonly name: string;
    readonly id: string;
    readonly rule: RuleFields;
    readonly settings: readonly {
      readonly name: string;
      readonly help: string;
      readonly secret: boolean;
      readonly optional: boolean;
      readonly choices: readonly string[];
      readonly typed: string;
    }[];
  } | null;
  /** The channel whose rule is being changed; null for none. */
  readonly changing: { readonly id: string; readonly rule: RuleFields } | null;
  /** `yes`, or why not: a sign-in that is too old, or the wrong role. */
  readonly mayChange: "yes" | "sign in again" | "no";
  readonly problem: string;
}

const STATES = {
  well: ["text-healthy", "works"],
  trouble: ["text-critical", "failing"],
  new: ["text-muted", "not used yet"],
} as const;
const ANSWERS: Readonly<Record<string, string>> = {
  sent: "taken",
  waiting: "not accepted yet",
  "given-up": "given up",
};
export function ChannelsPage({ view, now, zone }: {
  readonly view: ChannelsView;
  readonly now: number;
  readonly zone: string;
}) {
  const { channels, mayChange } = view;
  return (
    <>
      {mayChange === "sign in again" && (
        <p class="notice mt-4">
          <a class="underline" href="/login?next=/alerts/channels">Sign in again</a>{" "}
          to change channels: your last sign-in was too long ago for that.
        </p>
      )}
      <Card title="Channels">
        {channels.length === 0
          ? (
            <p class="mt-3 text-sm text-muted">
              {whyNone(view)}
            </p>
          )
          : (
            <ul class="mt-3 divide-y divide-line">
              {channels.map((channel) => (
                <Row
                  key={channel.id}
                  channel={channel}
                  mayChange={mayChange === "yes"}
                  form={view.changing?.id === channel.id && mayChange === "yes" && (
                    <RuleForm id={channel.id} rule={view.changing.rule} problem={view.problem} />
                  )}
                  now={now}
                  zone={zone}
                />
              ))}
            </ul>
          )}
      </Card>
      {mayChange === "yes" && view.changing === null && <AddChannel view={view} />}
    </>
  );
}

function whyNone({ types, mayChange }: ChannelsView): string {
  if (types.length === 0) return "The demo sends nothing, so it has no channels.";
  const none = "No channels yet: alerts are shown here and not sent anywhere.";
  return mayChange === "no" ? `${none} An admin can add one.` : none;
}

function Row({ channel, mayChange, form, now, zone }: {
  readonly channel: ListedChannel;
  /** The form in place of its buttons, while it is being changed. */
  readonly form: ComponentChild;
  readonly mayChange: boolean;
  readonly now: number;
  readonly zone: string;
}) {
  const {
    id,
    typeName,
    takes,
    enabled,
    isReachable,
    isFromConfig,
    state,
    problem,
    since,
    sentAt,
    waiting,
    answers,
  } = channel;
  const [colour, word] = STATES[state];
  return (
    <li class="py-4" id={`channel-${id}`} data-channel={id} data-state={state}>
      <div class="flex flex-wrap items-baseline gap-x-3">
        <h3 class="outside-text font-medium">{id}</h3>
        <span class="text-sm text-muted">{typeName}</span>
        <span class={`text-sm font-medium ${enabled ? colour : "text-muted"}`}>
          {enabled ? word : "paused"}
        </span>
      </div>
      <p class="outside-text mt-1 text-sm text-muted">
        Receives {takes}. {sentAt === null ? "Nothing sent yet" : `Last sent ${formatAge(now - sentAt)}`}
        {waiting > 0 && `, ${waiting} waiting`}.
      </p>
      {state === "trouble" && since !== null && (
        <p class="outside-text mt-1 text-sm">
          Failing since {wallText(since, zone)}: {problem}
        </p>
      )}
      {!isReachable && (
        <p class="notice mt-2">
          This server is not allowed to reach it yet: it was started with limited permissions before the
          channel was added. Restart it.
        </p>
      )}
      {answers.length > 0 && (
        <details class="mt-2 text-sm">
          <summary class="touch-target inline-flex cursor-pointer items-center text-muted underline">
            Last responses
          </summary>
          <ul class="mt-1 text-xs text-muted">
            {answers.map(({ at, state, note }, place) => (
              <li key={place} class="outside-text py-0.5">
                {wallText(at, zone)}: {ANSWERS[state] ?? state}
                {note !== "" && ` (${note})`}
              </li>
            ))}
          </ul>
        </details>
      )}
      {form}
      {mayChange && !form && (
        <div class="mt-3 flex flex-wrap gap-3">
          <a
            class="button touch-target"
            href={`/alerts/channels?change=${id}#channel-${id}`}
            aria-label={`Change what ${id} receives`}
          >
            Change
          </a>
          <Action id={id} action="test" label="Test" about={`Send a test message by ${id}`} />
          {enabled
            ? <Action id={id} action="pause" label="Pause" about={`Pause ${id}`} />
            : <Action id={id} action="resume" label="Resume" about={`End the pause of ${id}`} />}
          {isFromConfig
            ? (
              <p class="text-sm text-muted">
                It is set in the config file under{" "}
                <code class="code">{`[hooks.${id}]`}</code>; remove it there.
              </p>
            )
            : <RemoveForm id={id} />}
        </div>
      )}
    </li>
  );
}

function RuleForm({ id, rule, problem }: {
  readonly id: string;
  readonly rule: RuleFields;
  readonly problem: string;
}) {
  return (
    <form method="post" action="/alerts/channels" class="mt-4 flex flex-col gap-5" data-change={id}>
      <input type="hidden" name="action" value="change" />
      <input type="hidden" name="id" value={id} />
      {problem !== "" && <p class="text-sm text-critical">{problem}.</p>}
      <ChannelRuleFields fields={rule} />
      <p class="flex flex-wrap gap-3">
        <button type="submit" class="button button-primary touch-target">Save</button>
        <a href="/alerts/channels" class="button touch-target">Cancel</a>
      </p>
    </form>
  );
}

function Action({ id, action, label, about }: {
  readonly id: string;
  readonly action: string;
  readonly label: string;
  readonly about: string;
}) {
  return (
    <form method="post" action="/alerts/channels">
      <input type="hidden" name="action" value={action} />
      <input type="hidden" name="id" value={id} />
      <button type="submit" class="button touch-target" aria-label={about}>{label}</button>
    </form>
  );
}

function AddChannel({ view: { types, adding, problem } }: { readonly view: ChannelsView }) {
  if (types.length === 0) return null;
  return (
    <Card title={adding === null ? "Add a channel" : `Add a channel: ${adding.name}`}>
      {adding === null
        ? (
          <form method="get" action="/alerts/channels" class="mt-3 flex flex-wrap items-end gap-3">
            <label class="flex min-w-0 flex-col gap-1 text-sm font-medium">
              Type
              <select name="add" class="field touch-target max-w-full">
                {types.map(({ id, name }) => <option key={id} value={id}>{name}</option>)}
              </select>
            </label>
            <button type="submit" class="button touch-target">Continue</button>
          </form>
        )
        : <AddForm adding={adding} problem={problem} />}
      <p class="mt-3 text-sm text-muted">
        Secrets are stored encrypted and never shown. Commands of your own can be set only in the config file,
        under <code class="code">[hooks.opener]</code>.
      </p>
    </Card>
  );
}

function RemoveForm({ id }: { readonly id: string }) {
  return (
    <form method="post" action="/alerts/channels" class="flex flex-wrap items-center gap-3">
      <input type="hidden" name="action" value="remove" />
      <input type="hidden" name="id" value={id} />
      <label class="touch-target inline-flex items-center gap-2 text-sm">
        <input type="checkbox" name="sure" value="1" required />
        Remove its secrets too
      </label>
      <button type="submit" class="button touch-target" aria-label={`Remove ${id}`}>Remove</button>
    </form>
  );
}

function AddForm({ adding, problem }: {
  readonly adding: NonNullable<ChannelsView["adding"]>;
  readonly problem: string;
}) {
  return (
    <form method="post" action="/alerts/channels" class="mt-3 flex flex-col gap-4">
      <input type="hidden" name="action" value="add" />
      <input type="hidden" name="type" value={adding.type} />
      {problem !== "" && <p class="text-sm text-critical">{problem}.</p>}
      <Field
        name="id"
        id="channel-id"
        label="Name"
        hint="A name such as phone: lower-case letters, digits and -."
        problem={undefined}
      >
        {(described) => (
          <input
            id="channel-id"
            name="id"
            class="field w-80 max-w-full"
            value={adding.id}
            required
            autocapitalize="none"
            autocomplete="off"
            aria-describedby={described}
          />
        )}
      </Field>
      {adding.settings.map(({ name, help, secret, optional, choices, typed }) => (
        <Field
          key={name}
          name={name}
          id={`channel-${name}`}
          label={name}
          hint={`${help}${optional ? "; optional" : ""}`}
          problem={undefined}
        >
          {(described) =>
            choices.length > 0
              ? (
                <select
                  id={`channel-${name}`}
                  name={`value.${name}`}
                  class="field w-80 max-w-full"
                  aria-describedby={described}
                >
                  {optional && <option value=""></option>}
                  {choices.map((choice) => (
                    <option key={choice} value={choice} selected={choice === typed}>{choice}</option>
                  ))}
                </select>
              )
              : (
                <input
                  id={`channel-${name}`}
                  name={`value.${name}`}
                  type={secret ? "password" : "text"}
                  class="field w-80 max-w-full"
                  value={secret ? undefined : typed}
                  required={!optional}
                  autocapitalize="none"
                  autocomplete="off"
                  spellcheck={false}
                  aria-describedby={described}
                />
              )}
        </Field>
      ))}
      <ChannelRuleFields fields={adding.rule} />
      <p class="flex flex-wrap gap-3">
        <button type="submit" class="button button-primary touch-target">Add channel</button>
        <a href="/alerts/channels" class="button touch-target">Cancel</a>
      </p>
    </form>
  );
}
