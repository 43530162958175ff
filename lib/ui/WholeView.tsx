/**
 * A part of a page that needs all accounts. The page of a fleet does not contain them: the live stream brings them a
 * moment later, and until then the part is what the server rendered, with links and forms as without scripts.
 */
import type { ComponentChild } from "preact";
import { useEffect } from "preact/hooks";
import { typeText } from "./first_use.ts";
import { adopt } from "./late.tsx";
import { liveView, type PackedView, waitForWhole } from "./packed_view.ts";

export interface WholeViewProps {
  readonly view: PackedView;
  /** Class of the element around it. */
  readonly name: string;
  readonly children: ComponentChild;
}

/** What the page of a fleet shows before its live stream begins; nothing on other pages. Not in an island. */
export function UntilWhole({ view, name, children }: WholeViewProps) {
  return view.part ? <div id={name} class={name}>{children}</div> : null;
}

/** The live part: on the page of a fleet it continues what {@linkcode UntilWhole} of the same name shows. */
export function WholeView({ view, name, children }: WholeViewProps) {
  useEffect(() => {
    const place = document.getElementById(name);
    if (!place) return;
    waitForWhole(liveView(view)).then(() => {
      const field = place.querySelector<HTMLInputElement>("[data-filter]");
      const text = field?.value;
      adopt(children, place);
      if (field && text !== field.value) typeText(field, text!);
    });
  }, []);
  return view.part ? null : <div class={name}>{children}</div>;
}
