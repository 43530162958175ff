/** Parses plain HTML forms. */
import { HttpError } from "fresh";
import { readText } from "./body.ts";

/**
 * Parses the fields of a form.
 *
 * @throws {HttpError} 415 for a type other than that of forms, 413 over 64 KiB
 */
export async function readForm(req: Request): Promise<URLSearchParams> {
  const type = (req.headers.get("content-type") ?? "").split(";")[0]!.trim().toLowerCase();
  if (type !== "application/x-www-form-urlencoded") {
    throw new HttpError(415, "Cannot read the form: send it as application/x-www-form-urlencoded");
  }
  return new URLSearchParams(await readText(req));
}
