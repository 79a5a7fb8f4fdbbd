import { TargetError } from "../targets/error";

/** Why a Corefile can't be parsed or edited; the message says where, and how to correct it. */
export class CorefileError extends TargetError {
  override readonly name = "CorefileError";

  /**
   * @param message what is wrong, and how to correct it
   * @param line where in the Corefile, from 1; absent if it concerns the whole file
   */
  constructor(
    message: string,
    readonly line?: number,
  ) {
    super(line === undefined ? `Corefile: ${message}` : `Corefile, line ${line}: ${message}`);
  }
}
