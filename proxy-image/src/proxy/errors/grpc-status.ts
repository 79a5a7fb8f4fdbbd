/** A status of gRPC (grpc.io, "Status codes and their use"). */
export interface GrpcStatus {
  readonly name: string;
  /** The value of the `grpc-status` field. */
  readonly code: number;
}

/**
 * What a failure means in gRPC, by kind, which is its HTTP status. This is not the table by which gRPC clients map HTTP
 * statuses of servers without gRPC: that one maps 400 to INTERNAL and 404 to UNIMPLEMENTED. Clients retry UNAVAILABLE.
 */
export const GRPC_STATUS = {
  400: { name: "INVALID_ARGUMENT", code: 3 },
  403: { name: "PERMISSION_DENIED", code: 7 },
  405: { name: "UNIMPLEMENTED", code: 12 },
  408: { name: "DEADLINE_EXCEEDED", code: 4 },
  413: { name: "RESOURCE_EXHAUSTED", code: 8 },
  414: { name: "RESOURCE_EXHAUSTED", code: 8 },
  417: { name: "FAILED_PRECONDITION", code: 9 },
  429: { name: "RESOURCE_EXHAUSTED", code: 8 },
  431: { name: "RESOURCE_EXHAUSTED", code: 8 },
  500: { name: "INTERNAL", code: 13 },
  501: { name: "UNIMPLEMENTED", code: 12 },
  502: { name: "UNAVAILABLE", code: 14 },
  503: { name: "UNAVAILABLE", code: 14 },
  504: { name: "DEADLINE_EXCEEDED", code: 4 },
  505: { name: "UNIMPLEMENTED", code: 12 },
} as const satisfies Record<number, GrpcStatus>;
