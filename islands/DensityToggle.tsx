import { useEffect } from "preact/hooks";
import { density, readDensity, selectDensity } from "../lib/ui/density.ts";
import { ComfortableIcon, CompactIcon } from "../lib/ui/icons.tsx";

/** Switches between roomy and compact: cards or a list on the overview, and the row height of all tables. */
export default function DensityToggle() {
  useEffect(readDensity, []);
  const isCompact = density.value === "compact";
  return (
    <button
      id="density-toggle"
      type="button"
      class="icon-button needs-script touch-target"
      aria-pressed={isCompact}
      aria-label="Compact rows"
      title={isCompact ? "Compact: change to comfortable" : "Comfortable: change to compact"}
      onClick={() => selectDensity(isCompact ? "comfortable" : "compact")}
    >
      {isCompact ? <CompactIcon /> : <ComfortableIcon />}
    </button>
  );
}
