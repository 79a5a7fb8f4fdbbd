import assert from "node:assert/strict";
import net from "node:net";
import { type ClientResponse, readResponse } from "./response";

/**
 * Milliseconds after which the client gives up. Far below the time limits that a case's upstream has by default, so
 * what the proxy notices by a time limit only is a failure of the case.
 */
const PATIENCE = 10_000;

/** A client with one connection to the proxy. */
export class Client {
  private readonly socket: net.Socket;
  private received = "";
  private end: "closed" | "reset" | undefined;
  private wake: () => void = () => undefined;

  constructor(port: number) {
    this.socket = net.connect(port, "127.0.0.1");
    this.socket.setNoDelay(true);
    this.socket.on("data", (bytes) => {
      this.received += bytes.toString("latin1");
      this.wake();
    });
    this.socket.on("end", () => this.ended("closed"));
    this.socket.on("error", () => this.ended("reset"));
  }

  /**
   * Sends a request.
   *
   * @param afterContinue sent when `100 Continue` has come
   * @returns the response when it is whole; where it says that the connection ends, when that has ended
   */
  async request(bytes: string, afterContinue?: string): Promise<ClientResponse> {
    const method = /^[^ ]*/.exec(bytes)![0];
    let waiting = afterContinue;
    this.received = "";
    this.socket.write(bytes, "latin1");
    let gaveUp = false;
    const timer = setTimeout(() => {
      gaveUp = true;
      this.wake();
    }, PATIENCE);
    try {
      for (;;) {
        const response = readResponse(this.received, method, this.end);
        if (waiting !== undefined && response.interim.includes(100)) {
          this.socket.write(waiting, "latin1");
          waiting = undefined;
        }
        if (this.end !== undefined || (response.ended === "whole" && !response.closes)) return response;
        assert.ok(!gaveUp, `no end of the response within ${PATIENCE / 1_000} s: ${this.received}`);
        await new Promise<void>((resolve) => (this.wake = resolve));
      }
    } finally {
      clearTimeout(timer);
    }
  }

  close(): void {
    this.socket.destroy();
  }

  private ended(how: "closed" | "reset"): void {
    this.end ??= how;
    this.wake();
  }
}
