/** Names the database of a hosted program: the platform's own unless a setting names another. */

/** The database that comes with the platform. */
const OWN = "kv:";

export function databaseName(env: Readonly<Record<string, string | undefined>>): string {
  return env.SYNTRACK_DB ?? env.SYNTRACK_DB_PATH ?? OWN;
}
