/**
 * What forms do by themselves: filters act as soon as they are chosen, days have a calendar, and a form that is being
 * filled in or sent keeps the page from loading anew.
 */

/** Where the focus was when a filter acted, so that the page that follows has it there as well. */
const FOCUS_KEY = "filter-focus";

/** Listens on the whole page, also for forms that come later. @returns stops listening */
export function followFilters(): () => void {
  restoreFocus();
  document.addEventListener("change", act);
  document.addEventListener("click", pick);
  document.addEventListener("formdata", leaveOutEmpty);
  document.addEventListener("input", markDirty);
  document.addEventListener("submit", markDirty);
  return () => {
    document.removeEventListener("change", act);
    document.removeEventListener("click", pick);
    document.removeEventListener("formdata", leaveOutEmpty);
    document.removeEventListener("input", markDirty);
    document.removeEventListener("submit", markDirty);
  };
}

type Control = HTMLInputElement | HTMLSelectElement;

function act({ target }: Event) {
  if (!(target instanceof HTMLInputElement || target instanceof HTMLSelectElement)) return;
  if (target.matches(".picker")) {
    const text = target.parentElement?.querySelector<HTMLInputElement>(".field");
    if (!text) return;
    text.value = target.value.slice(0, 16).replace("T", " ");
    // As if it were typed, for forms that watch what is typed.
    text.dispatchEvent(new Event("input", { bubbles: true }));
    send(text);
  } else send(target);
}

function send(control: Control) {
  const { form } = control;
  // In the sheet of a phone several are chosen before it is sent.
  if (!form?.matches("[data-filter]") || form.matches(":popover-open")) return;
  try {
    sessionStorage.setItem(FOCUS_KEY, `${location.pathname} ${control.name}`);
  } catch {
    // Without storage the focus is lost, and nothing else.
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

/** Fields that select nothing do not lengthen the address. */
function leaveOutEmpty(event: FormDataEvent) {
  if (!(event.target instanceof HTMLFormElement) || !event.target.matches("[data-filter]")) return;
  for (const [name, value] of [...event.formData]) if (value === "") event.formData.delete(name);
}

function markDirty({ target }: Event) {
  const form = target instanceof Element ? target.closest("form") : null;
  if (form?.method === "post") form.dataset["dirty"] = "";
}
