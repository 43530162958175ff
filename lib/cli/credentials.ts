/**
 * Secrets that a service manager hands over as files (LoadCredential= of systemd): each is named by its variable, and
 * stands for the `_FILE` twin of it.
 */
const NAME = /^(?:keys_)?([A-Z][A-Z0-9_]{2,63})$/;

/** The environment with a `_FILE` variable for each, unless the variable or its twin is set. */
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
    // A manager that hands over a folder which cannot be read has said so already.
  }
  return { ...env, ...added };
}
