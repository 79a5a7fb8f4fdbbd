import type { Route } from "./route";

/**
 * A value for each route that one part of the proxy keeps: rules, counters, connections. A route itself stays plain
 * data, and a look-up is one array access.
 */
export class PerRoute<T extends object> {
  private readonly values: T[] = [];

  /** @param make called when a route is first looked up */
  constructor(private readonly make: (route: Route) => T) {}

  of(route: Route): T {
    return (this.values[route.index] ??= this.make(route));
  }

  /** The value, if the route has been looked up. */
  known(route: Route): T | undefined {
    return this.values[route.index];
  }

  /** All values so far. */
  *all(): Iterable<T> {
    for (const value of this.values) if ((value as T | undefined) !== undefined) yield value;
  }
}
