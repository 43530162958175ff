/**
 * Unix sockets: only the owner may open one, and the file that a killed server left behind blocks no new
 * start.
 */

/** A umask. Other files created in this moment are merely unreadable for other users. */
const ONLY_MINE = 0o077;

/**
 * @param bind listens on the path
 * @throws {Deno.errors.AddrInUse} when a server answers there, or another kind of file is in the way
 */
export async function bindSocket(path: string, bind: () => Promise<void>): Promise<void> {
  await removeStale(path);
  // Any user could connect between its creation and a change of its mode, so it is created restricted.
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
  if (await isAnswering(path)) throw new Deno.errors.AddrInUse(`${path} is in use`);
  await Deno.remove(path);
}

/** Reports whether a process listens there. An abandoned socket refuses at once. */
async function isAnswering(path: string): Promise<boolean> {
  try {
    (await Deno.connect({ transport: "unix", path })).close();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.ConnectionRefused || error instanceof Deno.errors.NotFound) return false;
    // Without permission to open it, this process cannot tell and must not remove it.
    return true;
  }
}

export async function removeSocket(path: string): Promise<void> {
  await Deno.remove(path).catch(() => {});
}
