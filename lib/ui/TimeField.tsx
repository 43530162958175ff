/**
 * A field for a day, or a day and a time, in the format of all pages, whatever the browser's language. A button
 * opens the browser's calendar (`filters.ts`); without JavaScript it is a text field.
 */
import { Icon } from "./icons.tsx";

const DAY = {
  type: "date",
  placeholder: "YYYY-MM-DD",
  pattern: "\\d{4}-\\d{2}-\\d{2}",
  title: "A day as year-month-day, such as 2026-11-21",
  length: 10,
} as const;
const TIME = {
  type: "datetime-local",
  placeholder: "YYYY-MM-DD HH:MM",
  pattern: "\\d{4}-\\d{2}-\\d{2}[ T]\\d{2}:\\d{2}",
  title: "A day and a time, such as 2026-11-21 14:00",
  length: 16,
} as const;

interface TimeFieldProps {
  readonly id: string;
  readonly name: string;
  /** What the field is for; its label points to `id`. */
  readonly label: string;
  readonly value?: string;
  /** Asks for a time of the day as well. */
  readonly withTime?: boolean;
  readonly required?: boolean;
  readonly isInvalid?: boolean;
}

export function TimeField(
  { id, name, label, value = "", withTime = false, required, isInvalid }: TimeFieldProps,
) {
  const { type, placeholder, pattern, title, length } = withTime ? TIME : DAY;
  return (
    <span class="date-field" data-time={withTime ? "" : undefined}>
      <input
        id={id}
        name={name}
        value={value}
        class="field touch-target text-ink"
        placeholder={placeholder}
        pattern={pattern}
        title={title}
        maxLength={length}
        size={length}
        inputMode={withTime ? "text" : "numeric"}
        autocomplete="off"
        required={required}
        aria-invalid={isInvalid ? "true" : undefined}
      />
      <button
        type="button"
        class="pick-btn needs-script"
        data-pick
        aria-label={`${label}: choose in a calendar`}
      >
        <CalendarIcon />
      </button>
      <input
        type={type}
        class="picker"
        value={value.replace(" ", "T")}
        tabIndex={-1}
        aria-hidden="true"
      />
    </span>
  );
}

function CalendarIcon() {
  return (
    <Icon>
      <path d="M2.5 3.5h11v10h-11zM2.5 6.5h11M5.5 2v3M10.5 2v3" />
    </Icon>
  );
}
