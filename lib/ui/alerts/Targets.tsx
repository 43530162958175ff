/** Selects everything, an account or a quota. */
import type { AlertsPageView } from "./kinds.ts";

export function Targets({ name, accounts, quotas, chosen }: {
  readonly name: string;
  readonly chosen: string;
} & Pick<AlertsPageView, "accounts" | "quotas">) {
  return (
    <select name={name} class="field touch-target max-w-full">
      <option value="*" selected={chosen === "*"}>everything</option>
      {accounts.length > 0 && (
        <optgroup label="Accounts">
          {accounts.map(({ key, title }) => (
            <option key={key} value={key} selected={key === chosen}>{title}</option>
          ))}
        </optgroup>
      )}
      {quotas.length > 0 && (
        <optgroup label="Quotas">
          {quotas.map(({ key, title }) => (
            <option key={key} value={key} selected={key === chosen}>{title}</option>
          ))}
        </optgroup>
      )}
    </select>
  );
}
