/** Hands an address to the browser of this desktop. */

const OPENERS: Readonly<Record<string, readonly string[]>> = {
  darwin: ["open"],
  // `start` is no program of its own; the first pair of quotes would be its title.
  windows: ["cmd", "/c", "start", ""],
  linux: ["xdg-open"],
};

/** Whether something took it. Only addresses of our own servers come here, and never through a shell. */
export async function openUrl(url: string, os: string = Deno.build.os): Promise<boolean> {
  const [command = "xdg-open", ...args] = OPENERS[os] ?? ["xdg-open"];
  try {
    const { success } = await new Deno.Command(command, {
      args: [...args, url],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).output();
    return success;
  } catch {
    return false;
  }
}
