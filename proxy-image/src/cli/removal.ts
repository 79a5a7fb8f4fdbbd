/** Result for one stub domain. */
export interface Removal {
  /** Something remains to be done. */
  isLeft: boolean;
  text: string;
}

/** Collects the steps on one object, for its {@link Removal}. */
export class Account {
  private readonly lines: string[];

  /** @param subject the object, as the heading */
  constructor(subject: string) {
    this.lines = [`${subject}:`];
  }

  add(...lines: string[]): void {
    this.lines.push(...lines);
  }

  close(isLeft: boolean, ...lines: string[]): Removal {
    return { isLeft, text: [...this.lines, ...lines].join("\n  ") };
  }
}

/** Attempts when other writers cause conflicts. */
export const MAX_STEPS = 20;
