/**
 * The behaviour of all forms: filters apply as soon as they are selected, days have a calendar, and a form that
 * is being filled in or sent keeps the page from reloading.
 */

/** Stores which field had the focus when a filter applied, so that the next page can restore it. */
const FOCUS_KEY = "filter-focus";

/** Listening twice would send a form twice. */
let isFollowing = false;

/** Listens on the whole page, including forms added later, for as long as it is open. */
export function followFilters(): void {
  if (isFollowing) return;
  isFollowing = true;
  restoreFocus();
  document.addEventListener("change", act);
  document.addEventListener("click", pick);
  document.addEventListener("formdata", leaveOutEmpty);
  document.addEventListener("input", markDirty);
  document.addEventListener("submit", markDirty);
}

type Control = HTMLInputElement | HTMLSelectElement;

function act({ target }: Event) {
  if (!(target instanceof HTMLInputElement || target instanceof HTMLSelectElement)) return;
  if (target.matches(".picker")) {
    const text = target.parentElement?.querySelector<HTMLInputElement>(".field");
    if (!text) return;
    text.value = target.value.slice(0, 16).replace("T", " ");
    // Forms that watch what is typed have to notice this too.
    text.dispatchEvent(new Event("input", { bubbles: true }));
    send(text);
  } else send(target);
}

function send(control: Control) {
  const { form } = control;
  // In the sheet of a phone, readers select several filters before they send it.
  if (!form?.matches("[data-filter]") || form.matches(":popover-open")) return;
  try {
    sessionStorage.setItem(FOCUS_KEY, `${location.pathname} ${control.name}`);
  } catch {
    // Without storage only the focus is lost.
  }
  form.requestSubmit();
}

function restoreFocus() {
  try {
    const [path, name] = sessionStorage.getItem(FOCUS_KEY)?.split(" ") ?? [];
    sessionStorage.removeItem(FOCUS_KEY);
    if (path !== location.pathname || !name) return;
    const field = document.querySelector<HTMLElement>(`[data-filter] [name="${CSS.escape(name)}"]`);
    field?.focus({ preventScroll: true });
  } catch {
    // A browser without storage.
  }
}

function pick({ target }: MouseEvent) {
  const button = target instanceof Element ? target.closest("[data-pick]") : null;
  button?.parentElement?.querySelector<HTMLInputElement>(".picker")?.showPicker();
}

/** Leaves out empty fields, to keep the address short. */
function leaveOutEmpty(event: FormDataEvent) {
  if (!(event.target instanceof HTMLFormElement) || !event.target.matches("[data-filter]")) return;
  for (const [name, value] of [...event.formData]) if (value === "") event.formData.delete(name);
}

function markDirty({ target }: Event) {
  const form = target instanceof Element ? target.closest("form") : null;
  if (form?.method === "post") form.dataset["dirty"] = "";
}
