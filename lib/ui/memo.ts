/** Components that are drawn anew only when one of their properties is another one. */
import { Component, type ComponentChild, type ComponentType } from "preact";

/**
 * Elements that were drawn must not be kept and handed in again instead: each holds on to the tree it was
 * drawn in, and that to the elements handed in before, so that an open page would grow for ever.
 *
 * @param draw uses no hooks; whatever ticks in it is a component of its own
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
