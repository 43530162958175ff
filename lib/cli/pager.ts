/** Shows a long text through the user's pager, as git does. */

/** Returns whether a pager showed it; when none could be run, the text is still unwritten. */
export async function showInPager(
  text: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<boolean> {
  const command = env.PAGER ?? "less";
  if (command.trim() === "" || command.trim() === "cat") return false;
  const [shell, ...args] = Deno.build.os === "windows" ? ["cmd", "/c", command] : ["sh", "-c", command];
  try {
    const child = new Deno.Command(shell ?? "sh", {
      args,
      stdin: "piped",
      // Pass colours through, keep the text on the screen, and do not page what fits.
      env: { LESS: env.LESS ?? "FRX", LV: env.LV ?? "-c" },
    }).spawn();
    const writer = child.stdin.getWriter();
    try {
      await writer.write(new TextEncoder().encode(text));
      await writer.close();
    } catch {
      // A user who left the pager has seen enough.
    }
    const { code } = await child.status;
    // 127: the shell found no such program.
    return code !== 127;
  } catch {
    return false;
  }
}
