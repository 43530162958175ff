import { useEffect } from "preact/hooks";

/** Lets the filters of a page apply as soon as they are selected, where no other island does. */
export default function FilterForms() {
  // Loaded apart: the page that needs it is seen once, and has the scripts of another.
  useEffect(() => void import("../lib/ui/filters.ts").then(({ followFilters }) => followFilters()), []);
  return null;
}
