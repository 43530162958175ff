/** Scripts that tests write and then run. */

/**
 * Writes a file that can be executed at once. Another process writes it: a child process that another test is just
 * starting has a copy of every file that is open here, and the system executes no file that is open for writing.
 */
export async function writeScript(path: string, text: string): Promise<void> {
  const child = new Deno.Command("/bin/sh", {
    args: ["-c", 'cat > "$1" && chmod 755 "$1"', "sh", path],
    stdin: "piped",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const output = child.output();
  await new Blob([text]).stream().pipeTo(child.stdin);
  const { success, stderr } = await output;
  if (!success) throw new Error(`${path}: ${new TextDecoder().decode(stderr)}`);
}
