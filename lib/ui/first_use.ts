/**
 * Loads the code of a part of a page when it is first used, and then replays what happened meanwhile: the pointer
 * is where it was, a link or button acts once, and a field keeps what was typed.
 */

/** Keys that move within a part that takes the keyboard as a whole, such as a chart; the page has all others. */
const WALKING = /^(?:Arrow(?:Left|Right|Up|Down)|Home|End|PageUp|PageDown|Escape|\+|=|-|0)$/;
const MAX_WAITING = 100;

interface PendingUse {
  readonly act: () => void;
  /** Whether it requests something, rather than just looking. */
  readonly isAction: boolean;
  /** Id of the pointer, if it only moved: of several moves, the last place counts. */
  readonly moved?: number;
}

export interface FirstUse {
  /** Loads the code now; does nothing while it is loading or has been loaded. */
  wake(): void;
  /** Stops listening. */
  end(): void;
}

/**
 * Waits for the first use of `place`.
 *
 * area selects where pointers and keys count, as a whole; nothing if absent
 * revive loads the code and hydrates the markup of `place`; throws when loading fails
 */
export function onFirstUse(
  place: HTMLElement,
  area: string | undefined,
  revive: () => Promise<void>,
): FirstUse {
  let isLoading = false;
  let waiting: PendingUse[] = [];
  const typed = new Map<HTMLInputElement, string>();
  const listening = new AbortController();

  function listen<K extends keyof HTMLElementEventMap>(
    type: K,
    listener: (event: HTMLElementEventMap[K]) => void,
  ) {
    const options = { capture: true, passive: type.startsWith("touch"), signal: listening.signal };
    place.addEventListener(type, listener, options);
  }

  async function wake() {
    if (isLoading || listening.signal.aborted) return;
    isLoading = true;
    try {
      await revive();
    } catch {
      return fail();
    }
    listening.abort();
    for (const [field, text] of typed) typeText(field, text);
    for (const { act } of waiting) act();
  }

  /** A new version of the program has other file names, so the page must reload; offline, that would help nothing. */
  function fail() {
    const isWanted = waiting.some(({ isAction }) => isAction);
    isLoading = false;
    waiting = [];
    if (isWanted && navigator.onLine) location.reload();
  }

  function wait(use: PendingUse) {
    const last = waiting.at(-1);
    if (last?.moved !== undefined && last.moved === use.moved) waiting.pop();
    if (waiting.length < MAX_WAITING) waiting.push(use);
    void wake();
  }

  function follow(event: PointerEvent) {
    const target = findArea(event);
    if (!target) return;
    const isMove = event.type === "pointermove";
    const act = () => {
      // A mouse that has left the area points at nothing.
      if (isMove && event.pointerType === "mouse" && !target.matches(":hover")) return;
      dispatch(target, new PointerEvent(event.type, event));
    };
    wait({ act, isAction: false, ...isMove && { moved: event.pointerId } });
  }

  function press(event: KeyboardEvent) {
    const { target, key, ctrlKey, metaKey, altKey } = event;
    if (ctrlKey || metaKey || altKey || !WALKING.test(key) || target !== findArea(event)) return;
    take(event);
    wait({
      act: () => dispatch(target as HTMLElement, new KeyboardEvent(event.type, event)),
      isAction: true,
    });
  }

  function click(event: MouseEvent) {
    const isModified = event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
    const control = event.target instanceof Element
      ? event.target.closest<HTMLElement>("a[href], button")
      : null;
    if (!control || isModified || event.button !== 0) return;
    // A link to another page needs no code.
    if (control instanceof HTMLAnchorElement && control.pathname !== location.pathname) return;
    take(event);
    wait({ act: () => control.click(), isAction: true });
  }

  function findArea({ target }: Event): HTMLElement | null {
    return area !== undefined && target instanceof Element ? target.closest<HTMLElement>(area) : null;
  }

  for (const type of ["pointerdown", "pointermove", "pointerup", "pointercancel"] as const) {
    listen(type, follow);
  }
  for (const type of ["pointerenter", "touchstart", "focusin"] as const) listen(type, () => void wake());
  listen("keydown", press);
  listen("click", click);
  listen("input", ({ target }) => {
    if (target instanceof HTMLInputElement) typed.set(target, target.value);
  });
  return { wake: () => void wake(), end: () => listening.abort() };
}

/** Stops an event for all other listeners, to dispatch it again later. */
function take(event: Event) {
  event.preventDefault();
  event.stopImmediatePropagation();
}

/** Dispatches an event again to the listeners within `target`; the rest of the page has had it. */
function dispatch(target: HTMLElement, event: Event) {
  target.addEventListener(event.type, (again) => again.stopPropagation(), { once: true });
  target.dispatchEvent(event);
}

/** Types into a field, as a reader does. */
export function typeText(field: HTMLInputElement, text: string) {
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}
