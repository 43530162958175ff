/** Components that render again only when one of their properties changes. */
import { Component, type ComponentChild, type ComponentType } from "preact";

/**
 * Memoizes a component. Do not cache rendered elements and pass them in again instead: each holds on to the
 * tree it was rendered in, and that to the previous elements, so an open page would grow without end.
 *
 * @param draw uses no hooks; anything that ticks in it is its own component
 */
export function memo<Props extends object>(draw: (props: Props) => ComponentChild): ComponentType<Props> {
  return class Memo extends Component<Props> {
    override shouldComponentUpdate(next: Readonly<Props>): boolean {
      const before: Readonly<Props> = this.props;
      const names = Object.keys(next) as (keyof Props)[];
      return names.length !== Object.keys(before).length || names.some((name) => next[name] !== before[name]);
    }
    override render(): ComponentChild {
      return draw(this.props);
    }
  };
}
