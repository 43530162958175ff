/** Icons as inline SVG: no font, no request, in the colour of the surrounding text. */
import type { JSX } from "preact";
import type { StatusWord } from "../model/view/status.ts";

interface IconProps {
  readonly class?: string;
}

/** Base of all icons. One that only parts loaded later show is defined beside them. */
export function Icon(
  { class: name = "", children }: IconProps & { readonly children: JSX.Element | JSX.Element[] },
) {
  return (
    <svg
      class={name === "" ? "icon" : `icon ${name}`}
      width="16"
      height="16"
      viewBox="0 0 16 16"
      aria-hidden="true"
    >
      {children}
    </svg>
  );
}

export function Mark() {
  return (
    <svg width="24" height="24" viewBox="0 0 24 24" fill="none" aria-hidden="true">
      <path d="M4 17a9 9 0 1 1 16 0" stroke="var(--line)" stroke-width="3.2" stroke-linecap="round" />
      <path d="M4 17a9 9 0 0 1 10.6-12.6" stroke="var(--accent)" stroke-width="3.2" stroke-linecap="round" />
      <path d="M12 14.5 15.6 9" stroke="var(--ink)" stroke-width="2" stroke-linecap="round" />
      <circle cx="12" cy="14.5" r="1.9" fill="var(--ink)" />
    </svg>
  );
}

export function RefreshIcon() {
  return (
    <Icon>
      <path d="M13.5 8a5.5 5.5 0 1 1-1.6-3.9" />
      <path d="M13.7 1.8v2.9h-2.9" />
    </Icon>
  );
}

export function ClosedLockIcon() {
  return (
    <Icon>
      <rect x="3" y="7" width="10" height="7" rx="1.4" />
      <path d="M5.2 7V5a2.8 2.8 0 0 1 5.6 0v2" />
    </Icon>
  );
}

export function OpenLockIcon() {
  return (
    <Icon>
      <rect x="3" y="7" width="10" height="7" rx="1.4" />
      <path d="M5.2 7V5a2.8 2.8 0 0 1 5.4-1" />
    </Icon>
  );
}

export function SunIcon() {
  return (
    <Icon>
      <circle cx="8" cy="8" r="3" />
      <path d="M8 1v1.5M8 13.5V15M1 8h1.5M13.5 8H15M3 3l1.1 1.1M11.9 11.9 13 13M13 3l-1.1 1.1M4.1 11.9 3 13" />
    </Icon>
  );
}

export function MoonIcon() {
  return (
    <Icon>
      <path d="M13.5 9.6A5.9 5.9 0 0 1 6.4 2.5a5.9 5.9 0 1 0 7.1 7.1Z" />
    </Icon>
  );
}

export function SystemIcon() {
  return (
    <Icon>
      <circle cx="8" cy="8" r="6" />
      <path d="M8 2a6 6 0 0 1 0 12Z" fill="currentColor" />
    </Icon>
  );
}

export function GaugeIcon() {
  return (
    <Icon>
      <path d="M2.6 11.6a6 6 0 1 1 10.8 0" />
      <path d="M8 9.4 10.4 6" />
    </Icon>
  );
}

export function BarsIcon() {
  return (
    <Icon>
      <path d="M3 13.5V8.5M8 13.5v-11M13 13.5v-8" />
    </Icon>
  );
}

export function ClockIcon() {
  return (
    <Icon>
      <circle cx="8" cy="8" r="6" />
      <path d="M8 4.6V8l2.4 1.6" />
    </Icon>
  );
}

export function SearchIcon() {
  return (
    <Icon>
      <circle cx="7" cy="7" r="4.5" />
      <path d="m10.5 10.5 3.5 3.5" />
    </Icon>
  );
}

export function ComfortableIcon() {
  return (
    <Icon>
      <path d="M2.5 3h11v3.5h-11zM2.5 9.5h11V13h-11z" />
    </Icon>
  );
}

export function CompactIcon() {
  return (
    <Icon>
      <path d="M2.5 3.5h11M2.5 6.5h11M2.5 9.5h11M2.5 12.5h11" />
    </Icon>
  );
}

export function MoreIcon() {
  return (
    <Icon>
      <path d="M3 4.5h10M3 8h10M3 11.5h10" />
    </Icon>
  );
}

/** Shows status by shape as well as by colour: a ring fills up, a triangle warns, a cross means used up. */
export function StatusIcon({ status }: { readonly status: StatusWord }) {
  switch (status) {
    case "healthy":
      return (
        <Icon>
          <circle cx="8" cy="8" r="6" />
          <path d="m5.4 8.2 1.8 1.8 3.4-3.8" />
        </Icon>
      );
    case "warning":
      return (
        <Icon>
          <circle cx="8" cy="8" r="6" />
          <path d="M8 2a6 6 0 0 1 0 12Z" fill="currentColor" stroke="none" />
        </Icon>
      );
    case "danger":
      return (
        <Icon>
          <path d="M8 2 14.6 13.5H1.4Z" />
          <path d="M8 6.4v3.2M8 11.6v.1" />
        </Icon>
      );
    case "critical":
      return (
        <Icon>
          <path d="M5.2 1.8h5.6l3.4 3.4v5.6l-3.4 3.4H5.2l-3.4-3.4V5.2Z" fill="currentColor" stroke="none" />
          <path d="M8 4.8v3.8M8 11v.1" stroke="var(--surface)" />
        </Icon>
      );
    case "blocked":
      return (
        <Icon>
          <circle cx="8" cy="8" r="6" />
          <path d="m3.8 3.8 8.4 8.4" />
        </Icon>
      );
    default:
      return (
        <Icon>
          <circle cx="8" cy="8" r="6" stroke-dasharray="2.4 2.4" />
          <path d="M6.6 6.4A1.5 1.5 0 1 1 8 8.2v.7M8 11v.1" />
        </Icon>
      );
  }
}
