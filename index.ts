// In this order: Pulumi's schema inference knows the description of a type only if it saw the type's file before the
// component that uses it.
export * from "./component/args";
export * from "./component";
export { evaluate, type EvaluatedRequest } from "./component/evaluate";
export type { Allowed, Denied, Verdict } from "./proxy-image/src/contract/policy/verdict";
