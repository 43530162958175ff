/** What the page of spend shows. */
import type { SpendView } from "../../model/spend/spend.ts";

export interface SpendPageView extends SpendView {
  /** The submitted values of a form that could not be used; null otherwise. */
  readonly typed: {
    readonly account: string;
    readonly price: string;
    readonly currency: string;
    readonly since: string;
    readonly budget: string;
    readonly budgetCurrency: string;
    readonly problems: Readonly<Record<string, string>>;
  } | null;
}
