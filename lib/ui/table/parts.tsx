/** The parts around every table. All are links and forms, so a page of tables needs no script. */
import { formatCount } from "../../model/view/format.ts";
import type { ComponentChildren } from "preact";
import { TimeField } from "../TimeField.tsx";
import type { Heading, LinkChoice, Pager, TableTools } from "./kinds.ts";

/** A row of links, one of them current; scrolls on its own when it does not fit. */
export function LinkRow({ label, links, class: name = "" }: {
  readonly label: string;
  readonly links: readonly LinkChoice[];
  readonly class?: string;
}) {
  return (
    <nav class={`link-row max-w-full overflow-x-auto ${name}`} aria-label={label}>
      <div class="choices">
        {links.map(({ text, href, chosen }) => (
          <a
            key={text}
            href={href}
            class="choice touch-target"
            data-value={text}
            aria-current={chosen ? "true" : "false"}
          >
            {text}
          </a>
        ))}
      </div>
    </nav>
  );
}

/**
 * Ranges and filters of a table. The filters are in one line; on small screens a button opens them as a sheet,
 * without JavaScript. With JavaScript, they apply as soon as they are selected (`filters.ts`). `children` are
 * further fields of the form.
 */
export function ToolRow({ tools, children }: {
  readonly tools: TableTools;
  readonly children?: ComponentChildren;
}) {
  const { filters, kept, reset } = tools;
  const hasForm = filters.length > 0 || tools.ranges.length > 0 || children !== undefined;
  return (
    <div class="table-tools no-print mt-4 flex flex-col gap-3">
      <div class="flex items-center gap-2">
        {tools.ranges.length > 0 && <LinkRow label="Range" links={tools.ranges} class="range-row min-w-0" />}
        {hasForm && (
          <button type="button" popovertarget="filters" class="filters-btn button touch-target ml-auto">
            Filters
            {reset !== null && <span class="chip">on</span>}
          </button>
        )}
      </div>
      {hasForm && (
        <form method="get" id="filters" popover="auto" class="filter-form" aria-label="Filters" data-filter>
          {kept.map(([name, value]) => <input key={name} type="hidden" name={name} value={value} />)}
          {filters.map(({ name, label, choices }) => (
            <label key={name} class="filter-field">
              {label}
              <select name={name} class="field text-ink">
                {choices.map(({ value, text, selected }) => (
                  <option key={value} value={value} selected={selected}>{text}</option>
                ))}
              </select>
            </label>
          ))}
          {tools.ranges.length > 0 && (
            <>
              <DateField name="from" label="From" value={tools.from} />
              <DateField name="to" label="To" value={tools.to} />
            </>
          )}
          {children}
          <p class="flex gap-2">
            <button type="submit" class="button show-btn">Show</button>
            {reset !== null && <a class="button" href={reset}>Clear</a>}
          </p>
        </form>
      )}
    </div>
  );
}

function DateField({ name, label, value }: Readonly<Record<"name" | "label" | "value", string>>) {
  return (
    <div class="filter-field">
      <label for={`filter-${name}`}>{label}</label>
      <TimeField id={`filter-${name}`} name={name} label={label} value={value} />
    </div>
  );
}

/** A table head whose headings sort the table. */
export function TableHead({ headings }: { readonly headings: readonly Heading[] }) {
  return (
    <thead>
      <tr>
        {headings.map(({ id, title, right, wide, sorted, href }) => (
          <th
            key={id}
            scope="col"
            data-column={id}
            class={`${right ? "number" : ""} ${wide ? "wide-only" : ""}`}
            aria-sort={sorted ?? undefined}
          >
            {href === null ? title : (
              <a class={`sort-link ${sorted ? "text-ink" : ""}`} href={href}>
                {title}
                <span class="sort-mark" aria-hidden="true">
                  {sorted === "ascending" ? "\u25b2" : sorted === "descending" ? "\u25bc" : "\u25bd"}
                </span>
              </a>
            )}
          </th>
        ))}
      </tr>
    </thead>
  );
}

/**
 * A table in its card. It scrolls by itself, also with the keyboard.
 * @param label names it to screen readers
 */
export function TableCard({ label, about, foot, children }: {
  readonly label: string;
  /** How to read it; stays above the table when it scrolls. */
  readonly about?: string;
  readonly foot?: ComponentChildren;
  readonly children: ComponentChildren;
}) {
  return (
    <div class="table-card card-shadow mt-4 rounded-xl border border-line bg-surface">
      {about && <p class="table-about outside-text px-3 pt-3 text-xs text-muted">{about}</p>}
      <div class="table-scroll" role="region" aria-label={label} tabIndex={0}>
        {children}
      </div>
      {foot}
    </div>
  );
}

export function PagerBar({ pager, tools, what }: {
  readonly pager: Pager;
  readonly tools: TableTools;
  /** What the rows are, in the plural. */
  readonly what: string;
}) {
  const { page, pages, first, last, total, sizes, previous, next } = pager;
  return (
    <div class="pager no-print flex flex-wrap items-center gap-x-4 gap-y-2 px-3 py-3 text-sm">
      <p class="pager-place text-muted">
        {total === 0 ? `No ${what}` : `${first} to ${last} of ${formatCount(total)} ${what}`}
      </p>
      {pages > 1 && (
        <nav class="flex items-center gap-2" aria-label="Pages of the table">
          <PageLink href={previous} rel="prev" text="Previous" />
          <span class="text-muted">{page} of {pages}</span>
          <PageLink href={next} rel="next" text="Next" />
        </nav>
      )}
      {total > 10 && sizes.length > 0 && (
        <div class="flex items-center gap-2 text-muted">
          <span>Rows</span>
          <LinkRow label="Rows per page" links={sizes} class="size-row" />
        </div>
      )}
      {total > 0 && <FileLinks tools={tools} />}
    </div>
  );
}

/** Downloads of what a table shows. */
export function FileLinks({ tools }: { readonly tools: TableTools }) {
  return (
    <p class="file-links flex items-center gap-2 text-muted sm:ml-auto">
      <span>Download all rows</span>
      {tools.exports.map(({ text, href }) => (
        <a key={text} class="button export-link" href={href} data-format={text.toLowerCase()} download>
          {text}
        </a>
      ))}
    </p>
  );
}

export function PageLink({ href, rel, text }: {
  readonly href: string | null;
  readonly rel: "prev" | "next" | "first";
  readonly text: string;
}) {
  return href === null
    ? <span class="button page-link opacity-50" aria-disabled="true">{text}</span>
    : <a class="button page-link" href={href} rel={rel}>{text}</a>;
}

/** Replaces a table without rows, and says what to do about it. */
export function EmptyTable({ title, children }: {
  readonly title: string;
  readonly children: ComponentChildren;
}) {
  return (
    <div class="empty-table mt-4 rounded-xl border border-dashed border-line p-6 text-sm text-muted">
      <h2 class="text-base font-medium text-ink">{title}</h2>
      <div class="mt-1 max-w-2xl">{children}</div>
    </div>
  );
}
