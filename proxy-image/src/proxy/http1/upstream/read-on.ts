import type { Socket } from "node:net";

/** Milliseconds for which a socket is read whose writes fail: what is left is in this machine's memory, or on its way. */
const PATIENCE = 1_000;

/**
 * Lets a socket read on when a write fails. A third party that refuses a body responds and closes; its kernel answers
 * what still comes with a reset. Then the next write fails, and Node closes the socket with the response unread in it:
 * 38 of 40 uploads of 8 MB got a 502 (tests/proxy/early-response.test.ts). Here only what ends reading ends the socket:
 * the end of the stream, a failed read, or time.
 */
export function readOnAfterFailedWrite(socket: Socket): void {
  const destroy = socket.destroy.bind(socket);
  let timer: NodeJS.Timeout | undefined;
  socket.destroy = (error?: Error) => {
    if (socket.destroyed || !isFailedWrite(error)) {
      clearTimeout(timer);
      return destroy(error);
    }
    timer ??= setTimeout(() => destroy(error), PATIENCE);
    return socket;
  };
}

function isFailedWrite(error: NodeJS.ErrnoException | undefined): boolean {
  return error?.syscall === "write" && (error.code === "EPIPE" || error.code === "ECONNRESET");
}
