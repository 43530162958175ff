/** Fetches the options for the browser's passkey prompt. Runs in browsers. */
import { ASKS_JSON, pathTo } from "../base_path.ts";

/** @throws {Error} with a sentence for the page */
export async function fetchOptions<Options>(path: string): Promise<Options> {
  let answer: Response;
  try {
    answer = await fetch(pathTo(path), { ...ASKS_JSON, method: "POST" });
  } catch {
    throw new Error("The server does not answer: try again");
  }
  const body: unknown = await answer.json().catch(() => null);
  if (answer.ok && body !== null) return body as Options;
  const reason: unknown = typeof body === "object" && body !== null ? Reflect.get(body, "error") : null;
  throw new Error(typeof reason === "string" ? reason : "The server does not answer as it should: try again");
}

/** Submits a form with the device's answer in its hidden field. */
export function submitAnswer(form: HTMLFormElement | null, field: string, answer: object): void {
  const input = form?.elements.namedItem(field);
  if (!form || !(input instanceof HTMLInputElement)) return;
  input.value = JSON.stringify(answer);
  form.submit();
}

/** Words for a failure. Browsers reveal little themselves, so that no page learns which devices there are. */
export function failureText(error: unknown, cancelled: string): string {
  if (!(error instanceof Error)) return cancelled;
  if (error.name === "InvalidStateError") return "This device has a passkey of yours already.";
  return error.name === "Error" ? `${error.message}.` : cancelled;
}
