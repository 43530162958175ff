/** Selects everything, a kind of window, an account or a quota. */
import { nodeKey } from "../words.ts";
import type { AlertsPageView } from "./kinds.ts";

export function Targets({ name, windows = [], accounts, quotas, chosen }:
  & {
    readonly name: string;
    readonly chosen: string;
  }
  & Pick<AlertsPageView, "accounts" | "quotas">
  & Partial<Pick<AlertsPageView, "windows">>) {
  return (
    <select name={name} class="field touch-target max-w-full">
      <option value="*" selected={chosen === "*"}>everything</option>
      {windows.length > 0 && (
        <optgroup label="Windows">
          {windows.map(({ key, title }) => (
            <option key={nodeKey(key)} value={key} selected={key === chosen}>{title}</option>
          ))}
        </optgroup>
      )}
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
