/** Reads what a plain HTML form sends. */
import { HttpError } from "fresh";
import { readText } from "./body.ts";

/**
 * The fields of a form.
 *
 * @throws {HttpError} 415 for another type than that of forms, 413 for more than 64 KiB
 */
export async function readForm(req: Request): Promise<URLSearchParams> {
  const type = (req.headers.get("content-type") ?? "").split(";")[0]!.trim().toLowerCase();
  if (type !== "application/x-www-form-urlencoded") {
    throw new HttpError(415, "Cannot read the form: send it as application/x-www-form-urlencoded");
  }
  return new URLSearchParams(await readText(req));
}
