/** A user's feeds: URLs for calendars and feed readers, each shown only once. */
import { Card } from "../settings/parts.tsx";
import { ActionForm, limitText, TextField } from "./parts.tsx";

export interface FeedsView {
  /** A feed just created, to be shown only once; null otherwise. */
  readonly created: { readonly name: string; readonly address: string } | null;
  /** Whether the user may create one. */
  readonly mayCreate: boolean;
  readonly feeds: readonly {
    readonly id: string;
    readonly name: string;
    readonly kind: typeof KINDS[number][0];
    readonly accounts: readonly string[] | null;
    readonly created: string;
    readonly used: string;
  }[];
}

const KINDS = [
  ["calendar", "Calendar of coming resets and expected run-outs (iCalendar)"],
  ["alerts", "Alerts (Atom)"],
] as const;

export function FeedsCard({ view: { created, mayCreate, feeds } }: { readonly view: FeedsView }) {
  if (!mayCreate && feeds.length === 0) return null;
  return (
    <Card title="Feeds">
      <p class="mt-1 text-sm text-muted">
        An address for a calendar or feed reader. It needs no sign-in: anyone who has it can read what you
        see.
      </p>
      {created && (
        <div class="notice mt-3">
          <label for="made-feed" class="text-sm">
            The address of "{created.name}". Copy it now: it is shown only once.
          </label>
          <input
            id="made-feed"
            class="field mt-2 w-full font-mono"
            data-feed="address"
            value={created.address}
            readOnly
            autocomplete="off"
            spellcheck={false}
          />
        </div>
      )}
      {feeds.length > 0 && (
        <ul class="mt-3 divide-y divide-line">
          {feeds.map(({ id, name, kind, accounts, created, used }) => (
            <li key={id} class="flex flex-wrap items-center gap-x-6 gap-y-2 py-3" data-feed-row={kind}>
              <div class="min-w-0 grow text-sm">
                <p class="outside-text font-medium">{name}</p>
                <p class="outside-text text-muted">
                  {kind} of {limitText(accounts)}; created {created}, {used}
                </p>
              </div>
              <ActionForm page="me" action="revoke-feed" id={id} label="Revoke" about={`Revoke ${name}`} />
            </li>
          ))}
        </ul>
      )}
      {mayCreate && (
        <form method="post" action="/me" class="mt-3 flex flex-col gap-4">
          <input type="hidden" name="action" value="make-feed" />
          <TextField id="feed-name" name="name" label="Name" hint="Where you will use it." required />
          <fieldset class="min-w-0">
            <legend class="text-sm font-medium">Contents</legend>
            {KINDS.map(([kind, text], place) => (
              <label key={kind} class="touch-target flex items-center gap-2 text-sm">
                <input type="radio" name="kind" value={kind} checked={place === 0} />
                {text}
              </label>
            ))}
          </fieldset>
          <p>
            <button type="submit" class="button button-primary touch-target">Create an address</button>
          </p>
        </form>
      )}
    </Card>
  );
}
