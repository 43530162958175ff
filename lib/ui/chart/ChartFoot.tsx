/** The foot of a history chart: the instant shown, the key of its signs, and its actions. */
import { buildAddress, type QueryParameters } from "./address.ts";
import { KeySign } from "./KeySign.tsx";

export interface ChartKeyProps {
  readonly moment: string;
  readonly hasForecast: boolean;
  readonly hasBands: boolean;
  /** How far back the paler lines lie; empty when there are none. */
  readonly earlier: string;
}

export function ChartKey({ moment, hasForecast, hasBands, earlier }: ChartKeyProps) {
  return (
    <>
      <p class="chart-moment chart-moment-room" aria-hidden="true">{moment}</p>
      <ul class="chart-key flex flex-wrap gap-x-4" aria-label="Legend">
        <li>
          <KeySign part="warning" />
          {`warning and critical`}
        </li>
        {hasForecast && (
          <li>
            <KeySign part="projection" />forecast
          </li>
        )}
        {earlier !== "" && (
          <li>
            <KeySign part="earlier" />
            {earlier}
          </li>
        )}
        {hasBands && (
          <li>
            <KeySign part="band" />active
          </li>
        )}
      </ul>
    </>
  );
}

export interface ChartToolsProps {
  readonly isZoomed: boolean;
  readonly hasEarlier: boolean;
  readonly hasTable: boolean;
  readonly kept: QueryParameters;
  /** The chart's own parameters, as they would be after each switch. */
  readonly whenEarlier: QueryParameters;
  readonly whenTable: QueryParameters;
  readonly onReset: () => void;
  readonly onScale: (factor: number) => void;
  readonly onEarlier: () => void;
  readonly onTable: () => void;
  readonly onCopy: () => void;
}

export function ChartTools(props: ChartToolsProps) {
  const { isZoomed, hasEarlier, hasTable, kept, onReset, onScale, onCopy } = props;
  const runInstead = (run: () => void) => (event: MouseEvent) => {
    event.preventDefault();
    run();
  };
  return (
    <div class="no-print ml-auto flex flex-wrap gap-2">
      <div class="needs-script flex gap-2">
        {isZoomed && (
          <button type="button" class="chart-reset icon-button touch-target px-3" onClick={onReset}>
            Reset zoom
          </button>
        )}
        <button
          type="button"
          class="chart-zoom-in icon-button touch-target"
          aria-label="Zoom in"
          title="Zoom in"
          onClick={() => onScale(0.5)}
        >
          +
        </button>
        <button
          type="button"
          class="chart-zoom-out icon-button touch-target"
          aria-label="Zoom out"
          title="Zoom out"
          onClick={() => onScale(2)}
        >
          &minus;
        </button>
      </div>
      <a
        class="chart-earlier-toggle button touch-target"
        href={buildAddress(kept, props.whenEarlier)}
        aria-current="false"
        onClick={runInstead(props.onEarlier)}
      >
        {hasEarlier ? "Hide the period before" : "Period before"}
      </a>
      <button type="button" class="chart-copy needs-script button touch-target" onClick={onCopy}>
        Copy as picture
      </button>
      <a
        class="chart-table-toggle button touch-target"
        href={buildAddress(kept, props.whenTable)}
        aria-current="false"
        onClick={runInstead(props.onTable)}
      >
        {hasTable ? "Hide the table" : "As a table"}
      </a>
    </div>
  );
}
