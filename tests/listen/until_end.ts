/** Everything received until the other side ends, in any way. */
export async function readUntilEnd(connection: Deno.TcpConn): Promise<string> {
  let text = "";
  const buffer = new Uint8Array(65_536);
  try {
    for (let read = await connection.read(buffer); read !== null; read = await connection.read(buffer)) {
      text += new TextDecoder().decode(buffer.subarray(0, read));
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.ConnectionReset)) throw error;
  } finally {
    connection.close();
  }
  return text;
}
