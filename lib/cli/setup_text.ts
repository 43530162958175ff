/** Builds the config file that `syntrack setup` writes from the answers. Pure. */

export interface SetupAnswers {
  /** General settings that differ from their defaults, by their names in the file. */
  readonly general: Readonly<Record<string, string>>;
  /** The key file of each named provider. */
  readonly keys: readonly { readonly provider: string; readonly setting: string; readonly file: string }[];
  /** Discovered providers that the user does not want. */
  readonly off: readonly string[];
}

export function setupText({ general, keys, off }: SetupAnswers): string {
  const lines = ["# Written by syntrack setup. All entries: syntrack config init --config FILE", ""];
  for (const [name, value] of Object.entries(general)) {
    lines.push(`${name} = ${/^\d+$/.test(value) ? value : JSON.stringify(value)}`);
  }
  if (Object.keys(general).length > 0) lines.push("");
  for (const { provider, setting, file } of keys) {
    lines.push(`[providers.${provider}]`, `${setting.toLowerCase()}_file = ${JSON.stringify(file)}`, "");
  }
  for (const provider of off) lines.push(`[providers.${provider}]`, "enabled = false", "");
  return `${lines.join("\n").trimEnd()}\n`;
}
