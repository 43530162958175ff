/** The browser's passkey prompt: loads its options, and submits a form with the answer. Runs in browsers. */
import { type ReadonlySignal, useSignal } from "@preact/signals";
import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { JSON_REQUEST, pathTo } from "../base_path.ts";

export interface PasskeyPrompt<Options> {
  /** Path that answers with the options. */
  readonly path: string;
  /** The hidden field for the device's answer. */
  readonly field: string;
  readonly ask: (options: Options) => Promise<object>;
  /** What to say when the user closed the prompt. */
  readonly cancelled: string;
}

export interface PasskeyForm {
  /** False until the browser is known to have passkeys. */
  readonly isOffered: ReadonlySignal<boolean>;
  readonly isBusy: ReadonlySignal<boolean>;
  /** Empty for none. */
  readonly problem: ReadonlySignal<string>;
  readonly form: RefObject<HTMLFormElement>;
  readonly submit: (event: Event) => Promise<void>;
}

export function usePasskey<Options>({ path, field, ask, cancelled }: PasskeyPrompt<Options>): PasskeyForm {
  const isOffered = useSignal(false);
  const isBusy = useSignal(false);
  const problem = useSignal("");
  const form = useRef<HTMLFormElement>(null);

  useEffect(() => {
    isOffered.value = typeof globalThis.PublicKeyCredential === "function";
  }, []);

  async function submit(event: Event) {
    event.preventDefault();
    isBusy.value = true;
    problem.value = "";
    try {
      submitAnswer(form.current, field, await ask(await fetchOptions<Options>(path)));
    } catch (error) {
      problem.value = failureText(error, cancelled);
      isBusy.value = false;
    }
  }

  return { isOffered, isBusy, problem, form, submit };
}

/** @throws {Error} with a sentence for the page */
async function fetchOptions<Options>(path: string): Promise<Options> {
  let answer: Response;
  try {
    answer = await fetch(pathTo(path), { ...JSON_REQUEST, method: "POST" });
  } catch {
    throw new Error("The server does not answer: try again");
  }
  const body: unknown = await answer.json().catch(() => null);
  if (answer.ok && body !== null) return body as Options;
  const reason: unknown = typeof body === "object" && body !== null ? Reflect.get(body, "error") : null;
  throw new Error(typeof reason === "string" ? reason : "The server does not answer as it should: try again");
}

/** Submits a form with the device's answer in its hidden field. */
function submitAnswer(form: HTMLFormElement | null, field: string, answer: object): void {
  const input = form?.elements.namedItem(field);
  if (!form || !(input instanceof HTMLInputElement)) return;
  input.value = JSON.stringify(answer);
  form.submit();
}

/** Describes a failure. Browsers reveal little, so that no page learns which devices exist. */
function failureText(error: unknown, cancelled: string): string {
  if (!(error instanceof Error)) return cancelled;
  if (error.name === "InvalidStateError") return "This device already has a passkey of yours.";
  return error.name === "Error" ? `${error.message}.` : cancelled;
}
