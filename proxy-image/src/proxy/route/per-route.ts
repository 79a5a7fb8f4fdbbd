import type { Route } from "./route";

/**
 * What one part of the proxy keeps for each route: its rules, its counters, its connections. So a route stays plain
 * data, and a look-up is one array access.
 */
export class PerRoute<T extends object> {
  private readonly values: T[] = [];

  /** @param make is called when a route is first asked for */
  constructor(private readonly make: (route: Route) => T) {}

  of(route: Route): T {
    return (this.values[route.index] ??= this.make(route));
  }

  /** The value, if the route has been asked for. */
  known(route: Route): T | undefined {
    return this.values[route.index];
  }

  /** All values so far. */
  *all(): Iterable<T> {
    for (const value of this.values) if ((value as T | undefined) !== undefined) yield value;
  }
}
