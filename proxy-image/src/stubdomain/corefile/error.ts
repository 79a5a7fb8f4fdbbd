import { TargetError } from "../targets/error";

/** Why a Corefile can't be parsed or edited; the message says where, and how to correct it. */
export class CorefileError extends TargetError {
  override readonly name = "CorefileError";

  /**
   * @param reason what is wrong, and how to correct it
   * @param line where in the Corefile, from 1; absent if it concerns the whole file
   */
  constructor(
    readonly reason: string,
    readonly line?: number,
  ) {
    super(inFile("Corefile", reason, line));
  }
}

/** The sentence about a line of a file. */
export function inFile(name: string, reason: string, line?: number): string {
  return line === undefined ? `${name}: ${reason}` : `${name}, line ${line}: ${reason}`;
}
