import { TargetError } from "../targets/error";

/** Why a Corefile can't be read or edited; the message says where and what would be right. */
export class CorefileError extends TargetError {
  override readonly name = "CorefileError";

  /**
   * @param message what is wrong, and what would be right
   * @param line where in the Corefile, from 1; absent when it concerns all of it
   */
  constructor(
    message: string,
    readonly line?: number,
  ) {
    super(line === undefined ? `Corefile: ${message}` : `Corefile, line ${line}: ${message}`);
  }
}
