/**
 * Secrets that a service manager passes as files (LoadCredential= of systemd): each is named after its
 * variable, and acts as the `_FILE` variant of it.
 */
const NAME = /^(?:keys_)?([A-Z][A-Z0-9_]{2,63})$/;

/** Adds a `_FILE` variable for each secret, unless the variable or that one is set. */
export function withCredentials(env: Record<string, string>): Record<string, string> {
  const folder = env.CREDENTIALS_DIRECTORY;
  if (!folder) return env;
  const added: Record<string, string> = {};
  try {
    for (const { name } of Deno.readDirSync(folder)) {
      const variable = NAME.exec(name)?.[1];
      if (variable === undefined || env[variable] || env[`${variable}_FILE`]) continue;
      added[`${variable}_FILE`] = `${folder}/${name}`;
    }
  } catch {
    // The manager has reported an unreadable folder already.
  }
  return { ...env, ...added };
}
