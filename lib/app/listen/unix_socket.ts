/**
 * Unix sockets: only the owner may open one, and the file that a killed server left behind keeps nobody from
 * starting again.
 */

/** For whoever makes files meanwhile it means no more than that others may not read them. */
const ONLY_MINE = 0o077;

/**
 * @param bind listens on the path
 * @throws {Deno.errors.AddrInUse} when somebody answers there, or another kind of file is in the way
 */
export async function bindSocket(path: string, bind: () => Promise<void>): Promise<void> {
  await removeStale(path);
  // Between being made and being closed to others, anybody could connect: so it is closed from the beginning.
  const before = Deno.build.os === "windows" ? null : Deno.umask(ONLY_MINE);
  try {
    await bind();
  } finally {
    if (before !== null) Deno.umask(before);
  }
  if (Deno.build.os !== "windows") await Deno.chmod(path, 0o600);
}

async function removeStale(path: string): Promise<void> {
  const there = await Deno.lstat(path).catch((error) => {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  });
  if (there === null) return;
  if (there.isSocket === false) throw new Deno.errors.AddrInUse(`${path} is a file of another kind`);
  if (await answers(path)) throw new Deno.errors.AddrInUse(`${path} is in use`);
  await Deno.remove(path);
}

/** Whether somebody listens there. One that nobody listens at any more refuses at once. */
async function answers(path: string): Promise<boolean> {
  try {
    (await Deno.connect({ transport: "unix", path })).close();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.ConnectionRefused || error instanceof Deno.errors.NotFound) return false;
    // Whoever may not open it cannot tell, and must not take it away.
    return true;
  }
}

export async function removeSocket(path: string): Promise<void> {
  await Deno.remove(path).catch(() => {});
}
