import "@/lib/ui/base_path.ts";
import { useEffect } from "preact/hooks";

/** Longer answers are cut: megabytes of text help no reader. */
const MAX_SHOWN = 20_000;

/** Sends the requests that the forms of the API page describe, and shows the answers in place. */
export default function ApiTry() {
  useEffect(() => {
    const submit = (event: SubmitEvent) => {
      if (!(event.target instanceof HTMLFormElement) || !event.target.matches("[data-try]")) return;
      event.preventDefault();
      ask(event.target);
    };
    document.addEventListener("submit", submit);
    openLinked();
    addEventListener("hashchange", openLinked);
    return () => {
      document.removeEventListener("submit", submit);
      removeEventListener("hashchange", openLinked);
    };
  }, []);
  return null;
}

/** The last request of each form; a late answer to an earlier one is dropped. */
const last = new WeakMap<HTMLFormElement, string>();

async function ask(form: HTMLFormElement) {
  const output = form.querySelector("output")!;
  const address = buildAddress(form);
  last.set(form, address);
  output.hidden = false;
  output.textContent = "Loading";
  const answer = await answerTo(address);
  if (last.get(form) === address) output.textContent = answer;
}

/** Builds the address: parameters of the path replace their names in it, and empty ones are left out. */
function buildAddress(form: HTMLFormElement): string {
  const query = new URLSearchParams();
  let path = form.getAttribute("action") ?? "";
  for (const [name, value] of new FormData(form)) {
    if (typeof value !== "string" || value === "") continue;
    const place = `{${name}}`;
    if (path.includes(place)) path = path.replace(place, encodeURIComponent(value));
    else query.append(name, value);
  }
  return query.size === 0 ? path : `${path}?${query}`;
}

async function answerTo(address: string): Promise<string> {
  try {
    const answer = await fetch(address);
    const text = await answer.text();
    const isJson = answer.headers.get("content-type")?.includes("json") ?? false;
    const body = isJson ? JSON.stringify(JSON.parse(text), null, 2) : text;
    const cut = body.length > MAX_SHOWN ? `${body.slice(0, MAX_SHOWN)}\n... and more` : body;
    return `${answer.status} ${address}\n\n${cut}`;
  } catch (error) {
    return `${address}\n\nThere is no answer: ${error instanceof Error ? error.message : error}`;
  }
}

/** Opens the operation that the address names. */
function openLinked() {
  const target = document.getElementById(location.hash.slice(1));
  const details = target?.closest("details");
  if (!details) return;
  details.open = true;
  details.scrollIntoView();
}
